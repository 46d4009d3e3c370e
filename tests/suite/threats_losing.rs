//! Data loss known from other programs (see SECURITY.md): real processes are killed, system calls fail, and output folders
//! hold unexpected files. The single steps of the writer are tested in [`crate::faults`].

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::faults::{Trees, all_cases};
use crate::site_test::{NEWS, SiteTest, document, run, tree, tribune};

/// A site with enough pages that a build of it can be caught in the middle.
pub fn archive() -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS);
    for day in 1..=28 {
        let text = format!("title: 第{day}篇\ndate: 2025-01-{day:02}\ndistrict: 汉阳区\ntopics: [监督]");
        site.write(&format!("content/news/d{day:02}.md"), document(&text));
    }
    site
}

/// Changes much of it.
pub fn edit(site: &mut SiteTest) {
    site.change("content/site.yaml", "title: 江城人大", "title: 江城市人大")
        .write("content/news/new.md", document("title: 新\ndate: 2025-02-01\ndistrict: 汉阳区"))
        .remove("content/news/d07.md");
}

/// The outputs without the list of them.
pub fn outputs(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut tree = if out.is_dir() { tree(out) } else { BTreeMap::new() };
    tree.remove(tribune::internals::build::output::MANIFEST);
    tree
}

/// A site whose first build is done and whose second is to be disturbed.
struct Edited {
    site: SiteTest,
    trees: Trees,
}

impl Edited {
    fn new() -> Edited {
        let mut site = archive();
        site.build();
        let old = outputs(&site.out());
        edit(&mut site);
        assert_eq!(site.run(&["build", "--out", "clean"]).code, 0);
        let new = outputs(&site.path("clean"));
        site.remove("clean");
        fs::rename(site.path("public"), site.path("before")).unwrap();
        fs::rename(site.path(".tribune"), site.path("kept")).unwrap();
        Edited { site, trees: Trees { old, new } }
    }

    /// As it was after the first build and the editing.
    fn reset(&self) {
        for (from, to) in [("before", "public"), ("kept", ".tribune")] {
            let _ = fs::remove_dir_all(self.site.path(to));
            fs::create_dir(self.site.path(to)).unwrap();
            crate::faults::link_tree(&self.site.path(from), &self.site.path(to));
        }
    }

    fn check_after_a_kill(&self, what: &str) {
        let there = outputs(&self.site.out());
        self.trees.check_files(&there, what);
        self.check_next(what);
    }

    fn check_next(&self, what: &str) {
        let next = self.site.try_build();
        assert_eq!(next.code, 0, "{what}: {}", next.stderr);
        let there = outputs(&self.site.out());
        let others = self.trees.others(&there);
        assert!(there == self.trees.new, "{what}: the next build gives something else: {others:?}");
        assert!(!self.site.path(".public.tribune-staging").exists(), "{what}: something is left");
    }
}

/// kill -9, power loss.
#[test]
fn a_build_killed_at_any_moment_leaves_a_whole_site_and_the_next_build_recovers() {
    let edited = Edited::new();
    for round in 0..all_cases(12, 400) {
        let args: &[&str] = if round % 3 == 0 { &["--no-cache"] } else { &[] };
        edited.reset();
        let start = Instant::now();
        let mut child = build(edited.site.root(), args).spawn().unwrap();
        // Over the length of a build, in an order that jumps about.
        std::thread::sleep(Duration::from_millis((round * 37) % 300));
        child.kill().unwrap();
        child.wait().unwrap();
        edited.check_after_a_kill(&format!("{args:?}, killed after {:?}", start.elapsed()));
    }
}

pub fn build(root: &Path, args: &[&str]) -> Command {
    let mut command = tribune();
    command.current_dir(root).arg("build").args(args).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// The system calls by which the program changes something.
const CALLS: &str = "mkdir,mkdirat,rename,renameat,link,linkat,unlink,unlinkat,rmdir,ftruncate,\
write,pwrite64,copy_file_range,openat";

/// Runs a build under `strace`, which does something to the system call with the number `at`; nothing if
/// there is no strace.
#[cfg(target_os = "linux")]
fn disturbed(root: &Path, inject: &str, args: &[&str]) -> Option<crate::site_test::Run> {
    let program = env!("CARGO_BIN_EXE_tribune");
    let mut command = Command::new("strace");
    command.current_dir(root).env("LANG", "en_US.UTF-8").env_remove("LC_ALL").stdin(Stdio::null());
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={CALLS}"), "-e"]);
    command.args([&format!("inject={inject}"), program, "build", "--threads", "1"]).args(args);
    Some(run(&mut command))
}

/// May system calls be looked at? `tests/run`, which installs `strace`, lets a test fail where they may not.
#[cfg(target_os = "linux")]
pub fn has_strace() -> bool {
    let there = Command::new("strace").args(["-qq", "-e", "trace=none", "true"]).status();
    let there = there.is_ok_and(|status| status.success());
    if !there {
        // What passing tests say is not shown.
        let required = std::env::var_os("TRIBUNE_REQUIRE_STRACE").is_some();
        assert!(!required, "there is no strace, or it may not trace; unset TRIBUNE_REQUIRE_STRACE to skip");
        println!("SKIPPED: there is no strace, or it may not trace");
    }
    there
}

/// kill -9, power loss: at each system call that changes something.
#[cfg(target_os = "linux")]
#[test]
fn a_build_killed_at_any_system_call_leaves_a_whole_site_and_the_next_build_recovers() {
    if !has_strace() {
        return;
    }
    let edited = Edited::new();
    let (mut kills, mut done) = (0, 0);
    let every = all_cases(13, 1);
    for call in CALLS.split(',') {
        for at in (1..).step_by(every as usize) {
            edited.reset();
            let args: &[&str] = if at % 2 == 0 { &["--no-cache"] } else { &[] };
            let Some(run) = disturbed(edited.site.root(), &format!("{call}:signal=KILL:when={at}"), args)
            else {
                return;
            };
            if run.code == 0 {
                done += 1;
                break;
            }
            kills += 1;
            edited.check_after_a_kill(&format!("{args:?}, killed at {call} {at}"));
        }
    }
    println!("{kills} kills");
    assert_eq!(done, CALLS.split(',').count());
    assert!(kills > 20);
}

/// ENOSPC, EIO, EACCES, EMFILE at any write: exit 3, the path named, the old site intact.
#[cfg(target_os = "linux")]
#[test]
fn an_error_of_any_system_call_leaves_the_old_site_or_gives_the_new_one() {
    if !has_strace() {
        return;
    }
    let edited = Edited::new();
    let (mut refused, mut survived) = (0, 0);
    let every = all_cases(29, 1) as usize;
    for (call, errors) in [
        ("openat", &["EMFILE", "EACCES", "ENOSPC"][..]),
        ("write", &["ENOSPC", "EIO"]),
        ("rename", &["EACCES", "ENOSPC", "EXDEV"]),
        ("linkat", &["EIO"]),
        ("mkdir", &["ENOSPC", "EACCES", "ENOENT"]),
        ("unlink", &["EIO"]),
    ] {
        // The first calls load the program itself.
        let first = if call == "openat" { 12 } else { 1 };
        for (shift, error) in errors.iter().enumerate() {
            let mut in_a_row = 0;
            for at in (first + shift..).step_by(every) {
                edited.reset();
                let inject = format!("{call}:error={error}:when={at}");
                let Some(run) = disturbed(edited.site.root(), &inject, &[]) else { return };
                let there = outputs(&edited.site.out());
                match run.code {
                    0 => {
                        let others = edited.trees.others(&there);
                        assert!(
                            there == edited.trees.new,
                            "{inject}: success without the new site: {others:?}"
                        );
                        survived += 1;
                    }
                    3 => {
                        // Where nothing but the report could not be written, the build was done before.
                        let unsaid = run.stderr.starts_with("the report could not be written");
                        let expected = if unsaid { &edited.trees.new } else { &edited.trees.old };
                        assert!(there == *expected, "{inject}: not whole: {}", run.stderr);
                        // The report, too, is written.
                        let named = run.stderr.contains('/') || call == "write";
                        assert!(named, "{inject}: no path is named: {}", run.stderr);
                        refused += 1;
                    }
                    // The system's loader or libraries did not get what they need.
                    code => {
                        assert!(there == edited.trees.old, "{inject}: exit {code}: {}", run.stderr);
                        assert!(!run.stderr.contains("panicked"), "{inject}: {}", run.stderr);
                    }
                }
                in_a_row = if run.code == 0 { in_a_row + 1 } else { 0 };
                edited.check_next(&inject);
                // There are no more such calls.
                if in_a_row * every > 30 {
                    break;
                }
            }
        }
    }
    println!("{refused} refused, {survived} survived");
    assert!(refused > 10);
}

/// Zola #1378, #1173, mdBook: a failed build does not change the existing output.
#[test]
fn a_failed_build_changes_no_byte_or_timestamp_of_the_output() {
    let mut site = archive();
    site.build();
    let state = |site: &SiteTest| {
        let files = tree(&site.out()).into_keys();
        let time = |path: &String| fs::metadata(site.out().join(path)).unwrap().modified().unwrap();
        files.map(|path| (time(&path), path)).collect::<Vec<_>>()
    };
    let (before, times) = (site.outputs(), state(&site));
    for breaking in ["---\ntitle: [\n---\n", "no front matter", "---\ntitle: 甲\ndate: 2025-13-01\n---\n"] {
        site.write("content/news/d05.md", breaking);
        for args in [&["build"][..], &["build", "--no-cache"]] {
            assert_eq!(site.run(args).code, 1);
            assert!(site.outputs() == before && state(&site) == times, "{breaking:?}");
        }
    }
    edit(&mut site);
    site.write("themes/chamber/templates/page.html", "{{ page.nothing.at.all }}");
    site.write("content/news/d05.md", document("title: 好\ndate: 2025-01-05\ndistrict: 汉阳区"));
    assert_eq!(site.try_build().code, 1);
    assert!(site.outputs() == before && state(&site) == times, "a template that fails");
}

/// Zola #1378: an output folder that holds foreign files is never emptied.
#[test]
fn foreign_files_survive_every_kind_of_build() {
    let mut site = archive();
    for (name, text) in [("CNAME", "甲"), ("uploads/a.jpg", "乙"), ("news/theirs.html", "丙")] {
        site.write(&format!("public/{name}"), text);
    }
    let check = |site: &SiteTest, what: &str| {
        for (name, text) in [("CNAME", "甲"), ("uploads/a.jpg", "乙"), ("news/theirs.html", "丙")] {
            assert_eq!(site.output(name), text, "{name} after {what}");
        }
    };
    site.build();
    check(&site, "the first build");
    edit(&mut site);
    site.build();
    check(&site, "an edit");
    assert_eq!(site.run(&["build", "--no-cache"]).code, 0);
    check(&site, "a clean build");
    site.remove("content/news").build();
    check(&site, "the end of a section");
    site.has_not("news/d05.html");
    site.remove("public/.tribune-files").remove(".tribune");
    site.try_build();
    check(&site, "the loss of the list");
}

/// mdBook: what would be destroyed is refused as output, by whatever way it is named.
#[cfg(unix)]
#[test]
fn sources_home_and_root_are_refused_as_output_by_any_name() {
    let mut site = archive();
    site.write("themes/mine/theme.yaml", "name: mine\n");
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("precious"), "x").unwrap();
    std::os::unix::fs::symlink(site.path("content"), site.path("link")).unwrap();
    let before = tree(site.root());
    let (up, home_name) = ("content/../content/news", home.path().to_str().unwrap());
    for out in [
        ".",
        "./",
        "content",
        up,
        "themes",
        "themes/mine",
        "link",
        "link/news",
        "link/new/er",
        "nowhere/../content/new",
        "..",
        "/",
        "//",
        home_name,
    ] {
        let mut command = tribune();
        command.current_dir(site.root()).env("HOME", home.path());
        let refused = run(command.args(["build", "--out", out]));
        assert_eq!(refused.code, 3, "{out}: {}", refused.stderr);
        assert!(refused.stderr.contains("out-refused"), "{out}: {}", refused.stderr);
    }
    assert!(tree(site.root()) == before);
    assert_eq!(tree(home.path()).len(), 1);
}

/// Hono CVE-2026-39408, Quasar CVE-2026-106108: a symlink that already stands inside the output folder.
#[cfg(unix)]
#[test]
fn links_inside_the_output_folder_are_not_written_or_removed_through() {
    use std::os::unix::fs::symlink;
    let elsewhere = TempDir::new().unwrap();
    fs::create_dir(elsewhere.path().join("2025")).unwrap();
    for name in ["d05.html", "index.html", "2025/index.html"] {
        fs::write(elsewhere.path().join(name), "precious").unwrap();
    }
    let before = tree(elsewhere.path());
    for no_cache in [false, true] {
        // In the place of a folder, before the first build and after it, and in the place of a file.
        let site = archive();
        fs::create_dir(site.out()).unwrap();
        symlink(elsewhere.path(), site.path("public/news")).unwrap();
        let run = site.try_build();
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stderr.contains("place-taken"), "{}", run.stderr);

        let mut site = archive();
        site.build().remove("public/news");
        symlink(elsewhere.path(), site.path("public/news")).unwrap();
        edit(&mut site);
        site.remove("content/news/d05.md").args(if no_cache { &["--no-cache"] } else { &[] });
        assert_eq!(site.try_build().code, 3);
        site.remove("content/news").write("content/about.md", document("title: 关于"));
        site.try_build();
        assert!(tree(elsewhere.path()) == before, "a folder's place");

        let mut site = archive();
        site.build().remove("public/index.html");
        symlink(elsewhere.path().join("index.html"), site.path("public/index.html")).unwrap();
        edit(&mut site);
        site.build();
        assert!(site.output("index.html").contains("江城市人大"));
        assert!(!site.path("public/index.html").is_symlink());
        assert!(tree(elsewhere.path()) == before, "a file's place");
    }
}

/// Whatever stands where outputs are staged, it leads nobody anywhere.
#[cfg(unix)]
#[test]
fn links_in_the_place_of_the_staging_folder_lead_nowhere() {
    let victim = TempDir::new().unwrap();
    fs::create_dir(victim.path().join("sub")).unwrap();
    fs::write(victim.path().join("sub/precious"), "x").unwrap();
    for place in ["", "/new", "/old", "/journal"] {
        let mut site = archive();
        let staging = site.path(".public.tribune-staging");
        if !place.is_empty() {
            fs::create_dir(&staging).unwrap();
        }
        let link = format!("{}{place}", staging.display());
        std::os::unix::fs::symlink(victim.path(), link).unwrap();
        site.build();
        assert_eq!(tree(victim.path()).len(), 1, "{place}");
        assert!(!staging.exists() && !staging.is_symlink(), "{place}");
    }
}

/// A clean build, too, leaves folders whose they are, and open to whom they were open.
#[cfg(target_os = "linux")]
#[test]
fn folders_keep_their_group_and_their_permissions() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let mut site = archive();
    site.build();
    let is_given = chown(site.out(), None, Some(54_321)).is_ok();
    let modes = [("public", 0o2750), ("public/news", 0o711), ("public/districts/hanyang", 0o700)];
    for (folder, mode) in modes {
        fs::set_permissions(site.path(folder), fs::Permissions::from_mode(mode)).unwrap();
    }
    edit(&mut site);
    assert_eq!(site.run(&["build", "--no-cache"]).code, 0);
    assert!(site.output("index.html").contains("江城市人大"));
    for (folder, mode) in modes {
        assert_eq!(fs::metadata(site.path(folder)).unwrap().permissions().mode() & 0o7777, mode, "{folder}");
    }
    // Only root may give folders to others.
    assert!(!is_given || fs::metadata(site.out()).unwrap().gid() == 54_321);
}

/// The calls that a build of the site with these arguments makes to have things on the disk and to give names, in
/// their order.
#[cfg(target_os = "linux")]
struct Calls(String);

#[cfg(target_os = "linux")]
impl Calls {
    fn of(site: &SiteTest, args: &[&str]) -> Calls {
        let trace = site.path("trace");
        let mut command = Command::new("strace");
        command.current_dir(site.root());
        command.args(["-f", "-qq", "-y", "-e", "trace=fsync,fdatasync,rename,renameat2", "-o"]);
        command.arg(&trace).args([env!("CARGO_BIN_EXE_tribune"), "build"]).args(args);
        let run = run(&mut command);
        assert_eq!(run.code, 0, "{args:?}: {}", run.stderr);
        let calls = Calls(fs::read_to_string(&trace).unwrap());
        fs::remove_file(trace).unwrap();
        calls
    }

    /// Which call it is: the last of this kind that names this path.
    fn at(&self, call: &str, path: &str) -> usize {
        let place = self.0.lines().rev().position(|line| line.contains(call) && line.contains(path));
        let place = place.unwrap_or_else(|| panic!("there is no {call} of {path} in\n{}", self.0));
        self.0.lines().count() - 1 - place
    }
}

/// Power loss: with `--durable`, files are on the disk before they get their names, and names before the
/// build ends.
#[cfg(target_os = "linux")]
#[test]
fn durable_builds_sync_files_then_renames_then_folders() {
    if !has_strace() {
        return;
    }
    let site = archive();
    fs::create_dir(site.out()).unwrap();
    let calls = Calls::of(&site, &["--durable"]);
    let staged = calls.at("fsync", ".public.tribune-staging/new/news/d05.html>");
    let names = calls.at("fsync", ".public.tribune-staging/new/news>");
    let written = calls.at("fsync", ".public.tribune-staging/journal.new>");
    let journal = calls.at("rename", ".public.tribune-staging/journal\"");
    let known = calls.at("fsync", ".public.tribune-staging>");
    let placed = calls.at("rename", "public/news/d05.html\"");
    let folder = calls.at("fsync", "/public/news>");
    assert!(staged.max(names).max(written) < journal, "{}", calls.0);
    assert!(journal < known && known < placed && placed < folder, "{}", calls.0);
    assert_eq!(Calls::of(&SiteTest::sample(), &[]).0.matches("sync").count(), 0);
}

/// Power loss: the same of a new output folder.
#[cfg(target_os = "linux")]
#[test]
fn durable_builds_sync_a_new_folder_before_it_takes_its_place_and_its_name_after() {
    if !has_strace() {
        return;
    }
    let site = archive();
    let above = format!("{}>", site.root().canonicalize().unwrap().display());
    let calls = Calls::of(&site, &["--durable"]);
    let moved = calls.at("rename", "public\"");
    let files: Vec<String> = tree(&site.out()).into_keys().map(|path| format!("/{path}")).collect();
    assert!(files.len() > 10);
    for path in files.iter().map(String::as_str).chain(["", "/news", "/districts/hanyang"]) {
        let synced = calls.at("fsync", &format!(".public.tribune-staging/new{path}>"));
        assert!(synced < moved, "{path:?} comes too late: {}", calls.0);
    }
    assert!(moved < calls.at("fsync", &above), "{}", calls.0);
}
