//! How deep a body nests. Browsers, and everything else that reads a page as a tree, grow slow or give up where
//! elements stand in one another by the hundred (HTML, section 13.2.4.2), and nobody means that.

use std::ops::Range;

use pulldown_cmark::Event;

/// Elements that hold nothing, or that end where the next one of their kind begins: they do not nest by themselves.
const FLAT: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "rb", "rt",
    "rp", "colgroup",
];

/// How many elements are open: those of Markdown, and those of raw HTML as far as tags tell.
#[derive(Default)]
struct Depth {
    markdown: usize,
    html: usize,
}

impl Depth {
    /// Goes on to `event`; the most elements that were open in it.
    fn after(&mut self, event: &Event) -> usize {
        let before = self.html;
        let mut most = before;
        match event {
            Event::Start(_) => self.markdown += 1,
            Event::End(_) => self.markdown = self.markdown.saturating_sub(1),
            Event::Html(text) | Event::InlineHtml(text) => most = self.tags(text),
            _ => {}
        }
        self.markdown + most.max(self.html)
    }

    /// Counts the tags of raw HTML; the most elements that were open.
    fn tags(&mut self, html: &str) -> usize {
        let mut most = self.html;
        for at in memchr::memchr_iter(b'<', html.as_bytes()) {
            let rest = &html[at + 1..];
            match rest.strip_prefix('/') {
                Some(end) if !is_flat(end) => self.html = self.html.saturating_sub(1),
                None if rest.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_flat(rest) => {
                    self.html += 1;
                    most = most.max(self.html);
                }
                _ => {}
            }
        }
        most
    }
}

/// Is the tag that `rest` begins with one of [`FLAT`]?
fn is_flat(rest: &str) -> bool {
    let end =
        rest.bytes().take(16).position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len().min(16));
    let name = rest.get(..end).unwrap_or_default();
    FLAT.iter().any(|flat| flat.eq_ignore_ascii_case(name))
}

/// Do these events nest more than `limit` levels deep?
pub fn is_deep(events: &[Event], limit: usize) -> bool {
    let mut depth = Depth::default();
    events.iter().any(|event| depth.after(event) > limit)
}

/// Where the first event begins that is too deep.
pub fn first_deep<'a>(
    events: impl Iterator<Item = (Event<'a>, Range<usize>)>,
    limit: usize,
) -> Option<usize> {
    let mut depth = Depth::default();
    events.filter(|(event, _)| depth.after(event) > limit).map(|(_, range)| range.start).next()
}
