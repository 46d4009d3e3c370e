//! Raw HTML that loses little, but loses it silently: tags that are none, and alignment and colour.

use crate::content::markdown::attributes::{Attribute, RawPiece, RawTag, tags};
use crate::content::markdown::tags::HtmlPiece;

/// How many pieces of one kind are reported.
const MOST: usize = 50;
/// The longest piece that is shown, in bytes.
const LONGEST_SHOWN: usize = 60;

/// The elements of HTML, present and past (HTML standard, sections 4 and 16.2), in the order of the alphabet.
#[rustfmt::skip]
const ELEMENTS: &[&str] = &[
    "a", "abbr", "acronym", "address", "applet", "area", "article", "aside", "audio", "b", "base", "basefont",
    "bdi", "bdo", "bgsound", "big", "blink", "blockquote", "body", "br", "button", "canvas", "caption", "center",
    "cite", "code", "col", "colgroup", "data", "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div",
    "dl", "dt", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer", "form", "frame", "frameset",
    "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i", "iframe", "image", "img",
    "input", "ins", "isindex", "kbd", "keygen", "label", "legend", "li", "link", "listing", "main", "map", "mark",
    "marquee", "math", "menu", "menuitem", "meta", "meter", "nav", "nobr", "noembed", "noframes", "noscript",
    "object", "ol", "optgroup", "option", "output", "p", "param", "picture", "plaintext", "pre", "progress", "q",
    "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "script", "search", "section", "select", "slot", "small",
    "source", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody", "td",
    "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "track", "tt", "u", "ul", "var",
    "video", "wbr", "xmp",
];

/// The elements whose `align` the sanitizer keeps.
const ALIGNED: &[&str] =
    &["col", "colgroup", "hr", "img", "table", "tbody", "td", "tfoot", "th", "thead", "tr"];

/// What was found in the raw HTML so far.
#[derive(Default)]
pub(super) struct HtmlSlips {
    /// Tags that are none, the first of each name.
    pub unknown: Vec<HtmlPiece>,
    /// Alignment and colour, each kind once.
    pub styled: Vec<HtmlPiece>,
    /// How many drawings and formulas are open: their elements have names of their own.
    drawings: usize,
    names: Vec<String>,
}

impl HtmlSlips {
    /// Reads the next piece of raw HTML.
    pub(super) fn read(&mut self, piece: &RawPiece) {
        for tag in tags(&piece.html) {
            if matches!(&*tag.name, "svg" | "math") {
                self.drawings = match tag.closes {
                    true => self.drawings.saturating_sub(1),
                    false => self.drawings + usize::from(!piece.html[tag.range.clone()].ends_with("/>")),
                };
            }
            if tag.closes || self.drawings > 0 {
                continue;
            }
            if ELEMENTS.binary_search(&&*tag.name).is_err() {
                if self.unknown.len() < MOST && !self.names.contains(&tag.name) {
                    self.unknown.push(piece_of(piece, tag.range.clone()));
                    self.names.push(tag.name);
                }
                continue;
            }
            for attribute in tag.attributes.iter().filter(|attribute| is_style(&tag, attribute)) {
                let found = piece_of(piece, attribute.range.clone());
                if self.styled.len() < MOST && self.styled.iter().all(|known| known.what != found.what) {
                    self.styled.push(found);
                }
            }
        }
    }
}

fn piece_of(piece: &RawPiece, range: std::ops::Range<usize>) -> HtmlPiece {
    let text = &piece.html[range.clone()];
    let what: String = match text.len() > LONGEST_SHOWN {
        true => text.chars().take(LONGEST_SHOWN / 2).chain(['…']).collect(),
        false => text.to_owned(),
    };
    HtmlPiece { what: what.replace('\n', " "), offset: piece.place(range.start) }
}

/// Whether an attribute is about alignment or colour, and is not kept.
fn is_style(tag: &RawTag, attribute: &Attribute) -> bool {
    match &*attribute.name {
        "align" => !ALIGNED.contains(&&*tag.name),
        "bgcolor" | "color" | "background" => true,
        "style" => attribute.value.split(';').any(|declaration| {
            let property = declaration.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
            matches!(&*property, "text-align" | "color" | "background" | "background-color" | "float")
        }),
        _ => false,
    }
}
