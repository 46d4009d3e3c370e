//! Outputs other than pages: static files with their digests, headers, the manifest, QR codes and feeds.

use crate::site_test::{SiteTest, document};

/// A site whose page for what is not found asks for digests, links and codes.
fn site(template: &str) -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("themes/chamber/templates/404.html", template);
    site
}

/// The only output whose path begins and ends so.
#[track_caller]
fn only(site: &SiteTest, begin: &str, end: &str) -> String {
    let fits = |path: &String| path.starts_with(begin) && path.ends_with(end);
    let found: Vec<String> = site.outputs().into_keys().filter(fits).collect();
    let [path] = found.as_slice() else { panic!("{found:?}") };
    path.clone()
}

#[test]
fn style_sheets_and_scripts_are_published_as_they_were_written() {
    let mut site = SiteTest::empty();
    let script = "// x\nfor (const a of /y/) { }\n";
    site.write("themes/chamber/static/a.css", "/* x */ p { color : red; }")
        .write("themes/chamber/static/b.js", script)
        .build();
    let text = |begin: &str, end: &str| site.output(&only(&site, begin, end));
    assert_eq!(text("static/a.", ".css"), "/* x */ p { color : red; }");
    assert_eq!(text("static/b.", ".js"), script);
}

#[test]
fn a_script_that_is_not_text_is_published_as_it_is_with_a_warning() {
    let mut site = SiteTest::empty();
    let bytes = b"let a = \"\xff\xfe\xff\";\n";
    site.write("themes/chamber/static/b.js", bytes);
    let run = site.run(&["build"]);
    assert!(run.code == 0 && run.stderr.contains("static-unreadable"), "{}", run.stderr);
    assert_eq!(site.outputs()[&only(&site, "static/b.", ".js")], bytes);
}

#[test]
fn a_digest_is_that_of_the_file_as_it_is_written_and_follows_it() {
    let mut site = site("{{ integrity(path=\"a.css\") }}");
    site.write("themes/chamber/static/a.css", "alert('Hello, world.');").build();
    // The digest of these very bytes, by the example of the specification.
    let digest = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO";
    site.check_file("404.html", |html| assert_eq!(html.replace("&#x2B;", "+"), digest));
    site.change("themes/chamber/static/a.css", "world", "there").build();
    site.check_file("404.html", |html| assert!(html.starts_with("sha384-") && html.len() >= 71, "{html}"));
    site.check_file("404.html", |html| assert_ne!(html.replace("&#x2B;", "+"), digest));
    let run = self::site("{{ integrity(path=\"a.cs\") }}").try_build();
    assert!(run.code == 1 && run.stderr.contains("there is no static file `a.cs`"), "{}", run.stderr);
}

#[test]
fn qr_codes_are_inline_svg_and_overlong_texts_are_template_errors() {
    site("{{ qr(text=current.permalink, label=\"扫码<b>\") }}").build().check_page("404.html", |page| {
        assert_eq!(page.attributes("svg.qr > path", "stroke"), ["currentColor"]);
        assert_eq!(page.attributes("svg.qr", "aria-label"), ["扫码<b>"]);
    });
    let run =
        site("{{ qr(text=\"x\" | replace(from=\"x\", to=range(end=3000) | join(sep=\"\"))) }}").try_build();
    assert!(run.code == 1 && run.stderr.contains("is too long for a QR code"), "{}", run.stderr);
    let run = site("{{ qr(txt=\"x\") }}").try_build();
    assert!(run.stderr.contains("there is no argument `txt`; did you mean `text`?"), "{}", run.stderr);
}

#[test]
fn the_manifest_tells_of_the_site_unless_it_has_its_own() {
    let mut site = SiteTest::empty();
    site.change("content/site.yaml", "https://example.gov.cn", "https://example.gov.cn/renda")
        .write("themes/chamber/theme.yaml", "extra: {theme_color: \"#123456\"}\n")
        .build();
    let manifest = |site: &SiteTest| -> serde_json::Value {
        serde_json::from_str(&site.output("manifest.webmanifest")).unwrap()
    };
    let told = manifest(&site);
    assert_eq!((&told["name"], &told["lang"]), (&"江城人大".into(), &"zh-CN".into()));
    assert_eq!((&told["start_url"], &told["scope"]), (&"/renda/".into(), &"/renda/".into()));
    assert_eq!((&told["theme_color"], &told["background_color"]), (&"#123456".into(), &"#fbf7ef".into()));
    site.write("themes/chamber/static/img/favicon.svg", "<svg/>").build();
    let icon = only(&site, "static/img/favicon.", ".svg");
    assert_eq!(manifest(&site)["icons"][0]["src"], format!("/renda/{icon}"));
    site.write("content/manifest.webmanifest", "{}").build();
    site.check_file("manifest.webmanifest", |text| assert_eq!(text, "{}"));
}

#[test]
fn headers_follow_the_settings_and_are_not_listed_for_readers() {
    let mut site = SiteTest::empty();
    site.build().check_file("_headers", |text| {
        assert!(text.starts_with("/*\n  Content-Security-Policy: default-src 'self';"), "{text}");
        assert!(
            text.contains("\n/static/*\n  Cache-Control: public, max-age=31536000, immutable\n"),
            "{text}"
        );
    });
    site.check_file("_headers.nginx.conf", |text| {
        assert!(text.contains("add_header X-Content-Type-Options \"nosniff\" always;\n"), "{text}");
    });
    site.check_file("sitemap.xml", |text| assert!(!text.contains("_headers") && !text.contains("manifest")));
    site.change("content/site.yaml", "https://example", "http://example").build();
    site.check_file("_headers", |text| assert!(!text.contains("Strict-Transport"), "{text}"));
    site.write("content/site.yaml", "title: 站\nbase_url: http://a.cn\nhtml: trust\n").build();
    site.check_file("_headers", |text| assert!(!text.contains("default-src"), "{text}"));
}

#[test]
fn a_build_after_a_change_of_the_theme_equals_a_clean_one() {
    let mut site = site("{{ integrity(path=\"a.css\") }} {{ asset(path=\"a.css\") }}");
    site.write("themes/chamber/static/a.css", "a { b: c }")
        .write("themes/chamber/static/img/favicon.svg", "<svg/>")
        .write("content/about.md", document("title: 关于"))
        .build()
        .change("themes/chamber/static/a.css", "b: c", "b: d")
        .write("themes/chamber/static/img/favicon.svg", "<svg></svg>")
        .build();
    let warm = site.outputs();
    assert!(site.args(&["--no-cache"]).build().outputs() == warm);
}
