//! System errors, and other files in place of the program's own, are reported with a remedy, without a silent fallback.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::live_test::Live;
use crate::site_test::{NEWS, Run, SITE, SiteTest, document, run, tree, tribune};
use crate::threats_places::{NOBODY, give_away, give_to};

const GOOD: &str = "title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区";
/// What the pages of the site's own theme show.
const OWN: &str = "OWN MARKUP";

fn site() -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS)
        .write("content/news/a.md", document(GOOD))
        .write("themes/chamber/templates/home.html", OWN);
    site.build().check_file("index.html", |html| assert!(html.contains(OWN)));
    if is_root(&site) {
        give_away(site.root());
    }
    site
}

fn is_root(site: &SiteTest) -> bool {
    fs::metadata(site.root()).is_ok_and(|metadata| metadata.uid() == 0)
        || Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n")
}

/// The program, run by somebody to whom permissions apply.
fn nobody(site: &SiteTest, args: &[&str]) -> Run {
    let mut command = tribune();
    command.current_dir(site.root()).args(args);
    if is_root(site) {
        command.uid(NOBODY).gid(NOBODY);
    }
    run(&mut command)
}

fn close(site: &SiteTest, path: &str, mode: u32) {
    fs::set_permissions(site.path(path), fs::Permissions::from_mode(mode)).unwrap();
}

/// Builds fail in this way, and the pages stay as they were.
#[track_caller]
fn refused(site: &SiteTest, what: &str, codes: &[&str], path: &str) {
    for args in [&["build", "--json"][..], &["build", "--json", "--no-cache"]] {
        let run = nobody(site, args);
        assert_eq!(
            (run.code, run.codes()),
            (3, codes.iter().map(|code| (*code).to_owned()).collect()),
            "{what}"
        );
        assert!(run.stdout.contains(&format!("`{path}`")), "{what}: {}", run.stdout);
        assert!(site.output("index.html").contains(OWN), "{what}: another theme was taken");
    }
}

/// The theme in the binary takes the place of the site's own only where there is none.
#[test]
fn themes_that_cannot_be_read_are_errors() {
    let closed = site();
    close(&closed, "themes", 0o000);
    refused(&closed, "a closed folder", &["read-failed"], "themes");
    close(&closed, "themes", 0o755);
    assert_eq!(nobody(&closed, &["build"]).code, 0);

    close(&closed, "themes/chamber", 0o000);
    refused(&closed, "a closed theme", &["read-failed"], "themes/chamber");
    close(&closed, "themes/chamber", 0o755);

    for path in ["themes", "themes/chamber"] {
        let mut linked = site();
        linked.remove(path);
        symlink("gone", linked.path(path)).unwrap();
        refused(&linked, "a link that leads nowhere", &["read-failed"], path);
        fs::remove_file(linked.path(path)).unwrap();
        linked.write(path, "a file");
        refused(&linked, "a file", &["read-failed"], path);
        linked.remove(path);
        assert_eq!(nobody(&linked, &["build"]).code, 0, "{path} is absent");
        assert!(!linked.output("index.html").contains(OWN));
    }
}

/// The same of a theme that is named; what derives from that is not said.
#[test]
fn themes_that_are_named_and_cannot_be_read_are_one_error() {
    let mut site = site();
    site.rename("themes/chamber", "themes/mine").write("content/site.yaml", format!("{SITE}theme: mine\n"));
    assert_eq!(nobody(&site, &["build"]).code, 0);
    for (path, mode) in [("themes", 0o755), ("themes/mine", 0o755)] {
        close(&site, path, 0o000);
        refused(&site, "a closed folder", &["read-failed"], path);
        close(&site, path, mode);
    }
    site.remove("themes/mine");
    symlink("gone", site.path("themes/mine")).unwrap();
    refused(&site, "a link that leads nowhere", &["read-failed"], "themes/mine");
    // What is absent is unknown, and so is what no disk can hold.
    for name in ["yours".to_owned(), "x".repeat(300)] {
        site.write("content/site.yaml", format!("{SITE}theme: {name}\n")).fails_with(&["unknown-theme"]);
    }
}

/// It is not said that there is no site.
#[test]
fn content_that_cannot_be_read_is_not_absent() {
    let site = site();
    close(&site, "content", 0o000);
    let root = site.root().to_str().unwrap();
    for args in [&["build"][..], &["build", "--root", root], &["list", "documents", "--root", root]] {
        let run = nobody(&site, args);
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stderr.contains("read-failed") && run.stderr.contains("/content`: "), "{}", run.stderr);
        assert!(run.stderr.contains("Permission denied"), "{}", run.stderr);
    }
    close(&site, "content", 0o755);
    fs::remove_file(site.path("content/site.yaml")).unwrap();
    assert!(nobody(&site, &["build", "--root", root]).stderr.contains("no-site"));
    symlink("gone.yaml", site.path("content/site.yaml")).unwrap();
    let run = nobody(&site, &["build", "--root", root]);
    assert!(run.code == 3 && run.stderr.contains("content/site.yaml`: "), "{}", run.stderr);
}

/// Who cannot read the list is told so, and not that the pages are somebody else's: to empty the folder would be the
/// wrong thing to do.
#[test]
fn a_list_of_outputs_that_cannot_be_read_is_named() {
    let mut site = site();
    site.change("content/news/a.md", "甲", "乙");
    close(&site, "public/.tribune-files", 0o000);
    for args in [&["build", "--json"][..], &["build", "--json", "--no-cache"]] {
        let run = nobody(&site, args);
        assert_eq!((run.code, run.codes()), (3, vec!["read-failed".to_owned()]), "{}", run.stdout);
        let hint = run.json()["diagnostics"][0]["hint"].as_str().unwrap().to_owned();
        assert!(run.stdout.contains("public/.tribune-files`: Permission denied"), "{}", run.stdout);
        assert!(hint.contains("check that you may read it"), "{hint}");
        assert!(site.output("news/a.html").contains("甲"));
    }
    close(&site, "public/.tribune-files", 0o644);
    assert_eq!(nobody(&site, &["build"]).code, 0);
    assert!(site.output("news/a.html").contains("乙"));
}

/// What a run that was cut short has left is needed: while it cannot be read, nothing is built over it, and nothing of
/// it is thrown away.
#[test]
fn an_unreadable_journal_is_kept_until_it_can_be_read() {
    for name in ["journal", "undo"] {
        let mut site = site();
        let staging = ".public.tribune-staging";
        let note = format!("{staging}/{name}");
        let staged = format!("{staging}/new/index.html");
        site.write(&note, "1\n").write(&staged, "甲").change("content/news/a.md", "甲", "乙");
        if is_root(&site) {
            give_away(site.root());
        }
        close(&site, &note, 0o000);
        for args in [&["build", "--json"][..], &["build", "--json", "--no-cache"]] {
            let run = nobody(&site, args);
            assert_eq!(
                (run.code, run.codes()),
                (3, vec!["read-failed".to_owned()]),
                "{name}: {}",
                run.stdout
            );
            assert!(run.stdout.contains(&format!("{note}`: Permission denied")), "{}", run.stdout);
            assert!(site.path(&note).exists() && site.path(&staged).exists());
            assert!(site.output("news/a.html").contains("甲"), "{name}");
        }
        close(&site, &note, 0o644);
        assert_eq!(nobody(&site, &["build"]).code, 0, "{name}");
        assert!(site.output("news/a.html").contains("乙") && !site.path(staging).exists(), "{name}");
    }
}

/// The program, run by a user of its own who may have so many threads and processes; nothing where that cannot be
/// had: only the superuser can become another, and to him no limit applies.
fn limited(site: &SiteTest, most: u32) -> Option<Command> {
    let prlimit = Command::new("prlimit").arg("--version").output();
    if !is_root(site) || !prlimit.is_ok_and(|prlimit| prlimit.status.success()) {
        eprintln!("!!! SKIPPED: no user of its own, or no prlimit !!!");
        return None;
    }
    let user = std::process::id() % 1_000_000_000 + 1_000_000;
    give_to(site.root(), user);
    let mut command = Command::new("prlimit");
    command.arg(format!("--nproc={most}")).arg(env!("CARGO_BIN_EXE_tribune")).env("LANG", "en_US.UTF-8");
    command.current_dir(site.root()).uid(user).gid(user).stdin(std::process::Stdio::null());
    Some(command)
}

/// No panic and no slower way: every command says so and ends.
#[test]
fn threads_that_cannot_be_started_are_reported() {
    let site = site();
    for (args, most, count) in [
        (&["build", "--json"][..], 1, "could not start"),
        (&["build", "--json", "--threads", "64"], 20, "could not start 64 threads"),
        (&["watch", "--json"], 1, "could not start"),
        (&["serve", "--json", "--port", "0"], 1, "could not start"),
        (&["list", "documents"], 1, "could not start"),
        (&["new", "news", "乙"], 1, "could not start"),
    ] {
        let Some(mut command) = limited(&site, most) else { return };
        let run = run(command.args(args));
        let said = run.stdout + &run.stderr;
        assert_eq!(run.code, 3, "{args:?}: {said}");
        assert!(said.contains("threads-refused") && said.contains(count), "{args:?}: {said}");
        assert!(said.contains("--threads") && !said.contains("panicked"), "{args:?}: {said}");
    }
}

/// The remedy is one for what is the matter.
#[test]
fn serve_says_what_to_change_when_it_cannot_listen() {
    let site = site();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (args, remedy) in [
        (["--host", "no such name", "--port", "0"], "check --host"),
        (["--host", "192.0.2.1", "--port", "0"], "check --host"),
        (["--host", "127.0.0.1", "--port", &port], "choose another port with --port"),
    ] {
        let run = site.run(&[&["serve"], &args[..]].concat());
        assert_eq!(run.code, 3, "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(remedy), "{args:?}: {}", run.stderr);
    }
}

/// Everything below a folder, by path.
fn all(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    tree(folder).into_iter().collect()
}

/// `.tribune` is nobody's to be trusted: what it leads to is neither written to nor locked, nor published.
#[test]
fn a_linked_cache_folder_is_not_followed() {
    let elsewhere = tempfile::TempDir::new().unwrap();
    for name in ["generation", "generation.new", "holder", "lock", "theirs.txt"] {
        fs::write(elsewhere.path().join(name), "important").unwrap();
    }
    let before = all(elsewhere.path());
    let kept = |site: &SiteTest| [all(&site.path("content")), all(&site.out())];
    for target in [elsewhere.path().to_str().unwrap(), "content", "content/news", "public", "gone", "/"] {
        let mut site = site();
        site.remove(".tribune").change("content/news/a.md", "甲", "乙");
        symlink(target, site.path(".tribune")).unwrap();
        let was = kept(&site);
        for args in
            [&["build", "--json"][..], &["build", "--json", "--no-cache"], &["build", "--json", "--out", "o"]]
        {
            let run = site.run(args);
            assert_eq!(
                (run.code, run.codes()),
                (3, vec!["own-folder".to_owned()]),
                "{target}: {}",
                run.stdout
            );
            assert!(run.stdout.contains("remove the link"), "{}", run.stdout);
        }
        assert!(all(elsewhere.path()) == before, "{target} is written to");
        assert!(kept(&site) == was && !site.path("gone").exists() && !site.path("o").exists(), "{target}");
        fs::remove_file(site.path(".tribune")).unwrap();
        site.build();
    }
    let mut site = site();
    site.remove(".tribune").write(".tribune", "theirs");
    let run = site.run(&["build", "--json"]);
    assert_eq!((run.code, run.codes()), (3, vec!["own-folder".to_owned()]), "{}", run.stdout);
    assert_eq!(fs::read_to_string(site.path(".tribune")).unwrap(), "theirs");
}

/// The same when the link comes while a build runs: what is kept at its end goes nowhere.
#[test]
fn cache_files_are_not_written_through_links() {
    let elsewhere = tempfile::TempDir::new().unwrap();
    fs::write(elsewhere.path().join("a.up-to-date"), "important").unwrap();
    let before = all(elsewhere.path());
    let site = tempfile::TempDir::new().unwrap();
    symlink(elsewhere.path(), site.path().join(".tribune")).unwrap();
    let disk = tribune::internals::build::output::SystemDisk::default();
    for name in ["a.cache", "a.up-to-date"] {
        tribune::internals::build::output::persist(&disk, &site.path().join(".tribune").join(name), |file| {
            file.write_all(b"x")
        });
    }
    tribune::internals::build::output::remove(&disk, &site.path().join(".tribune/a.up-to-date"));
    assert!(all(elsewhere.path()) == before);
}

/// The same under `watch`, where the link comes later.
#[test]
fn a_cache_folder_that_becomes_a_link_under_watch_is_not_followed() {
    let elsewhere = tempfile::TempDir::new().unwrap();
    let mut live = Live::watch(site(), &[]);
    // The session may still be storing its cache.
    while symlink(elsewhere.path(), live.site.path(".tribune")).is_err() {
        let _ = fs::remove_dir_all(live.site.path(".tribune"));
    }
    live.site.change("content/news/a.md", "甲", "乙");
    live.wait_for_error("own-folder");
    assert_eq!(all(elsewhere.path()), []);
    fs::remove_file(live.site.path(".tribune")).unwrap();
    live.wait_for_text("news/a.html", "乙");
}

/// `new` writes nowhere that a build would not read.
#[test]
fn new_documents_go_nowhere_that_a_build_does_not_follow() {
    let elsewhere = tempfile::TempDir::new().unwrap();
    let outside = elsewhere.path().to_str().unwrap().to_owned();
    let link = "content/news/2026";
    for (target, code, exit) in [
        (outside.as_str(), "leaves-root", 1),
        ("gone", "read-failed", 3),
        ("../_drafts", "link-to-hidden", 1),
        ("../../public", "link-to-hidden", 1),
    ] {
        let mut site = site();
        site.write("content/_drafts/d.txt", "d");
        symlink(target, site.path(link)).unwrap();
        let built = site.run(&["build", "--json"]);
        assert_eq!((built.code, built.codes()), (exit, vec![code.to_owned()]), "{target}");
        let run = site.run(&["new", "news", "甲", "--date", "2026-01-01"]);
        assert_eq!(run.code, exit, "{target}: {}", run.stderr);
        assert!(run.stderr.contains(code) && run.stderr.contains(link), "{target}: {}", run.stderr);
        assert_eq!(all(elsewhere.path()), [], "{target}");
        assert_eq!(all(&site.path("content/_drafts")).len(), 1, "{target}");
        assert!(!site.path("public/jia.md").exists());
    }
    // A link that builds follow is followed.
    let mut site = site();
    site.write("content/files/x.txt", "x");
    symlink("../files", site.path("content/news/2026")).unwrap();
    let run = site.run(&["new", "news", "甲", "--date", "2026-01-01"]);
    assert_eq!((run.code, run.stdout.trim()), (0, "content/news/2026/jia.md"), "{}", run.stderr);
}
