//! A diagnostic as text for people: message, place, the line with a marker below, hint.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::diagnostics::diagnostic::{Diagnostic, Place};
use crate::diagnostics::lang::Lang;
use crate::diagnostics::messages::Shorten;
use crate::text::changes_direction;

/// A diagnostic for people.
pub fn human(diagnostic: &Diagnostic, lang: Lang) -> String {
    let message = diagnostic.problem.message(lang);
    let severity = diagnostic.severity.word(lang);
    let (colon, hint) = lang.pick(("：", "改法"), (": ", "hint"));
    let mut lines = vec![format!("{severity}[{}]{colon}{}", diagnostic.problem.code(), message.text)];
    lines.extend(diagnostic.place.iter().flat_map(excerpt));
    lines.push(format!("  {hint}{colon}{}", message.hint));
    let mut text = String::new();
    for line in lines {
        text.push_str(&visible(&line));
        text.push('\n');
    }
    text
}

/// One line of text for a terminal. File names and the content of files may contain characters that move the cursor,
/// control the terminal (ECMA-48), reverse the direction of text or end the line: they are escaped.
pub fn visible(line: &str) -> Cow<'_, str> {
    if !line.contains(is_hidden) {
        return line.into();
    }
    let mut shown = String::with_capacity(line.len() + 8);
    for c in line.chars() {
        match is_hidden(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    shown.into()
}

/// Whether `c` would control the terminal instead of being shown.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || changes_direction(c)
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

/// The place, and its line with a marker below.
fn excerpt(place: &Place) -> Vec<String> {
    let file = place.file.shortened();
    let mut lines = vec![match (place.line, place.column) {
        (0, _) => format!("  --> {file}"),
        (line, 0) => format!("  --> {file}:{line}"),
        (line, column) => format!("  --> {file}:{line}:{column}"),
    }];
    let Some(excerpt) = place.excerpt.as_deref().filter(|excerpt| !excerpt.trim().is_empty()) else {
        return lines;
    };
    let number = place.line.to_string();
    // Each character becomes one character, so that the columns stay right.
    let shown_as = |c: char| match c {
        '\t' => ' ',
        c if is_hidden(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let shown: String = excerpt.chars().map(shown_as).collect();
    lines.push(format!("  {number} | {shown}"));
    let Some(at) = place.column.checked_sub(place.skipped + 1) else { return lines };
    let at = at as usize;
    if at > excerpt.chars().count() {
        return lines;
    }
    let before: usize = shown.chars().take(at).map(|c| c.width().unwrap_or(0)).sum();
    let meant: String = shown.chars().skip(at).take(place.width as usize).collect();
    let marks = "^".repeat(meant.width().max(1));
    lines.push(format!("  {} | {}{marks}", " ".repeat(number.len()), " ".repeat(before)));
    lines
}
