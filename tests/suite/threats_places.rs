//! Links, pipes and unreadable folders in place of the program's own files. A build neither writes through them nor waits
//! for them, and its output is the same.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::faults::all_cases;
use crate::faulty_disk::{Fault, FaultyDisk};
use crate::site_test::{NEWS, SiteTest, document, tribune, write_file};

const THEIRS: &str = "somebody else's";

fn site() -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS);
    for day in 1..=4 {
        let text = format!("title: 第{day}篇\ndate: 2025-01-{day:02}\ndistrict: 汉阳区");
        site.write(&format!("content/news/d{day}.md"), document(&text));
    }
    site.build();
    site.write("theirs.txt", THEIRS);
    site
}

fn edit(site: &mut SiteTest) {
    site.write("content/news/d2.md", document("title: 改\ndate: 2025-01-02\ndistrict: 汉阳区"));
}

/// What a clean build elsewhere gives is what stands there.
#[track_caller]
fn is_as_a_clean_build(site: &SiteTest) {
    let clean = site.path("clean");
    let run = site.run(&["build", "--no-cache", "--out", clean.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(site.outputs() == crate::site_test::tree(&clean), "not what a clean build gives");
}

/// The program's own files in `.tribune`, and those that it is about to make there.
fn own_files(site: &SiteTest) -> Vec<String> {
    let names = fs::read_dir(site.path(".tribune")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.flat_map(|name| [format!(".tribune/{name}.new"), format!(".tribune/{name}")]).collect()
}

#[test]
fn links_in_the_place_of_cache_files_are_not_followed() {
    for path in own_files(&site()) {
        for target in ["../theirs.txt", "../absent.txt", "/dev/zero"] {
            let mut site = site();
            let _ = fs::remove_file(site.path(&path));
            symlink(target, site.path(&path)).unwrap();
            edit(&mut site);
            site.build();
            assert_eq!(fs::read_to_string(site.path("theirs.txt")).unwrap(), THEIRS, "{path} to {target}");
            assert!(!site.path("absent.txt").exists(), "{path} to {target}");
            is_as_a_clean_build(&site);
        }
    }
}

/// Whoever copies a site with hard links keeps a copy.
#[test]
fn hard_links_to_cache_files_keep_their_content() {
    for path in own_files(&site()) {
        let mut site = site();
        let _ = fs::remove_file(site.path(&path));
        fs::hard_link(site.path("theirs.txt"), site.path(&path)).unwrap();
        edit(&mut site);
        site.build();
        assert_eq!(fs::read_to_string(site.path("theirs.txt")).unwrap(), THEIRS, "{path}");
        is_as_a_clean_build(&site);
    }
}

/// Reading a pipe would take for ever.
#[test]
fn pipes_in_the_place_of_cache_files_do_not_block_a_build() {
    let mut paths = own_files(&site());
    let staged = ["journal", "undo", "lock", "new"];
    paths.extend(staged.map(|name| format!(".public.tribune-staging/{name}")));
    for path in paths {
        let mut site = site();
        let _ = fs::remove_file(site.path(&path));
        let _ = fs::create_dir(site.path(".public.tribune-staging"));
        assert!(Command::new("mkfifo").arg(site.path(&path)).status().unwrap().success());
        edit(&mut site);
        let mut child = tribune()
            .current_dir(site.root())
            .arg("build")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > Duration::from_secs(60) {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("{path}: it waits for ever");
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        assert!(status.success(), "{path}");
        let _ = fs::remove_file(site.path(&path));
        is_as_a_clean_build(&site);
    }
}

/// A commit that is killed at every step in turn; then somebody does something to the output folder.
fn killed_then(then: impl Fn(&mut SiteTest), check: impl Fn(&SiteTest)) {
    for at in (0..).step_by(all_cases(5, 1) as usize) {
        let mut site = site();
        edit(&mut site);
        let world = tribune::internals::world::DiskWorld::new(site.root());
        let disk = FaultyDisk::new(Fault::Kill, at);
        let steps = disk.log();
        let mut target = tribune::internals::build::output::BuildTarget::new(site.root(), site.out());
        target.disk = std::sync::Arc::new(disk);
        write_file(&site.out().join("wx/verify.txt"), THEIRS.as_bytes());
        let (changes, options, mut cache, progress) = Default::default();
        let build =
            tribune::internals::build::publish(&target, &world, &changes, &options, &mut cache, &progress);
        if build.is_ok() {
            return;
        }
        let began = steps.lock().unwrap().iter().any(|step| step.path.ends_with("journal"));
        if began {
            then(&mut site);
            check(&site);
        }
    }
}

#[test]
fn a_folder_that_became_a_link_after_a_kill_is_not_written_through() {
    killed_then(
        |site| {
            fs::rename(site.path("public/news"), site.path("moved")).unwrap();
            for path in crate::site_test::tree(&site.path("moved")).into_keys() {
                fs::write(site.path("moved").join(path), THEIRS).unwrap();
            }
            symlink("../moved", site.path("public/news")).unwrap();
        },
        |site| {
            let run = site.run(&["build", "--json"]);
            assert_eq!(run.codes(), ["place-taken"], "{}", run.stdout);
            for (path, bytes) in crate::site_test::tree(&site.path("moved")) {
                assert_eq!(String::from_utf8_lossy(&bytes), THEIRS, "{path}");
            }
            fs::remove_file(site.path("public/news")).unwrap();
            assert_eq!(site.try_build().code, 0);
            fs::remove_dir_all(site.path("public/wx")).unwrap();
            is_as_a_clean_build(site);
        },
    );
}

#[test]
fn an_output_folder_that_was_removed_after_a_kill_is_made_anew() {
    for empty in [false, true] {
        killed_then(
            |site| {
                fs::remove_dir_all(site.out()).unwrap();
                if empty {
                    fs::create_dir(site.out()).unwrap();
                }
                site.write("content/news/d3.md", document("title: 又\ndate: 2025-01-03\ndistrict: 汉阳区"));
            },
            |site| {
                let run = site.run(&["build", "--json"]);
                assert_eq!(run.code, 0, "{}", run.stdout);
                is_as_a_clean_build(site);
            },
        );
    }
}

/// Nobody's user number. To the superuser no folder is closed.
pub const NOBODY: u32 = 65_534;

pub fn give_away(path: &Path) {
    give_to(path, NOBODY);
}

pub fn give_to(path: &Path, user: u32) {
    chown(path, Some(user), Some(user)).unwrap();
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| give_to(&entry.unwrap().path(), user));
    }
}

/// A folder that may not be changed is an error, which names it; nothing else is changed then.
#[test]
fn closed_folders_in_the_output_are_reported() {
    let mut site = site();
    edit(&mut site);
    let former = site.outputs();
    fs::set_permissions(site.path("public/news"), fs::Permissions::from_mode(0o555)).unwrap();
    let is_root = fs::metadata(site.root()).unwrap().uid() == 0;
    if is_root {
        give_away(site.root());
    }
    let build = |args: &[&str]| {
        let mut command = tribune();
        command
            .current_dir(site.root())
            .env("LANG", "en_US.UTF-8")
            .env_remove("LC_ALL")
            .arg("build")
            .args(args);
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output()
    };
    for args in [&[][..], &["--no-cache"]] {
        match build(args) {
            Ok(run) => {
                let said = String::from_utf8_lossy(&run.stderr);
                assert_eq!(run.status.code(), Some(3), "{args:?}: {said}");
                assert!(said.contains("/public/news/"), "{said}");
                assert!(site.outputs() == former, "{args:?}");
                assert!(!site.path(".public.tribune-staging").exists(), "{args:?}");
            }
            Err(error) => eprintln!("!!! SKIPPED: nobody cannot start the program ({error}) !!!"),
        }
    }
    fs::set_permissions(site.path("public/news"), fs::Permissions::from_mode(0o755)).unwrap();
    if let Ok(run) = build(&[]) {
        assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    }
}

/// A file of that name is somebody else's; a folder for staging is none for outputs.
#[test]
fn the_staging_folder_is_refused_as_output() {
    let mut site = site();
    site.write(".public.tribune-staging", THEIRS);
    edit(&mut site);
    site.build();
    assert_eq!(fs::read_to_string(site.path(".public.tribune-staging")).unwrap(), THEIRS);
    for out in [".public.tribune-staging", ".x.tribune-staging", "a/.x.tribune-staging/b"] {
        let run = site.run(&["build", "--json", "--out", out]);
        assert_eq!((run.code, run.codes()), (3, vec!["out-refused".to_owned()]), "{out}");
    }
}

/// A full disk: files for editors come whole or not at all, and what could not be reported is no success.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_no_partial_files() {
    let limited = |site: &SiteTest, args: &[&str]| {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", "ulimit -f 0; trap '' XFSZ; exec \"$@\"", "sh"])
            .arg(tribune().get_program())
            .args(args);
        shell.current_dir(site.root()).output().unwrap().status.code()
    };
    let site = site();
    let former = crate::site_test::tree(&site.path("content"));
    assert_eq!(limited(&site, &["new", "news", "标题"]), Some(3));
    assert!(crate::site_test::tree(&site.path("content")) == former, "half a file is left");
    assert_eq!(limited(&site, &["init", "fresh"]), Some(3));
    assert_eq!(site.run(&["init", "fresh"]).code, 0);
    for args in
        [&["build", "--json"][..], &["build"], &["list", "documents", "--json"], &["completions", "bash"]]
    {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let run = tribune().current_dir(site.root()).args(args).stdout(full).output().unwrap();
        assert_eq!(run.status.code(), Some(3), "{args:?}");
    }
}

/// Folders in which the system lets nobody make anything, or that are gone, are told apart from missing ones.
#[cfg(target_os = "linux")]
#[test]
fn folders_in_which_nothing_can_be_made_are_reported() {
    let site = site();
    for out in ["/proc/tribune", "/proc/self/fd/tribune/site"] {
        let run = site.run(&["build", "--out", out]);
        assert_eq!(run.code, 3, "{out}: {}", run.stderr);
        assert!(run.stderr.contains("/proc/"), "{}", run.stderr);
    }
    let gone = tempfile::TempDir::new().unwrap();
    let script = "rmdir \"$PWD\" && exec \"$0\" build --root \"$1\" --out /proc/self/cwd/site";
    let mut command = Command::new("sh");
    command.current_dir(gone.path()).args(["-c", script, env!("CARGO_BIN_EXE_tribune")]).arg(site.root());
    let run = crate::site_test::run(&mut command);
    assert_eq!(run.code, 3, "{}", run.stderr);
}

/// A folder that is mounted once more lies on the same disk, but nothing can be renamed into it: that is how
/// containers get the folders of their hosts.
#[cfg(target_os = "linux")]
#[test]
fn output_folders_that_are_mounted_once_more_are_written_to() {
    let mut site = site();
    let script = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"";
    let mounted = |site: &SiteTest, args: &[&str]| {
        let mut command = Command::new("unshare");
        command.current_dir(site.root()).args([
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
            "volume",
            "public",
        ]);
        command.args(args);
        crate::site_test::run(&mut command)
    };
    fs::create_dir(site.path("volume")).unwrap();
    if mounted(&site, &["true"]).code != 0 {
        println!("SKIPPED: folders may not be mounted here");
        return;
    }
    let program = env!("CARGO_BIN_EXE_tribune");
    let volume = site.path("volume");
    for args in [&[program, "build"][..], &[program, "build", "--no-cache"]] {
        let run = mounted(&site, args);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(crate::site_test::tree(&volume) == site.outputs(), "not what stands in the folder itself");
    }
    edit(&mut site);
    site.build();
    let run = mounted(&site, &[program, "build"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(crate::site_test::tree(&volume) == site.outputs());
}
