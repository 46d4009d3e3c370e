//! A text file of the site: bytes in, Unicode out, and places in it for diagnostics.

use serde::{Deserialize, Serialize};

use crate::diagnostics::problem::Problem;
use crate::diagnostics::{Diagnostic, Place};
use crate::text::encoding;

/// How much of a line a diagnostic shows, in characters.
const EXCERPT: usize = 160;

/// A decoded file: no byte order mark, `\n` between lines.
#[derive(Debug, Clone)]
pub struct Source {
    /// Relative to the site's root.
    pub path: String,
    /// The text.
    pub text: String,
    /// Was it converted from GB18030?
    pub converted: bool,
}

/// The text with `\n` for the line ends of Windows and of old Macs.
fn with_newlines(text: String) -> String {
    match memchr::memchr(b'\r', text.as_bytes()) {
        Some(_) => text.replace("\r\n", "\n").replace('\r', "\n"),
        None => text,
    }
}

/// A stretch of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Span {
    /// Line from 1.
    pub line: u32,
    /// Column in characters from 1.
    pub column: u32,
    /// Length in characters.
    pub width: u32,
}

impl Source {
    /// Decodes the bytes of the file at `path`.
    ///
    /// # Errors
    /// Bytes that are no text, and characters that no page may hold, with the line and the byte offset.
    pub fn decode(path: &str, bytes: &[u8]) -> Result<Source, Box<Diagnostic>> {
        let decoded = encoding::decode(bytes).map_err(|fault| {
            let place = Place { line: fault.line, ..Place::file(path) };
            Box::new(Diagnostic::error(fault.problem).at(place))
        })?;
        let unfit = encoding::unfit(&decoded.text).map(|(at, c, count)| {
            let offset = decoded.offset_in_file(bytes, at);
            let problem = match c {
                '\u{FFFD}' => Problem::ReplacementCharacter { offset, count },
                _ => Problem::ControlInText { code: c as u32, offset, count },
            };
            (with_newlines(decoded.text[..at].to_owned()).len(), problem)
        });
        let converted = decoded.converted;
        let source = Source { path: path.to_owned(), text: with_newlines(decoded.text), converted };
        match unfit {
            None => Ok(source),
            Some((at, problem)) => Err(Box::new(Diagnostic::error(problem).at(source.place_at(at, 1)))),
        }
    }

    /// What is to be said of a file that can be used: that it should be saved as UTF-8.
    pub fn notice(&self) -> Option<Diagnostic> {
        let place = || Place::file(self.path.clone());
        self.converted.then(|| Diagnostic::warning(Problem::Converted).at(place()))
    }

    /// The line with number `line` (from 1), without its end.
    pub fn line(&self, line: u32) -> Option<&str> {
        self.text.split('\n').nth((line as usize).checked_sub(1)?)
    }

    /// The place of `span`.
    pub fn place(&self, span: Span) -> Place {
        self.place_in(span, self.line(span.line))
    }

    /// The places of many spans, for which the lines are counted once.
    pub fn places(&self, spans: &[Span]) -> Vec<Place> {
        if let [span] = spans {
            return vec![self.place(*span)];
        }
        let lines: Vec<&str> = if spans.is_empty() { Vec::new() } else { self.text.split('\n').collect() };
        let line = |span: &Span| lines.get((span.line as usize).checked_sub(1)?).copied();
        spans.iter().map(|span| self.place_in(*span, line(span))).collect()
    }

    fn place_in(&self, span: Span, line: Option<&str>) -> Place {
        Place {
            file: self.path.clone(),
            line: span.line,
            column: span.column,
            width: span.width.max(1),
            excerpt: line.map(|line| line.chars().take(EXCERPT).collect()),
        }
    }

    /// The place of `width` characters from the byte `offset` on.
    pub fn place_at(&self, offset: usize, width: u32) -> Place {
        self.place(self.span_at(offset, width))
    }

    /// The span of `width` characters from the byte `offset` on.
    pub fn span_at(&self, offset: usize, width: u32) -> Span {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        Span {
            line: 1 + memchr::memchr_iter(b'\n', before.as_bytes()).count() as u32,
            column: 1 + before[start..].chars().count() as u32,
            width,
        }
    }
}
