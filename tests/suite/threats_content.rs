//! Malicious or malformed content, based on problems of similar programs. Markup in fields and bodies is tested in
//! [`crate::xss`].

use std::time::{Duration, Instant};

use tribune::internals::diagnostics::Diagnostic;
use tribune::internals::diagnostics::Problem;
use tribune::internals::diagnostics::messages::ConfigProblem;

use crate::memory;
use crate::site_test::{DISTRICTS, NEWS, SITE, SiteTest, document};

const GOOD: &str = "title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区";

/// The errors of a site of these files, as `code file:line`.
fn errors<B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (String, B)>) -> Vec<String> {
    let (build, outputs) = memory::build(&memory::publishing(files));
    let errors: Vec<&Diagnostic> = build.diagnostics.iter().filter(|found| found.is_error()).collect();
    assert_eq!(outputs.is_empty(), !errors.is_empty(), "{errors:?}");
    let shown = |error: &&Diagnostic| {
        let place = error.place.as_ref().unwrap_or_else(|| panic!("not located: {:?}", error.problem));
        format!("{} {}:{}", error.problem.code(), place.file, place.line)
    };
    errors.iter().map(shown).collect()
}

/// A site on disk with one document, and nothing to report.
fn sound() -> SiteTest {
    let mut site = SiteTest::empty();
    site.publish_all().write("content/news/_index.md", NEWS).write("content/news/a.md", document(GOOD));
    site
}

fn one(path: &str, text: impl Into<Vec<u8>>) -> Vec<String> {
    errors([(path.to_owned(), text.into())])
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::site_test::write_file;

    /// A site, and a folder beside it with a secret; a link called `link` in the site leads to `target` there.
    fn linked(link: &str, target: &str) -> (SiteTest, tempfile::TempDir) {
        let elsewhere = tempfile::TempDir::new().unwrap();
        write_file(&elsewhere.path().join("secret.md"), document("title: 秘密").as_bytes());
        write_file(&elsewhere.path().join("templates/page.html"), b"secret");
        write_file(&elsewhere.path().join("static/css/site.css"), b"secret{}");
        write_file(&elsewhere.path().join("deep/er/secret.txt"), b"secret");
        let mut site = sound();
        site.write("content/news/_index.md", NEWS).write("content/news/a.md", document(GOOD));
        let link = site.path(link);
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(elsewhere.path().join(target), link).unwrap();
        (site, elsewhere)
    }

    #[track_caller]
    fn refused(link: &str, target: &str) {
        let (mut site, _elsewhere) = linked(link, target);
        if link.starts_with("themes/") {
            let theme = link.split('/').nth(1).unwrap();
            site.write("content/site.yaml", format!("{SITE}theme: {theme}\n"));
        }
        let run = site.run(&["build", "--json"]);
        let found = run.json()["diagnostics"].as_array().cloned().unwrap();
        let leaves: Vec<_> = found.iter().filter(|found| found["code"] == "leaves-root").collect();
        assert_eq!(leaves.len(), 1, "{link}: {found:?}");
        assert!(link.starts_with(leaves[0]["file"].as_str().unwrap()), "{link}: {found:?}");
        assert_eq!(run.code, 1, "{link}");
        assert!(!run.stdout.contains("secret.") && !site.out().exists(), "{link}: {}", run.stdout);
    }

    /// Jekyll CVE-2018-17567, Hugo CVE-2026-89258, LiquidJS CVE-2026-35525: files.
    #[test]
    fn linked_files_that_leave_the_root_are_refused() {
        refused("content/news/b.md", "secret.md");
        refused("content/news/b.txt", "deep/er/secret.txt");
        refused("content/about.md", "secret.md");
    }

    /// The same, by a parent folder: nothing below it is even looked at.
    #[test]
    fn linked_folders_that_leave_the_root_are_refused() {
        refused("content/news/2025", "deep");
        refused("content/decisions", "");
        refused("content/news/2025/x", "deep/er");
    }

    /// The same, by templates, what templates include, and static files.
    #[test]
    fn linked_themes_that_leave_the_root_are_refused() {
        refused("themes/mine/templates/page.html", "templates/page.html");
        refused("themes/mine/templates/parts", "templates");
        refused("themes/mine/static", "static");
        refused("themes/mine/static/css", "static/css");
        refused("themes/mine", "");
    }

    /// The same, by the folders that everything lies in.
    #[test]
    fn linked_sources_that_leave_the_root_are_refused() {
        let elsewhere = tempfile::TempDir::new().unwrap();
        let mut site = sound();
        site.write("content/news/a.md", document(GOOD)).write("themes/mine/templates/x.html", "x");
        for folder in ["content", "themes"] {
            std::fs::rename(site.path(folder), elsewhere.path().join(folder)).unwrap();
            symlink(elsewhere.path().join(folder), site.path(folder)).unwrap();
            let run = site.args(&["--json"]).try_build();
            assert!(run.stdout.contains("leaves-root"), "{folder}: {}", run.stdout);
            std::fs::remove_file(site.path(folder)).unwrap();
            std::fs::rename(elsewhere.path().join(folder), site.path(folder)).unwrap();
            site.change("content/site.yaml", SITE, &format!("{SITE}theme: mine\n"));
        }
    }

    /// A link to everything must not be walked through.
    #[test]
    fn a_link_to_the_root_of_the_disk_takes_no_time() {
        let mut site = sound();
        site.write("content/news/a.md", document(GOOD));
        symlink("/", site.path("content/news/all")).unwrap();
        let start = Instant::now();
        site.fails_with(&["leaves-root"]);
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    }

    #[test]
    fn links_that_stay_are_followed_and_loops_are_reported() {
        let mut site = sound();
        site.write("content/news/a.md", document(GOOD)).write("content/files/b.txt", "b");
        symlink("../files", site.path("content/news/files")).unwrap();
        symlink("a.md", site.path("content/news/c.md")).unwrap();
        site.build().has("news/files/b.txt").has("news/c.html");
        symlink("..", site.path("content/news/up")).unwrap();
        site.fails_with(&["same-title", "link-loop"]);
        std::fs::remove_file(site.path("content/news/up")).unwrap();
        symlink("self.md", site.path("content/news/self.md")).unwrap();
        let run = site.args(&["--json"]).try_build();
        assert!(run.code != 0 && run.stdout.contains("content/news/self.md"), "{}", run.stdout);
    }

    /// Devices and pipes would never end.
    #[test]
    fn devices_and_pipes_are_refused() {
        let mut site = sound();
        site.write("content/news/a.md", document(GOOD));
        let made = std::process::Command::new("mkfifo").arg(site.path("content/news/pipe.md")).status();
        if made.is_ok_and(|status| status.success()) {
            site.fails_with(&["not-a-file"]);
        }
    }

    /// Files whose size alone is too much are not read: a sparse file of 1 TB is refused at once.
    #[test]
    fn huge_files_are_refused_without_being_read() {
        for (path, code) in [
            ("content/news/b.md", "file-too-long"),
            ("content/news/b.pdf", "file-too-long"),
            ("content/news/_index.md", "file-too-long"),
            ("content/site.yaml", "file-too-long"),
            ("content/districts.yaml", "file-too-long"),
            ("themes/chamber/templates/page.html", "file-too-long"),
            ("themes/chamber/static/film.mp4", "file-too-long"),
        ] {
            let mut site = sound();
            site.write("content/news/a.md", document(GOOD)).write(path, "");
            std::fs::OpenOptions::new().write(true).open(site.path(path)).unwrap().set_len(1 << 40).unwrap();
            let start = Instant::now();
            let run = site.args(&["--json"]).try_build();
            assert!(run.codes().contains(&code.to_owned()) && run.code == 1, "{path}: {}", run.stdout);
            assert!(run.stdout.contains(&format!("\"file\":\"{path}\"")), "{path}: {}", run.stdout);
            assert!(start.elapsed() < Duration::from_secs(30), "{path}: {:?}", start.elapsed());
        }
    }
}

/// Hono CVE-2026-39408, Quasar CVE-2026-106108: slugs, aliases, and the slugs of districts and topics.
#[test]
fn names_that_climb_or_hide_are_refused() {
    for bad in [
        "..", ".", "../a", "a/b", "/a", "a\\b", "a\u{0}b", "a:b", "c:", "a..b", ".a", "_a", "a.", "a ", "a?",
        "a\nb", "%2e%2e",
    ] {
        let quoted = serde_json::to_string(bad).unwrap();
        let found = one("content/news/a.md", document(&format!("{GOOD}\nslug: {quoted}")));
        // A space at the end is only trimmed.
        if bad != "a " {
            assert_eq!(found.len(), 1, "{bad:?}: {found:?}");
            assert!(found[0].ends_with("content/news/a.md:5"), "{bad:?}: {found:?}");
            let district = format!("{DISTRICTS}- {{code: \"420103\", name: 乙, slug: {quoted}}}\n");
            let found = one("content/districts.yaml", district);
            assert!(found[0].ends_with("content/districts.yaml:4"), "{bad:?}: {found:?}");
            let site = format!("{SITE}topics: {{甲: {quoted}}}\n");
            assert_eq!(one("content/site.yaml", site).len(), 1, "{bad:?}");
        }
    }
    for bad in [
        "..",
        "/..",
        "/../a",
        "/a/../b",
        "/a/%2e%2e/b",
        "/a\\b",
        "//a",
        "a",
        "/a\u{0}",
        "/a:b",
        "/./a",
        "/a./b",
        "/.htaccess",
        "/a/.git/b",
        "/.tribune-files",
        "https://a.cn/",
    ] {
        let quoted = serde_json::to_string(bad).unwrap();
        let found = one("content/news/a.md", document(&format!("{GOOD}\naliases: [{quoted}]")));
        assert_eq!(found.len(), 1, "{bad:?}: {found:?}");
        assert!(found[0].ends_with("content/news/a.md:5"), "{bad:?}: {found:?}");
    }
}

/// Names that only their quotes keep from beginning with a dot: nothing that a server hides, or takes for its
/// settings, is made of them.
#[test]
fn no_name_makes_a_hidden_output() {
    let mut site = sound();
    site.write("content/news/“.htaccess”.md", document(&format!("{GOOD}\ntopics: [.x, “.git”, __y, …]")))
        .write("content/news/（_config）/“.b”.md", document(GOOD))
        .write("content/“.git”/_index.md", NEWS)
        .build()
        .has("news/htaccess.html")
        .has("news/config/b.html")
        .has("git/index.html");
    for topic in ["x", "git", "y", "u2026"] {
        site.has(&format!("topics/{topic}/index.html"));
    }
    let own = |path: &String| path.starts_with(".tribune") || path.starts_with("_headers");
    let hidden = |path: &String| path.split('/').any(|segment| segment.starts_with(['.', '_']));
    let found: Vec<String> = site.outputs().into_keys().filter(|path| hidden(path) && !own(path)).collect();
    assert!(found.is_empty(), "{found:?}");
}

/// A remedy that is refused, too, is none.
#[test]
fn suggested_slugs_are_taken() {
    for bad in ["a..b", ".x", "../x", "_a", "汉阳/2025.", "-", "...."] {
        let settings = |slug: &str| {
            let slug = serde_json::to_string(slug).unwrap();
            [
                ("content/news/a.md".to_owned(), document(&format!("{GOOD}\nslug: {slug}"))),
                (
                    "content/districts.yaml".to_owned(),
                    format!("{DISTRICTS}- {{code: \"420103\", name: 乙, slug: {slug}}}\n"),
                ),
                ("content/site.yaml".to_owned(), format!("{SITE}topics: {{甲: {slug}}}\n")),
            ]
        };
        for file in settings(bad) {
            let (build, _) = memory::build(&memory::publishing([file.clone()]));
            let suggestion = build.diagnostics.iter().find_map(|found| match &found.problem {
                Problem::Config(ConfigProblem::BadSlug { suggestion, .. }) => Some(suggestion.clone()),
                _ => None,
            });
            // A hyphen is a slug.
            let Some(suggestion) = suggestion else {
                assert_eq!(bad, "-", "{file:?}");
                continue;
            };
            let mended = settings(&suggestion).into_iter().filter(|(path, _)| *path == file.0);
            assert_eq!(errors(mended), Vec::<String>::new(), "{bad}: {suggestion}");
        }
    }
}

/// What browsers are told to keep for a year are the theme's own files, whose names change with what they hold, and
/// nothing else.
#[test]
fn nothing_of_the_content_is_kept_for_a_year() {
    for path in [
        "content/static/notice.pdf",
        "content/STATIC/a.md",
        "content/“static”/a.md",
        "content/static/_index.md",
    ] {
        let text = match path {
            "content/static/_index.md" => NEWS.to_owned(),
            "content/static/notice.pdf" => "notice".to_owned(),
            _ => document(GOOD),
        };
        let found = one(path, text);
        assert!(found.len() == 1 && found[0].starts_with("static-folder content/"), "{path}: {found:?}");
    }
    for alias in ["/static/", "/static/a.html", "/Static"] {
        let found = one("content/news/a.md", document(&format!("{GOOD}\naliases: [{alias}]")));
        assert_eq!(found, ["static-folder content/news/a.md:5"], "{alias}");
    }
    for path in ["content/static.md", "content/news/static/a.txt", "content/statics/a.txt"] {
        let text = if path.ends_with(".md") { document("title: 甲") } else { "甲".to_owned() };
        assert_eq!(one(path, text), Vec::<String>::new(), "{path}");
    }
}

/// What stands at a former URL is a page with a title of somebody's choice: it becomes no setting of the server, no
/// script of other pages, and no picture.
#[test]
fn aliases_that_name_no_page_are_refused() {
    let alias = |alias: &str| one("content/news/a.md", document(&format!("{GOOD}\naliases: [\"{alias}\"]")));
    for bad in [
        "/web.config",
        "/Web.Config",
        "/a/web.config",
        "/web.config/",
        "/_redirects",
        "/_headers",
        "/_worker.js",
        "/_worker.js/",
        "/_routes.json",
        "/CNAME",
        "/cname/",
        "/sw.js",
        "/a/sw.JS",
        "/x.svg",
        "/x.css",
        "/x.xml",
        "/x.json",
        "/x.jsp",
        "/x.xhtml",
        "/x.svgz",
        "/x.pdf",
        "/x.txt",
        "/%78.js",
        "/x.cer",
        "/x.html.js",
        "/a.b",
        "/php.ini",
    ] {
        assert_eq!(alias(bad), ["bad-alias content/news/a.md:5"], "{bad}");
    }
    for good in [
        "/a",
        "/a/",
        "/a.html",
        "/a.HTM",
        "/a/b.shtml",
        "/index.php",
        "/a/b.aspx",
        "/c/b.asp",
        "/viewpage.action",
        "/t2020.01/",
        "/index.php/a/5",
        "/a_b",
        "/a/_b",
        "/news/旧网址.html",
        "/a.b.html",
        "/x/cname",
    ] {
        assert_eq!(alias(good), [""; 0], "{good}");
    }
}

/// Names that Windows keeps, and names that no disk holds: errors that name the file.
#[test]
fn reserved_and_overlong_names_are_refused() {
    let long = "汉".repeat(86);
    for name in ["CON", "nul", "COM1", "LPT9", "Aux", "PRN", "con.2025", "COM²", long.as_str()] {
        for (path, text) in [
            (format!("content/news/{name}.md"), document(GOOD)),
            (format!("content/news/{name}.txt"), String::new()),
            (format!("content/news/{name}/a.md"), document(GOOD)),
            (format!("content/{name}/a.md"), document(GOOD)),
            ("content/news/a.md".to_owned(), document(&format!("{GOOD}\ntopics: [{name}]"))),
            ("content/news/a.md".to_owned(), document(&format!("{GOOD}\naliases: [/{name}/a.html]"))),
        ] {
            // Pinyin has no superscripts, and is shortened.
            let found = errors([
                (path.clone(), text),
                ("content/site.yaml".to_owned(), format!("{SITE}slugs: keep\n")),
            ]);
            let (code, place) = found.first().and_then(|found| found.split_once(' ')).unwrap_or_default();
            let slugged =
                name == "COM²" && !path.ends_with(".txt") || name == "con.2025" && path.ends_with("topics");
            assert!(["reserved-name", "name-too-long"].contains(&code) || slugged, "{path}: {found:?}");
            assert!(place.starts_with("content/") || slugged, "{path}: {found:?}");
        }
    }
    for name in ["a:b.txt", "a\\b.txt", "a?.txt", "a|b.txt", "a<b>.txt", "a*.txt", "a\".txt", "a.", "a "] {
        let path = format!("content/news/{name}");
        assert_eq!(one(&path, "x"), [format!("reserved-name {path}:1")]);
    }
    for name in ["汉".repeat(85), "a".repeat(250)] {
        assert_eq!(one(&format!("content/news/{name}"), "x"), [""; 0], "255 bytes are allowed");
    }
}

/// Addresses that no sitemap and no QR code holds: errors at what makes them, the settings included.
#[test]
fn overlong_addresses_are_refused_where_they_are_written() {
    let alias = |names: usize| {
        let long = format!("/{}", "a".repeat(200)).repeat(names);
        document(&format!("{GOOD}\naliases: [{long}/a.html]"))
    };
    assert_eq!(one("content/news/a.md", alias(22)), ["address-too-long content/news/a.md:5"]);
    assert_eq!(one("content/news/a.md", alias(11)), ["address-too-long content/news/a.md:5"]);
    assert_eq!(one("content/news/a.md", alias(9)), [""; 0]);
    let keep = |base: &str| {
        let site = SITE.replace("https://example.gov.cn", base) + "slugs: keep\n";
        ("content/site.yaml".to_owned(), site)
    };
    let folders = |count: usize| format!("content/news/{}a", format!("{}/", "汉".repeat(20)).repeat(count));
    for (ending, text) in [(".md", document(GOOD)), (".pdf", "a".to_owned())] {
        let path = folders(20) + ending;
        let found = errors([keep("https://example.gov.cn"), (path.clone(), text.clone())]);
        let line = if ending == ".md" { 2 } else { 1 };
        assert_eq!(found, [format!("address-too-long {path}:{line}")]);
        let fits = (folders(11) + ending, text.clone());
        assert_eq!(errors([keep("https://example.gov.cn"), fits.clone()]), [""; 0]);
        let base = format!("https://example.gov.cn/{}", "a".repeat(500));
        assert_eq!(errors([keep(&base), fits]).len(), 1, "the base URL counts, too");
    }
    let many = [1, 2, 3].map(|number| (format!("{}{number}.md", folders(20)), document(GOOD)));
    assert_eq!(errors(many.into_iter().chain([keep("https://example.gov.cn")])).len(), 1, "one folder");
    let base = format!("https://example.gov.cn/{}", "a/".repeat(1000));
    assert_eq!(errors([keep(&base)]), ["bad-base-url content/site.yaml:2"]);
    let base = format!("https://example.gov.cn/{}", "汉".repeat(120));
    assert_eq!(errors([keep(&base)]), ["bad-base-url content/site.yaml:2"]);
}

/// Links of the site would lead above the folder that it is put into. Browsers take `%2e` for a dot.
#[test]
fn base_urls_that_climb_are_refused_however_they_are_written() {
    for path in ["/../b", "/%2e%2e/b", "/.%2E", "/a/%2e/b", "/a/./b", "/%2F/b", "/%5c..", "/a%0ab"] {
        let site = SITE.replace("https://example.gov.cn", &format!("https://example.gov.cn{path}"));
        let found = errors([("content/site.yaml".to_owned(), site)]);
        assert_eq!(found, ["bad-base-url content/site.yaml:2"], "{path}");
    }
    let site = SITE.replace("example.gov.cn", "example.gov.cn/%E4%BA%BA/v1.0");
    assert_eq!(errors([("content/site.yaml".to_owned(), site)]), [""; 0]);
}

/// An address of exactly 2,047 characters is on its page, in the sitemap and in the QR code.
#[test]
fn the_longest_address_works_everywhere() {
    let room = 2047 - "https://example.gov.cn/news//a.html".len();
    let folders = format!("{}/{}", "a/".repeat(room / 2 - 100), "a".repeat(room - 2 * (room / 2 - 100)));
    let text = |folders: &str| [(format!("content/news/{folders}/a.md"), document(GOOD))];
    let (build, outputs) = memory::build(&memory::publishing(text(&folders)));
    assert!(build.is_ok(), "{:?}", build.diagnostics);
    let sitemap = String::from_utf8(outputs["sitemap.xml"].clone()).unwrap();
    let longest = sitemap.split("<loc>").map(|rest| rest.split('<').next().unwrap().len()).max();
    assert_eq!(longest, Some(2047));
    assert_eq!(errors(text(&format!("{folders}a"))).len(), 1);
}

/// What derives from a mistake is not reported again.
#[test]
fn one_mistake_is_reported_once() {
    let district = |slug: &str| {
        let list = format!("- {{code: \"420105\", name: 汉阳区, slug: \"{slug}\"}}\n");
        [("content/districts.yaml".to_owned(), list), ("content/news/a.md".to_owned(), document(GOOD))]
    };
    for slug in ["../x", "a/b", "汉 阳", ".."] {
        assert_eq!(errors(district(slug)), ["bad-slug content/districts.yaml:1"], "{slug}");
    }
    assert_eq!(errors(district("con")), ["reserved-name content/districts.yaml:1"]);
    let documents =
        |folder: &str| ["a", "b", "c"].map(|name| (format!("content/{folder}/{name}.md"), document(GOOD)));
    assert_eq!(errors(documents("con")), ["reserved-name content/con/a.md:2"]);
    assert_eq!(errors(documents("news/nul")), ["reserved-name content/news/nul/a.md:2"]);
    let both = documents("con").into_iter().chain(documents("news/nul"));
    assert_eq!(errors(both).len(), 2, "two mistakes are two errors");
    let aliases = documents("news").map(|(path, _)| {
        let text = document(&format!("{GOOD}\naliases: [/con{path}.html]"));
        (path, text.replace("/concontent/", "/con/").replace(".md.html", ".html"))
    });
    assert_eq!(errors(aliases).len(), 3, "each alias is written by itself");
}

/// hexo #3875, hugo #4853, #8429: two sources of one output are an error that names both, also where only some
/// disks take them for one.
#[test]
fn two_sources_of_one_output_are_named_both() {
    let with = |more: &str| document(&format!("{GOOD}{more}"));
    let cases = [
        [("content/news/a.md", with("")), ("content/news/A.md", with(""))],
        [("content/news/a.md", with("\nslug: b")), ("content/news/b.md", with(""))],
        [("content/news/a.md", with("\naliases: [/news/b.html]")), ("content/news/b.md", with(""))],
        [
            ("content/news/a.md", with("\naliases: [/old.html]")),
            ("content/news/b.md", with("\naliases: [/OLD.html]")),
        ],
        [("content/news/a.md", with("")), ("content/news/a.HTML", String::new())],
        [("content/news/e\u{301}.txt", String::new()), ("content/news/\u{e9}.txt", String::new())],
        [("content/news/\u{3c2}.txt", String::new()), ("content/news/\u{3a3}.txt", String::new())],
        [("content/news/b.txt/c.md", with("")), ("content/news/b.txt", String::new())],
        [("content/news/武汉.md", with("")), ("content/news/wu-han.md", with(""))],
        [("content/news/index.md", with("")), ("content/news/_index.md", NEWS.to_owned())],
        [("content/news/page-2.md", with("")), ("content/news/PAGE-2.md", with(""))],
    ];
    for [(first, a), (second, b)] in cases {
        let trust = ("content/site.yaml", format!("{SITE}html: trust\n"));
        let files = [(first, a), (second, b), trust].map(|(path, text)| (path.to_owned(), text));
        let (build, _) = memory::build(&memory::publishing(files));
        let collision = build.diagnostics.iter().find(|found| found.problem.code() == "collision");
        let collision = collision.unwrap_or_else(|| panic!("{first} {second}: {:?}", build.diagnostics));
        let place = collision.place.as_ref().unwrap();
        let message = collision.problem.message(tribune::internals::diagnostics::Lang::En).text + &place.file;
        let composed = |path: &str| path.replace("e\u{301}", "\u{e9}");
        for name in [first, second] {
            assert!(composed(&message).contains(&composed(name)), "{name}: {message}");
        }
    }
}

/// Hugo CVE-2026-50133: web pages among the content are copied only where the site trusts its content.
#[test]
fn web_pages_and_programs_are_published_only_under_trust() {
    let script = "<script>alert(1)</script>";
    for name in [
        "a.html", "a.HTM", "a.xhtml", "a.xht", "a.shtml", "a.svgz", "a.mht", "a.mhtml", "a.php", "a.jsp",
        "a.xsl",
    ] {
        let path = format!("content/news/{name}");
        assert_eq!(one(&path, script), [format!("html-file {path}:0")]);
        for policy in ["escape", "sanitize", "trust"] {
            let site = ("content/site.yaml".to_owned(), format!("{SITE}html: {policy}\n"));
            let (build, outputs) =
                memory::build(&memory::publishing([site, (path.clone(), script.to_owned())]));
            assert_eq!(build.is_ok(), policy == "trust", "{name} {policy}");
            assert_eq!(outputs.contains_key(&format!("news/{name}")), policy == "trust");
        }
    }
}

/// A comment that Word or somebody's pasting left open, a style sheet without an end: the sanitizer takes all that follows for its contents.
#[test]
fn html_that_hides_the_rest_is_an_error() {
    let with = |body: &str| document(GOOD) + body;
    let place = |line: usize| format!("html-unclosed content/news/a.md:{line}");
    let body_line = 9;
    for lost in [
        "<!--\n\n乙\n",
        "<!-- 甲\n乙\n",
        "<!--[if gte mso 9]>\n\n乙\n",
        "<style>\np { }\n\n乙\n",
        "<script>\n\n乙\n",
        "<SCRIPT src=\"a\">\n乙\n",
        "<template>\n\n乙\n",
        "前<style>乙\n\n乙\n",
        "前<Template>乙\n\n乙\n",
        "<textarea>\n\n乙\n",
        "<div><!-- 甲\n\n乙\n",
        "- <!-- 甲\n\n乙\n",
        "> <style>\n\n乙\n",
        "<div class=\"甲>\n\n乙\n",
        "<div class='甲\n\n乙\n",
        "<div\n\n乙\n",
        "<?xml\n\n乙\n",
        "<![CDATA[\n\n乙\n",
        "<!-- 甲\n\n乙\n\n<!-- 丙 -->\n\n丁\n",
    ] {
        assert_eq!(one("content/news/a.md", with(&format!("\n{lost}"))), [place(body_line)], "{lost}");
        let index = format!("---\ntitle: 甲\n---\n\n{lost}");
        assert_eq!(
            one("content/news/_index.md", index),
            ["html-unclosed content/news/_index.md:5"],
            "{lost}"
        );
        let shown = ("content/site.yaml".to_owned(), format!("{SITE}html: escape\n"));
        assert_eq!(errors([("content/news/a.md".to_owned(), with(lost)), shown]), [""; 0], "{lost}");
    }
    for sound in [
        "<!-- 甲 -->\n\n乙\n",
        "<!-- 甲\n\n丙 -->\n\n乙\n",
        "<!--> 甲\n\n乙\n",
        "<!--[if !mso]><!-->\n\n乙\n\n<!--<![endif]-->\n",
        "<!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]-->\n\n乙\n",
        "<?xml:namespace prefix = o ns = \"urn:a\" ?>\n\n乙\n",
        "<style>\np { }\n\n</style>\n\n乙\n",
        "前<script>a</SCRIPT>乙\n",
        "<template><p>甲</p></template>\n\n乙\n",
        "<p>甲\n\n乙\n",
        "<div class=\"甲\">\n\n乙\n",
        "前 <!-- 乙\n\n甲\n",
        "1 <a 甲\n\n乙\n",
        "`<style>` 和 `<!--` 乙\n",
        "```\n<!--\n<style>\n```\n\n乙\n",
        "    <script>\n\n乙\n",
        "\\<style> 乙\n",
        "<https://a.cn/?b='c> 乙\n",
        "<p title=\"it's\">甲</p>\n\n乙\n",
    ] {
        let (build, outputs) = memory::build(&memory::publishing([(
            "content/news/a.md".to_owned(),
            with(&format!("\n{sound}")),
        )]));
        assert!(build.is_ok(), "{sound}: {:?}", build.diagnostics);
        let page = String::from_utf8_lossy(&outputs["news/a.html"]).into_owned();
        assert!(page.contains('乙'), "{sound}: {page}");
    }
}

/// Whatever element it is that stands open: what follows is on the page, or it is said that it is not.
#[test]
fn unclosed_elements_never_drop_text_silently() {
    let elements = "a abbr address applet area article aside audio b base basefont bdi bdo bgsound big blink \
        blockquote body br button canvas caption center cite code col colgroup command content data datalist dd del \
        details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 head \
        header hgroup hr html i iframe image img input ins isindex kbd keygen label legend li link listing main map \
        mark marquee math menu menuitem meta meter multicol nav nobr noembed noframes noscript object ol optgroup \
        option output p param picture plaintext portal progress q rb rp rt rtc ruby s samp script search section \
        select selectedcontent shadow slot small source spacer span strike strong style sub summary sup svg table \
        tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp x-y o:p \
        foreignObject abs and animate annotation apply circle defs desc filter g line list marker mask max metadata mi \
        mn mo ms mtext path pattern rect semantics set switch symbol text tspan use vector view";
    let bodies = elements.split_whitespace().flat_map(|element| {
        [format!("<{element}>\n\n乙一\n\n*丙二*\n"), format!("前<{element}>乙一\n\n*丙二*\n")]
    });
    let file = |(at, body)| (format!("content/news/a{at}.md"), document(GOOD) + "\n" + body);
    let bodies: Vec<String> = bodies.collect();
    let mut files: std::collections::BTreeMap<String, String> =
        bodies.iter().map(String::as_str).enumerate().map(file).collect();
    let (build, _) = memory::build(&memory::publishing(files.clone()));
    for found in build.diagnostics.iter().filter(|found| found.is_error()) {
        assert!(["html-unclosed", "html-foreign"].contains(&found.problem.code()), "{found:?}");
        files.remove(&found.place.as_ref().unwrap().file);
    }
    let (build, outputs) = memory::build(&memory::publishing(files.clone()));
    assert!(build.is_ok() && files.len() > bodies.len() / 2, "{:?}", build.diagnostics);
    let is_silent = |path: &&String| {
        let page = &outputs[&path.replace("content/", "").replace(".md", ".html")];
        let page = String::from_utf8_lossy(page).into_owned();
        let main = page.split("<main").nth(1).unwrap_or_default();
        !main.contains("乙一") || !main.contains("<em>丙二</em>")
    };
    let silent: Vec<&String> = files.keys().filter(is_silent).map(|path| &files[path]).collect();
    assert_eq!(silent, [""; 0]);
}

/// Elements of drawings and formulas, of which the sanitizer leaves nothing where they do not belong, closed ones too.
#[test]
fn text_in_elements_of_drawings_is_not_dropped_silently() {
    let with = |body: &str, policy: &str| {
        let site = ("content/site.yaml".to_owned(), format!("{SITE}html: {policy}\n"));
        errors([("content/news/a.md".to_owned(), document(GOOD) + "\n" + body), site])
    };
    for lost in [
        "前<text>乙</text>\n",
        "<g>\n\n乙\n\n</g>\n",
        "<svg></svg>\n\n<set>\n\n乙\n",
        "<MI>乙</MI>\n",
        "甲<annotation-xml>乙</annotation-xml>\n",
        // What ends a drawing without its end tag.
        "<section><svg viewBox=\"0 0 1 1\"/></section>\n\n<section>甲<text>乙</text></section>\n",
        "<svg><p>甲</p><text>乙</text></svg>\n",
        "<p><svg><g></g></p>\n\n甲 <text>乙</text>\n",
        "甲<svg>\n\n丙<text>乙</text>\n",
    ] {
        assert_eq!(with(lost, "sanitize").len(), 1, "{lost}");
        assert!(with(lost, "sanitize")[0].starts_with("html-foreign content/news/a.md:"), "{lost}");
        assert_eq!(with(lost, "escape"), [""; 0], "{lost}");
        assert_eq!(with(lost, "trust"), [""; 0], "{lost}");
    }
    for sound in [
        "<svg><g><text>图</text></svg>\n\n乙\n",
        "<math><mi>x</mi></math>乙\n",
        "`<text>`乙\n",
        "<center>乙</center>\n",
        "<view-more>乙</view-more><text:p>丙</text:p><list-item>丁</list-item>\n",
        "<svg viewBox=\"0 0 1 1\" ><svg><g/></svg><text>图</text></svg>乙\n",
    ] {
        assert_eq!(with(sound, "sanitize"), [""; 0], "{sound}");
    }
}

/// What readers would have seen, or used: a video, a frame, a drawing, a form.
#[test]
fn what_the_sanitizer_drops_is_reported() {
    let with = |body: &str, policy: &str| {
        let site = ("content/site.yaml".to_owned(), format!("{SITE}html: {policy}\n"));
        let file = ("content/news/a.md".to_owned(), document(GOOD) + "\n" + body);
        let (build, _) = memory::build(&memory::publishing([file, site]));
        assert!(build.is_ok(), "{body}: {:?}", build.diagnostics);
        let found = build.diagnostics.iter().filter(|found| found.problem.code() == "html-left-out");
        found.map(|found| found.place.as_ref().unwrap().column).collect::<Vec<_>>()
    };
    for element in
        ["video", "audio", "iframe", "object", "svg", "math", "canvas", "script", "STYLE", "select"]
    {
        let body = format!("甲<{element}></{element}>\n");
        assert_eq!(with(&body, "sanitize"), [2], "{body}");
        assert_eq!((with(&body, "escape"), with(&body, "trust")), (vec![], vec![]), "{body}");
    }
    assert_eq!(with("甲<input><embed>乙<input>\n", "sanitize"), [2, 9]);
    assert_eq!(with("<svg><math></math><style></style></svg><canvas></canvas>\n", "sanitize"), [1, 40]);
    for sound in [
        "`<video>`\n",
        "```\n<video>\n```\n",
        "<p onclick=\"a\">乙</p>\n",
        "<center>乙</center>\n",
        "a<br>b\n",
    ] {
        assert_eq!(with(sound, "sanitize"), [0; 0], "{sound}");
    }
}

/// Copies that editors leave beside a draft are no attachments, and a draft with another ending is none either.
#[test]
fn copies_of_drafts_are_not_published() {
    let draft = document(&format!("{GOOD}\ndraft: true"));
    for name in [
        "s.md~",
        "s.md.bak",
        "s.md.BAK",
        "s.md.tmp",
        ".s.md.swp",
        "s.md.swp",
        "s.md.orig",
        "s.md.old",
        "~$x.docx",
        "s~",
        "#s.md#",
        ".~lock.x.odt#",
        "Thumbs.db",
        "desktop.ini",
        ".DS_Store",
    ] {
        for folder in ["", "news/"] {
            let (build, outputs) =
                memory::build(&memory::publishing([(format!("content/{folder}{name}"), draft.clone())]));
            assert!(build.is_ok(), "{name}: {:?}", build.diagnostics);
            assert!(!outputs.contains_key(&format!("{folder}{name}")), "{name}");
        }
    }
    for name in [
        "s.markdown",
        "s.Mdown",
        "s.mkd",
        "s.md.txt",
        "s.md.save",
        "s.md_backup",
        "s.md 副本",
        "sedQ1w2E3",
        "4913",
        "s.doc",
    ] {
        let path = format!("content/news/{name}");
        assert_eq!(one(&path, draft.clone()), [format!("markdown-ending {path}:0")]);
    }
    // However wrongly its front matter is written.
    for text in [
        "\n \n---\ntitle: 甲\n---\n",
        " ---\ntitle: 甲\ndraft: true\n---\n",
        "\u{FEFF}---\ndraft: true\n---\n",
        "\u{200B}---\r\ntitle: 甲\r\n---\r\n",
        "———\ntitle: 甲\n———\n",
        "－－－\ntitle： 甲\n－－－\n",
        "----\ntitle: 甲\n----\n",
        "---\ntitle: 甲\ndraft: true\n\n正文\n",
        "---\ntitle: 甲\n...\n正文\n",
    ] {
        let path = "content/news/s.md.save".to_owned();
        assert_eq!(one(&path, text.to_owned()), [format!("markdown-ending {path}:0")], "{text:?}");
    }
    for text in ["----\n甲,乙\n----\n", "———\n来源：报社\n", "---\n--- a/x\n", "甲\n---\ntitle: 甲\n---\n"]
    {
        let (_, outputs) = memory::build(&memory::publishing([("content/news/s.csv".to_owned(), text)]));
        assert!(outputs.contains_key("news/s.csv"), "{text:?}");
    }
    for name in ["s.docx", "s.txt", "old", "bak", "s~a.txt"] {
        let (_, outputs) = memory::build(&memory::publishing([(format!("content/news/{name}"), "x")]));
        assert!(outputs.contains_key(&format!("news/{name}")), "{name}");
    }
    let (_, outputs) = memory::build(&memory::publishing([("content/news/s.MD".to_owned(), draft)]));
    assert!(!outputs.keys().any(|path| path.starts_with("news/s")));
}

/// Servers say nothing of the type of a file without an ending, and browsers look into it.
#[test]
fn pages_without_an_ending_are_published_only_under_trust() {
    for begin in [
        "<script>a",
        "<SCRIPT src=a>",
        "\u{FEFF}\n <html>",
        "<!DocType html>",
        "<body\nonload=a>",
        "<!--",
        "<svg onload=a>",
    ] {
        for name in ["a", "news/说明", "b.c/LICENSE"] {
            let path = format!("content/{name}");
            assert_eq!(one(&path, begin), [format!("html-file {path}:0")], "{begin}");
            let trust = ("content/site.yaml".to_owned(), format!("{SITE}html: trust\n"));
            assert_eq!(errors([(path, begin.to_owned()), trust]), [""; 0], "{begin}");
        }
    }
    for text in ["", "<", "a <script>", "<scripture", "<author@example.cn>", "google-site-verification: a"] {
        assert_eq!(one("content/a", text), [""; 0], "{text}");
    }
    for name in ["a.xhtm", "a.HTML5", "a.XhTml", "a.htmls"] {
        assert_eq!(one(&format!("content/{name}"), "x"), [format!("html-file content/{name}:0")]);
    }
}

/// Endings that only some browsers and servers know: help books, folders of Explorer, forms, lists of services,
/// document types, books, films, pages of Razor.
#[test]
fn rare_pages_and_programs_are_published_only_under_trust() {
    for ending in
        ["hxt", "htt", "xsf", "disco", "dtd", "ncx", "smil", "cshtml", "phtm", "ehtml", "CSHTML", "dtd.txt"]
    {
        let path = format!("content/news/a.{ending}");
        assert_eq!(one(&path, "x"), [format!("html-file {path}:0")]);
        let trust = ("content/site.yaml".to_owned(), format!("{SITE}html: trust\n"));
        assert_eq!(errors([(path.clone(), "x".to_owned()), trust]), [""; 0], "{path}");
    }
}

/// Nor of one with an ending that they do not know.
#[test]
fn pages_with_an_unknown_ending_are_published_only_under_trust() {
    for begin in [
        "<html>",
        "\u{FEFF} \n\t<ScRipt src=a>",
        "<!DOCTYPE html>",
        "<p/onclick=a>",
        "<!-- -->",
        "<svg onload=a>",
    ] {
        for name in ["a.foo", "news/说明.定稿", "news/a.pdf.1", "news/a.et", "a.ofd", "a.ts", "a.heic"] {
            let path = format!("content/{name}");
            assert_eq!(one(&path, begin), [format!("html-file {path}:0")], "{begin}");
            let trust = ("content/site.yaml".to_owned(), format!("{SITE}html: trust\n"));
            assert_eq!(errors([(path, begin.to_owned()), trust]), [""; 0], "{begin}");
        }
        // Office programs' tables are often pages by their content; they are downloaded by their names.
        for name in ["a.xls", "a.DOC", "a.txt", "a.csv", "a.pdf", "a.png"] {
            let errors = one(&format!("content/{name}"), begin);
            assert_eq!(errors, [""; 0], "{name} {begin}");
        }
    }
    for text in ["", "<", "a <script>", "{\\rtf1}", "PK\u{3}\u{4}", "<scripture>", "第一行"] {
        assert_eq!(one("content/a.foo", text), [""; 0], "{text}");
    }
    // XML is looked at as XML: the Unified Office Format has endings of its own.
    let xml = |inside: &str| format!("<?xml version=\"1.0\"?><u:UOF xmlns:u=\"urn:u\">{inside}</u:UOF>");
    assert_eq!(one("content/a.uof", xml("<u:text/>")), [""; 0]);
    let script = xml("<script xmlns='http://www.w3.org/1999/xhtml'>1</script>");
    assert_eq!(one("content/a.uof", script), ["html-file content/a.uof:0"]);
}

/// A sheet that a drawing fetches from elsewhere can show anything, and tells who looks at it.
#[test]
fn style_sheets_that_drawings_import_are_refused() {
    let svg =
        |sheet: &str| format!("<svg xmlns=\"http://www.w3.org/2000/svg\">\n<style>{sheet}</style></svg>");
    for sheet in [
        "@import url(https://evil.example/a.css);",
        "@import \"//evil.example/a.css\"",
        "@IMPORT 'a.css' screen;",
        "@\\69mport url(a.css)",
        "@\\000049 MPORT url(a.css)",
        "@im\\port url(a.css)",
        "@import/**/url(a.css)",
        "/* \\*/@import \"a.css\"",
        "/* a */@charset \"/*\"; @import \"a.css\"; /*\"*/",
        "<![CDATA[@import \"a.css\";]]>",
        "@im<![CDATA[port]]> \"a.css\";",
        "@im<!-- -->port \"a.css\";",
        "@im<g>x</g>port \"a.css\";",
        "&#64;import \"a.css\";",
        "<![CDATA[<!-- @import \"a.css\"; -->]]>",
        "} @import \"a.css\";",
    ] {
        assert_eq!(one("content/a.svg", svg(sheet)), ["active-file content/a.svg:2"], "{sheet}");
    }
    let foreign = "<s:svg xmlns:s='http://www.w3.org/2000/svg'><s:STYLE>@import 'a.css'</s:STYLE></s:svg>";
    assert_eq!(one("content/a.svg", foreign), ["active-file content/a.svg:1"]);
    for sheet in [
        "",
        ".st0{fill:#c00}",
        "@media print{a{b:c}}",
        "/* @import \"a.css\"; */a{b:c}",
        "a{content:\"@import\"}",
        "@font-face{font-family:a;src:url(data:font/woff2;base64,AA)}",
    ] {
        assert_eq!(one("content/a.svg", svg(sheet)), [""; 0], "{sheet}");
    }
    assert_eq!(one("content/a.svg", svg("</style><text>@import</text><style>")), [""; 0]);
}

/// SVG only as a picture: one that would run when it is opened is refused; bodies hold no `<svg>` (see `xss.rs`).
#[test]
fn active_pictures_are_refused() {
    let active = "<svg xmlns=\"http://www.w3.org/2000/svg\">\n<script>alert(1)</script></svg>";
    assert_eq!(one("content/news/a.svg", active), ["active-file content/news/a.svg:2"]);
    assert_eq!(one("content/news/a.xml", "<x:script xmlns:x='http://www.w3.org/1999/xhtml'/>").len(), 1);
    assert_eq!(one("content/news/a.svg", "<svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg>"), [""; 0]);
    let mut site = sound();
    site.write("content/news/a.md", document(GOOD))
        .write("content/a.svg", active)
        .fails_with(&["active-file"]);
    // Not only the first time.
    site.fails_with(&["active-file"]);
    // In GBK the first bracket is the second half of a character: what looks like text is markup.
    let gbk = b"<?xml version=\"1.0\" encoding=\"gbk\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\">\n<![CDATA[\x81]]><?x ]]>\n<script>1</script><?y ?></svg>";
    for name in ["content/a.svg", "content/a.xml"] {
        site.remove("content/a.svg").write(name, gbk);
        let found = site.run(&["build"]);
        assert!(found.code == 1 && found.stderr.contains("[active-file]"), "{name}: {}", found.stderr);
        site.remove(name).write("content/a.svg", active);
    }
    site.change("content/site.yaml", "title:", "html: trust\ntitle:").build().has("a.svg");
    site.change("content/site.yaml", "html: trust\n", "").fails_with(&["active-file"]);
}

/// gray-matter CVE-2026-78847: front matter is data, whatever it calls itself.
#[test]
fn front_matter_is_never_code() {
    let call = "module.exports = require('child_process').execSync('touch /tmp/pwned')";
    for fence in
        ["---js", "---javascript", "---coffee", "---json", "---toml", "+++", ";;;", "---yaml", "--- js"]
    {
        let found = one("content/news/a.md", format!("{fence}\n{call}\n---\n\n正文。\n"));
        assert_eq!(found.len(), 1, "{fence}: {found:?}");
        assert!(found[0].contains("content/news/a.md:1"), "{fence}: {found:?}");
    }
    for value in
        ["!!js/function 'function(){}'", "!!python/object/apply:os.system [id]", "!ruby/object:Gem {}"]
    {
        let found = one("content/news/a.md", document(&format!("{GOOD}\nsubtitle: {value}")));
        assert_eq!(found.len(), 1, "{value}: {found:?}");
        assert!(found[0].starts_with("yaml-"), "{value}: {found:?}");
    }
    // What stands in fields is shown, not run.
    let (_, outputs) = memory::build(&memory::publishing([(
        "content/news/a.md".to_owned(),
        document(&format!("{GOOD}\nsubtitle: \"{{{{ 7 * 7 }}}} ${{7*7}} <%= 7*7 %>\"")),
    )]));
    let page = String::from_utf8_lossy(&outputs["news/a.html"]).into_owned();
    assert!(page.contains("{{ 7 * 7 }}") && !page.contains("49"), "{page}");
}

/// YAML: bombs of aliases, depth, duplicate keys, 10 MB of front matter, tags, merge keys: errors with a place, at once.
#[test]
fn harmful_yaml_is_an_error_at_once() {
    let mut bomb = String::from("a0: &a0 [x, x]\n");
    for level in 1..30 {
        bomb += &format!("a{level}: &a{level} [*a{0}, *a{0}, *a{0}, *a{0}, *a{0}]\n", level - 1);
    }
    let cases = [
        ("yaml-reference", bomb),
        ("yaml-reference", "a: &a\n  b: *a\n".to_owned()),
        ("yaml-reference", "extra: {<<: {a: 1}}\n".to_owned()),
        ("yaml-too-deep", format!("extra: {}1{}\n", "[".repeat(10_000), "]".repeat(10_000))),
        ("yaml-too-deep", format!("extra: {}1{}\n", "{a: ".repeat(30), "}".repeat(30))),
        (
            "yaml-too-deep",
            format!("extra:\n{}", (0..60).map(|n| " ".repeat(n + 1) + "a:\n").collect::<String>()),
        ),
        ("yaml-too-long", format!("subtitle: {}\n", "a".repeat(10_000_000 - 200))),
        ("yaml-too-long", "a: 1\n".repeat(13_200)),
        ("duplicate-key", "title: 乙\n".to_owned()),
        ("duplicate-key", "extra: {a: 1, a: 2}\n".to_owned()),
        ("yaml-tag", "subtitle: !!python/name:os.system x\n".to_owned()),
        ("yaml-tag", "subtitle: !a x\n".to_owned()),
        // Tags of YAML itself: some change what a text is, some drop it.
        ("yaml-tag", "subtitle: !!binary aGk=\n".to_owned()),
        ("yaml-tag", "subtitle: !!null x\n".to_owned()),
        ("yaml-tag", "subtitle: !!int 甲\n".to_owned()),
        ("yaml-tag", "subtitle: ! x\n".to_owned()),
        ("yaml-tag", "subtitle: !<tag:yaml.org,2002:str> x\n".to_owned()),
        ("yaml-tag", "!!str subtitle: x\n".to_owned()),
        ("yaml-tag", "topics: !!seq [监督]\n".to_owned()),
        ("yaml-tag", "extra: {a: [{b: !!float 1}]}\n".to_owned()),
    ];
    for (code, text) in cases {
        let start = Instant::now();
        let found = one("content/news/a.md", document(&format!("{GOOD}\n{text}")));
        let head: String = text.chars().take(40).collect();
        assert!(found.len() == 1 && found[0].starts_with(code), "{head}: {found:?}");
        assert!(start.elapsed() < Duration::from_secs(30), "{head}: {:?}", start.elapsed());
    }
    // Lists within the length, but of very many items.
    let many =
        format!("---\n{GOOD}\ntopics: [{}]\n---\n", (0..9_000).map(|n| format!("t{n},")).collect::<String>());
    assert_eq!(one("content/news/a.md", many), [""; 0]);
}

/// Texts with full-width colons, and with exclamation marks, are texts.
#[test]
fn texts_that_only_look_like_slips_of_yaml_are_shown() {
    let texts = [
        ("subtitle: 通知：关于会议", "通知：关于会议"),
        ("subtitle: \"!重要\"", "!重要"),
        ("subtitle: 重要!", "重要!"),
        ("source: 来源：新华社", "来源：新华社"),
        ("source:\n  新华社：北京电", "新华社：北京电"),
        ("source: {name: 姓名：甲}", "姓名：甲"),
        ("authors: [通讯员：吴波]", "通讯员：吴波"),
        ("summary: 会议指出：要加强监督", "会议指出：要加强监督"),
        ("summary:\n  会议指出：\n  name：要加强监督", "会议指出： name：要加强监督"),
        ("extra: {a: \"b：1\"}", "甲"),
    ];
    for (text, shown) in texts {
        let file = ("content/news/a.md".to_owned(), document(&format!("{GOOD}\n{text}")));
        let (build, outputs) = memory::build(&memory::publishing([file]));
        assert!(build.diagnostics.is_empty(), "{text}: {:?}", build.diagnostics);
        let pages = outputs.iter().filter(|(path, _)| path.ends_with(".html"));
        let mut pages = pages.map(|(_, bytes)| String::from_utf8_lossy(bytes));
        assert!(pages.any(|page| page.contains(shown)), "{text}");
    }
}

/// Trojan Source CVE-2021-42574: marks of direction show readers another text than editors have approved.
#[test]
fn marks_of_direction_are_errors_in_every_text() {
    for mark in ('\u{202A}'..='\u{202E}').chain('\u{2066}'..='\u{2069}') {
        let escaped = format!("\"乙\\u{:04X}\"", mark as u32);
        for value in [format!("乙{mark}"), escaped] {
            for text in [
                format!("subtitle: {value}"),
                format!("authors: [{value}]"),
                format!("source: {value}"),
                format!("source: {{name: {value}}}"),
                format!("slug: {value}"),
                format!("extra: {{a: [{value}]}}"),
            ] {
                let found = one("content/news/a.md", document(&format!("{GOOD}\n{text}")));
                assert_eq!(found, ["invisible-character content/news/a.md:5"], "{text:?}");
            }
            let site = format!("{SITE}topics: {{{value}: a}}\n");
            let line = site.lines().count();
            let found = one("content/site.yaml", site);
            assert_eq!(found, [format!("invisible-character content/site.yaml:{line}")], "{value:?}");
        }
    }
}

/// `limits` in site.yaml move the limits, and the next build goes by them, cached or not.
#[test]
fn limits_can_be_moved() {
    let mut site = sound();
    let deep = format!("{GOOD}\nextra: {{a: {}1{}}}", "[".repeat(20), "]".repeat(20));
    site.write("content/news/a.md", document(&deep)).fails_with(&["yaml-too-deep"]);
    site.write("content/site.yaml", format!("{SITE}limits: {{yaml_depth: 40}}\n")).build();
    site.write("content/news/b.md", document(&format!("{GOOD}\nsubtitle: 乙\nextra: {{a: &x 一, b: *x}}")))
        .fails_with(&["yaml-reference"]);
    site.write("content/site.yaml", format!("{SITE}limits: {{yaml_depth: 40, yaml_aliases: 3}}\n")).build();
    let text = document(&format!("{GOOD}\nsubtitle: 丙")) + &"> ".repeat(60) + "甲\n\n" + &"文".repeat(2000);
    site.write("content/news/c.md", text).build();
    std::thread::sleep(Duration::from_millis(2100));
    site.build();
    let limits = |limits: &str| format!("{SITE}limits: {{yaml_depth: 40, yaml_aliases: 3, {limits}}}\n");
    site.write("content/site.yaml", limits("nesting: 50")).fails_with(&["too-deep"]);
    site.write("content/site.yaml", limits("file: 4 KB")).fails_with(&["file-too-long"]);
    site.write("content/site.yaml", limits("documents: 2")).fails_with(&["too-many"]);
    site.write("content/site.yaml", limits("front_matter: 70")).fails_with(&["yaml-too-long"; 2]);
    site.write("content/site.yaml", limits("asset: 1 GB")).build();
}

/// More districts than can be numbered are an error at once.
#[test]
fn too_many_districts_are_an_error_at_once() {
    let district = |n: u32| format!("- {{code: \"{:06}\", name: n{n}, slug: s{n}}}\n", n + 100_000);
    let districts: String = (0..65_536).map(district).collect();
    let start = Instant::now();
    let found = one("content/districts.yaml", districts);
    assert_eq!(found, ["yaml-too-long content/districts.yaml:35715"]);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}
