//! A text file of the site: bytes in, Unicode out, and places in it for diagnostics.

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Place};
use crate::problem::Problem;

/// How much of a line a diagnostic shows, in characters.
const EXCERPT: usize = 160;

/// A decoded file: no byte order mark, `\n` between lines.
#[derive(Debug, Clone)]
pub struct Source {
    /// Relative to the site's root.
    pub path: String,
    /// The text.
    pub text: String,
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
    /// Bytes that are not UTF-8, and NUL bytes, with the line and the byte offset.
    pub fn decode(path: &str, bytes: Vec<u8>) -> Result<Source, Box<Diagnostic>> {
        let bad = |bytes: &[u8], offset: usize, problem: Problem| {
            let line = 1 + memchr::memchr_iter(b'\n', &bytes[..offset]).count() as u32;
            let place = Place { file: path.to_owned(), line, column: 0, width: 1, excerpt: None };
            Box::new(Diagnostic::error(problem).at(place))
        };
        if let Some(offset) = memchr::memchr(0, &bytes) {
            return Err(bad(&bytes, offset, Problem::NulByte { offset }));
        }
        let text = simdutf8::compat::from_utf8(&bytes).map_err(|error| {
            let offset = error.valid_up_to();
            bad(&bytes, offset, Problem::NotUtf8 { offset })
        })?;
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let text = match memchr::memchr(b'\r', text.as_bytes()) {
            Some(_) => text.replace("\r\n", "\n").replace('\r', "\n"),
            None => text.to_owned(),
        };
        Ok(Source { path: path.to_owned(), text })
    }

    /// The line with number `line` (from 1), without its end.
    pub fn line(&self, line: u32) -> Option<&str> {
        self.text.split('\n').nth((line as usize).checked_sub(1)?)
    }

    /// The place of `span`.
    pub fn place(&self, span: Span) -> Place {
        let excerpt = self.line(span.line).map(|line| line.chars().take(EXCERPT).collect());
        Place {
            file: self.path.clone(),
            line: span.line,
            column: span.column,
            width: span.width.max(1),
            excerpt,
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
