//! What browsers run when somebody opens a file that was only meant to be looked at: web pages among the content,
//! and SVG pictures and other XML that hold more than drawings and data. Such files are published only where
//! `html: trust` says so.

use std::borrow::Cow;
use std::collections::HashSet;

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, WINDOWS_1252};
use roxmltree::{Document, Node, ParsingOptions, TextPos};

/// Endings of files that browsers show as pages, or servers run.
const PAGES: &[&str] = &[
    "html", "htm", "html5", "htmls", "xhtml", "xhtm", "xht", "shtml", "shtm", "dhtml", "jhtml", "mhtm",
    "svgz", "mht", "mhtml", "xsl", "xslt", "hta", "htc", "swf", "php", "phtml", "phar", "pht", "phps",
    "php3", "php4", "php5", "php7", "php8", "asp", "aspx", "asa", "asax", "ascx", "ashx", "asmx", "axd",
    "cer", "cdx", "config", "idc", "stm", "jsp", "jspx", "jspf", "jsw", "jsv", "cgi", "fcgi", "pl", "cfm",
    "htaccess", "hxt", "htt", "xsf", "disco", "dtd", "ncx", "smil", "cshtml", "cshtm", "vbhtml", "vbhtm",
    "phtm", "ehtml", "rhtml", "sht", "htx", "xaml", "xbap", "php2", "php6",
];
/// Endings of files that are XML, and that browsers show.
const XML: &[&str] = &[
    "svg", "xml", "rss", "atom", "rdf", "mml", "mathml", "kml", "gpx", "xul", "xbl", "wsdl", "xsd", "xspf",
    "dae", "gml", "opml", "plist",
];
/// What pages begin with, by the MIME Sniffing Standard.
const PAGE_BEGINS: &[&str] = &[
    "<!doctype",
    "<html",
    "<head",
    "<script",
    "<iframe",
    "<h1",
    "<div",
    "<font",
    "<table",
    "<a",
    "<style",
    "<title",
    "<b",
    "<body",
    "<br",
    "<p",
    "<!--",
    "<?xml",
    "<svg",
];
/// The most nodes of XML that are looked at; a drawing of as many is none that a page shows.
const MOST_NODES: u32 = 2_000_000;
/// The most attributes that a tag may have: each is compared with all others of its tag.
const MOST_ATTRIBUTES: usize = 512;
/// The most prefixes of namespaces that a file may declare: every element looks through those around it.
const MOST_PREFIXES: usize = 100;

/// Elements that do something, by their local names in lower case.
const ELEMENTS: &[&str] = &[
    "script",
    "foreignobject",
    "iframe",
    "frame",
    "object",
    "embed",
    "applet",
    "handler",
    "listener",
    "meta",
    "base",
    "link",
    "form",
];
/// Encodings in which XML is looked at: their bytes below 0x80 are ASCII, but that GBK and GB18030 take some of those
/// for the second halves of characters.
const ENCODINGS: &[&Encoding] = &[UTF_8, WINDOWS_1252, GBK, GB18030];
const XHTML: &str = "http://www.w3.org/1999/xhtml";

fn ending(name: &str) -> String {
    name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase()
}

/// Is the file `name` a page to browsers, or a program to servers? Some look at any of several endings
/// (`a.php.jpg`), and some no further than a semicolon (`a.asp;.jpg`).
pub fn is_page(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    file.split(['.', ';']).skip(1).any(|ending| PAGES.contains(&ending.to_ascii_lowercase().as_str()))
}

/// Is the file `name` XML to browsers?
pub fn is_xml(name: &str) -> bool {
    XML.contains(&ending(name).as_str())
}

/// Does the file `name` with these bytes have an ending that servers do not know, and begin as XML? Browsers then
/// show it as they show XML by name.
fn is_xml_inside(name: &str, bytes: &[u8]) -> bool {
    let ending = ending(name.rsplit('/').next().unwrap_or_default());
    !ending.is_empty()
        && !crate::content::assets::media_types::is_told(&ending)
        && opening(bytes).starts_with(b"<?xml")
}

/// The bytes without a mark and white space before them.
fn opening(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start()
}

/// Is the file `name` with these bytes a page to browsers that are not told what it is, as servers tell nothing of
/// files without an ending, or with one that they do not know (MIME Sniffing Standard, section 7.1)? Its name alone
/// may say enough, too: see [`is_page`].
fn is_page_inside(name: &str, bytes: &[u8]) -> bool {
    if crate::content::assets::media_types::is_told(&ending(name.rsplit('/').next().unwrap_or_default())) {
        return false;
    }
    let text = opening(bytes);
    PAGE_BEGINS.iter().any(|begin| {
        let (head, rest) = text.split_at(begin.len().min(text.len()));
        let ends = matches!(rest.first(), Some(b' ' | b'>' | b'\t' | b'\n' | b'\r' | b'\x0C' | b'/'));
        head.eq_ignore_ascii_case(begin.as_bytes())
            && (ends || begin.starts_with("<!") || begin.starts_with("<?"))
    })
}

/// Where in the file `name` with these bytes something active begins, if it is XML by its name, or a page without
/// a known ending. What cannot be read as XML is active: nobody knows what it is to others.
pub fn active_at(name: &str, bytes: &[u8]) -> Option<usize> {
    let is_xml = is_xml(name) || is_xml_inside(name, bytes);
    if !is_xml && is_page_inside(name, bytes) {
        return Some(0);
    }
    if !is_xml || bytes.trim_ascii().is_empty() {
        return None;
    }
    // Servers may say that all XML is UTF-8, whatever the file itself declares.
    let whole = String::from_utf8_lossy(bytes);
    let text = whole.trim_start_matches('\u{FEFF}');
    let Some(encoding) = encoding(text) else { return Some(0) };
    let place = |at: usize| match whole {
        Cow::Borrowed(_) => at + whole.len() - text.len(),
        // What is no UTF-8 has become longer.
        Cow::Owned(_) => line_start(text, at, bytes),
    };
    let found = active_in(text).map(place).or_else(|| {
        if [UTF_8, WINDOWS_1252].contains(&encoding) || bytes.is_ascii() {
            return None;
        }
        let (text, broken) = encoding.decode_without_bom_handling(bytes);
        if broken { Some(0) } else { active_in(&text).map(|at| line_start(&text, at, bytes)) }
    });
    found.map(|at| at.min(bytes.len() - 1))
}

/// The line of `bytes` that is the one of `text`, what was decoded of them, in which the byte `at` stands. In no
/// encoding of [`ENCODINGS`] is the end of a line a part of anything else.
fn line_start(text: &str, at: usize, bytes: &[u8]) -> usize {
    match text[..at].matches('\n').count() {
        0 => 0,
        line => memchr::memchr_iter(b'\n', bytes).nth(line - 1).map_or(0, |end| end + 1),
    }
}

/// Where in some XML something active begins.
fn active_in(text: &str) -> Option<usize> {
    // Declarations of a document type may hide anything behind entities and defaults.
    let declared = ["\0", "<!ENTITY", "<!ATTLIST"].iter().filter_map(|part| text.find(part)).min();
    // Nobody draws or writes many attributes, and to read them takes the square of their number.
    let found = declared.or_else(|| too_many_attributes(text)).or_else(|| too_many_prefixes(text));
    if found.is_some() {
        return found;
    }
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    match Document::parse_with_options(text, options) {
        Ok(document) => document.descendants().find(is_active).map(|node| node.range().start),
        Err(error) => Some(offset_of(text, error.pos())),
    }
}

/// The first tag with too many attributes. No value holds a `<` (XML 1.0, section 3.1), so that what stands between
/// two of them is no more than one tag; whatever else looks like an attribute there counts as one.
fn too_many_attributes(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut tag, mut attributes) = (0, 0);
    for at in memchr::memchr2_iter(b'<', b'=', bytes) {
        if bytes[at] == b'<' {
            (tag, attributes) = (at, 0);
        } else if matches!(bytes[at + 1..].trim_ascii_start().first(), Some(b'"' | b'\'')) {
            attributes += 1;
        }
        if attributes > MOST_ATTRIBUTES {
            return Some(tag);
        }
    }
    None
}

/// The first declaration of a namespace (Namespaces in XML 1.0, section 3) that is one too many.
fn too_many_prefixes(text: &str) -> Option<usize> {
    let mut prefixes = HashSet::new();
    memchr::memmem::find_iter(text.as_bytes(), b"xmlns:").find(|at| {
        let rest = &text[at + "xmlns:".len()..];
        let end = rest.find(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !"-._".contains(c));
        prefixes.insert(&rest[..end.unwrap_or(rest.len())]);
        prefixes.len() > MOST_PREFIXES
    })
}

fn offset_of(text: &str, place: TextPos) -> usize {
    let before = text.split_inclusive('\n').take(place.row.saturating_sub(1) as usize);
    before.map(str::len).sum()
}

/// The encoding that the XML declaration names, or UTF-8 (XML 1.0, sections 2.8 and 4.3.3; names as the Encoding
/// Standard has them, section 4.2). Nothing where markup may not be where it seems to be, and where a declaration is
/// not quite as it should be: nobody knows what others make of it.
fn encoding(text: &str) -> Option<&'static Encoding> {
    let Some(rest) = text.strip_prefix("<?xml").filter(|rest| rest.starts_with(char::is_whitespace)) else {
        return Some(UTF_8);
    };
    let (declaration, _) = rest.split_once("?>")?;
    let mut named = UTF_8;
    let mut rest = declaration.trim();
    for name in ["version", "encoding", "standalone"] {
        let Some(value) = rest.strip_prefix(name) else { continue };
        let value = value.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = value[1..].split_once(quote)?;
        if name == "encoding" {
            named = Encoding::for_label(value.as_bytes()).filter(|encoding| ENCODINGS.contains(encoding))?;
        }
        rest = after.trim_start();
    }
    rest.is_empty().then_some(named)
}

fn is_active(node: &Node) -> bool {
    if let Some(instruction) = node.pi() {
        return ["xml-stylesheet", "import"].iter().any(|what| instruction.target.contains(what));
    }
    node.is_element()
        && (ELEMENTS.contains(&node.tag_name().name().to_ascii_lowercase().as_str())
            || node.namespaces().any(|namespace| namespace.uri() == XHTML)
            || !node.attributes().all(|own| is_harmless(&own.name().to_ascii_lowercase(), own.value()))
            || is_importing(node))
}

/// Is it a style sheet that fetches another one? Only its own text is the sheet (SVG 2, section 6.2), and only outside
/// of all blocks is `@import` a rule (CSS Cascade 5, section 2).
fn is_importing(node: &Node) -> bool {
    if !node.tag_name().name().eq_ignore_ascii_case("style") {
        return false;
    }
    let sheet: String = node.children().filter(Node::is_text).filter_map(|part| part.text()).collect();
    let mut tokens = cssparser::Parser::new(&sheet);
    while let Ok(token) = tokens.next() {
        if matches!(token, cssparser::Token::AtKeyword(name) if name.eq_ignore_ascii_case("import")) {
            return true;
        }
    }
    false
}

fn is_harmless(name: &str, value: &str) -> bool {
    match name {
        _ if name.starts_with("on") => false,
        // An animation may set a handler or an address.
        "attributename" => {
            !value.to_ascii_lowercase().trim().ends_with("href") && !value.trim().starts_with("on")
        }
        "href" | "src" | "base" | "to" | "from" | "by" | "values" => value.split(';').all(is_address),
        _ => value.trim() != XHTML,
    }
}

/// A relative address, one of the web, or a picture by `data:`.
fn is_address(value: &str) -> bool {
    let visible: String = value.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let visible = visible.to_ascii_lowercase();
    let Some((scheme, rest)) = visible.split_once(':') else { return true };
    match scheme {
        "http" | "https" | "mailto" | "tel" => true,
        "data" => ["image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp"]
            .iter()
            .any(|kind| rest.starts_with(kind)),
        _ => !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_harmless() {
        for text in [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- <script> --><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox='0 0 1 1'><a href=\"https://a.cn/\"><path d=\"M0 0\"/></a></svg>",
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/svg11.dtd\"><svg><style>a{b:c}</style></svg>",
            "<svg xmlns:xlink=\"http://www.w3.org/1999/xlink\"><image href=\"data:image/png;base64,AA\"/><use xlink:href=\"#a\"/><animate attributeName=\"x\" values=\"0;1\"/></svg>",
            "<svg><text>1 &lt; 2 <![CDATA[<script>]]></text></svg>",
            "",
        ] {
            assert_eq!(active_at("a.svg", text.as_bytes()), None, "{text}");
        }
        assert_eq!(active_at("a.pdf", b"<script>"), None);
    }

    #[test]
    fn as_many_attributes_and_namespaces_as_people_write_are_harmless() {
        let many = |count: usize, of: &dyn Fn(usize) -> String| (0..count).map(of).collect::<String>();
        let attributes = |count| format!("<svg>\n<g {}/></svg>", many(count, &|n| format!("a{n} = '' ")));
        assert_eq!(active_at("a.svg", attributes(MOST_ATTRIBUTES).as_bytes()), None);
        assert_eq!(active_at("a.svg", attributes(MOST_ATTRIBUTES + 1).as_bytes()), Some(6));
        let prefixes = |count| format!("<svg {}/>", many(count, &|n| format!("xmlns:a{n}='b' ")));
        assert_eq!(active_at("a.svg", prefixes(MOST_PREFIXES).as_bytes()), None);
        assert!(active_at("a.svg", prefixes(MOST_PREFIXES + 1).as_bytes()).is_some());
        let icons =
            "<g xmlns:xlink='http://www.w3.org/1999/xlink' xmlns='http://www.w3.org/2000/svg'/>".repeat(2000);
        assert_eq!(active_at("a.svg", format!("<svg>{icons}</svg>").as_bytes()), None);
    }

    #[test]
    fn markup_is_looked_for_where_browsers_see_it() {
        let declared = |encoding: &str, body: &[u8]| {
            let head = format!(
                "<?xml version=\"1.0\" encoding=\"{encoding}\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\">"
            );
            [head.as_bytes(), body, b"</svg>"].concat()
        };
        // In GBK the first bracket is the second half of a character, so that the section ends later.
        let hidden = b"<![CDATA[\x81]]><?x ]]>\n<script>1</script><?y ?>";
        for encoding in ["gbk", "GB2312", "gb18030", "x-gbk"] {
            let found = active_at("a.svg", &declared(encoding, hidden));
            assert_eq!(found, Some(declared(encoding, b"<![CDATA[\x81]]><?x ]]>\n").len() - 6), "{encoding}");
            let drawn = encoding_rs::GBK.encode("<text>汉阳区 ]] 镕</text>").0.into_owned();
            assert_eq!(active_at("a.svg", &declared(encoding, &drawn)), None, "{encoding}");
            assert!(active_at("a.svg", &declared(encoding, b"<text>\xFF</text>")).is_some(), "{encoding}");
        }
        // As UTF-8 it is the other way round.
        assert!(active_at("a.svg", &declared("gbk", b"<![CDATA[\x81]]><script/><!-- ]]> -->")).is_some());
        assert_eq!(active_at("a.svg", &declared("iso-8859-1", b"<text>\xE9</text>")), None);
        for odd in ["utf-7", "utf-16", "iso-2022-jp", "big5", "shift_jis", "hz-gb-2312", "", "gbk utf-8"] {
            assert_eq!(active_at("a.svg", &declared(odd, b"")), Some(0), "{odd}");
        }
        for odd in [
            "<?xml version='1.0' standalone='encoding=\"utf-8\"' encoding='gbk'?><svg/>",
            "<?xml version='1.0' encoding=utf-8?><svg/>",
            "<?xml version='1.0' encoding='utf-8' encoding='gbk'?><svg/>",
            "<?xml encoding='gbk' version='1.0' ?><svg/>",
        ] {
            assert_eq!(active_at("a.svg", odd.as_bytes()), Some(0), "{odd}");
        }
    }

    #[test]
    fn what_runs_is_placed_in_the_bytes() {
        for (bytes, line) in [
            (b"<svg>\xff\xfe\xff\n<!--\xff-->\n<script/></svg>".as_slice(), 2),
            (b"\xef\xbb\xbf<svg>\n<script/></svg>", 1),
            (b"<!c\xff~D~\0", 0),
            (b"<svg>\xff\n", 0),
        ] {
            let at = active_at("a.svg", bytes).unwrap();
            assert!(at < bytes.len());
            assert_eq!(bytes[..at].iter().filter(|byte| **byte == b'\n').count(), line, "{bytes:?}");
        }
        assert_eq!(active_at("a.svg", b"\xef\xbb\xbf<svg><script/></svg>"), Some(8));
    }

    #[test]
    fn what_runs_is_found() {
        for text in [
            "<svg><script>1</script></svg>",
            "<svg><SCRIPT/></svg>",
            "<svg onload='1'/>",
            "<svg\nonload\n=\n'1'/>",
            "<svg><a xlink:href=\"java&#x73;cript:1\"/></svg>",
            "<svg><a href=\" java\tscript:1\"/></svg>",
            "<svg><use href=\"data:image/svg+xml,1\"/></svg>",
            "<svg><set attributeName=\"onload\" to=\"1\"/></svg>",
            "<svg><animate attributeName=\"href\" values=\"#;javascript:1\"/></svg>",
            "<svg><set attributeName=\"xlink:href\" to=\"x\"/></svg>",
            "<svg><foreignObject/></svg>",
            "<svg><x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">1</x:script></svg>",
            "<svg><p xmlns=\"http://www.w3.org/1999/xhtml\"/></svg>",
            "<!DOCTYPE svg [<!ENTITY a '<script/>'>]><svg>&a;</svg>",
            "<?xml-stylesheet href='a.xsl'?><svg/>",
            "<?xml version='1.0' encoding='utf-7'?><svg/>",
            "<svg a=b onload=1>",
            "<svg",
            "<s\0v\0g\0",
            "<svg><!--><a b=\"--><script>1</script><!--\"/>--></svg>",
            "<!DOCTYPE svg SYSTEM \"x>\" [<!ENTITY a \"<script/>\">]><svg>&a;</svg>",
            "<!DOCTYPE svg [<!ATTLIST svg onload CDATA \"1\">]><svg/>",
        ] {
            assert!(active_at("a.svg", text.as_bytes()).is_some(), "{text}");
        }
        assert!(
            is_page("a.HTML")
                && is_page("a.svgz")
                && is_page("a.php")
                && !is_page("a.svg")
                && !is_page("html")
        );
    }
}
