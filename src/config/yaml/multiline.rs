//! Finds typos in unquoted texts of several lines. YAML joins indented lines: without this check, a setting with a
//! full-width colon or an item that is indented too far would silently become a part of the value above it.

use crate::config::yaml::keys::{english, is_key};
use crate::config::yaml::typos::{bare, full_width_colon, in_list, shortened};
use crate::diagnostics::Span;
use crate::diagnostics::messages::YamlProblem;

/// The kind of value that a key expects, which decides what counts as a typo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    /// Prose, in which `时间：…` and `name：…` are not typos.
    Prose,
    /// A name, number or date.
    Short,
    /// A list, or one of its items.
    List,
}

impl ValueKind {
    /// The kind of the value of `key`.
    pub(super) fn of(key: &str) -> ValueKind {
        match key {
            "topics" | "authors" | "district" | "aliases" | "keywords" | "requires" => ValueKind::List,
            "title" | "date" | "year" | "source" | "name" | "url" | "code" | "parent" | "slug" | "editor"
            | "image" | "top" | "draft" | "publish_at" | "expires" | "template" => ValueKind::Short,
            _ => ValueKind::Prose,
        }
    }
}

/// The first line of an unquoted text that is probably a separate setting or list item. `spelling` is the text as
/// written and `span` its position; `begins_line` tells whether only spaces precede it on its line.
pub(super) fn typo(
    spelling: &str,
    span: Span,
    begins_line: bool,
    kind: ValueKind,
    known: &[&str],
) -> Option<(YamlProblem, Span)> {
    // `Fields::texts` reports a text that begins with a wrong list mark.
    let kind = if in_list(spelling).is_some() { ValueKind::Short } else { kind };
    let lines = spelling.lines().zip(0..).skip(usize::from(!begins_line));
    let mut typos = lines.filter_map(|(line, number)| {
        let (problem, at) = in_line(line, kind, known)?;
        let before = if number == 0 { span.column } else { 1 };
        let column = before + line.get(..at)?.chars().count() as u32;
        Some((problem, Span { line: span.line + number, column, width: 1 }))
    });
    typos.next()
}

/// The typo in a line, and its byte offset.
fn in_line(line: &str, kind: ValueKind, known: &[&str]) -> Option<(YamlProblem, usize)> {
    let content = line.trim_start();
    let indent = line.len() - content.len();
    if let Some(item) = content.strip_prefix('-').filter(|_| kind == ValueKind::List) {
        let problem = match item.starts_with(' ') {
            true => YamlProblem::Indent,
            false => YamlProblem::ListMark { item: shortened(item) },
        };
        return (!item.trim().is_empty()).then_some((problem, indent));
    }
    let (at, colon) = content.char_indices().find(|(_, c)| matches!(c, '：' | ':'))?;
    let key = bare(&content[..at]);
    let means_a_key = || is_key(&key) || english(&key) != key;
    let is_known = known.contains(&key.as_str()) || (kind != ValueKind::Prose && means_a_key());
    let problem = match colon {
        '：' => full_width_colon(key),
        _ => YamlProblem::NoSpaceAfterColon { key },
    };
    is_known.then_some((problem, indent + at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::messages::Describe;

    fn found(text: &str, kind: ValueKind) -> Option<(&'static str, u32, u32)> {
        let span = Span { line: 1, column: 8, width: 1 };
        typo(text, span, false, kind, &["draft"])
            .map(|(problem, at)| (&*problem.code().to_owned().leak(), at.line, at.column))
    }

    #[test]
    fn settings_are_distinguished_from_continued_texts() {
        assert_eq!(found("甲\n  draft：true", ValueKind::Short), Some(("full-width-colon", 2, 8)));
        assert_eq!(found("甲\n\n  draft:true", ValueKind::Prose), Some(("no-space-after-colon", 3, 8)));
        assert_eq!(found("甲\n  草稿：是", ValueKind::Short), Some(("full-width-colon", 2, 5)));
        assert_eq!(found("监督\n  - 代表", ValueKind::List), Some(("yaml-indent", 2, 3)));
        assert_eq!(found("监督\n -代表", ValueKind::List), Some(("list-mark", 2, 2)));
        for (text, kind) in [
            ("甲\n  时间：一月八日", ValueKind::Prose),
            ("甲\n  - 乙", ValueKind::Short),
            ("甲\n  通知：乙", ValueKind::Short),
            ("draft：true", ValueKind::Short),
        ] {
            assert_eq!(found(text, kind), None, "{text}");
        }
    }
}
