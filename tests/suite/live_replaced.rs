//! `watch` and `serve` on a site whose folder is replaced by another one of the same name: moved and copied back, restored,
//! mounted anew, or a link that leads to the next release. A watch of the operating system stays with the old folder.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

#[cfg(target_os = "linux")]
use crate::live_test::shell_with_mounts;
use crate::live_test::{Live, Served, news, ok, small_site, wait_for_page, wait_until};
use crate::site_test::{SiteTest, run_in, tree, tribune, write_file};

/// Longer than it takes to notice that a folder is another one.
const LONGER_THAN_A_LOOK: Duration = Duration::from_millis(2500);

/// A folder with a small site in `site`.
fn site_in_folder() -> SiteTest {
    let mut place = SiteTest::empty();
    place.remove("content");
    copy(small_site().root(), &place.path("site"));
    place
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in tree(from) {
        write_file(&to.join(path), &bytes);
    }
}

/// Starts `watch` with these arguments in a folder that a shell has entered, by the links that lead there.
fn watch_in(place: SiteTest, folder: &str, args: &[&str]) -> Live {
    let mut shell = Command::new("sh");
    shell.args(["-c", "cd \"$0\" && exec \"$@\"", folder]).arg(tribune().get_program());
    let live = Live::start_by(shell, place, &[&["watch", "--json"], args].concat());
    assert!(ok(&live.next()));
    live
}

/// An edit in the site `folder` is published there, soon.
#[track_caller]
fn follows(live: &mut Live, folder: &str, title: &str) {
    live.site.write(&format!("{folder}/content/news/a.md"), news(title));
    let page = live.site.path(folder).join("public/news/a.html");
    wait_for_page(&page, title);
}

/// The outputs are those of a clean build.
#[track_caller]
fn is_like_a_clean_build(live: &Live, folder: &str) {
    let clean = live.site.path("clean");
    let run = run_in(&live.site.path(folder), &["build", "--no-cache", "--out", clean.to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(tree(&live.site.path(folder).join("public")) == tree(&clean), "differs from a clean build");
}

#[test]
fn watch_follows_a_site_that_is_moved_away_and_copied_back() {
    for (folder, args) in [("site", &[][..]), (".", &["--root", "site"]), ("site/content", &[])] {
        let mut live = watch_in(site_in_folder(), folder, args);
        live.site.rename("site", "away");
        // Said once, and nothing is made that would be in the way of the copy.
        live.wait_for_error("no-site");
        live.stays_quiet_for(LONGER_THAN_A_LOOK);
        assert!(!live.site.path("site").exists());
        copy(&live.site.path("away"), &live.site.path("site"));
        live.wait_for_documents(1);
        for title in ["第一次", "第二次"] {
            follows(&mut live, "site", title);
        }
        live.site.write("site/content/reports/b.md", news("又一篇"));
        live.wait_for_documents(2);
        is_like_a_clean_build(&live, "site");
    }
}

#[test]
fn watch_follows_a_site_that_is_moved_away_and_back() {
    let mut live = watch_in(site_in_folder(), ".", &["--root", "site"]);
    live.site.rename("site", "away");
    live.wait_for_error("no-site");
    live.site.change("away/content/news/a.md", "旧标题", "在外面改的");
    live.site.rename("away", "site");
    let page = live.site.path("site/public/news/a.html");
    wait_for_page(&page, "在外面改的");
    follows(&mut live, "site", "回来以后");
    is_like_a_clean_build(&live, "site");
}

#[test]
fn watch_follows_a_site_that_is_swapped_for_another_at_once() {
    let mut live = watch_in(site_in_folder(), "site", &[]);
    copy(&live.site.path("site/content"), &live.site.path("next/content"));
    live.site.write("next/content/news/a.md", news("下一个站点"));
    live.site.rename("site", "last").rename("next", "site");
    let page = live.site.path("site/public/news/a.html");
    wait_for_page(&page, "下一个站点");
    follows(&mut live, "site", "改过了");
    is_like_a_clean_build(&live, "site");
}

#[test]
fn watch_follows_a_site_that_is_removed_and_restored() {
    let mut live = watch_in(site_in_folder(), "site", &[]);
    // At once, and after a while: a folder that is made meanwhile would be in the way.
    for wait in [false, true] {
        copy(&live.site.path("site"), &live.site.path("backup"));
        live.site.remove("site");
        if wait {
            live.wait_for_error("no-site");
            live.stays_quiet_for(LONGER_THAN_A_LOOK);
            assert!(!live.site.path("site").exists());
        }
        live.site.rename("backup", "site");
        follows(&mut live, "site", "第一次");
        follows(&mut live, "site", "第二次");
        is_like_a_clean_build(&live, "site");
    }
}

#[test]
fn watch_follows_a_site_whose_parent_folder_is_restored() {
    let mut place = SiteTest::empty();
    place.remove("content");
    copy(small_site().root(), &place.path("above/site"));
    let mut live = watch_in(place, ".", &["--root", "above/site"]);
    live.site.rename("above", "away");
    copy(&live.site.path("away"), &live.site.path("above"));
    follows(&mut live, "above/site", "第一次");
    follows(&mut live, "above/site", "第二次");
    is_like_a_clean_build(&live, "above/site");
}

/// The link `current` leads from one release to the next, as deployments do it.
#[test]
fn watch_follows_a_link_that_leads_to_the_next_release() {
    for (folder, args) in [("current", &[][..]), (".", &["--root", "current"]), ("current/content", &[])] {
        let mut place = SiteTest::empty();
        place.remove("content");
        for release in ["1", "2", "3"] {
            copy(small_site().root(), &place.path("releases").join(release));
            place.write(&format!("releases/{release}/content/news/a.md"), news(&format!("第{release}版")));
        }
        symlink("releases/1", place.path("current")).unwrap();
        let mut live = watch_in(place, folder, args);
        let page = live.site.path("current/public/news/a.html");
        for release in ["2", "3"] {
            symlink(Path::new("releases").join(release), live.site.path("new")).unwrap();
            fs::rename(live.site.path("new"), live.site.path("current")).unwrap();
            let title = format!("第{release}版");
            wait_for_page(&page, &title);
            follows(&mut live, "current", "改过了");
            is_like_a_clean_build(&live, "current");
        }
        assert!(
            fs::read_to_string(live.site.path("releases/1/public/news/a.html")).unwrap().contains("第1版")
        );
    }
}

#[test]
fn serve_shows_the_site_that_takes_the_place_of_the_former() {
    let mut served = Served::start(site_in_folder(), &["--root", "site"]);
    served.live.site.rename("site", "away");
    served.live.wait_for_error("no-site");
    assert_eq!(served.get("/news/a.html").status, 500);
    let (away, back) = (served.live.site.path("away"), served.live.site.path("site"));
    copy(&away, &back);
    served.live.wait_for_documents(1);
    follows(&mut served.live, "site", "新标题");
    wait_until("the new page", || served.get("/news/a.html").body.contains("新标题"));
    assert_eq!(served.get("/").status, 200);
}

#[test]
fn watch_looks_at_the_folders_without_building() {
    let live = Live::watch(small_site(), &[]);
    live.stays_quiet_for(LONGER_THAN_A_LOOK);
}

/// `watch` in a mount namespace of its own, after this script; nothing where there is none to be had. The root of the
/// site is `site`, a mount of `source`.
#[cfg(target_os = "linux")]
fn watch_mounted(script: &str) -> Option<Live> {
    let mut place = SiteTest::empty();
    place.remove("content");
    for (folder, title) in [("source", "旧标题"), ("other", "另一个站点")] {
        copy(small_site().root(), &place.path(folder));
        place.write(&format!("{folder}/content/news/a.md"), news(title));
        place.write(&format!("{folder}/themes/chamber/i18n/zh-CN.yaml"), "home: 首页\n");
    }
    fs::create_dir(place.path("site")).unwrap();
    // The other steps are taken in the background, in the same namespace: each waits for a file.
    let wait = "await() { while [ ! -e $1 ]; do sleep 0.02; done; }; set -e; mount --bind source site";
    let script = format!("{wait}; ({script}) & exec \"$0\" \"$@\" --root site");
    let mut command = shell_with_mounts(&script)?;
    command.arg(tribune().get_program());
    let live = Live::start_by(command, place, &["watch", "--json"]);
    assert!(ok(&live.next()));
    Some(live)
}

#[cfg(target_os = "linux")]
#[track_caller]
fn follows_mounted(live: &Live, title: &str) {
    let root = live.seen_by_process("site");
    fs::write(root.join("content/news/a.md"), news(title)).unwrap();
    let page = root.join("public/news/a.html");
    wait_for_page(&page, title);
}

#[test]
#[cfg(target_os = "linux")]
fn watch_follows_a_site_that_is_mounted_anew() {
    let script = "await 1; until umount site; do sleep 0.02; done; await 2; mount --bind other site; await 3; mount --bind source site";
    let Some(live) = watch_mounted(script) else { return };
    follows_mounted(&live, "第一次");
    write_file(&live.site.path("1"), b"");
    live.wait_for_error("no-site");
    // Nothing is written into the folder below the mount.
    assert_eq!(fs::read_dir(live.site.path("site")).unwrap().count(), 0);
    for (step, title) in [("2", "另一个站点"), ("3", "第一次")] {
        write_file(&live.site.path(step), b"");
        let page = live.seen_by_process("site/public/news/a.html");
        wait_for_page(&page, title);
        follows_mounted(&live, &format!("第{step}次"));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn watch_follows_content_and_themes_that_are_mounted_over() {
    let script =
        "await 1; mount --bind other/content site/content; await 2; mount --bind other/themes site/themes";
    let Some(live) = watch_mounted(script) else { return };
    write_file(&live.site.path("1"), b"");
    let page = live.seen_by_process("site/public/news/a.html");
    wait_for_page(&page, "另一个站点");
    follows_mounted(&live, "改过了");
    fs::write(live.site.path("other/themes/chamber/i18n/zh-CN.yaml"), "home: 回首页\n").unwrap();
    write_file(&live.site.path("2"), b"");
    wait_for_page(&page, "回首页");
    fs::write(live.site.path("other/themes/chamber/i18n/zh-CN.yaml"), "home: 到首页\n").unwrap();
    wait_for_page(&page, "到首页");
}

/// A section that is mounted over is followed as well.
#[test]
#[cfg(target_os = "linux")]
fn watch_follows_a_section_that_is_mounted_over() {
    let Some(live) = watch_mounted("await 1; mount --bind other/content/news site/content/news") else {
        return;
    };
    write_file(&live.site.path("1"), b"");
    let page = live.seen_by_process("site/public/news/a.html");
    wait_for_page(&page, "另一个站点");
    follows_mounted(&live, "改过了");
}

/// A link inside the site is switched, or a link that it leads to; then a file behind it is edited. No event tells of
/// files that were not behind the link when the watch began.
#[test]
fn watch_follows_links_inside_a_site_that_are_switched() {
    for (link, target) in
        [("site/content/news", "../releases/current"), ("site/content/news", "../releases/1")]
    {
        let mut place = site_in_folder();
        for release in ["1", "2"] {
            copy(&place.path("site/content/news"), &place.path(&format!("site/releases/{release}")));
            place.write(&format!("site/releases/{release}/a.md"), news(&format!("第{release}版")));
        }
        place.remove("site/content/news");
        symlink("1", place.path("site/releases/current")).unwrap();
        symlink(target, place.path(link)).unwrap();
        let live = watch_in(place, "site", &[]);
        let page = live.site.path("site/public/news/a.html");
        wait_for_page(&page, "第1版");
        let (switched, to) = match target {
            "../releases/current" => ("site/releases/current", "2"),
            _ => (link, "../releases/2"),
        };
        symlink(to, live.site.path("site/new")).unwrap();
        fs::rename(live.site.path("site/new"), live.site.path(switched)).unwrap();
        wait_for_page(&page, "第2版");
        fs::write(live.site.path("site/releases/2/a.md"), news("改过了")).unwrap();
        wait_for_page(&page, "改过了");
        is_like_a_clean_build(&live, "site");
    }
}
