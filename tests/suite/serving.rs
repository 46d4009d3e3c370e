//! `serve` end to end: the built site over HTTP, live reload, and errors in the browser.

use std::net::TcpStream;
use std::path::PathBuf;

use crate::corpus::{self, Shape};
use crate::live_test::{Answer, Events, Live, PATIENCE, Served, news, ok, small_site};
use crate::site_test::{SiteTest, document};

#[test]
fn serve_answers_with_the_built_pages_and_files() {
    let mut site = small_site();
    site.publish_all().write("content/news/说明.txt", "附件");
    let served = Served::start(site, &[]);
    for path in ["/", "/index.html", "/news/", "/news/a.html", "/districts/hanyang/", "/news/a.html?x=1"] {
        let answer = served.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(answer.body.contains("旧标题"), "{path}");
    }
    let hanzi = served.get("/news/%E8%AF%B4%E6%98%8E.txt");
    assert_eq!((hanzi.status, hanzi.body.as_str()), (200, "附件"));
    assert!(served.get("/feed.xml").header("content-type").unwrap().starts_with("text/xml"));
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
    assert_eq!(served.get("/news?x=1&y=/a").header("location"), Some("/news/?x=1&y=/a"));
}

#[test]
fn serve_on_all_addresses_names_one_that_browsers_can_open() {
    let served = Served::start(small_site(), &["--host", "0.0.0.0"]);
    assert!(served.address.starts_with("127.0.0.1:"), "{}", served.address);
    assert_eq!(served.get("/news/a.html").status, 200);
    let live = Live::start(small_site(), &["serve", "--port", "0", "--host", "0.0.0.0"]);
    let said = [(); 2].map(|()| live.lines.recv_timeout(PATIENCE).unwrap());
    assert!(said[0].contains("http://127.0.0.1:") && said[1].contains("IP address"), "{said:?}");
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

/// Another process, `tribune build` say, may be quicker than the server with the same edit: then this one has nothing
/// to write any more.
#[test]
#[cfg(unix)]
fn open_pages_reload_after_another_process_has_built() {
    let mut served = Served::start(small_site(), &[]);
    let mut events = served.events();
    let mut seen = vec![events.next()];
    let mut quicker = |served: &mut Served, what: &str, edit: &dyn Fn(&mut SiteTest)| {
        // A build that is held up holds up the others: there is to be none.
        served.live.stays_quiet();
        let pid = served.live.child.id().to_string();
        let signal = |name: &str| {
            let sent = std::process::Command::new("kill").args([name, &pid]).status();
            assert!(sent.unwrap().success());
        };
        signal("-STOP");
        edit(&mut served.live.site);
        served.live.site.build();
        signal("-CONT");
        let build = served.live.next();
        assert_eq!(build["written"], 0, "{what}: the server was quicker: {build}");
        let event = events.next();
        assert!(!seen.contains(&event), "{what}: no other event");
        seen.push(event);
    };
    quicker(&mut served, "an edit", &|site| {
        site.change("content/news/a.md", "旧标题", "新标题");
    });
    quicker(&mut served, "a new page", &|site| {
        site.write("content/news/b.md", news("又一篇"));
    });
    quicker(&mut served, "a page less", &|site| {
        site.remove("content/news/b.md");
    });
}

#[test]
fn errors_are_shown_in_the_browser_until_they_are_fixed() {
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
fn a_site_with_errors_at_startup_is_served_once_they_are_fixed() {
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
fn serve_answers_many_at_once_despite_slow_clients() {
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

#[test]
fn serve_tells_the_length_of_what_head_leaves_out() {
    let mut site = small_site();
    site.write("content/large.bin", vec![1; 3 * 1024 * 1024]);
    let served = Served::start(site, &[]);
    for path in ["/news/a.html", "/feed.xml", "/large.bin"] {
        let (head, whole) = (served.request("HEAD", path), served.get(path));
        assert_eq!(head.header("content-length"), Some(whole.bytes.len().to_string().as_str()), "{path}");
        assert_eq!(head.header("etag"), whole.header("etag"), "{path}");
        assert!(head.bytes.is_empty() && !whole.bytes.is_empty(), "{path}");
    }
    assert_eq!(served.request("HEAD", "/nowhere").status, 404);
}

/// RFC 9110, section 14: a small file is answered from memory, a large one from the disk.
#[test]
fn serve_answers_ranges() {
    let large: Vec<u8> = (0..3 * 1024 * 1024_u32).map(|at| (at % 251) as u8).collect();
    let mut site = small_site();
    site.publish_all().write("content/large.mp4", &large).write("content/small.mp4", &large[..1000]);
    let served = Served::start(site, &[]);
    for (path, bytes) in [("/large.mp4", &large[..]), ("/small.mp4", &large[..1000])] {
        let length = bytes.len();
        let range = |range: &str| served.ask("GET", path, &format!("Range: {range}\r\n"));
        let ranges = [
            ("bytes=0-0", 0..1),
            ("bytes=10-199", 10..200),
            (&format!("bytes={}-", length - 7), length - 7..length),
            ("bytes=-5", length - 5..length),
            ("bytes=3-99999999999999", 3..length),
        ];
        for (text, part) in ranges {
            let answer = range(text);
            assert_eq!(answer.status, 206, "{path} {text}");
            assert!(answer.bytes == bytes[part.clone()], "{path} {text}");
            let told = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            assert_eq!(answer.header("content-range"), Some(told.as_str()));
        }
        for whole in ["bytes=5-2", "bytes=0-1,5-6", "lines=1-2", "bytes=x"] {
            let answer = range(whole);
            assert!(answer.status == 200 && answer.bytes == bytes, "{path} {whole}");
        }
        let behind = range(&format!("bytes={length}-"));
        assert_eq!((behind.status, behind.bytes.len()), (416, 0));
        assert_eq!(behind.header("content-range"), Some(format!("bytes */{length}").as_str()));
        let etag = behind.header("etag").unwrap();
        let if_range =
            |etag: &str| served.ask("GET", path, &format!("Range: bytes=0-9\r\nIf-Range: {etag}\r\n"));
        assert_eq!(if_range(etag).status, 206);
        for other in ["\"other\"", &format!("W/{etag}"), "Sun, 06 Nov 1994 08:49:37 GMT"] {
            assert_eq!(if_range(other).status, 200, "{other}");
        }
    }
}

#[test]
fn serve_sends_nothing_that_the_browser_has_already() {
    let mut served = Served::start(small_site(), &[]);
    let first = served.get("/news/a.html");
    let etag = first.header("etag").unwrap().to_owned();
    assert!(etag.starts_with('"'), "it is a strong one: {etag}");
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    let ask = |served: &Served, header: &str, etags: &str| {
        served.ask("GET", "/news/a.html", &format!("{header}: {etags}\r\n"))
    };
    for etags in [&etag, "*", &format!("\"x\", {etag}"), &format!("W/{etag}")] {
        let answer = ask(&served, "If-None-Match", etags);
        assert_eq!((answer.status, answer.body.as_str()), (304, ""), "{etags}");
        assert_eq!(answer.header("etag"), Some(etag.as_str()));
    }
    assert_eq!(ask(&served, "If-None-Match", "\"x\"").status, 200);
    assert_eq!(ask(&served, "If-Match", "\"x\"").status, 412);
    served.live.site.change("content/news/a.md", "旧标题", "新标题");
    served.live.wait_for_text("news/a.html", "新标题");
    let mut events = served.events();
    events.next();
    assert_eq!(ask(&served, "If-None-Match", &etag).status, 200);
}

#[test]
fn serve_names_the_type_of_what_it_sends() {
    let mut site = small_site();
    for name in [
        "a.css",
        "a.js",
        "a.json",
        "a.csv",
        "a.mp4",
        "a.pdf",
        "a.txt",
        "a.WEBP",
        "a.woff2",
        "a.webmanifest",
        "a.unheard-of",
        "LIESMICH",
    ] {
        site.write(&format!("content/files/{name}"), "x");
    }
    site.publish_all()
        .write("content/files/a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>");
    let served = Served::start(site, &[]);
    let types = [
        ("/news/a.html", "text/html; charset=utf-8"),
        ("/files/a.css", "text/css; charset=utf-8"),
        ("/files/a.js", "text/javascript; charset=utf-8"),
        ("/files/a.json", "application/json"),
        ("/files/a.csv", "text/csv; charset=utf-8"),
        ("/files/a.WEBP", "image/webp"),
        ("/files/a.woff2", "font/woff2"),
        ("/files/a.webmanifest", "application/manifest+json"),
        ("/files/a.svg", "image/svg+xml"),
        ("/files/a.mp4", "video/mp4"),
        ("/files/a.pdf", "application/pdf"),
        ("/files/a.txt", "text/plain; charset=utf-8"),
        ("/files/a.unheard-of", "application/octet-stream"),
        ("/files/LIESMICH", "application/octet-stream"),
        ("/sitemap.xml", "text/xml; charset=utf-8"),
    ];
    for (path, mime) in types {
        let answer = served.get(path);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(mime)), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}

#[test]
fn serve_stands_below_a_base_path_of_hanzi() {
    let mut site = small_site();
    site.change("content/site.yaml", "example.gov.cn", "example.gov.cn/人大");
    let served = Served::start(site, &[]);
    assert!(served.get("/%E4%BA%BA%E5%A4%A7/news/a.html").body.contains("旧标题"));
    assert_eq!(served.get("/").header("location"), Some("/%E4%BA%BA%E5%A4%A7/"));
    let folder = served.get("/%E4%BA%BA%E5%A4%A7/news");
    assert_eq!(folder.header("location"), Some("/%E4%BA%BA%E5%A4%A7/news/"));
}
