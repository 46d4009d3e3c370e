//! Files of the output that the system does not let the program replace: immutable ones, mounted ones, and those of another
//! user. The old site stays whole, the error names the file, its owner and the remedy, and once the remedy was applied
//! the next build succeeds.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::site_test::{Run, SiteTest, run, tree, tribune};
use crate::threats_losing::{archive, edit};
use crate::threats_places::{NOBODY, give_away};

/// Outputs that an edit replaces or removes, at the beginning, in the middle and at the end, and the list of outputs.
const FILES: [&str; 6] =
    [".tribune-files", "feed.xml", "404.html", "news/d14.html", "years/2025/index.html", "news/d07.html"];

/// A site that was built and edited.
struct Edited {
    site: SiteTest,
    former: BTreeMap<String, Vec<u8>>,
}

impl Edited {
    fn new() -> Edited {
        let mut site = archive();
        site.build();
        let former = tree(&site.out());
        edit(&mut site);
        for path in FILES {
            assert!(former.contains_key(path), "{path} is no output");
        }
        Edited { site, former }
    }

    /// The path as messages show it.
    fn shown(&self, path: &str) -> String {
        self.site.out().canonicalize().unwrap().join(path).display().to_string()
    }

    /// Two builds in a row are refused because of the output `path`, and say `remedy`.
    #[track_caller]
    fn check_refused(&self, path: &str, remedy: &str, build: impl Fn() -> Run) {
        for _ in 0..2 {
            let run = build();
            assert_eq!(run.code, 3, "{path}: {}", run.stderr);
            for said in ["error[write-failed]", &format!("`{}", self.shown(path)), remedy] {
                assert!(run.stderr.contains(said), "{path}: {said:?} is not said: {}", run.stderr);
            }
            let ends = ["the existing output was not changed", "all replaced files were restored"];
            assert!(ends.iter().any(|end| run.stderr.trim_end().ends_with(end)), "{path}: {}", run.stderr);
            assert!(tree(&self.site.out()) == self.former, "{path}: not the old site: {}", run.stderr);
            self.check_nothing_left(path);
        }
    }

    #[track_caller]
    fn check_nothing_left(&self, path: &str) {
        let left = [".public.tribune-staging", "public/.tribune-staging"].map(|left| self.site.path(left));
        assert!(!left.iter().any(|left| left.exists()), "{path}: something is left");
    }

    /// The next build succeeds and gives what a clean one gives.
    #[track_caller]
    fn check_succeeds(&self, path: &str, build: impl Fn() -> Run) {
        let run = build();
        assert_eq!(run.code, 0, "{path}: {}", run.stderr);
        self.check_nothing_left(path);
        let clean = self.site.path("clean");
        assert_eq!(self.site.run(&["build", "--no-cache", "--out", clean.to_str().unwrap()]).code, 0);
        assert!(tree(&self.site.out()) == tree(&clean), "{path}: not the new site");
    }
}

/// Says that the system does not let the test do what it needs.
fn skip(what: &str) {
    eprintln!("!!! SKIPPED: {what} !!!");
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n")
}

/// Whether the attribute of a file could be changed.
fn chattr(change: &str, path: &std::path::Path) -> bool {
    Command::new("chattr").arg(change).arg(path).output().is_ok_and(|run| run.status.success())
}

/// The file or folder is immutable as long as this lives: the site must be removable in the end.
struct Immutable(std::path::PathBuf);

impl Drop for Immutable {
    fn drop(&mut self) {
        chattr("-i", &self.0);
    }
}

#[test]
fn immutable_files_and_folders_are_reported_and_leave_the_old_site() {
    for path in FILES.into_iter().chain(["news", "districts/hanyang", ""]) {
        let edited = Edited::new();
        let protected = Immutable(edited.site.out().join(path));
        if !chattr("+i", &protected.0) {
            return skip("files cannot be made immutable here");
        }
        edited.check_refused(path, "sudo chattr -i", || edited.site.try_build());
        drop(protected);
        edited.check_succeeds(path, || edited.site.try_build());
    }
}

#[test]
fn the_last_line_tells_whether_files_were_replaced_and_restored() {
    let last = |path: &str| {
        let edited = Edited::new();
        let protected = Immutable(edited.site.out().join(path));
        chattr("+i", &protected.0).then(|| edited.site.try_build().stderr.trim_end().to_owned())
    };
    let Some(nothing) = last("") else { return skip("files cannot be made immutable here") };
    assert!(nothing.ends_with("the existing output was not changed"), "{nothing}");
    let ends: Vec<String> = FILES.into_iter().filter_map(last).collect();
    assert!(ends.iter().any(|end| end.ends_with("all replaced files were restored")), "{ends:#?}");
}

#[test]
fn an_immutable_note_of_a_build_is_named() {
    let edited = Edited::new();
    let protected = Immutable(edited.site.path(".tribune/generation"));
    if !chattr("+i", &protected.0) {
        return skip("files cannot be made immutable here");
    }
    let run = edited.site.try_build();
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("/.tribune/generation`: "), "{}", run.stderr);
    assert!(run.stderr.contains("sudo chattr -i") && !run.stderr.contains(".new"), "{}", run.stderr);
    drop(protected);
    edited.check_succeeds(".tribune/generation", || edited.site.try_build());
}

#[test]
fn files_that_are_mounted_over_are_reported_and_leave_the_old_site() {
    for path in FILES {
        let edited = Edited::new();
        let mounted = |args: &[&str]| {
            let script = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"";
            let mut command = Command::new("unshare");
            command.current_dir(edited.site.root()).env("LANG", "en_US.UTF-8").env_remove("LC_ALL");
            command.args(["--map-root-user", "--mount", "sh", "-c", script, "sh", "theirs"]);
            run(command.arg(format!("public/{path}")).args(args))
        };
        fs::copy(edited.site.out().join(path), edited.site.path("theirs")).unwrap();
        if mounted(&["true"]).code != 0 {
            return skip("files cannot be mounted here");
        }
        let program = env!("CARGO_BIN_EXE_tribune");
        edited.check_refused(path, "`findmnt` shows it", || mounted(&[program, "build"]));
        edited.check_succeeds(path, || edited.site.try_build());
    }
}

/// A build by nobody.
pub fn nobody(site: &SiteTest) -> Run {
    let mut command = tribune();
    run(command.current_dir(site.root()).arg("build").uid(NOBODY).gid(NOBODY))
}

/// Whether tests may build as another user: that takes the superuser, and a program that others can reach.
pub fn can_be_nobody() -> bool {
    let can = is_root() && {
        let mut command = tribune();
        command.arg("--version").uid(NOBODY).gid(NOBODY).output().is_ok()
    };
    if !can {
        skip("the program cannot be run as another user");
    }
    can
}

/// After `sudo tribune build`, once.
#[test]
fn an_output_folder_of_another_user_is_reported_with_its_owner() {
    if !can_be_nobody() {
        return;
    }
    let edited = Edited::new();
    let restore = |owner| {
        give_away(edited.site.root());
        crate::threats_places::give_to(&edited.site.out(), owner);
    };
    for (owner, named) in [(0, "belongs to root"), (12_345, "belongs to user 12345")] {
        restore(owner);
        edited.check_refused("", named, || nobody(&edited.site));
        let remedy = format!("sudo chown -R \"$(id -u)\" {}", edited.shown("").trim_end_matches('/'));
        assert!(nobody(&edited.site).stderr.contains(&remedy));
    }
    // After `umask 077; sudo tribune build` the list cannot even be read.
    restore(0);
    let list = edited.site.out().join(".tribune-files");
    std::fs::set_permissions(&list, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let run = nobody(&edited.site);
    assert!(run.stderr.contains("[read-failed]") && run.stderr.contains("belongs to root"), "{}", run.stderr);
    restore(NOBODY);
    edited.check_succeeds("", || nobody(&edited.site));
}

/// Where the output folder was taken over after `sudo tribune build`, but nothing else.
#[test]
fn a_cache_of_another_user_is_reported_with_its_owner() {
    if !can_be_nobody() {
        return;
    }
    let edited = Edited::new();
    give_away(edited.site.root());
    for path in [".tribune", ".tribune/lock"] {
        crate::threats_places::give_to(&edited.site.path(path), 0);
        let run = nobody(&edited.site);
        assert_eq!(run.code, 0, "{path}: {}", run.stderr);
        for said in ["warning[not-kept]", "belongs to root", "sudo chown -R \"$(id -u)\" /", "/.tribune`"] {
            assert!(run.stderr.contains(said), "{path}: {said:?} is not said: {}", run.stderr);
        }
        give_away(edited.site.root());
        let run = nobody(&edited.site);
        assert!(run.code == 0 && !run.stderr.contains("not-kept"), "{path}: {}", run.stderr);
    }
    edited.check_succeeds(".tribune", || nobody(&edited.site));
}

/// In a sticky folder only the owner of a file may replace it, as in `/tmp`.
#[test]
fn files_of_another_user_in_a_sticky_folder_are_reported_with_their_owner() {
    if !can_be_nobody() {
        return;
    }
    for path in FILES {
        let edited = Edited::new();
        give_away(edited.site.root());
        let file = edited.site.out().join(path);
        let folder = file.parent().unwrap();
        chown(folder, Some(0), Some(0)).unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o1777)).unwrap();
        chown(&file, Some(0), Some(0)).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().uid(), 0);
        edited.check_refused(path, "belongs to root", || nobody(&edited.site));
        chown(&file, Some(NOBODY), Some(NOBODY)).unwrap();
        edited.check_succeeds(path, || nobody(&edited.site));
    }
}
