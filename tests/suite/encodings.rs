//! Byte order marks, UTF-16, GB18030, and Windows or old Mac line endings. The same text gives the same bytes; binary or
//! ambiguous input is rejected with its file, line and byte.

use std::collections::BTreeMap;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};
use unicode_normalization::UnicodeNormalization;

use crate::site_test::{Run, SiteTest, document, tree};

/// A site whose every text file has enough hanzi to be told from other encodings.
fn site() -> SiteTest {
    let mut site = SiteTest::empty();
    let words = "read_more: 阅读全文并查看有关附件和往期报道\n";
    let district = "- {code: \"420103\", name: 江汉区, slug: jianghan, parent: \"420100\"}\n";
    let districts = crate::site_test::DISTRICTS.to_owned() + district;
    site.write("content/districts.yaml", districts)
        .write("content/news/_index.md", "---\ntitle: 要闻\ndescription: 各地人民代表大会的工作动态。\n---\n\n各级人大常委会依法履职。\n")
        .write("content/news/a.md", document("title: 市人大常委会听取关于物业管理条例实施情况的报告\ndate: 2025-03-04\ndistrict: 汉阳区\ntopics: [监督工作]") + "\n代表们指出：“办理质量要提高”——这是第一位的…\n\n## 二、下一步\n\n见[另一篇](b.md#zhengwen)，价格€5、㎡、镕、𠮷。\n")
        .write("content/news/b.md", document("title: 区人大代表联系群众活动周在各街道同时举行\ndate: 2025-03-05\ndistrict: [江岸区, 江汉区]") + "\n## 正文 {#zhengwen}\n\n| 项目 | 数量 |\n| --- | --- |\n| 建议 | 212 |\n")
        .write("content/about.md", document("title: 关于本站和人民代表大会的说明"))
        .write("themes/own/theme.yaml", "name: 江城人民代表大会主题\nextends: chamber\nextra: {motto: 为人民履职}\n")
        .write("themes/own/i18n/zh-CN.yaml", words)
        // One line: style sheets keep their line ends.
        .write("themes/own/static/own.css", "/* 江城人民代表大会常务委员会 */ .own::before { content: \"会议现场\"; }")
        .write("themes/own/templates/404.html", "{% extends \"base.html\" %}{% block main %}<p>没有这一页，请返回首页查看其他内容。{% endblock %}\n")
        .change("content/site.yaml", "title: 江城人大", "theme: own\ntitle: 江城人大");
    site
}

/// The text files of the site.
fn texts(site: &SiteTest) -> BTreeMap<String, Vec<u8>> {
    let mut files = tree(site.root());
    files.retain(|path, _| path.starts_with("content/") || path.starts_with("themes/"));
    files
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
    "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
}

fn in_encoding(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let (bytes, _, unmappable) = encoding.encode(text);
    assert!(!unmappable, "{} has no {text}", encoding.name());
    bytes.into_owned()
}

/// A way of saving a text, with its name.
type Saving = (&'static str, fn(&str) -> Vec<u8>);

fn savings() -> Vec<Saving> {
    vec![
        ("a byte order mark", |text| format!("\u{FEFF}{text}").into_bytes()),
        ("CRLF", |text| text.replace('\n', "\r\n").into_bytes()),
        ("a mark and CRLF", |text| format!("\u{FEFF}{}", text.replace('\n', "\r\n")).into_bytes()),
        ("CR", |text| text.replace('\n', "\r").into_bytes()),
        ("UTF-16, little-endian", |text| utf16(text, false)),
        ("UTF-16, big-endian", |text| utf16(&text.replace('\n', "\r\n"), true)),
        ("GB18030", |text| in_encoding(text, GB18030)),
        ("GB18030 with CRLF", |text| in_encoding(&text.replace('\n', "\r\n"), GB18030)),
    ]
}

#[test]
fn a_site_in_any_encoding_gives_the_same_pages() {
    let mut site = site();
    let sources = texts(&site);
    let expected = site.build().outputs();
    for (name, save) in savings() {
        for (path, bytes) in &sources {
            site.write(path, save(std::str::from_utf8(bytes).unwrap()));
        }
        let report = site.run(&["build", "--json", "--no-cache"]);
        assert_eq!(report.code, 0, "{name}: {}", report.stdout);
        let converted = if name.starts_with("GB18030") { sources.len() } else { 0 };
        assert_eq!(report.codes(), vec!["converted"; converted], "{name}: {}", report.stdout);
        let files: Vec<String> = files_of(&report);
        if converted > 0 {
            assert_eq!(
                files,
                sources.keys().cloned().collect::<Vec<_>>(),
                "one warning a file, which names it"
            );
        }
        let outputs = site.outputs();
        assert!(outputs == expected, "{name}: {:?}", differing(&outputs, &expected));
    }
}

/// The files that a report names, in order.
fn files_of(report: &Run) -> Vec<String> {
    let json = report.json();
    let diagnostics = json["diagnostics"].as_array().unwrap();
    let mut files: Vec<String> = diagnostics.iter().map(|d| d["file"].as_str().unwrap().to_owned()).collect();
    files.sort();
    files
}

fn differing(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    one.keys().chain(other.keys()).filter(|path| one.get(*path) != other.get(*path)).cloned().collect()
}

#[test]
fn files_of_one_site_may_differ_in_encoding_and_line_ends() {
    let mut site = site();
    let sources = texts(&site);
    let expected = site.build().outputs();
    for ((path, bytes), (_, save)) in sources.iter().zip(savings().into_iter().cycle()) {
        site.write(path, save(std::str::from_utf8(bytes).unwrap()));
    }
    assert!(site.build().outputs() == expected);
}

#[test]
fn a_file_saved_in_another_encoding_changes_no_page_and_warns_in_every_build() {
    let mut site = site();
    let text = String::from_utf8(texts(&site).remove("content/news/a.md").unwrap()).unwrap();
    let expected = site.build().outputs();
    site.write("content/news/a.md", in_encoding(&text, GB18030));
    for _ in 0..3 {
        site.check_build(|report| {
            assert_eq!(report["diagnostics"].as_array().unwrap().len(), 1, "{report}");
            assert_eq!((&report["rendered"], &report["written"]), (&0.into(), &0.into()), "{report}");
        });
    }
    site.write("content/news/a.md", in_encoding(&text.replace("正文一段", "改过的正文"), GB18030)).build();
    assert!(site.output("news/a.html").contains("改过的正文"));
    site.write("content/news/a.md", utf16(&text, false));
    site.check_build(|report| assert_eq!(report["diagnostics"], serde_json::json!([])));
    assert!(site.outputs() == expected);
}

#[test]
fn places_in_a_converted_file_are_those_of_its_text() {
    let text = document("title: 市人大常委会听取专项工作报告\ndate: 2025-03-04\ndistrict: 汉阳区")
        + "\n会议强调，见[通知](没有.md)。\n";
    for (name, save) in savings() {
        let run = site().write("content/news/c.md", save(&text)).run(&["build", "--json"]);
        let json = run.json();
        let found = json["diagnostics"].as_array().unwrap().iter().find(|d| d["code"] == "link-nowhere");
        let found = found.unwrap_or_else(|| panic!("{name}: {}", run.stdout));
        assert_eq!((&found["line"], &found["column"]), (&9.into(), &7.into()), "{name}");
    }
}

/// Builds the site with this `content/news/c.md`; what is said in English of it, which is one error.
fn refused(bytes: &[u8]) -> (String, u64, String) {
    let mut site = site();
    let run = site.write("content/news/c.md", bytes).run(&["build", "--json"]);
    let json = run.json();
    let [found] = json["diagnostics"].as_array().unwrap().as_slice() else { panic!("{json}") };
    assert_eq!((run.code, &found["file"]), (1, &"content/news/c.md".into()), "{json}");
    let text = |name: &str| found[name].as_str().unwrap().to_owned();
    (text("code"), found["line"].as_u64().unwrap(), text("message"))
}

const NOTICE: &str =
    "---\ntitle: 市人大常委会会议公告\ndate: 2025-03-04\ndistrict: 汉阳区\n---\n\n会议定于三月下旬召开。\n";

#[test]
fn a_gb18030_file_that_was_not_copied_to_its_end_is_refused_where_it_ends() {
    let mut bytes = in_encoding(NOTICE.trim_end(), GB18030);
    bytes.pop();
    let (code, line, message) = refused(&bytes);
    assert_eq!((code.as_str(), line), ("not-utf8", 7));
    let first = bytes.iter().position(|b| *b >= 0x80).unwrap();
    assert!(message.contains(&format!("from byte {first} on")), "{message}");
    assert!(message.contains(&format!("GB18030 (from byte {} on", bytes.len() - 1)), "{message}");
}

#[test]
fn a_damaged_utf8_file_is_refused_where_it_is_damaged() {
    for with_mark in [false, true] {
        let text = if with_mark { format!("\u{FEFF}{NOTICE}") } else { NOTICE.to_owned() };
        let mut bytes = text.into_bytes();
        let at = bytes.len() - 8;
        bytes.remove(at);
        let (code, line, message) = refused(&bytes);
        let start = at - 2;
        assert_eq!((code.as_str(), line), ("not-utf8", 7), "{message}");
        assert!(message.contains(&format!("from byte {start} on")), "{start} in {message}");
    }
}

#[test]
fn a_few_hanzi_are_not_taken_for_gb18030() {
    for title in ["关于", "关于人大", "会议通知公告"] {
        let text = format!("---\ntitle: {title}\ndate: 2025-03-04\ndistrict: hanyang\n---\n");
        let (code, line, message) = refused(&in_encoding(&text, GB18030));
        assert_eq!((code.as_str(), line), ("not-utf8", 2));
        assert!(message.contains("byte 11") && message.contains("not certainly GB18030"), "{message}");
    }
}

#[test]
fn other_encodings_are_refused_and_not_turned_to_garbage() {
    let texts: [(&'static Encoding, &str); 6] = [
        (BIG5, "市人民代表大會常務委員會會議公告，會議定於三月下旬召開，審議有關報告。"),
        (BIG5, "代表建議辦理工作座談會在區政府召開"),
        (SHIFT_JIS, "市議会は本会議を開き、予算案について審議しました。詳しくはこちらをご覧ください。"),
        (EUC_JP, "市議会は本会議を開き、予算案について審議しました。詳しくはこちらをご覧ください。"),
        (EUC_KR, "시의회는 본회의를 열고 예산안을 심의하였습니다 자세한 내용은 여기를 참고하시기 바랍니다"),
        (WINDOWS_1251, "Городское собрание утвердило бюджет на следующий год после обсуждения"),
    ];
    for (encoding, text) in texts {
        let text = format!("---\ntitle: {text}\ndate: 2025-03-04\ndistrict: hanyang\n---\n\n{text}\n");
        let (code, line, message) = refused(&in_encoding(&text, encoding));
        assert_eq!(code, "not-utf8", "{}: {message}", encoding.name());
        assert!((2..=7).contains(&line), "{line}");
    }
    let latin = "---\ntitle: Café Müller öffnet für Gäste à Saint-Étienne, où l’été est déjà là\ndate: 2025-03-04\ndistrict: hanyang\n---\n";
    assert_eq!(refused(&in_encoding(latin, WINDOWS_1252)).0, "not-utf8");
}

#[test]
fn nul_bytes_without_a_mark_are_refused() {
    let bytes = &utf16(NOTICE, false)[2..];
    let (code, line, message) = refused(bytes);
    assert_eq!((code.as_str(), line), ("nul-byte", 1));
    assert!(message.contains("byte 1"), "{message}");
    assert_eq!(refused(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").0, "nul-byte");
}

#[test]
fn broken_utf16_is_refused_at_the_byte() {
    let whole = utf16(NOTICE, false);
    let (code, line, message) = refused(&whole[..whole.len() - 1]);
    assert_eq!((code.as_str(), line), ("not-utf16", 7));
    assert!(message.contains(&format!("byte {}", whole.len() - 2)), "{message}");
    for lone in [0xD83D_u16, 0xDE00] {
        let mut bytes = utf16("---\ntitle: ", true);
        let at = bytes.len();
        bytes.extend(lone.to_be_bytes());
        bytes.extend(&utf16("甲\n---\n", true)[2..]);
        let (code, line, message) = refused(&bytes);
        assert_eq!((code.as_str(), line), ("not-utf16", 2));
        assert!(
            message.contains(&format!("byte {at} ")) || message.ends_with(&format!("byte {at} on")),
            "{message}"
        );
    }
    // UTF-32 begins like UTF-16.
    let utf32: Vec<u8> = "\u{FEFF}---\n".chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
    assert_eq!(refused(&utf32).0, "nul-byte");
}

#[test]
fn what_an_earlier_conversion_lost_is_an_error_with_the_byte_in_the_file() {
    for (name, save) in savings().into_iter().filter(|(name, _)| !name.contains("CR")) {
        let bytes = save(&NOTICE.replace("下旬", "下\u{FFFD}"));
        let (code, line, message) = refused(&bytes);
        assert_eq!((code.as_str(), line), ("replacement-character", 7), "{name}");
        // The bytes at the place that the message names are those of U+FFFD.
        let place: usize =
            message.split("(byte ").nth(1).unwrap().split(')').next().unwrap().parse().unwrap();
        let lost = [&b"\xEF\xBF\xBD"[..], b"\xFD\xFF", b"\xFF\xFD", b"\x84\x31\xA4\x37"];
        assert!(lost.iter().any(|lost| bytes[place..].starts_with(lost)), "{name}: {message}");
    }
}

#[test]
fn controls_and_noncharacters_are_errors_with_their_place() {
    for c in ['\u{85}', '\u{9F}', '\u{FFFE}', '\u{FFFF}'] {
        let (code, line, message) = refused(NOTICE.replace("下旬", &format!("下{c}旬")).as_bytes());
        assert_eq!((code.as_str(), line), ("control-character", 7), "{c:?}");
        assert!(message.contains(&format!("U+{:04X} (byte ", c as u32)), "{message}");
    }
    let mut site = site();
    site.write("content/news/c.md", NOTICE.replace("下旬", "下\u{2028}旬\t")).build();
}

#[test]
fn ascii_controls_are_left_out_and_named_at_their_place() {
    for c in ['\u{1}', '\u{8}', '\u{B}', '\u{C}', '\u{10}', '\u{1B}', '\u{7F}'] {
        let mut site = site();
        let text = NOTICE.replace("公告", &format!("公{c}告")).replace("下旬", &format!("下{c}旬"));
        site.write("content/news/c.md", text).check_build(|report| {
            let found = report["diagnostics"].as_array().unwrap();
            let places: Vec<_> =
                found.iter().map(|d| (d["code"].as_str().unwrap(), d["line"].as_u64())).collect();
            assert_eq!(places, [("control-character", Some(2)), ("control-character", Some(7))], "{c:?}");
            let message = found[1]["message"].as_str().unwrap();
            assert!(message.contains(&format!("U+{:04X}", c as u32)), "{message}");
        });
        assert!(site.output("news/c.html").contains("下旬") && site.output("news/c.html").contains("公告"));
    }
}

#[test]
fn invisible_characters_in_bodies_are_left_out_and_named_at_their_place() {
    for c in ['\u{200B}', '\u{2060}', '\u{FEFF}', '\u{AD}'] {
        let mut site = site();
        let text = NOTICE.replace("会议定于", &format!("甲{c}乙**“丙”**{c}丁👨\u{200D}👩می\u{200C}خ"));
        site.write("content/news/c.md", text + "\n![图](https://a.cn/a.png)\n").check_build(|report| {
            let found = report["diagnostics"].as_array().unwrap();
            let places: Vec<_> = found.iter().map(|d| d["code"].as_str().unwrap()).collect();
            assert_eq!(places, ["invisible-character", "invisible-character", "picture-elsewhere"], "{c:?}");
            let lines: Vec<_> = found.iter().map(|d| d["line"].as_u64()).collect();
            assert_eq!(lines, [Some(7), Some(7), Some(9)], "{c:?}");
            assert_eq!((&found[0]["column"], &found[1]["column"]), (&2.into(), &10.into()), "{c:?}");
        });
        let page = site.output("news/c.html");
        assert!(page.contains("甲乙<strong>“丙”</strong>丁👨\u{200D}👩می\u{200C}خ"), "{page}");
    }
}

#[test]
fn no_reference_or_escape_brings_u_fffd_or_a_control_to_a_page() {
    let body = "甲&#0;&#xFFFD;&#xD800;&#x110000;&#1;&#x7f;乙 ![图&#0;](/x.png \"题&#0;\") <b title=\"&#0;\">丙&#xFFFD;</b>\n";
    let mut site = site();
    site.write("content/news/c.md", NOTICE.replace("会议定于", body)).build();
    for (path, bytes) in site.outputs() {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let bad = |c: &char| *c == '\u{FFFD}' || (c.is_control() && !matches!(c, '\n' | '\t' | '\r'));
        assert_eq!(text.chars().find(bad), None, "{path}");
    }
    assert!(site.output("news/c.html").contains("甲乙"));
    let escaped = NOTICE.replace("district: 汉阳区", "district: 汉阳区\nextra: {甲: [\"\\uFFFD\"]}");
    assert_eq!(refused(escaped.as_bytes()).0, "control-character");
}

#[test]
fn file_names_are_in_nfc_whatever_the_disk_has() {
    let text = |title: &str| document(&format!("title: {title}\ndate: 2025-03-04\ndistrict: 汉阳区"));
    let mut site = site();
    site.write("content/news/Ängström-café.md", text("甲")).write("content/news/é/图.txt", "附件");
    let expected = site.args(&["--no-cache"]).build().outputs();
    for name in ["Ängström-café.md", "é/图.txt"] {
        let nfd: String = name.nfd().collect();
        assert_ne!(nfd, name);
        site.rename(&format!("content/news/{name}"), &format!("content/news/{nfd}"));
    }
    site.remove("content/news/é");
    assert!(site.build().outputs() == expected);
    assert!(site.outputs().keys().all(|path| unicode_normalization::is_nfc(path)));
}

#[test]
fn names_with_what_an_archive_has_lost_or_with_controls_are_refused() {
    for name in ["会\u{FFFD}.md", "会\u{7}.txt", "会\n议.md", "\u{FFFD}/a.txt"] {
        let mut site = site();
        site.write(&format!("content/news/{name}"), NOTICE).fails_with(&["name-not-unicode"]);
        site.remove(&format!("content/news/{name}"));
    }
}
