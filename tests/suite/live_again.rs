//! `watch` and `serve` without edits: failed builds are tried again, and scheduled publications and expiries are not missed.

use std::fs;
use std::time::Duration;

#[cfg(target_os = "linux")]
use crate::live_test::shell_with_mounts;
use crate::live_test::{Live, Served, has_code, news, ok, small_site};
#[cfg(target_os = "linux")]
use crate::site_test::tribune;
use crate::site_test::{SiteTest, document, write_file};

/// Longer than the first wait before a build is tried again.
const LONGER_THAN_A_WAIT: Duration = Duration::from_millis(3500);

/// A small site with a document that expires, and one that is published, in so many seconds.
fn timed_site(seconds: i64) -> SiteTest {
    let soon = jiff::Zoned::now() + jiff::SignedDuration::from_secs(seconds);
    let soon = soon.strftime("%Y-%m-%dT%H:%M:%S%:z");
    let front = "title: 定时\ndate: 2025-01-01\ndistrict: 汉阳区";
    let mut site = small_site();
    site.write("content/news/due.md", document(&format!("{front}\npublish_at: {soon}")))
        .write("content/news/expires.md", document(&format!("{front}\nexpires: {soon}")));
    site
}

fn there(site: &SiteTest, name: &str) -> bool {
    site.out().join(format!("news/{name}.html")).exists()
}

/// Puts files where outputs are staged, beside the output folder and in it: nothing can be written.
fn block(site: &SiteTest, blocked: bool) {
    for place in [".public.tribune-staging", "public/.tribune-staging"] {
        if blocked {
            write_file(&site.path(place), b"in the way");
        } else {
            fs::remove_file(site.path(place)).unwrap();
        }
    }
}

#[test]
fn scheduled_changes_wait_until_the_output_is_writable() {
    let live = Live::watch(timed_site(4), &[]);
    assert!(there(&live.site, "expires") && !there(&live.site, "due"));
    block(&live.site, true);
    live.wait_for_error("write-failed");
    live.stays_quiet_for(LONGER_THAN_A_WAIT);
    assert!(there(&live.site, "expires"));
    block(&live.site, false);
    live.wait_for("the one gone, the other there", |build| {
        ok(build) && there(&live.site, "due") && !there(&live.site, "expires")
    });
}

/// The build gets as far as putting its pages in place, and knows of nothing that would fall due later.
#[test]
fn scheduled_changes_wait_for_a_foreign_file_to_be_removed() {
    let live = Live::watch(timed_site(4), &[]);
    let place = live.site.out().join("news/due.html");
    write_file(&place, b"somebody else's");
    live.wait_for_error("place-taken");
    assert!(there(&live.site, "expires"));
    live.stays_quiet_for(LONGER_THAN_A_WAIT);
    assert_eq!(fs::read(&place).unwrap(), b"somebody else's");
    fs::remove_file(&place).unwrap();
    live.wait_for("the one gone, the other there", |build| {
        ok(build) && there(&live.site, "due") && !there(&live.site, "expires")
    });
}

/// ENOSPC: the output is on a small disk (tmpfs(5)) of its own, and that is full.
#[test]
#[cfg(target_os = "linux")]
fn scheduled_changes_wait_until_the_disk_has_room() {
    let script = "mkdir room && mount -t tmpfs -o size=2m tmpfs room && exec \"$0\" \"$@\"";
    let Some(mut command) = shell_with_mounts(script) else { return };
    command.arg(tribune().get_program());
    let live = Live::start_by(command, timed_site(5), &["watch", "--json", "--out", "room/public"]);
    assert!(ok(&live.next()));
    let room = live.seen_by_process("room");
    let there = |name: &str| room.join(format!("public/news/{name}.html")).exists();
    assert!(there("expires") && !there("due"));
    fs::write(room.join("filler"), vec![b'x'; 4 << 20]).unwrap_err();
    live.wait_for_error("write-failed");
    live.stays_quiet_for(LONGER_THAN_A_WAIT);
    assert!(there("expires") && !there("due"));
    fs::remove_file(room.join("filler")).unwrap();
    live.wait_for("the one gone, the other there", |build| ok(build) && there("due") && !there("expires"));
}

/// The build of the one edit is not even begun; the next edit, of another file, is not all there is to do.
#[test]
fn an_edit_that_could_not_be_written_is_written_with_the_next() {
    let mut live = Live::watch(small_site(), &[]);
    let front = "title: 第二篇\ndate: 2025-01-01\ndistrict: 汉阳区\nsummary: 摘要。";
    live.site.write("content/news/b.md", document(front));
    live.wait_for_documents(2);
    live.stays_quiet();
    block(&live.site, true);
    live.site.change("content/news/a.md", "旧标题", "新标题");
    live.wait_for_error("write-failed");
    block(&live.site, false);
    // What is shown of it elsewhere stays: nothing but its own page is made.
    live.site.change("content/news/b.md", "正文一段", "改过的一段");
    live.wait_for_text("news/b.html", "改过的一段");
    live.site.check_file("news/a.html", |html| assert!(html.contains("新标题")));
}

/// An error elsewhere blocks all publication; once it is fixed, scheduled changes are still applied.
#[test]
fn scheduled_changes_during_errors_are_applied_once_the_errors_are_fixed() {
    let whole = fs::read_to_string(small_site().path("content/site.yaml")).unwrap();
    for (path, sound, broken, code) in [
        ("content/news/a.md", news("旧标题"), "没有设置区".to_owned(), "front-matter-missing"),
        ("content/site.yaml", whole.clone(), "title: [".to_owned(), "yaml-unclosed"),
    ] {
        let mut live = Live::watch(timed_site(4), &[]);
        live.site.write(path, broken);
        live.wait_for_error(code);
        // Beyond the time: it fails as before, and that is not said again.
        live.stays_quiet_for(Duration::from_secs(5));
        assert!(there(&live.site, "expires") && !there(&live.site, "due"), "{path}");
        live.site.write(path, sound);
        live.wait_for("the one gone, the other there", |build| {
            ok(build) && there(&live.site, "due") && !there(&live.site, "expires")
        });
    }
}

/// An error made and fixed before the scheduled time does not cancel it.
#[test]
fn scheduled_changes_after_a_failed_build_are_made_in_time() {
    let mut live = Live::watch(timed_site(6), &[]);
    live.site.change("content/news/a.md", "title:", "titel:");
    live.wait_for_error("unknown-key");
    live.site.change("content/news/a.md", "titel:", "title:");
    live.wait_for_documents(2);
    live.wait_for("the one gone, the other there", |build| {
        ok(build) && there(&live.site, "due") && !there(&live.site, "expires")
    });
}

/// Pages that show the error come back by themselves, too, when it passes by itself.
#[test]
fn the_preview_comes_back_when_there_is_room_again() {
    let mut served = Served::start(small_site(), &[]);
    let mut events = served.events();
    let whole = events.next();
    block(&served.live.site, true);
    served.live.site.change("content/news/a.md", "旧标题", "新标题");
    let broken = events.next();
    assert_ne!(broken, whole);
    assert_eq!(served.get("/news/a.html").status, 500);
    assert!(has_code(&served.live.next(), "write-failed"));
    block(&served.live.site, false);
    assert_ne!(events.next(), broken);
    assert!(served.get("/news/a.html").body.contains("新标题"));
}
