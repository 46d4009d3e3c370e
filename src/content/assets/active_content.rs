//! Active content: scripts and the like in SVG and other XML files, and web pages among the assets. Such files are
//! published only with `html: trust`. XML is parsed once, for safety and for the size of a drawing.

use std::borrow::Cow;
use std::collections::HashSet;

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, WINDOWS_1252};
use roxmltree::{Document, Node, ParsingOptions, TextPos};

use crate::content::assets::media_types::{is_page_inside, is_xml, is_xml_inside};
use crate::content::assets::svg;

/// The most nodes of XML that are parsed.
const MOST_NODES: u32 = 2_000_000;
/// The most attributes of one tag: the parser compares each with all others.
const MOST_ATTRIBUTES: usize = 512;
/// The most namespace prefixes in one file: the parser searches them for every element.
const MOST_PREFIXES: usize = 100;

/// Elements that are active, by their local names in lower case.
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
/// Encodings that are accepted. Their bytes below 0x80 are ASCII, but GBK and GB18030 use some of those as the second
/// half of a character.
const ENCODINGS: &[&Encoding] = &[UTF_8, WINDOWS_1252, GBK, GB18030];
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// What was found in an asset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Findings {
    /// The byte at which something active begins.
    pub active: Option<usize>,
    /// The width and height in pixels of an SVG drawing that states them.
    pub size: Option<(u32, u32)>,
}

/// Looks into the file `name` if browsers take it for XML or a web page. Malformed XML counts as active, for it is not
/// known what browsers make of it.
pub fn inspect(name: &str, bytes: &[u8]) -> Findings {
    let is_xml = is_xml(name) || is_xml_inside(name, bytes);
    if !is_xml && is_page_inside(name, bytes) {
        return Findings { active: Some(0), size: None };
    }
    if !is_xml || bytes.trim_ascii().is_empty() {
        return Findings::default();
    }
    // Servers may say that all XML is UTF-8, whatever the file itself declares.
    let whole = String::from_utf8_lossy(bytes);
    let text = whole.trim_start_matches('\u{FEFF}');
    let Some(encoding) = encoding(text) else { return Findings { active: Some(0), size: None } };
    let mut found = inspect_text(text);
    let place = |at: usize| match whole {
        Cow::Borrowed(_) => at + whole.len() - text.len(),
        // Replacement characters have shifted the offsets.
        Cow::Owned(_) => line_start(text, at, bytes),
    };
    found.active = found.active.map(place);
    if found.active.is_none() && ![UTF_8, WINDOWS_1252].contains(&encoding) && !bytes.is_ascii() {
        let (text, broken) = encoding.decode_without_bom_handling(bytes);
        let decoded = inspect_text(&text);
        let active = decoded.active.map(|at| line_start(&text, at, bytes));
        found = Findings { active: if broken { Some(0) } else { active }, ..decoded };
    }
    let is_svg = name.to_ascii_lowercase().ends_with(".svg");
    Findings { active: found.active.map(|at| at.min(bytes.len() - 1)), size: found.size.filter(|_| is_svg) }
}

/// Where the line begins in `bytes` that holds the byte `at` of `text`, the decoded bytes. In none of [`ENCODINGS`] is
/// a line feed a part of another character.
fn line_start(text: &str, at: usize, bytes: &[u8]) -> usize {
    match text[..at].matches('\n').count() {
        0 => 0,
        line => memchr::memchr_iter(b'\n', bytes).nth(line - 1).map_or(0, |end| end + 1),
    }
}

fn inspect_text(text: &str) -> Findings {
    // Entities and default attributes can hide anything.
    let declared = ["\0", "<!ENTITY", "<!ATTLIST"].iter().filter_map(|part| text.find(part)).min();
    let refused = declared.or_else(|| too_many_attributes(text)).or_else(|| too_many_prefixes(text));
    if refused.is_some() {
        return Findings { active: refused, size: None };
    }
    let options = ParsingOptions { allow_dtd: true, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    match Document::parse_with_options(text, options) {
        Ok(document) => Findings {
            active: document.descendants().find(is_active).map(|node| node.range().start),
            size: svg::size(document.root_element()),
        },
        Err(error) => Findings { active: Some(offset_of(text, error.pos())), size: None },
    }
}

/// The first tag with too many attributes. No value holds a `<` (XML 1.0, section 3.1), so there is at most one tag
/// between two of them. Whatever looks like an attribute there is counted.
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

/// The first namespace declaration (Namespaces in XML 1.0, section 3) that is one too many.
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

/// The encoding that the XML declaration names, or UTF-8 (XML 1.0, sections 2.8 and 4.3.3; Encoding Standard, section
/// 4.2). `None` for an encoding that can hide markup, and for a malformed declaration.
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

/// Whether it is a style sheet that imports another one. Only the element's own text is the style sheet (SVG 2, section
/// 6.2), and `@import` is a rule only outside of all blocks (CSS Cascade 5, section 2).
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

/// Whether it is a relative address, one of the web, or a `data:` image.
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

    fn active_at(name: &str, bytes: &[u8]) -> Option<usize> {
        inspect(name, bytes).active
    }

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
    fn svg_is_read_in_the_encoding_that_browsers_use() {
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
    fn active_content_is_located_by_byte() {
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
    fn active_content_in_svg_is_found() {
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
    }
}
