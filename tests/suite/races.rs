//! Sources that are changed or exchanged while a build runs: what is published is what was read and judged, and the next
//! build makes good what changed meanwhile.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::Timestamp;
use tribune::internals::build::output::BuildTarget;
use tribune::internals::build::{Build, BuildState, publish};
use tribune::internals::world::{DiskWorld, Entry, SourceFile, Stamp, World, WorldError};

use crate::faults::all_cases;
use crate::site_test::{NEWS, SiteTest, document, tree, write_file};

const SECRET: &[u8] = b"secret";
const FILE: &str = "content/news/a.pdf";

/// When something happens to the files of a [`Racing`] world.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    /// After the content folder was listed for the nth time.
    Listed(usize),
    /// Before the file is opened for the nth time.
    Opened(usize),
}

/// A disk on which something happens at certain moments of a build.
struct Racing<'a> {
    disk: DiskWorld,
    file: &'a str,
    happens: Vec<(When, &'a (dyn Fn() + Sync))>,
    listed: AtomicUsize,
    opened: AtomicUsize,
}

impl<'a> Racing<'a> {
    fn new(site: &SiteTest, file: &'a str, happens: Vec<(When, &'a (dyn Fn() + Sync))>) -> Racing<'a> {
        let disk = DiskWorld::new(site.root()).building_into(site.out());
        Racing { disk, file, happens, listed: AtomicUsize::new(0), opened: AtomicUsize::new(0) }
    }

    fn at(&self, when: When) {
        self.happens.iter().filter(|(at, _)| *at == when).for_each(|(_, happen)| happen());
    }
}

impl World for Racing<'_> {
    fn list(&self, folder: &str) -> Vec<Result<Entry, WorldError>> {
        let entries = self.disk.list(folder);
        if folder == "content" {
            self.at(When::Listed(self.listed.fetch_add(1, Ordering::SeqCst)));
        }
        entries
    }

    fn open(&self, path: &str) -> Result<SourceFile, WorldError> {
        if path == self.file {
            self.at(When::Opened(self.opened.fetch_add(1, Ordering::SeqCst)));
        }
        self.disk.open(path)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.disk.stamp(path)
    }

    fn now(&self) -> Timestamp {
        self.disk.now()
    }
}

fn site() -> SiteTest {
    let mut site = SiteTest::empty();
    site.publish_all()
        .write("content/news/_index.md", NEWS)
        .write("content/news/a.md", document("title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区"))
        .write(FILE, "the attachment");
    site
}

fn build(site: &SiteTest, world: &dyn World, state: &mut BuildState) -> Build {
    let (changes, options, progress) = Default::default();
    publish(&BuildTarget::new(site.root(), site.out()), world, &changes, &options, state, &progress)
}

fn codes(build: &Build) -> Vec<&str> {
    build.diagnostics.iter().map(|found| found.problem.code()).collect()
}

/// No byte of the outputs is that of a file outside the site.
#[track_caller]
fn keeps_the_secret(site: &SiteTest) {
    for (path, bytes) in tree(&site.out()) {
        assert!(!bytes.windows(SECRET.len()).any(|part| part == SECRET), "{path} shows the secret");
    }
}

#[track_caller]
fn equals_a_clean_build(site: &SiteTest) {
    let clean = site.path("clean");
    let _ = fs::remove_dir_all(&clean);
    let run = site.run(&["build", "--no-cache", "--out", clean.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(site.outputs() == tree(&clean), "not what a clean build gives");
}

/// Half of a copy is there when the file is published, the rest when the build starts over.
#[test]
fn an_attachment_that_is_copied_during_the_build_is_published_whole() {
    let site = site();
    let (whole, half) = ("the attachment, in a second edition", "the attachm");
    write_file(&site.path(FILE), whole.as_bytes());
    let cut = || fs::write(site.path(FILE), half).unwrap();
    let complete = || fs::write(site.path(FILE), whole).unwrap();
    let happens: Vec<(When, &(dyn Fn() + Sync))> =
        vec![(When::Opened(1), &cut), (When::Listed(1), &complete)];
    let build = build(&site, &Racing::new(&site, FILE, happens), &mut BuildState::default());
    assert!(build.is_ok(), "{:?}", build.diagnostics);
    assert_eq!(fs::read_to_string(site.out().join("news/a.pdf")).unwrap(), whole);
}

/// Half of a copy ends within a character, or within the settings of the document.
#[test]
fn a_document_that_is_copied_during_the_build_is_published_whole() {
    let file = "content/news/a.md";
    let whole = document("title: 第二版\ndate: 2025-01-01\ndistrict: 汉阳区");
    let within = |part: &str| whole.find(part).unwrap() + 1;
    for half in [within("第"), within("date"), within("区")].map(|end| &whole.as_bytes()[..end]) {
        let site = site();
        let cut = || fs::write(site.path(file), half).unwrap();
        let complete = || fs::write(site.path(file), &whole).unwrap();
        let happens: Vec<(When, &(dyn Fn() + Sync))> =
            vec![(When::Opened(0), &cut), (When::Opened(1), &complete)];
        let build = build(&site, &Racing::new(&site, file, happens), &mut BuildState::default());
        assert!(build.is_ok(), "{:?}", build.diagnostics);
        assert!(fs::read_to_string(site.out().join("news/a.html")).unwrap().contains("第二版"));
        equals_a_clean_build(&site);
    }
}

#[test]
fn an_attachment_that_keeps_changing_is_reported_and_published_by_a_later_build() {
    let site = site();
    let count = AtomicUsize::new(0);
    let change = || fs::write(site.path(FILE), count.fetch_add(1, Ordering::SeqCst).to_string()).unwrap();
    let happens: Vec<(When, &(dyn Fn() + Sync))> =
        (0..20).map(|at| (When::Opened(at), &change as &(dyn Fn() + Sync))).collect();
    let mut state = BuildState::default();
    assert_eq!(codes(&build(&site, &Racing::new(&site, FILE, happens), &mut state)), ["changed-meanwhile"]);
    assert!(!site.out().join("news/a.pdf").exists());
    assert!(build(&site, &DiskWorld::new(site.root()), &mut state).is_ok());
    equals_a_clean_build(&site);
}

/// The file becomes another one and then the first one again, so that in the end nothing seems to have changed.
#[test]
fn files_that_are_exchanged_and_changed_back_leave_no_stale_output() {
    let cases = [FILE, "content/news/a.md"].into_iter().flat_map(|file| {
        [When::Listed(0), When::Opened(0), When::Opened(1)].map(|at| (exchangeable(file), file, at))
    });
    let cases: Vec<_> = cases.collect();
    // Files that were changed just now would be read again in any case.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    for (site, file, at) in cases {
        let second = || point(&site, file, "store/second");
        let mut state = BuildState::default();
        build(&site, &Racing::new(&site, file, vec![(at, &second)]), &mut state);
        point(&site, file, "store/first");
        assert!(build(&site, &DiskWorld::new(site.root()), &mut state).is_ok());
        equals_a_clean_build(&site);
    }
}

/// A site whose `file` is a link to one of two: the stamp of neither changes when the link does.
fn exchangeable(file: &str) -> SiteTest {
    let site = site();
    let other = document("title: 乙\ndate: 2025-01-01\ndistrict: 汉阳区");
    fs::create_dir(site.path("store")).unwrap();
    fs::rename(site.path(file), site.path("store/first")).unwrap();
    write_file(&site.path("store/second"), other.as_bytes());
    let old = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    for name in ["store/first", "store/second"] {
        fs::File::options().write(true).open(site.path(name)).unwrap().set_modified(old).unwrap();
    }
    point(&site, file, "store/first");
    site
}

/// Makes `file` a link to `target`, in one step.
fn point(site: &SiteTest, file: &str, target: &str) {
    let new = site.path("store/new");
    symlink(site.path(target), &new).unwrap();
    fs::rename(new, site.path(file)).unwrap();
}

/// What was listed as a file of the site becomes a link out of it: the file itself, or the folder that it is in.
#[test]
fn a_source_that_becomes_a_link_after_it_was_listed_is_not_followed() {
    for (place, target) in [
        (FILE, "a.pdf"),
        ("content/news/a.md", "a.md"),
        ("content/news", ""),
        ("content/site.yaml", "site.yaml"),
    ] {
        for at in [When::Listed(0), When::Opened(0), When::Opened(1)] {
            let site = site();
            let outside = tempfile::tempdir().unwrap();
            for name in ["a.pdf", "a.md", "site.yaml"] {
                write_file(&outside.path().join(name), SECRET);
            }
            let exchange = || {
                fs::rename(site.path(place), site.path("aside")).unwrap();
                symlink(outside.path().join(target), site.path(place)).unwrap();
            };
            let file = if place == "content/news" { FILE } else { place };
            let build =
                build(&site, &Racing::new(&site, file, vec![(at, &exchange)]), &mut BuildState::default());
            keeps_the_secret(&site);
            if Path::new(&site.path(place)).is_symlink() {
                assert!(!build.is_ok(), "{place} {at:?}");
                assert!(codes(&build).contains(&"leaves-root"), "{place} {at:?}: {:?}", codes(&build));
            }
        }
    }
}

/// The same by chance, with a thread that exchanges them all the time.
#[test]
fn a_source_that_keeps_becoming_a_link_never_shows_its_target() {
    for (place, target) in [(FILE, "a.pdf"), ("content/news/a.md", "a.md"), ("content/news", "")] {
        let site = site();
        let outside = tempfile::tempdir().unwrap();
        write_file(&outside.path().join("a.pdf"), SECRET);
        write_file(
            &outside.path().join("a.md"),
            document("title: secret\ndate: 2025-01-01\ndistrict: 汉阳区").as_bytes(),
        );
        symlink(outside.path().join(target), site.path("link")).unwrap();
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !ended.load(Ordering::Relaxed) {
                    fs::rename(site.path(place), site.path("aside")).unwrap();
                    fs::rename(site.path("link"), site.path(place)).unwrap();
                    fs::rename(site.path(place), site.path("link")).unwrap();
                    fs::rename(site.path("aside"), site.path(place)).unwrap();
                }
            });
            let mut state = BuildState::default();
            for _ in 0..all_cases(50, 1000) {
                build(&site, &DiskWorld::new(site.root()).building_into(site.out()), &mut state);
                keeps_the_secret(&site);
            }
            ended.store(true, Ordering::Relaxed);
        });
        assert!(build(&site, &DiskWorld::new(site.root()), &mut BuildState::default()).is_ok());
        equals_a_clean_build(&site);
    }
}

/// Two links in each of many nested folders lead to a number of paths that no walk comes to the end of.
#[test]
fn links_to_folders_that_multiply_are_an_error_at_once() {
    let site = site();
    let mut folder = site.path("content/files");
    for _ in 0..40 {
        fs::create_dir_all(folder.join("next")).unwrap();
        symlink("next", folder.join("one")).unwrap();
        symlink("next", folder.join("two")).unwrap();
        folder.push("next");
    }
    write_file(&folder.join("end.txt"), b"");
    let start = std::time::Instant::now();
    let run = site.run(&["build", "--json"]);
    assert_eq!(run.code, 1);
    assert!(run.codes().iter().all(|code| code == "linked-twice"), "{:?}", run.codes());
    assert!(run.stdout.contains("content/files/next/"), "{}", run.stdout);
    assert!(start.elapsed().as_secs() < 20);
}

#[test]
fn a_folder_may_be_linked_once() {
    let mut site = site();
    site.write("content/files/x.txt", "x").write("shared/deep/y.txt", "y");
    symlink("../files", site.path("content/news/files")).unwrap();
    symlink("../shared", site.path("content/shared")).unwrap();
    site.build();
    for path in ["files/x.txt", "news/files/x.txt", "shared/deep/y.txt"] {
        assert!(site.out().join(path).is_file(), "{path}");
    }
    symlink("../../shared/deep", site.path("content/news/deep")).unwrap();
    site.fails_with(&["linked-twice"]);
}

/// A pipe, a socket and a device in the place of a file that is read without being listed.
#[test]
fn settings_that_are_no_files_are_errors_at_once() {
    for path in ["content/site.yaml", "content/districts.yaml"] {
        for command in ["build", "list documents"] {
            let site = site();
            fs::remove_file(site.path(path)).unwrap();
            let made = std::process::Command::new("mkfifo").arg(site.path(path)).status();
            if !made.is_ok_and(|status| status.success()) {
                return;
            }
            let run = site.run(&command.split(' ').collect::<Vec<_>>());
            assert_eq!(run.code, 1, "{command}: {}", run.stderr);
            assert!(run.stderr.contains("[not-a-file]"), "{command}: {}", run.stderr);
            fs::remove_file(site.path(path)).unwrap();
            let _socket = std::os::unix::net::UnixListener::bind(site.path(path)).unwrap();
            let run = site.run(&command.split(' ').collect::<Vec<_>>());
            assert!(run.stderr.contains("[not-a-file]"), "{command}: {}", run.stderr);
            fs::remove_file(site.path(path)).unwrap();
            symlink("/dev/zero", site.path(path)).unwrap();
            let run = site.run(&command.split(' ').collect::<Vec<_>>());
            assert!(run.stderr.contains("[leaves-root]"), "{command}: {}", run.stderr);
        }
    }
}
