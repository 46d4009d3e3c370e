//! Concurrent builds, and changes to the output folder during a build: builds of one output folder take turns, or report
//! that something else changed it.

use std::fs;
use std::io::{BufRead, BufReader};
#[cfg(target_os = "linux")]
use std::path::Path;
#[cfg(target_os = "linux")]
use std::process::{Child, Command};
use std::process::{ChildStderr, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
#[cfg(target_os = "linux")]
use std::time::Instant;

use tempfile::TempDir;
use tribune::internals::build::output::{BuildTarget, OutputDir};

use crate::site_test::SiteTest;
use crate::threats_losing::{archive, build, edit, outputs};

/// Changes much of a site, but not its name: the folder of another site is refused.
fn edit_pages(site: &mut SiteTest) {
    edit(site);
    site.change("content/site.yaml", "title: 江城市人大", "title: 江城人大");
}

/// Two builds at once, of one site and of two states of it into one folder.
#[test]
fn builds_at_the_same_time_take_turns() {
    let (one, mut two) = (archive(), archive());
    edit_pages(&mut two);
    let shared = TempDir::new().unwrap();
    let out = shared.path().join("site");
    let start = |site: &SiteTest| build(site.root(), &["--out", out.to_str().unwrap()]).spawn().unwrap();
    for _ in 0..4 {
        let running = [start(&one), start(&two), start(&one), start(&two)];
        for mut child in running {
            assert!(child.wait().unwrap().success());
        }
        let wanted = [&one, &two].map(|site| {
            assert_eq!(site.run(&["build", "--no-cache", "--out", "clean"]).code, 0);
            outputs(&site.path("clean"))
        });
        assert!(wanted.contains(&outputs(&out)), "a mixture of two sites");
    }
    assert_eq!(fs::read_dir(shared.path()).unwrap().count(), 1);
}

/// The lines that a process writes, as they come.
fn lines(stderr: ChildStderr) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        BufReader::new(stderr).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
    });
    lines
}

/// A build says who it waits for: once, and not in its report.
#[test]
fn a_waiting_build_names_the_build_it_waits_for() {
    let site = archive();
    let mut command = build(site.root(), &["--json"]);
    command.env("LANG", "en_US.UTF-8").env_remove("LC_ALL").stdout(Stdio::piped()).stderr(Stdio::piped());
    let first = OutputDir::open(&BuildTarget::new(site.root(), site.out())).unwrap();
    let mut second = command.spawn().unwrap();
    let said = lines(second.stderr.take().unwrap());
    let line = said.recv_timeout(Duration::from_secs(20)).unwrap_or_default();
    assert!(line.contains(&format!("process {}", std::process::id())), "{line}");
    std::thread::sleep(Duration::from_millis(100));
    assert!(second.try_wait().unwrap().is_none(), "it does not wait");
    drop(first);
    let ended = second.wait_with_output().unwrap();
    assert!(ended.status.success());
    assert!(serde_json::from_slice::<serde_json::Value>(&ended.stdout).is_ok(), "{ended:?}");
    assert_eq!(said.iter().count(), 0);
    // Nobody waits any more.
    let third = command.output().unwrap();
    assert!(third.status.success() && third.stderr.is_empty(), "{third:?}");
}

/// The same of another site's build into the same folder.
#[test]
fn a_build_says_that_it_waits_for_another_site() {
    let (one, two) = (archive(), archive());
    let first = OutputDir::open(&BuildTarget::new(one.root(), one.out())).unwrap();
    let mut command = build(two.root(), &["--out", one.out().to_str().unwrap()]);
    command.env("LANG", "zh_CN.UTF-8").env_remove("LC_ALL").stderr(Stdio::piped());
    let mut second = command.spawn().unwrap();
    let said = lines(second.stderr.take().unwrap());
    let line = said.recv_timeout(Duration::from_secs(20)).unwrap_or_default();
    assert!(line.contains("同一个输出文件夹"), "{line}");
    drop(first);
    assert!(second.wait().unwrap().success());
}

/// A build of the site that takes its time at the system calls that `inject` names.
#[cfg(target_os = "linux")]
fn slow_build(site: &SiteTest, inject: &str, at: &Path, out: &Path) -> Child {
    let mut command = Command::new("strace");
    command.current_dir(site.root()).env("LANG", "en_US.UTF-8").env_remove("LC_ALL").stderr(Stdio::piped());
    command.args(["-f", "-qq", "-o", "trace", "-e", inject, "-P"]).arg(at);
    command.args([env!("CARGO_BIN_EXE_tribune"), "build", "--out"]).arg(out);
    command.spawn().unwrap()
}

#[cfg(target_os = "linux")]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what} does not come");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// While one build tidies up, the next one enters the folder in which outputs are staged: nothing of it goes with
/// the rest.
#[cfg(target_os = "linux")]
#[test]
fn a_build_that_ends_takes_nothing_from_the_next_one() {
    if !crate::threats_losing::has_strace() {
        return;
    }
    let (one, mut two) = (archive(), archive());
    edit_pages(&mut two);
    assert_eq!(two.run(&["build", "--no-cache", "--out", "clean"]).code, 0);
    let wanted = outputs(&two.path("clean"));
    for delay in [60, 120, 200, 300, 400] {
        let shared = TempDir::new().unwrap();
        let out = shared.path().join("site");
        let lock = shared.path().join(".site.tribune-staging/lock");
        let inject = format!("inject=unlink,unlinkat:delay_exit={delay}000");
        let mut first = slow_build(&one, &inject, &lock, &out);
        let trace = one.path("trace");
        wait_until("the end of the first build", || {
            fs::read_to_string(&trace).is_ok_and(|it| it.contains("unlink"))
        });
        let second = build(two.root(), &["--out", out.to_str().unwrap()]).output().unwrap();
        assert!(first.wait().unwrap().success() && second.status.success(), "{delay} ms: {second:?}");
        assert!(outputs(&out) == wanted, "{delay} ms: not the site that was built last");
        fs::remove_file(trace).unwrap();
        assert_eq!(fs::read_dir(shared.path()).unwrap().count(), 1, "{delay} ms: something is left");
    }
}

/// Who tidies up temporary files takes a staged one away, just before the build puts them in place.
#[cfg(target_os = "linux")]
#[test]
fn a_staged_file_that_is_gone_is_not_taken_for_moved() {
    if !crate::threats_losing::has_strace() {
        return;
    }
    let mut site = archive();
    site.build();
    let old = outputs(&site.out());
    edit(&mut site);
    let staging = site.path(".public.tribune-staging");
    for gone in ["new/news/d08.html", "new/news/new.html"] {
        let journal = staging.join("journal.new");
        let rename = "inject=rename,renameat,renameat2:delay_enter=400000";
        let slow = slow_build(&site, rename, &journal, &site.out());
        wait_until("the journal", || journal.exists());
        fs::remove_file(staging.join(gone)).unwrap();
        let ended = slow.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(3), "{gone}: {said}");
        assert!(said.contains(gone), "{said}");
        assert!(outputs(&site.out()) == old, "{gone}: not as it was");
    }
    let _ = fs::remove_file(site.path("trace"));
    assert_eq!(site.try_build().code, 0);
    assert_eq!(site.run(&["build", "--no-cache", "--out", "clean"]).code, 0);
    assert!(outputs(&site.out()) == outputs(&site.path("clean")));
}
