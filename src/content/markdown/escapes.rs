//! What the sanitizer spends on the characters that it escapes. It writes out the text between two elements, and the
//! value of an attribute, piece by piece (html5ever, `serialize::write_escaped`): for every `&`, and for every first
//! byte of U+0080 to U+00BF (no-break spaces, `·`, `«`, `°`), it reads on to the next `<` or `>`, or to the end. Of
//! one long text full of them that takes the square. One pass adds up how many bytes would be read, never too few.

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

/// How many bytes may be read for the escapes of a body: some hundredths of a second.
pub const READ_LIMIT: u64 = 1 << 28;

/// Elements that stand wherever their tag does: the text after it is none with the text before. (Others are ignored
/// in some places. What follows an end tag counts with what is in the element, as the tag may end nothing.)
const PARTING: &[&str] = &[
    "a",
    "article",
    "b",
    "blockquote",
    "br",
    "center",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "s",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "u",
    "ul",
];
/// In these other tags than usual are ignored: from there on nothing is sure to part texts.
const MIXING: &[&str] =
    &["frameset", "math", "noscript", "optgroup", "option", "plaintext", "select", "svg", "template"];
/// Text right in them goes before the table, to what went there already (HTML standard, section 13.2.6.1).
const TABULAR: &[&str] = &["col", "colgroup", "table", "tbody", "tfoot", "thead", "tr"];
/// The elements of tables that hold text.
const CELLS: &[&str] = &["caption", "td", "th"];

/// Is it possible at all that too much is read for a body, if no text is repeated beyond `most` bytes?
pub fn may_be_much(body: &str, most: usize) -> bool {
    let bytes = body.as_bytes();
    let most = most as u64;
    // At most every byte asks for it.
    bytes.len() as u64 * most > READ_LIMIT
        && memchr::memchr(b'<', bytes).is_some()
        && memchr::memchr2_iter(b'&', 0xC2, bytes).count() as u64 * most > READ_LIMIT
}

/// The escapes so far, if they are counted.
#[derive(Default)]
pub struct Escapes {
    counts: bool,
    /// How many bytes are read for them.
    read: u64,
    /// Those in the text that goes on.
    text: u64,
    /// Those in all text.
    all: u64,
    /// Those in the tag that goes on.
    tag: u64,
    /// What was read for it.
    tag_read: u64,
    /// Does text go before a table?
    apart: bool,
    /// Was there a tag of a table?
    tables: bool,
    /// Is nothing sure to part texts any more?
    mixed: bool,
    /// How many pictures are open: what describes them becomes one attribute.
    pictures: usize,
}

impl Escapes {
    /// Nothing so far; they are counted only if need be.
    pub fn new(counts: bool) -> Escapes {
        Escapes { counts, ..Escapes::default() }
    }

    /// Is more read than a body may ask for?
    pub fn are_too_much(&self) -> bool {
        self.read > READ_LIMIT
    }

    /// Some text.
    pub fn text(&mut self, text: &str) {
        if !self.counts {
            return;
        }
        let before = if self.apart && !text.trim_ascii().is_empty() { self.all } else { self.text };
        self.read += before * text.len() as u64;
        let escapes = self.value(text);
        self.text += escapes;
        self.all += escapes;
    }

    /// A text by itself; gives how many escapes are in it.
    fn value(&mut self, text: &str) -> u64 {
        let mut escapes = 0;
        for at in memchr::memchr2_iter(b'&', 0xC2, text.as_bytes()) {
            self.read += (text.len() - at) as u64;
            escapes += 1;
        }
        escapes
    }

    /// A tag of raw HTML begins, `name` in small letters.
    pub fn tag(&mut self, name: &str, closes: bool) {
        (self.tag, self.tag_read) = (0, 0);
        self.mixed |= MIXING.contains(&name);
        let (is_cell, is_tabular) = (CELLS.contains(&name), TABULAR.contains(&name));
        self.tables |= is_cell || is_tabular;
        if is_cell {
            self.apart = closes;
        } else if is_tabular {
            self.apart = !(closes && name == "table");
        } else if !closes && PARTING.contains(&name) {
            self.part();
        }
    }

    /// A byte of a tag: all values of its attributes count as one.
    pub fn byte(&mut self, byte: u8) {
        self.tag_read += self.tag;
        self.read += self.tag;
        self.tag += u64::from(byte == b'&' || byte == 0xC2);
    }

    /// How many bytes are read for the tag so far.
    pub fn of_tag(&self) -> u64 {
        self.tag_read
    }

    /// Tags are written again, for which so many bytes are read.
    pub fn again(&mut self, read: u64) {
        self.read += read;
    }

    /// What Markdown writes.
    pub fn event(&mut self, event: &Event) {
        if !self.counts {
            return;
        }
        match event {
            Event::Text(text) => self.text(text),
            Event::Code(text) => {
                self.part();
                self.text(text);
            }
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak | Event::Rule => self.part(),
            Event::Start(tag) => self.start(tag),
            Event::End(TagEnd::Image) => self.pictures = self.pictures.saturating_sub(1),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag) {
        match tag {
            Tag::Image { dest_url, title, .. } => {
                self.value(dest_url);
                self.value(title);
                self.pictures += 1;
            }
            Tag::Link { dest_url, title, .. } => {
                self.value(dest_url);
                self.value(title);
                // Others are left out if they lead nowhere.
                if dest_url.starts_with("https://") || dest_url.starts_with("http://") {
                    self.part();
                }
            }
            Tag::HtmlBlock | Tag::FootnoteDefinition(_) | Tag::TableHead | Tag::TableRow => {}
            // Raw HTML may have ended the table that it stands in.
            Tag::TableCell if self.tables => {}
            Tag::Heading { id, .. } => {
                self.value(id.as_deref().unwrap_or_default());
                self.part();
            }
            Tag::CodeBlock(kind) => {
                if let CodeBlockKind::Fenced(info) = kind {
                    self.value(info);
                }
                self.part();
            }
            _ => self.part(),
        }
    }

    /// An element begins.
    fn part(&mut self) {
        if !self.mixed && self.pictures == 0 {
            (self.text, self.apart) = (0, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::limits::Limits;
    use crate::content::markdown::{Excess, Kind, excess};

    fn kind(body: &str) -> Option<Kind> {
        excess(body, &Limits::default()).map(|excess| excess.kind)
    }

    #[test]
    fn what_people_write_is_not_too_much() {
        let words = "汉阳区人民代表大会常务委员会·".repeat(3);
        let paragraph = format!("{}\n\n", words.repeat(20));
        for body in [
            // A report of a megabyte, with a dot in every fourteenth character.
            format!("<b>甲</b>\n\n{}", paragraph.repeat(400)),
            format!("<br>\n\n{}", format!("|{words}<br>{words}|{words}|\n").repeat(1000)),
            format!("|a|b|\n|-|-|\n{}", format!("|{words}<br>{words}|{words}|\n").repeat(3000)),
            format!("<table>\n{}</table>\n", "<tr>\n<td>1,234</td>\n<td>&nbsp;</td>\n</tr>\n".repeat(2500)),
            format!(
                "<table>\n{}</table>\n",
                "<tr>\n<td><p><span>甲·乙</span></p></td>\n</tr>\n".repeat(1200)
            ),
            // A program with an ampersand in every hundred characters.
            format!("<pre>\n{}\n</pre>\n", format!("{}&amp;\n", "x".repeat(93)).repeat(1000)),
            format!("<b>甲</b>\n\n{}", "<https://example.gov.cn/a?b=c&d=e>\n".repeat(5000)),
            format!("<b>甲</b>\n\n{}", "[甲](/a?b=c&d=e \"乙·丙\")\n\n".repeat(20_000)),
        ] {
            assert_eq!(kind(&body), None, "{:.200}", body);
        }
    }

    #[test]
    fn whatever_makes_one_text_or_value_is_counted_together() {
        let dots = "·".repeat(100);
        for body in [
            format!("<div>{}</div>", "\u{a0}".repeat(30_000)),
            format!("<!-- -->{}", "\u{a0}".repeat(30_000)),
            format!("甲</b>{}", "·".repeat(30_000)),
            format!("<div>{}</div>", "&amp;".repeat(30_000)),
            format!("甲<b title=\"{}\">乙</b>", "&amp;".repeat(30_000)),
            format!("甲<b title=\"{}\n\">乙</b>", "\n&amp;".repeat(30_000)),
            format!("<b>甲</b> [乙](/a?{})", "&".repeat(30_000)),
            format!("<b>甲</b> [乙](/a \"{}\")", "·".repeat(30_000)),
            format!("<b>甲</b>\n\n```{}\n丙\n```\n", "·".repeat(30_000)),
            format!("<b>甲</b>\n\n`{}`", "·".repeat(30_000)),
            format!("<b>甲</b>\n\n{}", "·\n".repeat(30_000)),
            format!("<b>甲</b>\n\n{}", "&nbsp;".repeat(30_000)),
            format!("{}\n\n<b>甲</b>", "·".repeat(30_000)),
            // End tags that end nothing, and start tags that are not for here.
            format!("甲{}", format!("{dots}</i>").repeat(300)),
            format!("甲{}", format!("{dots}<td>").repeat(300)),
            format!("<b>甲</b>\n\n![{}](/a.jpg)", format!("{dots}*乙*`丙`").repeat(300)),
            // Text in a table, but not in its cells, goes before it.
            format!("甲<table>{}</table>", format!("<tr><td><p>乙</p></td></tr>{dots}").repeat(300)),
            format!("<select>\n\n{}", format!("{dots}<p>").repeat(300)),
            // One attribute, on a hundred elements.
            format!("[a]: /b \"{}\"\n\n<b>甲</b>\n\n{}", "·".repeat(9000), "[a] ".repeat(5)),
        ] {
            assert_eq!(kind(&body), Some(Kind::Escapes), "{:.60}", body);
        }
    }

    #[test]
    fn tags_that_are_written_again_are_read_again() {
        let body =
            |paragraphs| format!("甲<b title=\"{}\">\n\n{}", "&".repeat(4000), "乙\n\n".repeat(paragraphs));
        assert_eq!(kind(&body(2)), None);
        assert_eq!(kind(&body(100)), Some(Kind::Escapes));
    }

    #[test]
    fn what_is_not_sanitized_is_not_counted() {
        let dots = "·".repeat(50_000);
        assert_eq!(kind(&dots), None);
        assert_eq!(kind(&format!("1 < 2 <https://example.gov.cn/> {dots}")), None);
        let trusting = Limits { sanitizes: false, ..Limits::default() };
        assert_eq!(excess(&format!("<b>甲</b>{dots}"), &trusting), None);
    }

    #[test]
    fn the_place_is_that_of_the_text() {
        let body = format!("甲\n\n<b>乙</b>\n\n{}丙\n", "·".repeat(20_000));
        let offset = body.find('·').unwrap_or_default();
        assert_eq!(excess(&body, &Limits::default()), Some(Excess { kind: Kind::Escapes, offset }));
    }
}
