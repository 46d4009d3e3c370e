//! Explains syntax errors by their kind and the text around them.

use granit_parser::ErrorKind;

use crate::config::yaml::parser::{ParseError, Reason, value};
use crate::config::yaml::typos;
use crate::config::yaml::typos::Typo;
use crate::diagnostics::Span;
use crate::diagnostics::messages::{Detail, YamlProblem};

/// The problem to report for `error` in `text`. `known` are the keys of the file; `in_front_matter` tells whether the
/// text is the front matter of a document.
pub(super) fn explain(
    text: &str,
    error: ParseError,
    known: &[&str],
    in_front_matter: bool,
    depth: usize,
) -> Typo {
    let ParseError { reason, span } = error;
    let typo = || typos::first(text, known).or_else(|| second_document(text, in_front_matter));
    match reason {
        Reason::Mistake(problem) => (problem, span),
        Reason::Refused(problem) => {
            typo().or_else(|| missing_colon(text, span.line)).unwrap_or((problem, span))
        }
        Reason::Syntax(kind) => typo().unwrap_or_else(|| syntax_error(text, &kind, span, depth)),
    }
}

fn syntax_error(text: &str, kind: &ErrorKind, span: Span, limit: usize) -> Typo {
    use ErrorKind::*;
    let line = span.line;
    let colon = matches!(kind, SimpleKeyExpected | MappingValueNotAllowed).then(|| typos::nested(text, line));
    if let Some(found) = colon.flatten().or_else(|| missing_colon(text, line)) {
        return found;
    }
    // The parser stops in the line of the error, or in the next one.
    let near = |at: u32| at <= line && line - at <= 1;
    // At a tab, it stops at the end of the previous line.
    let tab = text.lines().zip(1..).find(|(line, _)| line.starts_with('\t')).map(|(_, at)| at);
    let tab = tab.filter(|at| near(*at) || *at == line + 1);
    let span = tab.map_or(span, |line| Span { line, column: 1, width: 1 });
    let problem = match kind {
        UnknownAnchor | MissingAnchorOrAliasName | AnchorCountOverflow => YamlProblem::Reference,
        RecursionLimitExceeded => YamlProblem::TooDeep { limit },
        UnknownQuotedScalarEscape
        | InvalidQuotedScalarHexEscape
        | InvalidLowSurrogateHexEscape
        | InvalidLowSurrogate
        | MissingLowSurrogate
        | UnpairedLowSurrogate
        | InvalidUnicodeEscape => YamlProblem::Escape,
        ExpectedTagBang
        | ExpectedTagDirectiveBang
        | InvalidGlobalTagCharacter
        | InvalidTagTerminator
        | MissingTagUri
        | UnclosedVerbatimTag
        | InvalidTagEscape
        | InvalidTagUtf8LeadingByte
        | InvalidTagUtf8TrailingByte
        | InvalidTagUtf8
        | UndeclaredTagHandle => YamlProblem::Tag { text: value_at(text, span) },
        TabNotAllowed
        | TabInBlockIndentation
        | TabAtBlockScalarStart
        | TabInIndentation
        | TabInPlainScalar => YamlProblem::Tab,
        _ if tab.is_some() => YamlProblem::Tab,
        _ => return unclosed_or_other(text, kind, span, near),
    };
    (problem, span)
}

/// An error that the parser notices late: where a quoted or bracketed value goes wrong, if one does so `near` the place.
fn unclosed_or_other(text: &str, kind: &ErrorKind, span: Span, near: impl Fn(u32) -> bool) -> Typo {
    use ErrorKind::*;
    if let Some(span) = text_after_quote(text).filter(|span| near(span.line)) {
        return (YamlProblem::TextAfterQuote, span);
    }
    let is_unclosed = matches!(
        kind,
        UnclosedQuotedScalar
            | UnclosedFlowCollection { .. }
            | InvalidQuotedScalarIndent
            | InvalidTrailingSingleQuotedScalar
            | InvalidTrailingDoubleQuotedScalar
            | DocumentIndicatorInQuotedScalar
    );
    if let Some(span) = unclosed(text).or(is_unclosed.then_some(Span { width: 1, ..span })) {
        return (YamlProblem::Unclosed, span);
    }
    let problem = match kind {
        _ if typos::is_indented_wrongly(text, span.line) => YamlProblem::Indent,
        MappingValueNotAllowed => YamlProblem::SecondColon,
        _ => YamlProblem::Syntax { detail: Detail(kind.to_string()) },
    };
    (problem, span)
}

/// The value at `span`, for a message.
fn value_at(text: &str, span: Span) -> String {
    let line = text.lines().nth(span.line.saturating_sub(1) as usize).unwrap_or_default();
    let at = line.char_indices().nth(span.column.saturating_sub(1) as usize).map_or(line.len(), |(at, _)| at);
    typos::shortened(value(&line[..at], &line[at..]))
}

/// `---`, or a typo of it, in a settings file or within front matter.
fn second_document(text: &str, in_front_matter: bool) -> Option<Typo> {
    let first = text.lines().position(|line| !line.trim().is_empty())?;
    text.lines().zip(1..).find_map(|(line, number)| {
        // The first line of a file may be `---`.
        let second = line.trim_end() == "---" && number != first as u32 + 1;
        let problem = typos::fence(line).or(second.then_some(YamlProblem::DocumentMark))?;
        let problem = if in_front_matter { problem } else { YamlProblem::DocumentMark };
        Some((problem, Span { line: number, column: 1, width: line.trim_end().chars().count() as u32 }))
    })
}

/// The opening quote or bracket of a value that is not closed on its line; the parser fails later.
fn unclosed(text: &str) -> Option<Span> {
    text.lines().zip(1..).find_map(|(line, number)| {
        let (key, value) = entry(line)?;
        let value = value.trim();
        let closed = match value.chars().next()? {
            quote @ ('"' | '\'') => value[1..].contains(quote),
            '[' => value.contains(']'),
            '{' => value.contains('}'),
            _ => true,
        };
        let column = key.chars().count() as u32 + 3;
        (!closed).then_some(Span { line: number, column, width: 1 })
    })
}

/// Text after a quoted or bracketed value: `title: "甲"乙`.
fn text_after_quote(text: &str) -> Option<Span> {
    text.lines().zip(1..).find_map(|(line, number)| {
        let (key, value) = entry(line)?;
        let closing = match value.trim_start().chars().next()? {
            quote @ ('"' | '\'') => quote,
            '[' => ']',
            _ => return None,
        };
        let opening = value.len() - value.trim_start().len() + 1;
        let end = opening + value[opening..].find(closing)? + 1;
        let rest = &value[end..];
        let more = !rest.trim().is_empty() && !rest.trim_start().starts_with(['#', '"', '\'']);
        let column = (key.chars().count() + 2 + value[..end].chars().count() + 1) as u32;
        more.then_some(Span { line: number, column, width: rest.trim_end().chars().count() as u32 })
    })
}

/// The last line up to `line` without a colon; the parser fails at its end or in the next line.
fn missing_colon(text: &str, line: u32) -> Option<Typo> {
    let lines = text.lines().zip(1..).take(line as usize);
    let (content, at) = lines.filter(|(text, _)| !text.trim().is_empty() && !text.contains(':')).last()?;
    let is_entry = !content.starts_with([' ', '\t', '-', '#', '[', '{', ']', '}', '"', '\'']);
    let span = Span { line: at, column: 1, width: content.trim_end().chars().count() as u32 };
    (is_entry && at + 1 >= line).then(|| (YamlProblem::NoColon { text: content.trim().to_owned() }, span))
}

/// The key and the value of a line `key: value`; flow mappings have several.
fn entry(line: &str) -> Option<(&str, &str)> {
    let plain = |key: &str| key.trim_start().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    line.split_once(": ").filter(|(key, _)| plain(key))
}
