//! A build that ends, well or not, leaves nothing but the output and its cache: no staging folder, no empty folder.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tribune::internals::build::output::{BuildTarget, Created, Disk, SystemDisk};
use tribune::internals::build::{Build, publish};
use tribune::internals::world::DiskWorld;

use crate::faults_refused::empty_folders;
use crate::faulty_disk::{Fault, FaultyDisk};
use crate::site_test::{NEWS, SiteTest, document};
use crate::threats_places::{NOBODY, give_away, give_to};
use crate::threats_protected::{can_be_nobody, nobody};

const STAGING: [&str; 2] = [".public.tribune-staging", "public/.tribune-staging"];

fn site() -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS)
        .write("content/news/a.md", document("title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区"));
    site
}

/// The same with a mistake in it.
fn broken() -> SiteTest {
    let mut site = site();
    site.write("content/news/b.md", "no front matter");
    site
}

/// What is in the site's folder.
fn names(site: &SiteTest) -> Vec<String> {
    let names = fs::read_dir(site.root()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[track_caller]
fn check_nothing_left(site: &SiteTest, what: &str) {
    for staging in STAGING {
        assert!(!site.path(staging).exists(), "{what}: {staging} is left");
    }
}

#[test]
fn folders_above_an_output_folder_are_not_made_for_a_build_that_fails() {
    let site = broken();
    for out in ["new", "new/er", "new/er/public"] {
        assert_eq!(site.run(&["build", "--out", out]).code, 1, "{out}");
        assert_eq!(names(&site), [".tribune", "content"], "{out}");
    }
    fs::create_dir(site.path("new")).unwrap();
    assert_eq!(site.run(&["build", "--out", "new/er/public"]).code, 1);
    assert_eq!(fs::read_dir(site.path("new")).unwrap().count(), 0);
    let site = self::site();
    assert_eq!(site.run(&["build", "--out", "new/er/public"]).code, 0);
    assert_eq!(fs::read_dir(site.path("new/er")).unwrap().count(), 1);
}

/// A disk with one property.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Odd {
    /// Lock files cannot be opened.
    NoLockFile,
    /// Files cannot be locked, and have one name only.
    NoLocks,
    /// A file that is removed while it is open is kept for a moment under another name, as on FUSE.
    Hiding,
}

const SYSTEM: SystemDisk = SystemDisk { durable: false };

impl Disk for Odd {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        SYSTEM.create_dir(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Created>> {
        SYSTEM.create(path)
    }

    fn open_lock(&self, path: &Path) -> io::Result<File> {
        if *self == Odd::NoLockFile {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let file = SYSTEM.open_lock(path)?;
        if *self != Odd::NoLocks {
            return Ok(file);
        }
        // O_PATH: such a file cannot be locked.
        fs::OpenOptions::new().read(true).custom_flags(0o10_000_000).open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        SYSTEM.rename(from, to)
    }

    fn link(&self, file: &Path, name: &Path) -> io::Result<()> {
        if *self == Odd::NoLocks { Err(io::ErrorKind::Unsupported.into()) } else { SYSTEM.link(file, name) }
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        if *self != Odd::Hiding {
            return SYSTEM.remove_file(path);
        }
        let hidden = path.with_file_name(".fuse_hidden0000000700000001");
        fs::rename(path, &hidden)?;
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            fs::remove_file(hidden)
        });
        Ok(())
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        SYSTEM.remove_dir(path)
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        SYSTEM.remove_dir_all(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        SYSTEM.sync_folder(path)
    }

    fn is_durable(&self) -> bool {
        false
    }
}

fn build(site: &SiteTest, disk: Odd) -> Build {
    let (changes, options, mut state, progress) = Default::default();
    let target = BuildTarget { disk: Arc::new(disk), ..BuildTarget::new(site.root(), site.out()) };
    publish(&target, &DiskWorld::new(site.root()), &changes, &options, &mut state, &progress)
}

#[test]
fn a_staging_folder_that_cannot_be_locked_is_not_left() {
    for is_first in [true, false] {
        let site = site();
        let mut former: Vec<&str> = vec!["content"];
        if !is_first {
            fs::create_dir(site.out()).unwrap();
            former.push("public");
        }
        assert!(!build(&site, Odd::NoLockFile).is_ok());
        assert_eq!(names(&site), former);
        assert!(is_first || fs::read_dir(site.out()).unwrap().count() == 0);
    }
}

#[test]
fn nothing_is_left_on_disks_without_locks_or_that_hide_removed_files() {
    for disk in [Odd::NoLocks, Odd::Hiding] {
        let mut site = site();
        for text in ["甲", "乙", "丙"] {
            site.write(
                "content/news/a.md",
                document(&format!("title: {text}\ndate: 2025-01-01\ndistrict: 汉阳区")),
            );
            let built = build(&site, disk);
            assert!(built.is_ok(), "{disk:?}: {:?}", built.diagnostics);
            check_nothing_left(&site, &format!("{disk:?}"));
        }
        site.write("content/news/b.md", "no front matter");
        assert!(!build(&site, disk).is_ok());
        check_nothing_left(&site, &format!("{disk:?}, a build with errors"));
    }
}

/// A killed build may have staged in the other of the two places: from inside the output folder it would be published.
#[test]
fn what_a_killed_build_has_left_in_the_other_place_is_removed() {
    let mut site = site();
    site.build();
    for (number, staging) in [STAGING[1], STAGING[0]].into_iter().enumerate() {
        site.write(&format!("{staging}/new/draft.html"), "a draft").write(&format!("{staging}/lock"), "");
        site.write(&format!("content/page{number}.md"), document("title: 页")).build();
        check_nothing_left(&site, staging);
    }
    // Another build is in there.
    site.write("public/.tribune-staging/new/draft.html", "a draft");
    let lock = File::create(site.path("public/.tribune-staging/lock")).unwrap();
    lock.lock().unwrap();
    site.write("content/page2.md", document("title: 页")).build();
    assert!(site.path("public/.tribune-staging/new/draft.html").exists());
    drop(lock);
    site.build();
    check_nothing_left(&site, "the end of the other build");
}

/// A folder whose outputs were removed by hand goes when they are no longer part of the site.
#[test]
fn folders_of_outputs_that_were_removed_by_hand_are_removed() {
    let mut site = site();
    site.publish_all().write("content/files/deep/er/x.txt", "x").build();
    fs::remove_dir_all(site.path("public/files/deep")).unwrap();
    site.remove("content/files").build();
    let empty = empty_folders(&site.out());
    assert!(empty.is_empty(), "{empty:?}");
}

/// The last line is true, too, when a build has first completed or undone what a killed one had begun.
#[test]
fn a_failed_build_says_that_it_has_recovered_an_interrupted_one() {
    let mut site = site();
    site.build().change("content/site.yaml", "title: 江城人大", "title: 江城市人大");
    let is_interrupted = |at| {
        let (changes, options, mut state, progress) = Default::default();
        let disk = Arc::new(FaultyDisk::new(Fault::Kill, at));
        let target = BuildTarget { disk, ..BuildTarget::new(site.root(), site.out()) };
        publish(&target, &DiskWorld::new(site.root()), &changes, &options, &mut state, &progress);
        site.path(STAGING[0]).join("journal").exists()
    };
    // The commit takes more than ten steps.
    assert!((0..1000).step_by(10).any(is_interrupted));
    site.write("content/news/b.md", "no front matter");
    for said in ["an interrupted build was completed or undone first", "the existing output was not changed"]
    {
        let run = site.try_build();
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(run.stderr.contains(said), "{said:?} is not said: {}", run.stderr);
        check_nothing_left(&site, said);
    }
}

/// The interrupted commit of another user comes first: completed later, it would bring back an older site.
#[test]
fn the_interrupted_commit_of_another_user_is_not_passed_over() {
    if !can_be_nobody() {
        return;
    }
    let mut site = site();
    site.build();
    site.write(&format!("{}/journal", STAGING[0]), "1\n").write(&format!("{}/lock", STAGING[0]), "");
    site.change("content/news/a.md", "甲", "乙");
    give_away(site.root());
    give_to(&site.path(STAGING[0]), 0);
    let run = nobody(&site);
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains(STAGING[0]) && run.stderr.contains("belongs to root"), "{}", run.stderr);
    assert!(site.output("news/a.html").contains("甲") && site.path(STAGING[0]).join("journal").exists());
    give_to(&site.path(STAGING[0]), NOBODY);
    assert_eq!(nobody(&site).code, 0);
    assert!(site.output("news/a.html").contains("乙"));
    check_nothing_left(&site, "the next build");
}

/// The folder above is closed, so that outputs are staged inside.
#[test]
fn nothing_is_left_inside_an_output_folder_below_a_closed_one() {
    if !can_be_nobody() {
        return;
    }
    let site = broken();
    fs::create_dir(site.out()).unwrap();
    give_away(site.root());
    fs::set_permissions(site.root(), fs::Permissions::from_mode(0o555)).unwrap();
    let run = nobody(&site);
    fs::set_permissions(site.root(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(fs::read_dir(site.out()).unwrap().count(), 0);
    check_nothing_left(&site, "a build with errors");
}
