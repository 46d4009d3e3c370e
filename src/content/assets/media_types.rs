//! What browsers and servers take a file for, by its name and its first bytes: a page or program, XML, or plain data.

use crate::text::{decode, ending, in_markup, in_script, in_style};

/// Endings of files that browsers show as web pages, or servers run as programs.
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
/// How web pages begin (MIME Sniffing Standard, section 7.1).
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
/// Endings in the tables that web servers come with (`mime.types` of Apache and nginx), without those of web pages.
/// Browsers believe the media type that the server sends. For other endings they may look at the content.
const KNOWN: &[&[&str]] = &[
    // Text, data, and what pages are made of.
    &["txt", "text", "log", "conf", "csv", "tsv", "json", "css", "js", "srt", "ics"],
    &["vcf", "rtf", "tex", "wasm", "eml", "m3u8", "woff", "woff2", "ttf", "otf", "eot", "ttc"],
    // Pictures.
    &["png", "jpg", "jpeg", "jpe", "gif", "webp", "ico", "bmp", "tif", "tiff", "psd"],
    // Sound and film.
    &["mp3", "m4a", "aac", "ogg", "oga", "opus", "wav", "flac", "mid", "midi", "wma"],
    &["mp4", "m4v", "webm", "ogv", "mov", "avi", "wmv", "flv", "mpg", "mpeg", "mkv", "3gp", "rm", "rmvb"],
    // Documents of office programs. What they call a table or a letter is often a web page by its content.
    &[
        "pdf", "ps", "epub", "doc", "docx", "docm", "dot", "dotx", "xls", "xlsx", "xlsm", "xlsb", "xlt",
        "xltx",
    ],
    &[
        "ppt", "pptx", "pptm", "pps", "ppsx", "pot", "potx", "odt", "ods", "odp", "odg", "wps", "vsd", "dwg",
        "dxf",
    ],
    // Archives and programs to be downloaded.
    &["zip", "rar", "7z", "tgz", "tar", "bz2", "xz", "jar", "apk", "exe", "msi", "dmg", "iso", "bin"],
];

/// Whether servers send a media type for files with this `ending` (in lower case).
fn is_known(ending: &str) -> bool {
    KNOWN.iter().any(|endings| endings.contains(&ending))
}

/// Whether the file `name` is a web page to browsers, or a program to servers. Some servers look at any of several
/// endings (`a.php.jpg`), and some no further than a semicolon (`a.asp;.jpg`).
pub fn is_page(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    file.split(['.', ';']).skip(1).any(|ending| PAGES.contains(&ending.to_ascii_lowercase().as_str()))
}

/// Whether the file `name` is XML to browsers.
pub fn is_xml(name: &str) -> bool {
    XML.contains(&ending(name).to_ascii_lowercase().as_str())
}

/// The files that the file `name` mentions, if it is a page, a drawing, a style sheet or a script.
pub fn mentions(name: &str, bytes: &[u8]) -> Vec<String> {
    let read: fn(&str) -> Vec<String> = match ending(name).to_ascii_lowercase().as_str() {
        "css" => in_style,
        "js" | "mjs" | "json" | "webmanifest" => in_script,
        _ if is_page(name) || is_xml(name) => in_markup,
        _ => return Vec::new(),
    };
    let mut found = decode(bytes).map(|decoded| read(&decoded.text)).unwrap_or_default();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether browsers take the file `name` for XML by its content. Servers do not know its ending.
pub(super) fn is_xml_inside(name: &str, bytes: &[u8]) -> bool {
    let ending = ending(name).to_ascii_lowercase();
    !ending.is_empty() && !is_known(&ending) && opening(bytes).starts_with(b"<?xml")
}

/// Whether browsers take the file `name` for a web page by its content. Servers do not know its ending, or it has none
/// (MIME Sniffing Standard, section 7.1).
pub(super) fn is_page_inside(name: &str, bytes: &[u8]) -> bool {
    if is_known(&ending(name).to_ascii_lowercase()) {
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

/// The bytes after a byte order mark and white space.
fn opening(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_programs_are_told_by_their_names() {
        for name in ["a.HTML", "a.svgz", "a.php", "a.php.jpg", "a.asp;.jpg"] {
            assert!(is_page(name), "{name}");
        }
        assert!(!is_page("a.svg") && !is_page("html"));
    }
}
