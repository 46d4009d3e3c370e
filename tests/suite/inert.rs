//! Checks outputs as a browser would read them: nothing is active that the theme did not add.

use scraper::{ElementRef, Html};
use serde_json::Value;

/// Elements that do something, or change what others do. `script`, `link`, `meta` and `svg` are looked at more closely.
const ACTIVE: &[&str] = &[
    "iframe",
    "frame",
    "frameset",
    "object",
    "embed",
    "applet",
    "param",
    "portal",
    "fencedframe",
    "base",
    "form",
    "input",
    "textarea",
    "select",
    "isindex",
    "style",
    "math",
    "foreignobject",
    "animate",
    "set",
    "use",
    "handler",
    "template",
    "noscript",
    "video",
    "audio",
    "source",
    "track",
    "bgsound",
    "layer",
    "marquee",
    "xml",
    "plaintext",
    "xmp",
    "listing",
    "noembed",
    "noframes",
    "dialog",
    "slot",
];
/// Attributes that hold an address.
const ADDRESSES: &[&str] = &[
    "href",
    "src",
    "action",
    "formaction",
    "xlink:href",
    "poster",
    "data",
    "cite",
    "background",
    "ping",
    "longdesc",
    "lowsrc",
    "dynsrc",
    "manifest",
    "codebase",
    "archive",
    "classid",
    "profile",
    "usemap",
    "icon",
];
const LINKS: &[&str] = &["canonical", "icon", "manifest", "stylesheet", "alternate", "prev", "next"];

/// What is active in the output at `path`; none is to be.
pub fn active(path: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        _ if path.starts_with("static/") => Vec::new(),
        "html" => page(&text),
        "xml" => xml(&text),
        "webmanifest" => addresses_in(serde_json::from_str(&text).expect("a manifest is JSON")),
        _ => Vec::new(),
    }
}

/// The scheme of an address by the URL Standard (section 4.4): controls and spaces at its ends and all tabs and
/// line breaks are passed over.
pub fn scheme(address: &str) -> Option<String> {
    let address = address.trim_matches(|c: char| c <= ' ');
    let address: String = address.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
    let (scheme, _) = address.split_once(':')?;
    let mut bytes = scheme.bytes();
    let first = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic());
    let rest = bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    (first && rest).then(|| scheme.to_ascii_lowercase())
}

fn is_allowed(address: &str) -> bool {
    scheme(address).is_none_or(|scheme| ["http", "https", "mailto", "tel"].contains(&scheme.as_str()))
}

fn page(text: &str) -> Vec<String> {
    let html = Html::parse_document(text);
    let elements = html.root_element().descendants().filter_map(ElementRef::wrap);
    elements
        .filter_map(|element| element_fault(element).map(|fault| format!("{fault}: {}", short(element))))
        .collect()
}

fn short(element: ElementRef) -> String {
    element.html().chars().take(200).collect()
}

fn element_fault(element: ElementRef) -> Option<String> {
    let name = element.value().name().to_ascii_lowercase();
    if ACTIVE.contains(&name.as_str()) {
        return Some(format!("<{name}>"));
    }
    let attribute = |name: &str| element.value().attr(name).unwrap_or_default().to_owned();
    let fault = match name.as_str() {
        "script" if attribute("type") == "application/ld+json" => linked_data(element),
        // A hash, and a file of the theme's.
        "script" => {
            let src = attribute("src");
            let own = src.starts_with('/') && !src.starts_with("//") && src.contains("/static/js/");
            !own || attribute("integrity").is_empty()
        }
        "svg" => !["qr", "bar"].contains(&attribute("class").as_str()),
        "link" => !LINKS.contains(&attribute("rel").as_str()) || !attribute("href").starts_with(['/', 'h']),
        "meta" => !is_harmless_meta(&attribute("http-equiv"), &attribute("content")),
        _ => false,
    };
    if fault {
        return Some(format!("<{name}>"));
    }
    element.value().attrs().find_map(|(name, value)| attribute_fault(name, value))
}

/// A page may send readers to another page of the site, at once, and nothing else.
fn is_harmless_meta(kind: &str, content: &str) -> bool {
    kind.is_empty()
        || (kind == "refresh" && content.starts_with("0; url=/") && !content.starts_with("0; url=//"))
}

fn attribute_fault(name: &str, value: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let bad = match name.as_str() {
        "style" | "srcdoc" | "is" | "http-equiv" if name != "http-equiv" => true,
        "srcset" | "imagesrcset" => !value.split(',').all(is_allowed),
        _ if ADDRESSES.contains(&name.as_str()) => !is_allowed(value),
        _ => name.starts_with("on") || name.contains(['<', '"', '\'', '`']),
    };
    bad.then(|| format!("{name}={value:?}"))
}

/// Is something wrong with JSON-LD?
fn linked_data(element: ElementRef) -> bool {
    let text: String = element.text().collect();
    match serde_json::from_str(&text) {
        Ok(value) => !addresses_in(value).is_empty(),
        Err(_) => true,
    }
}

/// The addresses in JSON that are not allowed.
fn addresses_in(value: Value) -> Vec<String> {
    const KEYS: &[&str] = &[
        "@id",
        "@context",
        "url",
        "item",
        "image",
        "isBasedOn",
        "logo",
        "mainEntityOfPage",
        "src",
        "start_url",
        "scope",
    ];
    let mut bad = Vec::new();
    let mut open = vec![(String::new(), value)];
    while let Some((key, value)) = open.pop() {
        match value {
            Value::Object(map) => open.extend(map),
            Value::Array(items) => open.extend(items.into_iter().map(|item| (key.clone(), item))),
            Value::String(text) if KEYS.contains(&key.as_str()) && !is_allowed(&text) => bad.push(text),
            _ => {}
        }
    }
    bad
}

/// Feeds and sitemaps have these elements, these addresses, and no others.
fn xml(text: &str) -> Vec<String> {
    const ELEMENTS: &[&str] = &[
        "feed",
        "title",
        "id",
        "link",
        "updated",
        "published",
        "author",
        "name",
        "entry",
        "category",
        "summary",
        "urlset",
        "url",
        "loc",
        "lastmod",
        "sitemapindex",
        "sitemap",
    ];
    let document = match roxmltree::Document::parse(text) {
        Ok(document) => document,
        Err(error) => return vec![format!("not well-formed: {error}")],
    };
    let elements = document.descendants().filter(roxmltree::Node::is_element);
    let bad = elements.filter(|element| {
        let name = element.tag_name().name();
        let address = match name {
            "link" => element.attribute("href").unwrap_or_default(),
            "id" | "loc" => element.text().unwrap_or_default(),
            _ => "",
        };
        !ELEMENTS.contains(&name) || !is_allowed(address)
    });
    let mut bad: Vec<String> = bad.map(|element| format!("<{}>", element.tag_name().name())).collect();
    bad.extend(
        document.descendants().filter(roxmltree::Node::is_pi).map(|_| "processing instruction".to_owned()),
    );
    bad
}

#[test]
fn active_content_is_detected() {
    for text in [
        "<script>1</script>",
        "<p onclick=1>",
        "<a href=' java\tscript:1'>",
        "<img srcset='a 1x, data:x 2x'>",
        "<iframe>",
        "<svg><script/></svg>",
        "<base href=/>",
        "<meta http-equiv=refresh content='0; url=//a'>",
        "<p style=x>",
        "<script type=application/ld+json>{\"url\":\"javascript:1\"}</script>",
        "<q cite=vbscript:1>",
        "<script type=application/ld+json>{</script>",
        "<script src=/static/a.js></script>",
    ] {
        assert!(!active("a.html", text.as_bytes()).is_empty(), "{text}");
    }
    for text in
        ["<feed><script/></feed>", "<feed>", "<feed><link href='javascript:1'/></feed>", "<?x y?><feed/>"]
    {
        assert!(!active("feed.xml", text.as_bytes()).is_empty(), "{text}");
    }
    assert!(active("a.html", b"<a href='https://a/'>x</a><p>&lt;script&gt;").is_empty());
}
