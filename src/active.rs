//! What browsers run when somebody opens a file that was only meant to be looked at: web pages among the content,
//! and SVG pictures and other XML that hold more than drawings and data. Such files are published only where
//! `html: trust` says so. The reader of XML (1.0, section 2) is a suspicious one: what it does not understand is active.

/// Endings of files that browsers show as pages, or servers run.
const PAGES: &[&str] = &[
    "html", "htm", "xhtml", "xht", "shtml", "shtm", "svgz", "mht", "mhtml", "xsl", "xslt", "hta", "htc",
    "swf", "php", "phtml", "phar", "php3", "php4", "php5", "php7", "asp", "aspx", "ashx", "asmx", "jsp",
    "jspx", "cgi",
];
/// Endings of files that are XML, and that browsers show.
const XML: &[&str] = &["svg", "xml", "rss", "atom", "rdf", "mml"];

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
/// Encodings in which markup is where it seems to be.
const ENCODINGS: &[&str] =
    &["utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "windows-1252", "gb2312", "gbk", "gb18030"];
const XHTML: &str = "http://www.w3.org/1999/xhtml";

fn ending(name: &str) -> String {
    name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase()
}

/// Is the file `name` a page to browsers, or a program to servers?
pub fn is_page(name: &str) -> bool {
    PAGES.contains(&ending(name).as_str())
}

/// Where in the file `name` with these bytes something active begins, if it is XML by its name.
pub fn active_at(name: &str, bytes: &[u8]) -> Option<usize> {
    if !XML.contains(&ending(name).as_str()) {
        return None;
    }
    if let Some(nul) = memchr::memchr(0, bytes) {
        return Some(nul);
    }
    let mut at = 0;
    while let Some(start) = memchr::memchr(b'<', &bytes[at..]).map(|next| at + next) {
        match markup(&bytes[start..]) {
            Some(length) => at = start + length,
            None => return Some(start),
        }
    }
    None
}

/// The length of the harmless markup that `rest` begins with; `None` if it is not harmless.
fn markup(rest: &[u8]) -> Option<usize> {
    let through = |end: &[u8]| memchr::memmem::find(rest, end).map(|at| at + end.len());
    if rest.starts_with(b"<!--") {
        return through(b"-->");
    }
    if rest.starts_with(b"<![CDATA[") {
        return through(b"]]>");
    }
    if rest.starts_with(b"<?") {
        let length = through(b"?>")?;
        return is_plain_instruction(&rest[..length]).then_some(length);
    }
    // Declarations of a document type may hide anything behind entities.
    if rest.starts_with(b"<!") {
        let length = through(b">")?;
        return (!rest[..length].contains(&b'[')).then_some(length);
    }
    if rest.starts_with(b"</") {
        return through(b">");
    }
    tag(rest)
}

/// The XML declaration in a known encoding, or an instruction that is no style sheet.
fn is_plain_instruction(instruction: &[u8]) -> bool {
    let text = String::from_utf8_lossy(instruction).to_ascii_lowercase();
    if text.contains("xml-stylesheet") || text.contains("import") {
        return false;
    }
    let Some((_, encoding)) = text.split_once("encoding") else { return true };
    let encoding = encoding.trim_start_matches([' ', '\t', '\n', '\r', '=', '"', '\'']);
    let end = encoding.find(['"', '\'']).unwrap_or(encoding.len());
    ENCODINGS.contains(&&encoding[..end])
}

/// The length of a start tag.
fn tag(rest: &[u8]) -> Option<usize> {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
    let mut at = rest.iter().position(is_end)?;
    if ELEMENTS.contains(&local(&rest[1..at]).as_str()) {
        return None;
    }
    loop {
        at += rest[at..].iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b'/')?;
        if rest[at] == b'>' {
            return Some(at + 1);
        }
        let equals = at + memchr::memchr(b'=', &rest[at..])?;
        let name = rest[at..equals].trim_ascii();
        let quote = equals + 1 + rest[equals + 1..].iter().position(|byte| !byte.is_ascii_whitespace())?;
        if !matches!(rest[quote], b'"' | b'\'') || name.iter().any(u8::is_ascii_whitespace) {
            return None;
        }
        let end = quote + 1 + memchr::memchr(rest[quote], &rest[quote + 1..])?;
        if !is_harmless(&local(name), &decoded(&rest[quote + 1..end])) {
            return None;
        }
        at = end + 1;
    }
}

/// A name without its prefix, in lower case.
fn local(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    name.rsplit_once(':').map_or(name.clone(), |(_, local)| local.to_owned())
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

/// An attribute's value with its references replaced (XML 1.0, section 4.1); unknown ones become nothing.
fn decoded(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    let mut parts = text.split('&');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').unwrap_or((part, ""));
        let code = match name.strip_prefix('#') {
            Some(number) => match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            },
            None => ["amp", "lt", "gt", "quot", "apos"]
                .iter()
                .position(|known| *known == name)
                .map(|at| b"&<>\"'"[at].into()),
        };
        decoded.extend(code.and_then(char::from_u32));
        decoded.push_str(rest);
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_are_harmless() {
        for text in [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- <script> --><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox='0 0 1 1'><a href=\"https://a.cn/\"><path d=\"M0 0\"/></a></svg>",
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/svg11.dtd\"><svg><style>a{b:c}</style></svg>",
            "<svg><image href=\"data:image/png;base64,AA\"/><use xlink:href=\"#a\"/><animate attributeName=\"x\" values=\"0;1\"/></svg>",
            "<svg><text>1 &lt; 2 <![CDATA[<script>]]></text></svg>",
            "",
        ] {
            assert_eq!(active_at("a.svg", text.as_bytes()), None, "{text}");
        }
        assert_eq!(active_at("a.pdf", b"<script>"), None);
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
