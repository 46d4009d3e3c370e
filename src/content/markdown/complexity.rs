//! Refuses bodies that would take too long to parse. Parsers take the square of the depth of nesting, so one pass over
//! the lines measures that first; it may overestimate.

use crate::config::Limits;
use crate::content::markdown::amended::Body;
use crate::content::markdown::cost::{ComplexityKind, TooComplex};
use crate::content::markdown::raw_html;
use crate::content::markdown::raw_html::LossyHtml;

/// How many columns a table may have: shorter rows are filled up with empty cells.
pub const COLUMNS_LIMIT: usize = 256;

/// Checks that `body` can be parsed and sanitized in a time proportional to its length. Returns the raw HTML that makes
/// text disappear, and the files that raw HTML mentions.
///
/// # Errors
/// The first place at which there is too much of something.
pub fn check(body: &Body, limits: &Limits) -> Result<(LossyHtml, Vec<String>), TooComplex> {
    let original = |found: TooComplex| TooComplex { offset: body.original(found.offset), ..found };
    nesting(&body.text, limits.nesting).map_err(original)?;
    raw_html::check(body, limits)
}

/// An open block that contains others.
enum Container {
    Quote,
    /// It continues on lines indented to this column.
    Item(usize),
}

/// Finds the first line of `body` that nests too deep, or is the head of too wide a table.
fn nesting(body: &str, limit: usize) -> Result<(), TooComplex> {
    let mut open: Vec<Container> = Vec::new();
    let mut start = 0;
    while start < body.len() {
        let rest = &body.as_bytes()[start..];
        let line = &rest[..memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1)];
        let mut cursor = Cursor { line, at: 0, column: 0 };
        let kept = open.iter().take_while(|container| cursor.goes_on(container)).count();
        // Containers without a marker may still continue (lazy continuation), until a new marker closes them.
        let mut depth = kept;
        while let Some(container) = cursor.opens() {
            open.truncate(depth);
            open.push(container);
            depth += 1;
            if depth > limit {
                return Err(TooComplex { kind: ComplexityKind::Nesting, offset: start });
            }
        }
        if columns(&line[cursor.at..]) > COLUMNS_LIMIT {
            return Err(TooComplex { kind: ComplexityKind::Columns, offset: start });
        }
        start += line.len();
    }
    Ok(())
}

/// The number of columns if this is the delimiter row of a table (GFM 0.29, section 4.10), else 0.
fn columns(line: &[u8]) -> usize {
    if !matches!(line.first(), Some(b'|' | b'-' | b':')) || !line.contains(&b'|') {
        return 0;
    }
    let part = |byte: &u8| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t' | b'\n');
    if !line.iter().all(part) {
        return 0;
    }
    line.split(|byte| *byte == b'|').filter(|cell| cell.contains(&b'-')).count()
}

/// A place in a line.
struct Cursor<'a> {
    line: &'a [u8],
    at: usize,
    column: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    /// Skips an ASCII byte.
    fn pass(&mut self) {
        self.column += if self.peek() == Some(b'\t') { 4 - self.column % 4 } else { 1 };
        self.at += 1;
    }

    fn pass_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.pass();
        }
    }

    fn at_end(&self) -> bool {
        matches!(self.peek(), None | Some(b'\n'))
    }

    /// Whether the line continues this container. Skips its marker or indentation.
    fn goes_on(&mut self, container: &Container) -> bool {
        let (at, column) = (self.at, self.column);
        match container {
            Container::Quote => {
                self.pass_spaces();
                if self.peek() == Some(b'>') {
                    self.pass();
                    return true;
                }
            }
            Container::Item(from) => {
                while self.column < *from && matches!(self.peek(), Some(b' ' | b'\t')) {
                    self.pass();
                }
                // Blank lines continue everything but quotes.
                if self.column >= *from || self.at_end() {
                    return true;
                }
            }
        }
        (self.at, self.column) = (at, column);
        false
    }

    /// The container that begins here, if any. Skips its marker.
    fn opens(&mut self) -> Option<Container> {
        let (at, column) = (self.at, self.column);
        self.pass_spaces();
        let begins = match self.peek()? {
            b'>' => {
                self.pass();
                return Some(Container::Quote);
            }
            b'-' | b'*' | b'+' if self.is_rule() => false,
            b'-' | b'*' | b'+' | b':' => {
                self.pass();
                true
            }
            b'0'..=b'9' => self.pass_number(),
            b'[' if self.line[self.at..].starts_with(b"[^") && self.pass_label() => {
                return Some(Container::Item(column + 4));
            }
            _ => false,
        };
        if begins && (self.at_end() || matches!(self.peek(), Some(b' ' | b'\t'))) {
            return Some(Container::Item(self.column + 1));
        }
        (self.at, self.column) = (at, column);
        None
    }

    /// `***`, `- - -`: a thematic break (CommonMark 0.31, section 4.1).
    fn is_rule(&self) -> bool {
        let mark = self.line[self.at];
        let rest = &self.line[self.at..];
        let marks = rest.iter().filter(|byte| **byte == mark).count();
        marks >= 3 && rest.iter().all(|byte| *byte == mark || matches!(byte, b' ' | b'\t' | b'\n'))
    }

    /// Up to nine digits, then a dot or a bracket.
    fn pass_number(&mut self) -> bool {
        let digits = self.line[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let ends = matches!(self.line.get(self.at + digits), Some(b'.' | b')'));
        (0..=digits).for_each(|_| self.pass());
        ends && digits <= 9
    }

    /// `[^1]:`.
    fn pass_label(&mut self) -> bool {
        let Some(length) = memchr::memmem::find(&self.line[self.at..], b"]:") else { return false };
        self.at += length + 2;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Paragraphs;

    fn limits() -> Limits {
        Limits { nesting: 64, ..Limits::default() }
    }

    fn kind(body: &str) -> Option<ComplexityKind> {
        check(&Body::of(body, Paragraphs::Markdown), &limits()).err().map(|found| found.kind)
    }

    #[test]
    fn ordinary_bodies_are_not_too_complex() {
        for body in [
            &"> ".repeat(20),
            &format!("{}\n", "-".repeat(500)),
            &"* ".repeat(500),
            &"- 甲\n".repeat(5000),
            &"> 甲\n".repeat(5000),
            &format!("```\n{}乙\n```\n", " ".repeat(500)),
            &format!("{}|\n{}|\n", "|a".repeat(100), "|-".repeat(100)),
            &"正文<br>甲 <span style=\"a\">乙</span><p>丙<b>丁</b>\n".repeat(1000),
            &"1 < 2 <a 甲\n".repeat(5000),
            &"<https://example.gov.cn/a?b=c&d=e>\n".repeat(1000),
        ] {
            assert_eq!(kind(body), None, "{:.60}", body);
        }
    }

    #[test]
    fn the_place_is_that_of_the_line() {
        let body = format!("甲\n\n- 乙\n\n{}丙\n", "> ".repeat(65));
        let place = body.find('>').unwrap_or_default();
        assert_eq!(
            check(&Body::of(&body, Paragraphs::Markdown), &limits()),
            Err(TooComplex { kind: ComplexityKind::Nesting, offset: place })
        );
    }

    #[test]
    fn levels_add_up_over_lines() {
        let stairs = |levels: usize| -> String {
            (0..levels).map(|level| format!("{}- a\n", "  ".repeat(level))).collect()
        };
        assert_eq!(kind(&stairs(60)), None);
        assert_eq!(kind(&stairs(66)), Some(ComplexityKind::Nesting));
    }

    #[test]
    fn unclosed_html_cannot_hide_text() {
        let deep = Some(ComplexityKind::Nesting);
        for hidden in [
            "<div a=\"</div>\">",
            "<div a='</div>'>",
            "<div><!-- </div> -->",
            "<div></p></b>",
            "<div><style></div></style>",
            "<!-- \" --><div a=\"b\">",
        ] {
            assert_eq!(kind(&format!("{}\n", hidden.repeat(2000))), deep, "{hidden}");
        }
    }
}
