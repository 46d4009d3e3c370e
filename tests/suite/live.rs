//! `watch` end to end: edits that other generators have missed (Zola #1803, #2498, Hugo), such as saves by renaming, by
//! truncating and in bursts, moved folders, and a system that no longer reports changes.

use std::fs;
use std::process::{Command, Stdio};

use crate::live_test::{Live, PATIENCE, news, ok, small_site};
use crate::site_test::{SiteTest, document, tribune};

#[test]
fn watch_prints_one_json_object_a_build_and_builds_at_once() {
    let live = Live::start(small_site(), &["watch", "--json"]);
    let first = live.next();
    assert_eq!((&first["version"], &first["ok"], &first["documents"]), (&1.into(), &true.into(), &1.into()));
    live.stays_quiet();
}

#[test]
fn watch_without_json_says_what_it_did_in_one_line() {
    let mut live = Live::start(small_site(), &["watch"]);
    let first = live.lines.recv_timeout(PATIENCE).unwrap();
    assert!(first.starts_with("built 1 document,"), "{first}");
    live.site.change("content/news/a.md", "旧标题", "新标题");
    let second = live.lines.recv_timeout(PATIENCE).unwrap();
    assert!(second.starts_with("built 1 document,"), "{second}");
}

#[test]
fn watch_sees_a_file_written_in_place() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.change("content/news/a.md", "旧标题", "新标题");
    live.wait_for_text("news/a.html", "新标题");
    for path in ["index.html", "news/index.html", "districts/wuhan/index.html", "feed.xml"] {
        assert!(live.site.output(path).contains("新标题"), "{path}");
    }
}

#[test]
fn watch_sees_a_file_saved_by_renaming_again_and_again() {
    let mut live = Live::watch(small_site(), &[]);
    for title in ["第一次", "第二次", "第三次"] {
        live.site.write("content/news/.a.md.tmp", news(title));
        live.site.rename("content/news/.a.md.tmp", "content/news/a.md");
        live.wait_for_text("news/a.html", title);
    }
}

#[test]
fn watch_sees_new_files_and_removed_ones() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.write("content/news/b.md", news("又一篇"));
    live.wait_for_documents(2);
    live.site.has("news/b.html").remove("content/news/b.md");
    live.wait_for_documents(1);
    live.site.has_not("news/b.html");
}

#[test]
fn watch_sees_a_new_folder_with_documents_and_edits_in_it() {
    let mut live = Live::watch(small_site(), &[]);
    live.site
        .write("content/reports/2025/x.md", news("新栏目"))
        .write("content/reports/2025/y.md", news("乙"));
    live.wait_for_documents(3);
    live.site.change("content/reports/2025/x.md", "新栏目", "改过了");
    live.wait_for_text("reports/2025/x.html", "改过了");
}

#[test]
fn watch_sees_a_folder_moved_in_and_edits_in_it() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.write("elsewhere/2025/x.md", news("移进来的"));
    live.stays_quiet();
    live.site.rename("elsewhere", "content/reports");
    live.wait_for_documents(2);
    live.site.change("content/reports/2025/x.md", "移进来的", "改过了");
    live.wait_for_text("reports/2025/x.html", "改过了");
}

#[test]
fn watch_sees_a_folder_renamed_and_edits_in_it() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.rename("content/news", "content/dynamics");
    live.wait_for_text("dynamics/a.html", "旧标题");
    live.site.has_not("news/a.html").has_not("news/index.html").change(
        "content/dynamics/a.md",
        "旧标题",
        "新标题",
    );
    live.wait_for_text("dynamics/a.html", "新标题");
}

#[test]
fn watch_sees_a_folder_removed_and_made_again() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.write("content/news/2024/b.md", news("乙"));
    live.wait_for_documents(2);
    live.site.remove("content/news/2024");
    live.wait_for_documents(1);
    live.site.write("content/news/2024/c.md", news("丙"));
    live.wait_for_documents(2);
    live.site.change("content/news/2024/c.md", "丙", "丁丁");
    live.wait_for_text("news/2024/c.html", "丁丁");
}

#[test]
fn watch_sees_the_content_folder_put_aside_and_back() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.rename("content", "aside");
    live.wait_for_error("no-site");
    live.site.has("news/a.html").rename("aside", "content");
    live.wait_for_documents(1);
    live.site.change("content/news/a.md", "旧标题", "新标题");
    live.wait_for_text("news/a.html", "新标题");
}

#[test]
fn watch_sees_settings_and_districts_change() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.change("content/site.yaml", "江城人大", "新站名");
    live.wait_for_text("index.html", "新站名");
    live.site.change("content/districts.yaml", "slug: hanyang", "slug: hy");
    live.wait_for_text("districts/hy/index.html", "旧标题");
    live.site.has_not("districts/hanyang/index.html");
}

#[test]
fn watch_sees_a_themes_folder_appear_and_its_templates_change() {
    let mut live = Live::watch(small_site(), &[]);
    let template = "themes/chamber/templates/page.html";
    live.site.write(
        template,
        "{% extends \"chamber/page.html\" %}{% block footer %}自己的页脚{% endblock footer %}",
    );
    live.wait_for_text("news/a.html", "自己的页脚");
    live.site.change(template, "自己的页脚", "另一个页脚");
    live.wait_for_text("news/a.html", "另一个页脚");
    live.site.remove("themes");
    live.wait_for("the default footer", |_| !live.site.output("news/a.html").contains("另一个页脚"));
}

#[test]
fn watch_survives_broken_front_matter_and_keeps_the_old_pages() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.change("content/news/a.md", "title: 旧标题", "titel: 新标题");
    let broken = live.wait_for_error("unknown-key");
    assert_eq!(broken["written"], 0);
    live.site.check_file("news/a.html", |html| assert!(html.contains("旧标题")));
    live.site.change("content/news/a.md", "titel: 新标题", "title: 新标题");
    live.wait_for_text("news/a.html", "新标题");
}

#[test]
fn watch_survives_every_file_being_broken_in_turn() {
    let mut site = small_site();
    site.write("themes/chamber/templates/404.html", "{% extends \"chamber/404.html\" %}");
    site.write("themes/chamber/i18n/zh-CN.yaml", "home: 首页\n");
    let mut live = Live::watch(site, &[]);
    let files = [
        ("content/news/a.md", "没有设置区", "front-matter-missing"),
        ("content/site.yaml", "title: [", "yaml-unclosed"),
        ("content/districts.yaml", "title: 甲", "not-a-list"),
        ("themes/chamber/templates/404.html", "{% if %}", "template-syntax"),
        ("themes/chamber/i18n/zh-CN.yaml", "- 甲\n", "not-a-mapping"),
    ];
    for (path, broken, code) in files {
        let whole = fs::read_to_string(live.site.path(path)).unwrap();
        live.site.write(path, broken);
        live.wait_for_error(code);
        live.site.write(path, whole);
        live.wait_for_documents(1);
    }
}

#[test]
fn watch_follows_a_file_removed_and_restored() {
    let mut live = Live::watch(small_site(), &[]);
    for path in ["content/site.yaml", "content/news/a.md"] {
        let whole = fs::read_to_string(live.site.path(path)).unwrap();
        live.site.remove(path);
        live.next();
        live.site.write(path, whole);
        live.wait_for_documents(1);
    }
}

#[test]
fn watch_ignores_temporary_files_of_editors() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.write("content/news/.a.md.swp", "x").write("notes.txt", "x");
    live.stays_quiet();
}

/// Obsidian saves its own settings all the time.
#[test]
fn watch_ignores_what_builds_ignore() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.write("content/.obsidian/workspace.json", "{}").write("content/_drafts/a.md", news("草稿"));
    live.stays_quiet();
    live.site.write("content/.obsidian/plugins/a/data.json", "{}").write("content/news/_b.md", news("草稿"));
    live.stays_quiet();
    live.site.write("content/news/_index.md", "---\ntitle: 新栏目名\n---\n");
    live.wait_for_text("news/index.html", "新栏目名");
}

#[test]
fn watch_sees_every_file_that_a_build_publishes() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.publish_all();
    live.site.write("content/news/a.dat", "one");
    live.wait_for_text("news/a.dat", "one");
    live.site.write("content/news/a.dat", "two");
    live.wait_for_text("news/a.dat", "two");
}

#[test]
fn watch_reports_deleted_settings() {
    for path in ["content/districts.yaml", "content/site.yaml"] {
        let mut live = Live::watch(small_site(), &[]);
        live.site.remove(path);
        live.wait_for("an error", |build| !ok(build));
    }
}

#[test]
fn watch_notices_that_another_build_has_changed_the_outputs() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.write("content/news/b.md", news("第二篇"));
    live.wait_for_documents(2);
    let other = live.site.run(&["build", "--base-url", "https://other.example.cn/below"]);
    assert_eq!(other.code, 0, "{}", other.stderr);
    assert!(live.site.output("news/b.html").contains("other.example.cn"));
    live.site.change("content/news/a.md", "旧标题", "新标题");
    live.wait_for_text("news/a.html", "新标题");
    assert!(!live.site.output("news/b.html").contains("other.example.cn"), "two builds are mixed");
}

#[test]
#[cfg(unix)]
fn watch_rereads_sources_behind_links() {
    let mut site = small_site();
    site.write("shared/l.md", news("旧的链接文稿"));
    std::os::unix::fs::symlink("../../shared/l.md", site.path("content/news/l.md")).unwrap();
    let mut live = Live::watch(site, &[]);
    live.site.write("shared/l.md", news("新的链接文稿"));
    live.site.change("content/news/a.md", "旧标题", "新标题");
    live.wait_for_text("news/l.html", "新的链接文稿");
}

#[test]
fn watch_withdraws_a_document_whose_name_is_decomposed() {
    let mut site = small_site();
    site.write("content/news/cafe\u{301}.md", news("分解的文件名"));
    let mut live = Live::watch(site, &[]);
    live.site.remove("content/news/cafe\u{301}.md");
    live.wait_for_documents(1);
}

#[test]
fn watch_publishes_what_falls_due_and_withdraws_what_expires_without_an_edit() {
    let soon = jiff::Zoned::now() + jiff::SignedDuration::from_secs(4);
    let soon = soon.strftime("%Y-%m-%dT%H:%M:%S%:z");
    let front = "title: 定时\ndate: 2025-01-01\ndistrict: 汉阳区";
    let mut site = small_site();
    site.write("content/news/due.md", document(&format!("{front}\npublish_at: {soon}")));
    site.write("content/news/expires.md", document(&format!("{front}\nexpires: {soon}")));
    let live = Live::start(site, &["watch", "--json"]);
    live.next();
    let there = |name: &str| live.site.out().join(format!("news/{name}.html")).exists();
    assert!(there("expires") && !there("due"));
    live.wait_for("the one gone, the other there", |_| there("due") && !there("expires"));
}

#[test]
fn watch_misses_no_edit_made_right_after_a_build() {
    let mut live = Live::watch(SiteTest::sample(), &[]);
    for round in 0..15 {
        let text = live.site.output("about.html");
        live.site.write("content/about.md", format!("---\ntitle: 第{round}次\n---\n"));
        live.wait_for_text("about.html", &format!("第{round}次"));
        assert_ne!(live.site.output("about.html"), text);
    }
}

#[test]
fn an_edit_under_watch_gives_what_a_clean_build_gives() {
    let mut live = Live::watch(SiteTest::sample(), &[]);
    live.site.write("content/news/new.md", news("刚写的一篇"));
    live.wait_for_text("news/new.html", "刚写的一篇");
    live.site.remove("content/accessibility.md");
    live.wait_for("a page less", |_| !live.site.out().join("accessibility.html").exists());
    let warm = live.site.outputs();
    let clean = live.site.run(&["build", "--out", "clean"]);
    assert_eq!(clean.code, 0, "{}", clean.stderr);
    assert!(
        warm == crate::site_test::tree(&live.site.path("clean")),
        "the warm build differs from a clean one"
    );
}

/// Zola #1803: an editor empties the file first, and writes it after a while.
#[test]
fn watch_sees_a_file_truncated_and_written_later() {
    let mut live = Live::watch(small_site(), &[]);
    for title in ["第一次", "第二次"] {
        live.site.write("content/news/a.md", "");
        live.wait_for_error("front-matter-missing");
        live.site.write("content/news/a.md", news(title));
        live.wait_for_text("news/a.html", title);
    }
}

/// Zola #2498, Hugo: saves in quick succession, by turns in place and by renaming, of one file and of many. What counts
/// in the end is the last; and not every one of them costs a build.
#[test]
fn watch_ends_with_the_last_of_a_burst_of_saves() {
    let mut live = Live::watch(small_site(), &[]);
    for round in 0..300 {
        let title = format!("第{round}次");
        if round % 2 == 0 {
            live.site.write("content/news/a.md", news(&title));
        } else {
            live.site.write("content/news/.a.md.tmp", news(&title));
            live.site.rename("content/news/.a.md.tmp", "content/news/a.md");
        }
    }
    live.wait_for_text("news/a.html", "第299次");
    for number in 0..200 {
        live.site.write(&format!("content/news/burst/{number}.md"), news(&format!("第{number}篇")));
    }
    live.wait_for_documents(201);
    live.site.remove("content/news/burst");
    live.wait_for_documents(1);
    live.site.check_file("news/a.html", |html| assert!(html.contains("第299次")));
}

/// Hugo: whole folders moved to and fro while nobody waits for the builds in between.
#[test]
fn watch_follows_folders_that_are_moved_about() {
    let mut site = small_site();
    for number in 0..20 {
        site.write(&format!("content/news/2024/deep/{number}.md"), news(&format!("第{number}篇")));
    }
    let mut live = Live::watch(site, &[]);
    live.site.rename("content/news/2024", "content/news/2023").rename("content/news/2023", "aside");
    live.wait_for_documents(1);
    live.site.rename("aside", "content/news/2022");
    live.wait_for_documents(21);
    live.site.rename("content/news/2022/deep", "content/news/2021");
    live.wait_for("the folder's new address", |_| live.site.out().join("news/2021/7.html").exists());
    live.site.change("content/news/2021/7.md", "第7篇", "搬家以后");
    live.wait_for_text("news/2021/7.html", "搬家以后");
    live.site.has_not("news/2022/deep/7.html").has_not("news/2024/deep/7.html");
}

/// `watch` where the system allows no more than this (Linux, user_namespaces(7)); nothing where that cannot be set.
#[cfg(target_os = "linux")]
fn watch_with(limit: &str, site: SiteTest) -> Option<Live> {
    let script = format!("echo {limit} && exec \"$0\" \"$@\" 2>said.txt");
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-U", "-r", "sh", "-c", script]).stdin(Stdio::null());
        command
    };
    let probe = unshare(&format!("echo {limit}")).stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: no user namespaces here, the limits on watches cannot be set");
        return None;
    }
    let mut command = unshare(&script);
    command.arg(tribune().get_program()).env("LANG", "en_US.UTF-8").env_remove("LC_ALL");
    Some(Live::start_by(command, site, &["watch", "--json"]))
}

/// inotify exhausted: from the start, or in the middle of taking in the folders. It says so, and looks by itself.
#[test]
#[cfg(target_os = "linux")]
fn watch_polls_where_the_system_cannot_tell_of_changes_and_says_so() {
    for limit in ["0 > /proc/sys/user/max_inotify_instances", "3 > /proc/sys/user/max_inotify_watches"] {
        let mut site = small_site();
        site.write("content/news/2024/b.md", news("乙")).write("content/reports/2024/c.md", news("丙"));
        let Some(mut live) = watch_with(limit, site) else { return };
        live.next();
        let said = fs::read_to_string(live.site.path("said.txt")).unwrap();
        assert!(said.contains("polling instead"), "{limit}: {said:?}");
        live.site.change("content/news/a.md", "旧标题", "新标题");
        live.wait_for_text("news/a.html", "新标题");
        live.site.write("content/new/2025/d.md", news("丁"));
        live.wait_for_documents(4);
        live.site.remove("content/news/2024");
        live.wait_for_documents(3);
    }
}

/// inotify exhausted later, by folders that are added: they would go unnoticed.
#[test]
#[cfg(target_os = "linux")]
fn watch_polls_once_the_system_runs_out_of_watches() {
    let Some(mut live) = watch_with("8 > /proc/sys/user/max_inotify_watches", small_site()) else { return };
    live.next();
    assert_eq!(fs::read_to_string(live.site.path("said.txt")).unwrap(), "");
    for number in 0..12 {
        live.site.write(&format!("content/news/{number}/a.md"), news(&format!("第{number}篇")));
    }
    live.wait_for_documents(13);
    for number in 0..12 {
        let title = format!("改过的第{number}篇");
        live.site.write(&format!("content/news/{number}/a.md"), news(&title));
        live.wait_for_text(&format!("news/{number}/a.html"), &title);
    }
    let said = fs::read_to_string(live.site.path("said.txt")).unwrap();
    assert_eq!(said.matches("polling instead").count(), 1, "{said:?}");
}
