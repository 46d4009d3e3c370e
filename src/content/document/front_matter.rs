//! Separates the front matter from the body, and reports values that YAML silently cuts off.

use crate::config::yaml::{Bounds, Yaml, fence};
use crate::content::document::keys::DOCUMENT_KEYS;
use crate::diagnostics::messages::ContentProblem;
use crate::diagnostics::{Diagnostic, Problem, Source, Span};
use crate::text::{decode, is_invisible};

/// The front matter of a file.
pub(super) struct FrontMatter<'a> {
    /// The YAML between the fences.
    pub text: &'a str,
    /// How many lines come before it.
    pub lines_before: u32,
    /// Where the body begins in the decoded text, in bytes.
    pub body_start: usize,
}

impl<'a> FrontMatter<'a> {
    /// The YAML, to be parsed within `bounds`.
    pub(super) fn yaml(&self, source: &'a Source, bounds: Bounds) -> Yaml<'a> {
        Yaml { source, text: self.text, lines_before: self.lines_before, bounds }
    }
}

/// Separates the front matter from the body. The fences are lines of three hyphens; blank lines before the first are
/// ignored.
pub(super) fn split(source: &Source) -> Result<Option<FrontMatter<'_>>, Box<Diagnostic>> {
    let text = &source.text;
    let start = text.len() - text.trim_start_matches(['\n', ' ', '\t']).len();
    let first_line = text[start..].lines().next().unwrap_or_default();
    let lines_before = memchr::memchr_iter(b'\n', &text.as_bytes()[..start]).count() as u32;
    let at = |line: u32, width: &str| {
        source.place(Span { line, column: 1, width: width.trim_end().chars().count() as u32 })
    };
    if first_line.trim_end() != "---" {
        if let Some(problem) = fence(first_line) {
            return Err(Box::new(Diagnostic::new(problem).at(at(lines_before + 1, first_line))));
        }
        return Ok(None);
    }
    let yaml_start = (start + first_line.len() + 1).min(text.len());
    let mut offset = yaml_start;
    let mut wrong_fence = None;
    for (line, number) in text[yaml_start..].split('\n').zip(lines_before + 2..) {
        if line.trim_end() == "---" {
            let body_start = (offset + line.len() + 1).min(text.len());
            let yaml = &text[yaml_start..offset];
            return Ok(Some(FrontMatter { text: yaml, lines_before: lines_before + 1, body_start }));
        }
        if wrong_fence.is_none() {
            wrong_fence = fence(line).map(|problem| (Problem::from(problem), at(number, line)));
        }
        offset += line.len() + 1;
    }
    let (problem, place) = wrong_fence.unwrap_or_else(|| {
        // The fence is most likely missing before the first blank line.
        let settings = text[yaml_start..].lines().take_while(|line| !line.trim().is_empty()).count() as u32;
        let number = lines_before + 2 + settings;
        let line = source.line(number).unwrap_or_default();
        (ContentProblem::FrontMatterUnclosed.into(), at(number.min(text.lines().count() as u32).max(1), line))
    });
    Err(Box::new(Diagnostic::new(problem).at(place)))
}

/// How many bytes, and how many lines, of a file are looked at for front matter.
const HEAD: (usize, usize) = (64 * 1024, 200);

/// Whether a file is a document, whatever its name: it begins with front matter, as documents do or probably mean to.
/// Copies that editors and people make of drafts (`a.md.save`, `a.md 副本`) would be published with it.
pub fn is_document(bytes: &[u8]) -> bool {
    let is_utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let head = &bytes[..bytes.len().min(HEAD.0)];
    // Hyphens of all kinds, and what is invisible, in all encodings.
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    if !first.is_some_and(|byte| *byte == b'-' || !byte.is_ascii()) {
        return false;
    }
    // Cut at a line, not within a character.
    let head = match head.iter().rposition(|byte| *byte == b'\n') {
        Some(end) if !is_utf16 && head.len() < bytes.len() => &head[..end],
        _ => bytes,
    };
    let Ok(text) = decode(head).map(|decoded| decoded.text) else { return false };
    let mut lines = text.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c)).lines();
    let first = lines.next().unwrap_or_default();
    let is_exact = first.trim_end() == "---";
    if !is_exact && fence(first).is_none() {
        return false;
    }
    // Text and tables may begin with a line of dashes, too.
    let is_key = |line: &str| {
        let key = line.split([':', '：']).next().filter(|key| key.len() < line.len());
        let key = key.or_else(|| line.split_once(' ').map(|(key, _)| key).filter(|_| is_exact));
        key.is_some_and(|key| DOCUMENT_KEYS.contains(&key.trim().trim_matches(['"', '\''])))
    };
    let mut inside = lines.take(HEAD.1).take_while(|line| !matches!(line.trim_end(), "---" | "..."));
    inside.any(is_key)
}

/// Whether front matter that cannot be parsed says `draft: true`. Bytes suffice for that in all encodings but UTF-16.
pub fn is_draft(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.skip_while(|line| line.is_empty()).skip(1).take(200);
    let says_so = |line: &[u8]| {
        let rest = line.strip_prefix(b"draft").map(<[u8]>::trim_ascii_start)?;
        let value =
            rest.strip_prefix(b":").or_else(|| rest.strip_prefix("：".as_bytes()))?.trim_ascii_start();
        Some(value.to_ascii_lowercase().starts_with(b"true"))
    };
    lines.by_ref().take_while(|line| *line != b"---").any(|line| says_so(line) == Some(true))
}

/// Reports `title: 会议 #1`, the end of which is a YAML comment.
pub(super) fn cut_title(source: &Source, title: Span) -> Option<Diagnostic> {
    let line = source.line(title.line)?;
    let end = (title.column + title.width) as usize - 1;
    let rest: String = line.chars().skip(end).collect();
    let comment = rest.trim().strip_prefix('#')?;
    if comment.is_empty() || comment.starts_with(char::is_whitespace) {
        return None;
    }
    let rest = rest.trim().to_owned();
    let width = rest.chars().count() as u32;
    let span = Span { column: (line.trim_end().chars().count() + 1) as u32 - width, width, ..title };
    Some(Diagnostic::new(ContentProblem::CutByHash { key: "title", rest }).at(source.place(span)))
}

/// Reports the same in other unquoted values.
pub(super) fn cut_values(source: &Source, front_matter: &FrontMatter) -> Vec<Diagnostic> {
    let cut = |(line, number): (&str, u32)| {
        let (key, value) = line.split_once(": ")?;
        let key = DOCUMENT_KEYS.iter().find(|known| **known == key && **known != "title")?;
        if value.trim_start().starts_with(['"', '\'', '[', '{', '|', '>', '#']) {
            return None;
        }
        let at = value.find(" #").filter(|at| !value[at + 2..].starts_with([' ', '#', '\t']))? + 1;
        let rest = value[at..].trim_end().to_owned();
        let column = (key.len() + 3 + value[..at].chars().count()) as u32;
        let place = source.place(Span { line: number, column, width: rest.chars().count() as u32 });
        (rest.len() > 1).then(|| Diagnostic::new(ContentProblem::CutByHash { key, rest }).at(place))
    };
    // Nearly all front matter has no such mark.
    if !front_matter.text.contains(" #") {
        return Vec::new();
    }
    front_matter.text.lines().zip(front_matter.lines_before + 1..).filter_map(cut).collect()
}
