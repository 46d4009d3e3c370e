//! The lines of a body, without the marks of the quotes and lists in which they stand.

/// A line.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Line<'a> {
    /// Its text, without the marks of quotes and lists before it and without spaces at its end.
    pub text: &'a str,
    /// The byte in the body at which `text` begins.
    pub at: usize,
    /// Whether an item of a list begins in it.
    pub begins_item: bool,
    /// Whether it is indented as code is.
    pub is_indented: bool,
}

/// The lines of a body.
pub(super) fn lines(body: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = body.get(start..).filter(|rest| !rest.is_empty())?;
        let length = match rest.starts_with('\n') {
            // Nearly half of all lines.
            true => 1,
            false => memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1),
        };
        let line = line(&rest[..length], start);
        start += length;
        Some(line)
    })
}

fn line(text: &str, start: usize) -> Line<'_> {
    let end = text.bytes().rposition(|byte| !matches!(byte, b'\n' | b' ' | b'\t'));
    let text = &text[..end.map_or(0, |last| last + 1)];
    // Most lines begin with a hanzi.
    if text.as_bytes().first().is_none_or(|byte| *byte >= 0x80) {
        return Line { text, at: start, ..Line::default() };
    }
    let indent = text.bytes().take_while(|byte| *byte == b' ').count();
    let mut rest = text.trim_start_matches([' ', '\t', '>']);
    let mut begins_item = false;
    while let Some(inside) = after_item(rest) {
        rest = inside.trim_start_matches([' ', '\t', '>']);
        begins_item = true;
    }
    let is_indented = indent >= 4 || text.starts_with('\t');
    Line { text: rest, at: start + text.len() - rest.len(), begins_item, is_indented }
}

/// What follows the mark of a list's item.
fn after_item(text: &str) -> Option<&str> {
    let rest = match text.as_bytes().first()? {
        b'-' | b'*' | b'+' => &text[1..],
        b'0'..=b'9' => text.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix(['.', ')'])?,
        _ => return None,
    };
    rest.strip_prefix([' ', '\t'])
}
