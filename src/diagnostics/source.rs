//! A text file of the site: bytes in, Unicode out, and places in it for diagnostics.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::diagnostics::diagnostic::{Diagnostic, Place};
use crate::diagnostics::excerpt::around;
use crate::diagnostics::messages::{FileProblem, YamlProblem};
use crate::text::{DecodeError, DecodeErrorKind, decode, holds_stray, is_stray, is_unfit, unfit};
use crate::world::{DISTRICTS_FILE, SITE_FILE, World, WorldError, WorldErrorKind};

/// A decoded file: no byte order mark, `\n` between lines.
#[derive(Debug, Clone)]
pub struct Source {
    /// Relative to the site's root.
    pub path: String,
    /// The text.
    pub text: String,
    /// Whether it was converted from GB18030.
    pub converted: bool,
    /// Characters that were left out, and the bytes of `text` where they stood.
    left_out: Vec<(char, usize)>,
}

/// How many characters that were left out are reported.
const MOST_LEFT_OUT: usize = 50;

/// Whether `c` is an ASCII control character that stands for nothing in a text; Word and old systems leave them behind.
fn is_control(c: char) -> bool {
    c.is_ascii_control() && is_unfit(c)
}

/// Where the body of a document begins that has front matter; settings tell of invisible characters themselves.
fn body_start(path: &str, text: &str) -> Option<usize> {
    let text = Some(text).filter(|_| path.ends_with(".md"))?;
    let mut fences = text.split_inclusive('\n').scan(0, |at, line| {
        *at += line.len();
        Some((line.trim_end(), *at))
    });
    fences.find(|(line, _)| !line.is_empty()).filter(|(line, _)| *line == "---")?;
    fences.find(|(line, _)| *line == "---").map(|(_, end)| end)
}

/// `text` without ASCII control characters, and from the byte `body` on without other invisible ones, which would keep
/// marks of Markdown from theirs; and where they stood.
fn without_invisible(text: &str, body: usize) -> (String, Vec<(char, usize)>) {
    let (mut kept, mut left_out) = (String::with_capacity(text.len()), Vec::new());
    for (at, c) in text.char_indices() {
        match is_control(c) || (at >= body && is_stray(c)) {
            true => left_out.push((c, kept.len())),
            false => kept.push(c),
        }
    }
    left_out.truncate(MOST_LEFT_OUT);
    (kept, left_out)
}

/// The text with `\n` for the line ends of Windows and of old Macs.
fn with_newlines(text: String) -> String {
    match memchr::memchr(b'\r', text.as_bytes()) {
        Some(_) => text.replace("\r\n", "\n").replace('\r', "\n"),
        None => text,
    }
}

/// A range of characters on one line of a source.
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
    /// The text of the file at `path`.
    pub fn of(path: impl Into<String>, text: impl Into<String>) -> Source {
        Source { path: path.into(), text: text.into(), converted: false, left_out: Vec::new() }
    }

    /// Decodes the bytes of the file at `path`.
    ///
    /// # Errors
    /// Bytes that are not text, and characters that no page may contain, with the line and the byte offset.
    pub fn decode(path: &str, bytes: &[u8]) -> Result<Source, Box<Diagnostic>> {
        let decoded = decode(bytes).map_err(|error| Box::new(decode_error(path, &error)))?;
        let is_fit = unfit(&decoded.text).is_none();
        let lost = |(_, c): &(usize, char)| is_unfit(*c) && !is_control(*c);
        let first = if is_fit { None } else { decoded.text.char_indices().find(lost) };
        let unfit = first.map(|(at, c)| {
            let offset = decoded.offset_in_file(bytes, at);
            let count = decoded.text[at..].char_indices().filter(lost).count();
            let problem = match c {
                '\u{FFFD}' => FileProblem::ReplacementCharacter { offset, count },
                _ => FileProblem::ControlInText { code: c as u32, offset, count },
            };
            (with_newlines(decoded.text[..at].to_owned()).len(), problem)
        });
        let converted = decoded.converted;
        let text = with_newlines(decoded.text);
        let body = body_start(path, &text).filter(|start| holds_stray(&text[*start..]));
        let (text, left_out) = match unfit {
            None if !is_fit || body.is_some() => without_invisible(&text, body.unwrap_or(text.len())),
            _ => (text, Vec::new()),
        };
        let source = Source { path: path.to_owned(), text, converted, left_out };
        match unfit {
            None => Ok(source),
            Some((at, problem)) => Err(Box::new(Diagnostic::new(problem).at(source.place_at(at, 1)))),
        }
    }

    /// The warnings of characters that were left out, and that the file should be saved as UTF-8.
    pub fn notices(&self) -> impl Iterator<Item = Diagnostic> + '_ {
        let left_out = self.left_out.iter().map(|(c, at)| {
            let code = *c as u32;
            let found = match is_control(*c) {
                true => Diagnostic::new(FileProblem::ControlLeftOut { code }),
                false => Diagnostic::new(YamlProblem::InvisibleLeftOut { code }),
            };
            found.at(self.place_at(*at, 1))
        });
        let converted = || Diagnostic::new(FileProblem::Converted).at(Place::file(self.path.clone()));
        left_out.chain(self.converted.then(converted))
    }

    /// The line with number `line` (from 1), without its end.
    pub fn line(&self, line: u32) -> Option<&str> {
        self.text.split('\n').nth((line as usize).checked_sub(1)?)
    }

    /// The place of `span`.
    pub fn place(&self, span: Span) -> Place {
        self.place_in(span, self.line(span.line))
    }

    /// The places of many spans; the lines are counted once.
    pub fn places(&self, spans: &[Span]) -> Vec<Place> {
        if let [span] = spans {
            return vec![self.place(*span)];
        }
        let lines: Vec<&str> = if spans.is_empty() { Vec::new() } else { self.text.split('\n').collect() };
        let line = |span: &Span| lines.get((span.line as usize).checked_sub(1)?).copied();
        spans.iter().map(|span| self.place_in(*span, line(span))).collect()
    }

    fn place_in(&self, span: Span, line: Option<&str>) -> Place {
        let (excerpt, skipped) = line.map(|line| around(&without_data(line), span.column)).unzip();
        Place {
            file: self.path.clone(),
            line: span.line,
            column: span.column,
            width: span.width.max(1),
            excerpt,
            skipped: skipped.unwrap_or(0),
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

/// A line in which the data of a picture, which nobody reads, are dots.
fn without_data(line: &str) -> Cow<'_, str> {
    let after = |mark: &str, at: usize| line[at..].find(mark).map(|found| at + found + mark.len());
    let start = after("data:image/", 0).and_then(|at| after(",", at)).or_else(|| after(";base64,", 0));
    let Some(start) = start else { return Cow::Borrowed(line) };
    let (before, data) = line.split_at(start);
    let is_data = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '%');
    let dots = data.chars().map(|c| if is_data(c) { '·' } else { c });
    before.chars().chain(dots).collect()
}

fn decode_error(path: &str, error: &DecodeError) -> Diagnostic {
    let offset = error.offset;
    let problem = match error.kind {
        DecodeErrorKind::NulByte => FileProblem::NulByte { offset },
        DecodeErrorKind::NotUtf16 => FileProblem::NotUtf16 { offset },
        DecodeErrorKind::NotUtf8(reason) => FileProblem::NotUtf8 { offset, reason },
    };
    Diagnostic::new(problem).at(Place { line: error.line, ..Place::file(path) })
}

/// The diagnostic for a file that cannot be used.
pub fn world_error(error: &WorldError) -> Diagnostic {
    let path = error.path.clone();
    let problem = match &error.kind {
        WorldErrorKind::Io(io) => FileProblem::ReadFailed { path, error: io.into() },
        WorldErrorKind::LeavesRoot => FileProblem::LeavesRoot { path },
        WorldErrorKind::LeadsToHidden => FileProblem::LinkToHidden { path },
        WorldErrorKind::NotAFile => FileProblem::NotAFile { path },
        WorldErrorKind::Loop => FileProblem::LinkLoop { path },
        WorldErrorKind::ReachedTwice { other } => FileProblem::LinkedTwice { path, other: other.clone() },
        WorldErrorKind::TooMany { limit } => FileProblem::TooManyFiles { path, limit: *limit },
        WorldErrorKind::Changed => FileProblem::ChangedMeanwhile { path },
        WorldErrorKind::NameNotUnicode => FileProblem::NameNotUnicode { path },
        WorldErrorKind::TooLong { bytes, limit } if [SITE_FILE, DISTRICTS_FILE].contains(&path.as_str()) => {
            FileProblem::SettingsTooLong { bytes: *bytes, limit: *limit }
        }
        WorldErrorKind::TooLong { bytes, limit } => FileProblem::FileTooLong { bytes: *bytes, limit: *limit },
    };
    Diagnostic::new(problem).at(Place::file(error.path.clone()))
}

/// Reads and decodes a text file.
///
/// # Errors
/// The diagnostic to report: reading failed, or the bytes are not text.
pub fn read_source(world: &dyn World, path: &str) -> Result<Source, Box<Diagnostic>> {
    read_source_within(world, path, u64::MAX)
}

/// Reads and decodes a text file of at most `limit` bytes.
///
/// # Errors
/// As [`read_source`], and a longer file.
pub fn read_source_within(world: &dyn World, path: &str, limit: u64) -> Result<Source, Box<Diagnostic>> {
    let content = world.read(path, limit).map_err(|error| Box::new(world_error(&error)))?;
    Source::decode(path, &content.bytes)
}
