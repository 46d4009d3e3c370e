//! `watch` and `serve` for real: a process on a copied site, real edits, real HTTP. Nothing here waits
//! for a fixed time: every step waits for the line, or the answer, that it is about.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::corpus::{self, Shape};
use crate::site_test::{SiteTest, document, tribune};

/// Long enough for a busy machine; a healthy run needs a small part of it.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long nothing must happen for "nothing happens".
const SILENCE: Duration = Duration::from_millis(400);

/// A running `watch` or `serve`; it ends with the test.
struct Live {
    site: SiteTest,
    child: Child,
    lines: Receiver<String>,
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Live {
    fn start(site: SiteTest, args: &[&str]) -> Live {
        let mut command = tribune();
        command.current_dir(site.root()).args(args).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = read_lines(child.stdout.take().unwrap());
        Live { site, child, lines }
    }

    /// Starts `watch` and waits for the first build.
    fn watch(site: SiteTest, args: &[&str]) -> Live {
        let live = Live::start(site, &[&["watch", "--json"], args].concat());
        live.next();
        live
    }

    fn next(&self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).expect("a line of JSON");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The first build from now on that fits: an edit may be seen in several steps.
    #[track_caller]
    fn wait_for(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        while let Some(left) = deadline.checked_duration_since(Instant::now()) {
            let Ok(line) = self.lines.recv_timeout(left) else { break };
            let build: Value = serde_json::from_str(&line).unwrap();
            if fits(&build) {
                return build;
            }
            seen.push(line);
        }
        panic!("no build with {what}; there were: {seen:#?}");
    }

    /// The first build from now on with so many documents.
    #[track_caller]
    fn wait_for_documents(&self, count: u64) -> Value {
        self.wait_for(&format!("{count} documents"), |build| ok(build) && build["documents"] == count)
    }

    /// The first build from now on after which the output at `path` holds `text`.
    #[track_caller]
    fn wait_for_text(&self, path: &str, text: &str) -> Value {
        let file = self.site.out().join(path);
        let holds = |_: &Value| fs::read_to_string(&file).is_ok_and(|html| html.contains(text));
        self.wait_for(&format!("{text:?} in {path}"), holds)
    }

    #[track_caller]
    fn wait_for_error(&self, code: &str) -> Value {
        self.wait_for(code, |build| !ok(build) && has_code(build, code))
    }

    /// Nothing is built.
    #[track_caller]
    fn stays_quiet(&self) {
        match self.lines.recv_timeout(SILENCE) {
            Err(RecvTimeoutError::Timeout) => {}
            other => panic!("there was something to do: {other:?}"),
        }
    }
}

fn read_lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn ok(build: &Value) -> bool {
    build["ok"] == true
}

fn has_code(build: &Value, code: &str) -> bool {
    build["diagnostics"].as_array().unwrap().iter().any(|found| found["code"] == code)
}

fn news(title: &str) -> String {
    document(&format!("title: {title}\ndate: 2025-01-01\ndistrict: 汉阳区"))
}

/// A site of one document, `content/news/a.md`.
fn small_site() -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/a.md", news("旧标题"));
    site
}

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
fn watch_survives_broken_front_matter_and_keeps_the_former_pages() {
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
fn watch_survives_a_file_removed_and_put_back() {
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
fn watch_does_not_mind_files_that_editors_leave_about() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.write("content/news/.a.md.swp", "x").write("notes.txt", "x");
    live.stays_quiet();
}

#[test]
fn watch_sees_every_file_that_a_build_publishes() {
    let mut live = Live::watch(small_site(), &[]);
    live.site.write("content/news/a~", "one");
    live.wait_for_text("news/a~", "one");
    live.site.write("content/news/a~", "two");
    live.wait_for_text("news/a~", "two");
}

#[test]
fn watch_reports_settings_that_are_taken_away() {
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
fn watch_trusts_no_source_that_stands_elsewhere() {
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

/// An answer of the server.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }
}

/// A running `serve` that has built once, or failed to.
struct Served {
    live: Live,
    address: String,
}

impl Served {
    fn start(site: SiteTest, args: &[&str]) -> Served {
        let served = Served::listening(site, args);
        served.live.next();
        served
    }

    /// A `serve` that has only begun.
    fn listening(site: SiteTest, args: &[&str]) -> Served {
        let live = Live::start(site, &[&["serve", "--json", "--port", "0"], args].concat());
        let first = live.next();
        let url = first["listening"].as_str().unwrap().to_owned();
        assert_eq!(first.as_object().unwrap().len(), 1, "{first}");
        Served { live, address: url.strip_prefix("http://").unwrap().to_owned() }
    }

    fn send(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    fn request(&self, method: &str, path: &str) -> Answer {
        let mut stream =
            self.send(&format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"));
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no head: {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn get(&self, path: &str) -> Answer {
        self.request("GET", path)
    }

    /// Opens the reload channel that the pages' script listens to.
    fn events(&self) -> Events {
        let script = self.get("/__tribune/reload.js");
        assert_eq!(script.status, 200);
        let path = script.body.split('\'').find(|part| part.starts_with("/__tribune/")).unwrap();
        let stream = self.send(&format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n"));
        Events { lines: BufReader::new(stream) }
    }
}

/// The reload channel.
struct Events {
    lines: BufReader<TcpStream>,
}

impl Events {
    /// The next build number that is sent.
    fn next(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "the reload channel was closed");
            if let Some(id) = line.strip_prefix("data: ") {
                return id.trim().to_owned();
            }
        }
    }
}

#[test]
fn serve_answers_with_the_built_pages_and_files() {
    let mut site = small_site();
    site.write("content/news/说明.txt", "附件");
    let served = Served::start(site, &[]);
    for path in ["/", "/index.html", "/news/", "/news/a.html", "/districts/hanyang/", "/news/a.html?x=1"] {
        let answer = served.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(answer.body.contains("旧标题"), "{path}");
    }
    let hanzi = served.get("/news/%E8%AF%B4%E6%98%8E.txt");
    assert_eq!((hanzi.status, hanzi.body.as_str()), (200, "附件"));
    assert!(served.get("/feed.xml").header("content-type").unwrap().starts_with("application/xml"));
}

#[test]
fn serve_answers_before_everything_is_made() {
    let shape = Shape { documents: 1500, bytes: 6000, ..Shape::default() };
    let mut site = SiteTest::empty();
    for (path, text) in corpus::tribune(shape) {
        site.write(&path, text);
    }
    let last = corpus::article(&shape, 1499);
    let page = format!("/{}/{}/{}.html", corpus::kinds(&shape)[last.kind].name, last.year, last.slug);
    let served = Served::listening(site, &[]);
    let early: Vec<Answer> =
        ["/", "/districts/", &page, "/feed.xml", "/nowhere"].map(|path| served.get(path)).into();
    let built = served.live.lines.try_recv();
    assert!(built.is_err(), "the whole site was made first: {built:?}");
    assert_eq!(early.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 200, 200, 200, 404]);
    assert!(ok(&served.live.next()));
    for (path, early) in ["/", "/districts/", &page, "/feed.xml", "/nowhere"].into_iter().zip(early) {
        assert_eq!(served.get(path).body, early.body, "{path}");
    }
}

#[test]
fn serve_shows_errors_that_come_up_while_the_first_pages_are_asked_for() {
    let mut site = small_site();
    site.write("themes/chamber/templates/page.html", "{{ page.nothing.at_all }}");
    let served = Served::listening(site, &[]);
    let answer = served.get("/news/a.html");
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("themes/chamber/templates/page.html"), "{}", answer.body);
}

#[test]
fn serve_answers_head_without_a_body_and_refuses_other_methods() {
    let served = Served::start(small_site(), &[]);
    let head = served.request("HEAD", "/news/a.html");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    for method in ["POST", "PUT", "DELETE"] {
        assert_eq!(served.request(method, "/news/a.html").status, 405, "{method}");
    }
}

#[test]
fn serve_answers_unknown_paths_with_the_sites_own_404() {
    let served = Served::start(small_site(), &[]);
    for path in ["/nowhere", "/news/b.html", "/news/a.html/", "/.tribune-files", "/NEWS/"] {
        let answer = served.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.body.contains("页面不存在"), "{path}");
    }
}

#[test]
fn serve_never_leaves_the_output_folder() {
    let mut site = small_site();
    site.write("secret.txt", "机密");
    site.write("public/stray.txt", "机密");
    let served = Served::start(site, &[]);
    let paths = [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/news/../../secret.txt",
        "/..\\secret.txt",
        "//secret.txt",
        "/%2fetc/passwd",
        "/news/%00",
        "/stray.txt",
    ];
    for path in paths {
        let answer = served.get(path);
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.status);
        assert!(!answer.body.contains("机密"), "{path}");
    }
}

#[test]
fn serve_leads_from_a_folder_without_a_slash_to_the_one_with_it() {
    let served = Served::start(small_site(), &[]);
    let answer = served.get("/news");
    assert!((301..=308).contains(&answer.status), "{}", answer.status);
    assert_eq!(answer.header("location"), Some("/news/"));
}

#[test]
fn serve_stands_below_the_base_path() {
    let mut site = small_site();
    site.change("content/site.yaml", "example.gov.cn", "example.gov.cn/renda");
    let served = Served::start(site, &[]);
    assert!(served.get("/renda/news/a.html").body.contains("旧标题"));
    assert_eq!(served.get("/news/a.html").status, 404);
    for path in ["/", "/renda"] {
        assert_eq!(served.get(path).header("location"), Some("/renda/"), "{path}");
    }
}

#[test]
fn serve_puts_the_reload_script_into_pages_but_not_on_disk() {
    let served = Served::start(small_site(), &[]);
    assert!(served.get("/news/a.html").body.contains("/__tribune/reload.js"));
    assert!(served.get("/nowhere").body.contains("/__tribune/reload.js"));
    assert!(!served.live.site.output("news/a.html").contains("__tribune"));
}

#[test]
fn open_pages_reload_after_an_edit_and_only_then() {
    let mut served = Served::start(small_site(), &[]);
    let mut events = served.events();
    let first = events.next();
    assert_eq!(served.events().next(), first, "a page opened now need not reload");
    served.live.site.change("content/news/a.md", "旧标题", "新标题");
    assert_ne!(events.next(), first);
    assert!(served.get("/news/a.html").body.contains("新标题"));
}

#[test]
fn errors_are_shown_in_the_browser_until_they_are_mended() {
    let mut served = Served::start(small_site(), &[]);
    let mut events = served.events();
    let whole = events.next();
    served.live.site.change("content/news/a.md", "title:", "titel:");
    let broken = events.next();
    assert_ne!(broken, whole);
    for path in ["/", "/news/a.html", "/nowhere"] {
        let page = served.get(path);
        assert_eq!(page.status, 500, "{path}");
        assert!(page.body.contains("unknown key `titel`"), "{}", page.body);
        assert!(page.body.contains("content/news/a.md:2:1"), "{}", page.body);
        assert!(page.body.contains("/__tribune/reload.js"), "an error page must reload, too");
    }
    let mut on_error_page = served.events();
    assert_eq!(on_error_page.next(), broken);
    served.live.site.change("content/news/a.md", "titel:", "title:");
    assert_ne!(on_error_page.next(), broken);
    assert_eq!(served.get("/news/a.html").status, 200);
}

#[test]
fn a_site_that_is_broken_from_the_start_is_served_once_it_is_mended() {
    let mut site = small_site();
    site.change("content/news/a.md", "title: 旧标题", "title:");
    let mut served = Served::start(site, &[]);
    assert_eq!(served.get("/").status, 500);
    let mut events = served.events();
    let broken = events.next();
    served.live.site.change("content/news/a.md", "title:", "title: 新标题");
    assert_ne!(events.next(), broken);
    let page = served.get("/news/a.html");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("新标题"));
}

#[test]
fn error_pages_show_markup_as_text() {
    let mut site = small_site();
    site.change("content/news/a.md", "district: 汉阳区", "district: <script>alert(1)</script>");
    let served = Served::start(site, &[]);
    let page = served.get("/");
    assert!(page.body.contains("&lt;script&gt;alert(1)"), "{}", page.body);
    assert!(!page.body.contains("<script>alert"));
}

#[test]
fn serve_says_when_its_port_is_taken() {
    let served = Served::start(small_site(), &[]);
    let port = served.address.rsplit(':').next().unwrap();
    let run = served.live.site.run(&["serve", "--port", port]);
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains(port), "{}", run.stderr);
}

#[test]
fn serve_answers_many_at_once_and_slow_clients_hold_up_nobody() {
    let served = Served::start(small_site(), &[]);
    let slow: Vec<TcpStream> = (0..20).map(|_| served.send("GET / HTTP/1.1\r\nHost:")).collect();
    let channels: Vec<Events> = (0..20).map(|_| served.events()).collect();
    for _ in 0..8 {
        assert_eq!(served.get("/news/a.html").status, 200);
    }
    drop((slow, channels));
}

#[test]
fn serve_prints_a_line_for_every_build() {
    let mut served = Served::start(small_site(), &[]);
    served.live.site.write("content/news/b.md", news("乙"));
    served.live.wait_for_documents(2);
    served.live.site.write("content/news/b.md", "坏的");
    served.live.wait_for_error("front-matter-missing");
}

/// Where the output folder is named, it is the one that is served.
#[test]
fn serve_takes_the_options_of_build() {
    let mut site = small_site();
    site.write(
        "content/news/b.md",
        document("title: 草稿一篇\ndate: 2025-01-01\ndistrict: 汉阳区\ndraft: true"),
    );
    let out: PathBuf = site.path("elsewhere");
    let mut served =
        Served::start(site, &["--drafts", "--out", out.to_str().unwrap(), "--base-url", "https://a.cn/b"]);
    assert!(served.get("/b/news/b.html").body.contains("草稿一篇"));
    assert!(out.join("news/b.html").is_file());
    served.live.site.has_not("news/b.html");
}
