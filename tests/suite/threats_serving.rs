//! Known vulnerabilities of other development servers. Requests are written as raw bytes, because HTTP clients would
//! normalize the paths.

use std::fs;

use crate::live_test::{Served, small_site};
use crate::site_test::SiteTest;

/// In every file that must not be served.
const SECRET: &str = "机密";

/// A site with secrets all around what is served.
fn guarded_site() -> SiteTest {
    let mut site = small_site();
    let secrets = [
        "secret.txt",
        "public/stray.txt",
        "public/.env",
        "public/.git/config",
        "public-old/index.html",
        "public-old/secret.txt",
        "CON",
        "NUL.txt",
        "public/CON",
        "public/NUL.txt",
        "C:/secret.txt",
        "public/C:/secret.txt",
        "public/..\\secret.txt",
    ];
    for path in secrets {
        site.write(path, SECRET);
    }
    site
}

/// None of these request targets is answered with a file, or with anything but a refusal.
#[track_caller]
fn refuses_all(served: &Served, targets: &[&[u8]]) {
    for target in targets {
        let host = served.address.as_bytes();
        let request =
            [b"GET ", *target, b" HTTP/1.1\r\nHost: ", host, b"\r\nConnection: close\r\n\r\n"].concat();
        let (answer, shown) = (served.raw(request), String::from_utf8_lossy(target));
        assert!(matches!(answer.status, 400 | 404 | 414 | 431), "{shown}: {}", answer.status);
        assert!(!answer.body.contains(SECRET) && !answer.body.contains("root:"), "{shown}: {}", answer.body);
    }
    assert_eq!(served.get("/news/a.html").status, 200, "afterwards it serves as before");
}

/// Zola CVE-2023-40274, MkDocs CVE-2021-40978, Gatsby CVE-2023-30548.
#[test]
fn paths_that_climb_lead_nowhere() {
    let targets: [&[u8]; 16] = [
        b"/../../../../../../etc/passwd",
        b"/../secret.txt",
        b"/news/../../secret.txt",
        b"/news/../news/a.html",
        b"/./news/a.html",
        b"/%2e%2e/secret.txt",
        b"/%2E%2E/%2e%2e/etc/passwd",
        b"/.%2e/secret.txt",
        b"/%2e%2e%2fsecret.txt",
        b"/..%2fsecret.txt",
        b"/news%2f..%2f..%2fsecret.txt",
        b"/%252e%252e/secret.txt",
        b"/%252e%252e%252fsecret.txt",
        b"/%2fetc/passwd",
        b"//etc/passwd",
        b"/public/../secret.txt",
    ];
    refuses_all(&Served::start(guarded_site(), &[]), &targets);
    // With relative folders, too: the root, and the output folder in it.
    let site = guarded_site();
    let relative = ["--root", ".", "--out", "./public"];
    refuses_all(&Served::start(site, &relative), &targets);
}

/// Vite CVE-2025-30208, CVE-2025-31125, CVE-2025-62522, CVE-2025-58751.
#[test]
fn queries_ends_siblings_and_dotfiles_open_nothing() {
    let served = Served::start(guarded_site(), &[]);
    refuses_all(
        &served,
        &[
            b"/stray.txt?raw??",
            b"/../secret.txt?raw??",
            b"/../secret.txt?import&raw??",
            b"/@fs/etc/passwd?raw??",
            b"/secret.txt?inline&import",
            b"/.env?.svg?.wasm?init",
            b"/.env\\",
            b"/.env%5c",
            b"/stray.txt\\",
            b"/news/a.html\\",
            b"/../public-old/index.html",
            b"/%2e%2e/public-old/secret.txt",
            b"-old/secret.txt",
            b"/-old/secret.txt",
            b"/.env",
            b"/.git/config",
            b"/.tribune-files",
            b"/.tribune/lock",
        ],
    );
}

/// tower-http RUSTSEC-2022-0043, HTTP.jl.
#[test]
fn what_windows_would_make_a_path_of_is_refused() {
    let served = Served::start(guarded_site(), &[]);
    refuses_all(
        &served,
        &[
            b"/..%5csecret.txt",
            b"/%5c..%5csecret.txt",
            b"/..\\secret.txt",
            b"\\..\\secret.txt",
            b"/news%5ca.html",
            b"/C:/secret.txt",
            b"/c:/secret.txt",
            b"/c:%5cwindows%5cwin.ini",
            b"/c%3a/secret.txt",
            b"//server/share/secret.txt",
            b"/%5c%5cserver%5cshare%5csecret.txt",
            b"/%5c%5c%3f%5cc:%5csecret.txt",
            b"/news/a.html::$DATA",
            b"/news:a.html",
            b"/news/a.html%00",
            b"/news/a.html%00.txt",
            b"/%00",
            b"/news/a.html\0",
            b"/news/a.html%0d%0aX: y",
            b"/news/a.html%0d%0aX:%20y",
        ],
    );
}

/// Werkzeug CVE-2025-66221, and what came after it.
#[test]
fn device_names_of_windows_are_no_files() {
    let served = Served::start(guarded_site(), &[]);
    refuses_all(
        &served,
        &[
            b"/CON",
            b"/con",
            b"/NUL.txt",
            b"/nul",
            b"/news/CON",
            b"/news/aux.html",
            b"/COM1.html",
            b"/CON%20",
            b"/CON.",
            b"/CONIN$",
            b"/LPT%C2%B9",
        ],
    );
}

#[test]
fn request_paths_that_are_overlong_or_not_unicode_are_refused() {
    let served = Served::start(guarded_site(), &[]);
    let long = [b"/".as_slice(), &b"a/".repeat(30_000)].concat();
    let endless = [b"/".as_slice(), &b"%41".repeat(60_000)].concat();
    refuses_all(
        &served,
        &[
            b"/%ff%fe",
            b"/%c0%ae%c0%ae/secret.txt",
            b"/%ed%a0%80",
            b"/\xff\xfe",
            b"/%",
            b"/%zz",
            &long,
            &endless,
        ],
    );
}

/// What stands at an output's path may have been exchanged since the build: a link leads nowhere, be it the file
/// or a folder above it, and a pipe holds nobody up.
#[test]
#[cfg(unix)]
fn outputs_exchanged_for_links_or_pipes_are_not_followed() {
    use std::os::unix::fs::symlink;
    let mut site = guarded_site();
    site.publish_all()
        .write("content/data.txt", "数据")
        .write("content/c.txt", "数据")
        .write("content/b.txt", "数据")
        .write("aside/a.html", SECRET);
    let served = Served::start(site, &[]);
    let site = &served.live.site;
    assert_eq!(served.get("/data.txt").body, "数据");
    fs::remove_file(site.path("public/data.txt")).unwrap();
    symlink(site.path("secret.txt"), site.path("public/data.txt")).unwrap();
    fs::remove_dir_all(site.path("public/news")).unwrap();
    symlink(site.path("aside"), site.path("public/news")).unwrap();
    fs::remove_file(site.path("public/b.txt")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(site.path("public/b.txt")).status();
    assert!(made.is_ok_and(|status| status.success()));
    // It leads to a file in the folder, which is no output.
    fs::remove_file(site.path("public/c.txt")).unwrap();
    symlink("stray.txt", site.path("public/c.txt")).unwrap();
    for path in ["/data.txt", "/news/a.html", "/b.txt", "/c.txt"] {
        let answer = served.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.body.contains(SECRET), "{path}");
    }
    assert_eq!(served.get("/").status, 200);
}

/// esbuild GHSA-67mh-4wv8-2f99, Vite CVE-2025-24010, webpack-dev-server CVE-2018-14732, CVE-2025-30359 and
/// CVE-2025-30360: DNS rebinding.
#[test]
fn requests_for_foreign_hosts_are_refused() {
    let served = Served::start(small_site(), &[]);
    let port = served.address.rsplit(':').next().unwrap();
    let ask = |line: &str| served.raw(format!("GET {line}Connection: close\r\n\r\n"));
    for host in ["localhost", "LocalHost.", "site.localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"] {
        assert_eq!(ask(&format!("/ HTTP/1.1\r\nHost: {host}:{port}\r\n")).status, 200, "{host}");
        assert_eq!(ask(&format!("http://{host}/ HTTP/1.1\r\nHost: {host}\r\n")).status, 200, "{host}");
    }
    let foreign = [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evillocalhost",
        "192.168.1.2",
        "0.0.0.0",
        "[fe80::1]",
    ];
    for host in foreign {
        for path in ["/", "/news/a.html", "/nowhere", "/__tribune/reload.js", "/__tribune/events"] {
            let answer = ask(&format!("{path} HTTP/1.1\r\nHost: {host}:{port}\r\n"));
            assert_eq!(answer.status, 403, "{host} {path}");
            assert!(!answer.body.contains("旧标题"), "{host} {path}");
        }
        let absolute = format!("http://{host}/ HTTP/1.1\r\nHost: localhost\r\n");
        assert_eq!(ask(&absolute).status, 403, "{host}");
    }
    let told = ask("/ HTTP/1.1\r\nHost: preview.example.lan\r\n").body;
    assert!(told.contains("tribune serve --allow-host preview.example.lan"), "{told}");
    for lines in ["", "Host:\r\n", "Host: localhost\r\nHost: localhost\r\n", "Host: localhost, evil\r\n"] {
        assert_eq!(ask(&format!("/ HTTP/1.1\r\n{lines}")).status, 400, "{lines:?}");
    }
    for host in ["user@localhost", "localhost:x", "localhost/..", "<script>", "人大", "::1", "a b"] {
        assert_eq!(ask(&format!("/ HTTP/1.1\r\nHost: {host}\r\n")).status, 400, "{host:?}");
    }
}

#[test]
fn further_hosts_are_allowed_by_name() {
    let args = ["--allow-host", "Preview.Example.LAN", "--allow-host", "rd-office", "--lang", "zh"];
    let served = Served::start(small_site(), &args);
    let ask = |host: &str| served.raw(format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    for host in ["preview.example.lan:1111", "PREVIEW.example.lan.", "rd-office", "localhost"] {
        assert_eq!(ask(host).status, 200, "{host}");
    }
    for host in ["example.lan", "a.preview.example.lan", "preview.example.lan.evil.example"] {
        assert_eq!(ask(host).status, 403, "{host}");
    }
    assert!(ask("else.example.lan").body.contains("--allow-host else.example.lan"));
    for odd in ["http://a.lan", "a.lan:1111", "*.a.lan", "192.168.1.2", "", "人大.内网"] {
        let run = served.live.site.run(&["serve", "--port", "0", "--allow-host", odd]);
        assert_eq!(run.code, 2, "{odd}");
    }
}

/// An address cannot be rebound: whoever listens on all of them may be asked by any, but not by any name.
#[test]
fn a_server_on_all_addresses_answers_to_addresses_but_not_to_names() {
    let served = Served::start(small_site(), &["--host", "0.0.0.0"]);
    let ask = |host: &str| served.raw(format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    for host in ["192.168.1.2:1111", "[2001:db8::1]:80", "localhost"] {
        assert_eq!(ask(host).status, 200, "{host}");
    }
    assert_eq!(ask("evil.example").status, 403);
}

/// As above: pages of other sites must not listen to the reload channel, nor read anything.
#[test]
fn the_reload_channel_is_for_pages_of_the_same_origin() {
    let served = Served::start(small_site(), &[]);
    let own = format!("http://{}", served.address);
    let refused = [
        "Origin: http://evil.example\r\n".to_owned(),
        "Origin: null\r\n".to_owned(),
        "Origin: http://localhost:3000\r\n".to_owned(),
        format!("Origin: {own}.evil.example\r\n"),
        format!("Origin: {own}\r\nOrigin: http://evil.example\r\n"),
        "Origin: file://\r\n".to_owned(),
        "Sec-Fetch-Site: cross-site\r\n".to_owned(),
        "Sec-Fetch-Site: same-site\r\n".to_owned(),
    ];
    for headers in &refused {
        for path in ["/__tribune/events", "/__tribune/reload.js", "/__tribune/else"] {
            assert_eq!(served.ask("GET", path, headers).status, 403, "{headers:?} {path}");
        }
    }
    for headers in ["", &format!("Origin: {own}\r\n"), "Sec-Fetch-Site: same-origin\r\n"] {
        assert_eq!(served.ask("GET", "/__tribune/reload.js", headers).status, 200, "{headers:?}");
        assert_eq!(served.ask("HEAD", "/__tribune/events", headers).status, 200, "{headers:?}");
    }
    for path in ["/", "/news/a.html", "/nowhere", "/__tribune/reload.js", "/feed.xml"] {
        for method in ["GET", "OPTIONS"] {
            let answer = served.ask(method, path, "Origin: http://evil.example\r\n");
            assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
            assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"), "{path}");
        }
    }
}

/// Astro CVE-2025-64745.
#[test]
fn markup_in_a_requests_path_is_never_markup_in_the_answer() {
    let mut served = Served::start(small_site(), &[]);
    let paths = [
        "/<script>alert(1)</script>",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/\"><script>alert(1)</script>",
        "/news?<script>alert(1)</script>",
        "/nowhere?q=<script>alert(1)</script>",
        "/news/%22onload=%22alert(1)",
    ];
    let check = |served: &Served| {
        for path in paths {
            let answer = served.get(path);
            assert!(answer.status >= 300, "{path}: {}", answer.status);
            assert!(!answer.body.contains("alert(1)"), "{path}: {}", answer.body);
            let typed = answer.header("x-content-type-options") == Some("nosniff");
            assert!(typed || answer.bytes.is_empty(), "{path}");
            assert!(!answer.header("location").is_some_and(|to| to.contains("alert")), "{path}");
        }
    };
    check(&served);
    served.live.site.change("content/news/a.md", "title:", "titel:");
    served.live.wait_for_error("unknown-key");
    check(&served);
}
