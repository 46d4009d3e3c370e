//! What inspectors and readers look for on every page: the page tags of the site and its columns, and who
//! runs it, and what crawlers read. Templates of the tests' own write out what themes can show.

use serde_json::{Value, json};

use crate::site_test::{NEWS, SiteTest, document};

const OFFICE: &str = "\
emblem: /图/emblem.svg
office:
  host: 江城市人大常委会办公室
  contact: 电话 027-00000000
  site_code: bm00000000
  icp: 鄂ICP备00000000号
  police: 鄂公网安备 4200000 0000001号
  badge: {image: /图/badge.svg, url: /about.html}
";

const COLUMN: &str = "{% if column %}{{ column.name }}|{{ column.description }}|{{ column.keywords }}|{{ column.type }}\
{% else %}none{% endif %}";

fn news(title: &str) -> String {
    document(&format!("title: {title}\ndate: 2025-01-01\ndistrict: 汉阳区\ntopics: [监督]"))
}

/// A site whose every page is `template` alone.
fn site_of(template: &str) -> SiteTest {
    let mut site = SiteTest::empty();
    site.change("content/site.yaml", "title: 江城人大", "theme: own\ntitle: 江城人大");
    for name in ["home", "listing", "page", "districts", "years", "topics", "sitemap", "404", "redirect"] {
        site.write(&format!("themes/own/templates/{name}.html"), template);
    }
    site
}

#[test]
fn templates_see_who_runs_the_site() {
    let template = "{% set o = site.office %}{{ o.host }}|{{ o.operator or \"-\" }}|{{ o.contact[0] }}|{{ o.site_code }}\
|{{ o.icp }} {{ o.icp_url }}|{{ o.police }} {{ o.police_url }}|{{ o.badge.image }} {{ o.badge.url }} {{ o.badge.picture.width }}×{{ o.badge.picture.height }}\
|{{ site.emblem }} {{ site.emblem_picture.width }}×{{ site.emblem_picture.height }}|{{ site.domain }}|{{ site.keywords | join(sep=\" \") }}";
    let mut site = site_of(template);
    site.change("content/site.yaml", "office: {site_code: \"0000000000\"}\n", OFFICE)
        .change("content/site.yaml", "https://example.gov.cn", "https://example.gov.cn:8443/人大")
        .write("content/图/emblem.svg", "<svg viewBox='0 0 40 30'/>")
        .write("content/图/badge.svg", "<svg width='90' height='60'/>")
        .args(&["--strict"])
        .build();
    let base = "/%E4%BA%BA%E5%A4%A7";
    let picture = "%E5%9B%BE";
    let expected = [
        "江城市人大常委会办公室|-|电话 027-00000000|bm00000000",
        "鄂ICP备00000000号 https://beian.miit.gov.cn",
        "鄂公网安备 4200000 0000001号 https://beian.mps.gov.cn/#/query/webSearch?code=42000000000001",
        &format!("{base}/{picture}/badge.svg {base}/about.html 90×60"),
        &format!("{base}/{picture}/emblem.svg 40×30"),
        "example.gov.cn",
        "人大 监督",
    ];
    assert_eq!(site.output("index.html"), expected.join("|"));
}

#[test]
fn missing_organization_settings_are_empty() {
    let template = "{% set o = site.office %}{{ o.host or \"-\" }}{{ o.contact | length }}{{ o.site_code or \"-\" }}\
{{ o.icp_url or \"-\" }}{{ o.police_url or \"-\" }}{{ o.badge or \"-\" }}{{ site.emblem or \"-\" }}{{ site.keywords | length }}";
    let mut site = site_of(template);
    site.write("content/site.yaml", "title: 甲\nbase_url: https://a.cn\ntheme: own\n").build();
    assert_eq!(site.output("index.html"), "-0-----0");
}

#[test]
fn missing_inspection_settings_are_reported_once_in_one_notice() {
    let mut site = SiteTest::empty();
    site.write("content/site.yaml", "title: 甲\nbase_url: https://a.cn\ndescription: 乙\n");
    let run = site.run(&["build", "--json"]);
    assert_eq!((run.code, run.codes()), (0, vec!["inspection-settings".to_owned()]));
    let message = run.json()["diagnostics"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.ends_with(": keywords, office.site_code"), "{message}");
    let strict = site.run(&["build", "--json", "--strict"]);
    assert_eq!((strict.code, &strict.json()["diagnostics"][0]["severity"]), (0, &"notice".into()));
}

#[test]
fn misspelt_keys_are_reported_instead_of_missing_ones() {
    let mut site = SiteTest::empty();
    site.write("content/site.yaml", "title: 甲\nbase_url: https://a.cn\nkeyword: 乙\n")
        .fails_with(&["unknown-key"]);
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", "---\ntitle: 要闻\ndescripton: 说明\n---\n")
        .fails_with(&["unknown-key"]);
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", "没有设置区")
        .write("content/news/a.md", news("甲"))
        .fails_with(&["front-matter-missing"]);
}

#[test]
fn pictures_of_the_settings_are_the_sites_own() {
    for (value, wrong) in [
        ("/img/a.svg", false),
        ("/img/../img/a.svg", false),
        ("/img/b.svg", true),
        ("img/a.svg", true),
        ("//a.cn/a.svg", true),
        ("https://a.cn/a.svg", true),
        ("/../a.svg", true),
        ("/about.html", true),
    ] {
        let mut site = SiteTest::empty();
        site.publish_all()
            .change("content/site.yaml", "title: ", &format!("emblem: {value}\ntitle: "))
            .write("content/img/a.svg", "<svg/>")
            .write("content/about.md", document("title: 关于"));
        if wrong {
            site.fails_with(&["picture-missing"])
        } else {
            site.build()
        };
    }
}

#[test]
fn numbers_of_the_authorities_have_their_lengths() {
    for (setting, code) in [
        ("site_code: 4200000000", None),
        ("site_code: bm00000000", None),
        ("site_code: bm000000000", Some("bad-site-code")),
        ("site_code: 42000000000", Some("bad-site-code")),
        ("site_code: ４２００００００００", Some("bad-site-code")),
        ("police: 鄂公网安备42000000000000号", None),
        ("police: 鄂公网安备420000000000000号", Some("bad-police-number")),
        ("police: 鄂公网安备号", Some("bad-police-number")),
        ("badge: {url: /a.html}", Some("missing-key")),
        ("hosts: 甲", Some("unknown-key")),
    ] {
        let mut site = SiteTest::empty();
        site.change("content/site.yaml", "{site_code: \"0000000000\"}", &format!("\n  {setting}"));
        match code {
            Some(code) => site.fails_with(&[code]),
            None => site.build(),
        };
    }
}

#[test]
fn every_page_of_a_column_names_it_and_no_part_is_empty() {
    let mut site = site_of(COLUMN);
    site.write(
        "content/news/_index.md",
        "---\ntitle: 要闻\ndescription: 动态。\nkeywords: [会议, 视察]\ncolumn_type: 工作动态\n---\n",
    )
    .write("content/news/a.md", news("甲"))
    .write("content/laws/a.md", news("乙"))
    .write("content/about.md", document("title: 关于\naliases: [/old.html]"))
    .build();
    for (path, column) in [
        ("index.html", "首页|江城各级人大的工作动态。|人大,监督|首页"),
        ("news/index.html", "要闻|动态。|会议,视察|工作动态"),
        ("news/a.html", "要闻|动态。|会议,视察|工作动态"),
        ("laws/index.html", "laws|laws - 江城人大|laws|laws"),
        ("laws/a.html", "laws|laws - 江城人大|laws|laws"),
        ("districts/hanyang/index.html", "汉阳区|汉阳区 - 江城人大|汉阳区|区县人大"),
        (
            "districts/hanyang/2025/index.html",
            "汉阳区 2025年|汉阳区 2025年 - 江城人大|汉阳区 2025年|区县人大",
        ),
        ("years/2025/index.html", "2025年|2025年 - 江城人大|2025年|历年"),
        ("topics/jian-du/index.html", "监督|监督 - 江城人大|监督|主题"),
        ("districts/index.html", "区县人大|区县人大 - 江城人大|区县人大|区县人大"),
        ("years/index.html", "历年|历年 - 江城人大|历年|历年"),
        ("topics/index.html", "主题|主题 - 江城人大|主题|主题"),
        ("sitemap.html", "站点地图|站点地图 - 江城人大|站点地图|站点地图"),
        ("about.html", "none"),
        ("404.html", "none"),
        ("old.html", "none"),
    ] {
        assert_eq!(site.output(path), column, "{path}");
    }
    site.write("content/_index.md", "---\ndescription: 首页的说明。\nkeywords: 江城\n---\n").build();
    assert_eq!(site.output("index.html"), "首页|首页的说明。|江城|首页");
}

#[test]
fn what_a_section_says_of_itself_is_seen_on_its_pages_and_on_no_others() {
    for (from, to) in [
        ("description: 各地", "description: 某地"),
        ("title: 要闻\n", "title: 要闻\nkeywords: [会议]\n"),
        ("title: 要闻\n", "title: 要闻\ncolumn_type: 工作动态\n"),
    ] {
        let mut site = site_of(COLUMN);
        site.write("content/news/_index.md", NEWS).write("content/news/a.md", news("甲"));
        site.write("content/laws/b.md", news("乙")).build();
        site.change("content/news/_index.md", from, to);
        let run = site.run(&["build", "--explain"]);
        let made: Vec<&str> =
            run.stdout.lines().filter_map(|line| line.split_once(".html:")).map(|(path, _)| path).collect();
        assert_eq!(made, ["news/a", "news/index"], "{}", run.stdout);
    }
}

#[test]
fn the_site_map_lists_the_whole_site() {
    let mut site = SiteTest::empty();
    site.write("content/news/a.md", news("甲"))
        .write("content/about.md", document("title: 关于"))
        .build()
        .check_page("sitemap.html", |page| {
            let hrefs: Vec<String> = page.links("main").into_iter().map(|link| link.href).collect();
            for url in ["/news/", "/about.html", "/districts/hanyang/", "/years/2025/", "/topics/jian-du/"] {
                assert!(hrefs.contains(&url.to_owned()), "{url}: {hrefs:?}");
            }
        })
        .check_file("sitemap.xml", |xml| {
            assert!(xml.contains("<loc>https://example.gov.cn/sitemap.html</loc>"))
        });
}

#[test]
fn a_site_map_of_the_sites_own_goes_before() {
    for (path, text, mark) in [
        ("content/sitemap.md", document("title: 自己的"), "自己的"),
        ("content/sitemap.html", "自己的".to_owned(), "自己的"),
        ("content/map.md", document("title: 导览\naliases: [/sitemap.html]"), "map.html"),
    ] {
        let mut site = SiteTest::empty();
        // Web pages among the content are published only where it is trusted.
        site.write(path, text)
            .change("content/site.yaml", "title:", "html: trust\ntitle:")
            .args(&["--strict"])
            .build();
        assert!(site.output("sitemap.html").contains(mark), "{path}");
    }
}

#[test]
fn templates_list_plain_pages_and_learn_of_a_change_in_them() {
    let mut site = site_of("{% for item in pages() %}{{ item.title }} {{ item.url }};{% endfor %}");
    site.write("content/contact.md", document("title: 联系"))
        .write("content/about.md", document("title: 关于"))
        .write("content/news/a.md", news("甲"))
        .build();
    assert_eq!(site.output("years/index.html"), "关于 /about.html;联系 /contact.html;");
    site.change("content/about.md", "关于", "我们").build();
    assert_eq!(site.output("years/index.html"), "我们 /about.html;联系 /contact.html;");
    site.write("content/zz.md", document("title: 新页")).build();
    assert!(site.output("years/index.html").contains("新页"));
}

#[test]
fn optional_links_are_there_when_what_they_lead_to_is() {
    let paths = ["help.md", "/help.html", "/help/", "news/a.md", "img/a.svg", "../x.md"];
    let ask = |path: &&str| format!("{{{{ url(path=\"{path}\", optional=true) or \"-\" }}}} ");
    let mut site = site_of(&paths.iter().map(ask).collect::<String>());
    site.write("content/news/a.md", news("甲")).build();
    assert_eq!(site.output("years/index.html"), "- - - /news/a.html - - ");
    site.write("content/help.md", document("title: 帮助")).write("content/img/a.svg", "<svg/>").build();
    assert_eq!(site.output("years/index.html"), "/help.html /help.html - /news/a.html /img/a.svg - ");
    site.change("content/help.md", "title: 帮助", "title: 帮助\ndraft: true").build();
    assert_eq!(site.output("years/index.html"), "- - - /news/a.html /img/a.svg - ");
    site.write("themes/own/templates/years.html", "{{ url(path=\"help.md\", optional=false) }}")
        .fails_with(&["column-description", "template-render"]);
}

/// What crawlers read of an output: the things in its graph by their types.
fn graph(site: &SiteTest, path: &str) -> serde_json::Map<String, Value> {
    let text = site.output(path);
    assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
    let data: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"));
    assert_eq!(data["@context"], "https://schema.org");
    let things = data["@graph"].as_array().unwrap().iter();
    things.map(|thing| (thing["@type"].as_str().unwrap().to_owned(), thing.clone())).collect()
}

#[test]
fn the_default_theme_reserves_the_room_of_emblem_and_badge() {
    let mut site = SiteTest::empty();
    site.change("content/site.yaml", "office: {site_code: \"0000000000\"}\n", OFFICE)
        .write("content/图/emblem.svg", "<svg viewBox='0 0 40 30'/>")
        .write("content/图/badge.svg", "<svg/>")
        .build();
    let picture = "%E5%9B%BE";
    for page in ["index.html", "years/index.html"] {
        let html = site.output(page);
        let emblem = format!("<img src=\"/{picture}/emblem.svg\" width=\"40\" height=\"30\" alt=\"\"");
        assert!(html.contains(&emblem), "{html}");
        // One that does not tell its size is shown as it is.
        let badge = format!("<img src=\"/{picture}/badge.svg\" alt=\"党政机关网站标识\" loading=\"lazy\"");
        assert!(html.contains(&badge), "{html}");
    }
}

#[test]
fn structured_data_names_the_organization_and_the_breadcrumbs() {
    let mut site = site_of("{{ linked_data }}");
    site.change("content/site.yaml", "office: {site_code: \"0000000000\"}\n", OFFICE)
        .change("content/site.yaml", "https://example.gov.cn", "https://example.gov.cn/rd")
        .write("content/图/emblem.svg", "<svg/>")
        .write("content/图/badge.svg", "<svg/>")
        .write("content/news/_index.md", NEWS)
        .write("content/about.md", document("title: 关于\naliases: [/old.html]"))
        .build();
    let home = graph(&site, "index.html");
    let office = json!({
        "@type": "GovernmentOrganization",
        "@id": "https://example.gov.cn/rd/#organization",
        "name": "江城市人大常委会办公室",
        "url": "https://example.gov.cn/rd/",
        "identifier": "bm00000000",
        "logo": "https://example.gov.cn/rd/%E5%9B%BE/emblem.svg",
        "contactPoint": [{"@type": "ContactPoint", "description": "电话 027-00000000"}],
    });
    assert_eq!(home["GovernmentOrganization"], office);
    assert_eq!(home["WebSite"]["publisher"]["@id"], office["@id"]);
    assert_eq!(home["WebSite"]["name"], "江城人大");
    assert!(!home.contains_key("BreadcrumbList"));
    let section = graph(&site, "news/index.html");
    assert_eq!(section["CollectionPage"]["name"], "要闻");
    assert_eq!(section["CollectionPage"]["isPartOf"]["@id"], home["WebSite"]["@id"]);
    let way = json!([
        {"@type": "ListItem", "position": 1, "name": "首页", "item": "https://example.gov.cn/rd/"},
        {"@type": "ListItem", "position": 2, "name": "要闻", "item": "https://example.gov.cn/rd/news/"},
    ]);
    assert_eq!(section["BreadcrumbList"]["itemListElement"], way);
    for path in ["about.html", "years/index.html", "sitemap.html"] {
        assert_eq!(graph(&site, path).keys().collect::<Vec<_>>(), ["BreadcrumbList"], "{path}");
    }
    assert_eq!((site.output("404.html"), site.output("old.html")), (String::new(), String::new()));
}

#[test]
fn structured_data_describes_documents_without_empty_values() {
    let mut site = site_of("{{ linked_data }}");
    site.write("content/news/_index.md", NEWS)
        .write("content/news/cover.png", "x")
        .write(
            "content/news/a.md",
            document(
                "title: \"</script>&甲\"\ndate: 2025-01-01 09:30\ndistrict: 汉阳区\ntopics: [监督, 预算]\nauthors: [吴波, 李明]\n\
source: {name: 日报, url: \"https://a.cn/b\"}\nimage: cover.png\nsummary: 摘要\nsubtitle: 副题",
            ),
        )
        .write("content/news/b.md", document("title: 乙\ndate: 2025-01-02\ndistrict: 汉阳区\nsource: 日报\nsummary: 摘要"))
        .build();
    let publisher = json!({
        "@type": "GovernmentOrganization", "@id": "https://example.gov.cn/#organization", "name": "江城人大",
    });
    let full = json!({
        "@type": "NewsArticle",
        "@id": "https://example.gov.cn/news/a.html#article",
        "url": "https://example.gov.cn/news/a.html",
        "mainEntityOfPage": "https://example.gov.cn/news/a.html",
        "headline": "</script>&甲",
        "alternativeHeadline": "副题",
        "description": "摘要",
        "datePublished": "2025-01-01T09:30:00+08:00",
        "dateModified": "2025-01-01T09:30:00+08:00",
        "author": [{"@type": "Person", "name": "吴波"}, {"@type": "Person", "name": "李明"}],
        "publisher": publisher.clone(),
        "articleSection": "要闻",
        "keywords": "监督,预算",
        "image": "https://example.gov.cn/news/cover.png",
        "inLanguage": "zh-CN",
        "isBasedOn": "https://a.cn/b",
    });
    assert_eq!(graph(&site, "news/a.html")["NewsArticle"], full);
    let short = json!({
        "@type": "NewsArticle",
        "@id": "https://example.gov.cn/news/b.html#article",
        "url": "https://example.gov.cn/news/b.html",
        "mainEntityOfPage": "https://example.gov.cn/news/b.html",
        "headline": "乙",
        "description": "摘要",
        "datePublished": "2025-01-02",
        "dateModified": "2025-01-02",
        "author": [{"@type": "Organization", "name": "日报"}],
        "publisher": publisher,
        "articleSection": "要闻",
        "inLanguage": "zh-CN",
    });
    assert_eq!(graph(&site, "news/b.html")["NewsArticle"], short);
}

/// The page tags of an output by name (国办发〔2017〕47号), and its Open Graph tags by property.
fn tags(site: &mut SiteTest, path: &str) -> std::collections::BTreeMap<String, String> {
    let mut tags = std::collections::BTreeMap::new();
    site.check_page(path, |page| {
        for key in ["name", "property"] {
            let names = page.attributes(&format!("meta[{key}][content]"), key);
            let values = page.attributes(&format!("meta[{key}][content]"), "content");
            for (name, value) in names.into_iter().zip(values) {
                assert!(!value.trim().is_empty() && value != "null" && value != "none", "{path}: {name}");
                tags.insert(name.to_owned(), value.to_owned());
            }
        }
    });
    tags
}

#[test]
fn pages_of_the_default_theme_carry_the_page_tags() {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS).write("content/about.md", document("title: 关于"));
    site.write(
        "content/news/a.md",
        document("title: 甲<题>\ndate: 2025-09-11 10:05\ndistrict: 汉阳区\ntopics: [监督, 代表]\nauthors: [甲某]\nsource: 人大网"),
    );
    site.write("content/news/b.md", document("title: 乙\ndate: 2025-09-12\ndistrict: 汉阳区"));
    site.build();
    let everywhere =
        ["SiteName", "SiteDomain", "SiteIDCode", "og:title", "og:url", "og:type", "og:site_name"];
    let column = ["ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"];
    for path in
        ["index.html", "news/index.html", "districts/hanyang/index.html", "years/index.html", "news/a.html"]
    {
        let found = tags(&mut site, path);
        for name in everywhere.iter().chain(&column) {
            assert!(found.contains_key(*name), "{path}: no {name} among {found:?}");
        }
    }
    let plain = tags(&mut site, "about.html");
    assert!(
        plain.contains_key("SiteName") && !plain.contains_key("ColumnName") && !plain.contains_key("PubDate")
    );
    let article = tags(&mut site, "news/a.html");
    let expected = [
        ("ArticleTitle", "甲<题>"),
        ("PubDate", "2025-09-11 10:05"),
        ("ContentSource", "人大网"),
        ("Keywords", "监督,代表"),
        ("Author", "甲某"),
        ("Url", "https://example.gov.cn/news/a.html"),
        ("ColumnName", "要闻"),
        ("og:url", "https://example.gov.cn/news/a.html"),
        ("og:type", "article"),
    ];
    for (name, value) in expected {
        assert_eq!(article.get(name).map(String::as_str), Some(value), "{name}");
    }
    assert_eq!(tags(&mut site, "news/b.html")["PubDate"], "2025-09-12 00:00");
}
