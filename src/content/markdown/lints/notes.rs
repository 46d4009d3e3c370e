//! Notes without a mark, marks without a note, and text that became the definition of a link.

use std::collections::{HashMap, HashSet};

use crate::content::markdown::lints::candidate::{Candidate, Found, MOST};
use crate::content::markdown::lints::structure::{Definition, Structure};
use crate::diagnostics::messages::MarkdownProblem;
use crate::text::is_cjk;

/// The longest label of a note, in bytes.
const LONGEST_LABEL: usize = 100;

/// What stands after the label of a note.
#[derive(PartialEq)]
enum Kind {
    Mark,
    Note,
    /// `[^1]：`
    WideNote,
}

/// A label of a note, as it is compared, where it begins, and where it ends.
struct Label {
    name: String,
    at: usize,
    end: usize,
    kind: Kind,
}

/// The labels of notes in a body.
fn labels(body: &str) -> impl Iterator<Item = Label> + '_ {
    memchr::memchr_iter(b'^', body.as_bytes()).filter_map(|caret| {
        let at = caret.checked_sub(1).filter(|at| body.as_bytes()[*at] == b'[')?;
        // `[a-z][^a]` is a pattern, `[^1][^2]` are two marks.
        let follows_other = body[..at].ends_with(']') && !ends_with_mark(&body[..at]);
        if body[..at].ends_with('\\') || follows_other {
            return None;
        }
        let rest = &body.as_bytes()[at + 2..];
        let length = rest.iter().take(LONGEST_LABEL).position(|byte| *byte == b']')?;
        let name = body.get(at + 2..at + 2 + length)?;
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')) {
            return None;
        }
        let end = at + 2 + length + 1;
        let before = &body.as_bytes()[at.saturating_sub(LONGEST_LABEL)..at];
        let line = memchr::memrchr(b'\n', before).map_or(before, |newline| &before[newline + 1..]);
        let begins =
            line.len() < LONGEST_LABEL && line.iter().all(|byte| matches!(byte, b' ' | b'>' | b'\t'));
        let kind = match body[end..].chars().next() {
            Some(':') if begins => Kind::Note,
            Some('：') if begins => Kind::WideNote,
            // `[^abc]+` is a pattern, `*[^1]*` is emphasis.
            Some('+' | '{') => return None,
            Some('*' | '?') if !is_number_or_chinese(name) => return None,
            _ => Kind::Mark,
        };
        Some(Label { name: name.to_lowercase(), at, end, kind })
    })
}

/// Whether `text` ends with the mark of a note.
fn ends_with_mark(text: &str) -> bool {
    let before = &text.as_bytes()[text.len().saturating_sub(LONGEST_LABEL)..];
    memchr::memrchr(b'[', before).is_some_and(|open| before.get(open + 1) == Some(&b'^'))
}

fn is_number_or_chinese(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_digit() || is_cjk(c))
}

/// Whether anything in a body may be wrong with its notes and definitions.
pub(super) fn is_worth_parsing(body: &str) -> bool {
    // Both have a bracket, and most bodies have none.
    if memchr::memchr(b']', body.as_bytes()).is_none() {
        return false;
    }
    let (mut marks, mut notes) = (HashSet::new(), HashSet::new());
    for label in labels(body) {
        match label.kind {
            Kind::WideNote => return true,
            Kind::Mark => drop(marks.insert(label.name)),
            // All marks of a note that come after it may stand in it.
            Kind::Note if !marks.contains(&label.name) || !notes.insert(label.name) => return true,
            Kind::Note => {}
        }
    }
    // A body may have nothing but definitions.
    marks != notes || body.trim_ascii_start().starts_with('[') && body.contains("]:") || may_hide(body)
}

/// Whether a line may be the definition of a link that was not meant as one.
fn may_hide(body: &str) -> bool {
    memchr::memchr_iter(b']', body.as_bytes()).any(|end| {
        if body.as_bytes().get(end + 1) != Some(&b':') {
            return false;
        }
        let start =
            body.as_bytes()[..end].iter().rev().take(2 * LONGEST_LABEL).position(|byte| *byte == b'[');
        let Some(label) = start.and_then(|length| body.get(end - length..end)) else { return false };
        let target = beginning(&body[end + 2..]).split_whitespace().next().unwrap_or_default();
        !label.starts_with('^') && !label.contains('\n') && is_hidden(label, target)
    })
}

/// The beginning of `text`.
fn beginning(text: &str) -> &str {
    let end = (0..=LONGEST_LABEL.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// Whether the definition of a link that nothing refers to hides text from readers.
fn is_hidden(label: &str, target: &str) -> bool {
    !is_comment(label, target) && (label.contains(is_cjk) || !is_address(target))
}

fn is_comment(label: &str, target: &str) -> bool {
    label.trim_matches('/').is_empty() || target.is_empty() || matches!(target, "#" | "<>")
}

fn is_address(target: &str) -> bool {
    target.contains(['/', '.', '#', '@', '<'])
}

/// The labels of the notes that readers are led to: from the text, or from such notes.
fn reached(structure: &Structure) -> HashSet<String> {
    let mut marks: HashMap<Option<&str>, Vec<&str>> = HashMap::new();
    for (label, note) in &structure.marks {
        marks.entry(note.as_deref()).or_default().push(label);
    }
    let mut reached = HashSet::new();
    let mut open = marks.remove(&None).unwrap_or_default();
    while let Some(label) = open.pop() {
        reached.insert(label.to_owned());
        open.extend(marks.remove(&Some(label)).unwrap_or_default());
    }
    reached
}

/// The slips in notes and definitions.
pub(super) fn slips(body: &str, structure: &Structure) -> Vec<Candidate> {
    let marked = reached(structure);
    let mut noted = HashSet::new();
    let mut found = Vec::new();
    for (label, at) in &structure.notes {
        let name = label.to_lowercase();
        let label = label.clone();
        if !marked.contains(&name) {
            found.push(Candidate::text(MarkdownProblem::FootnoteUnused { label }, *at));
        } else if noted.contains(&name) {
            found.push(Candidate::text(MarkdownProblem::FootnoteTwice { label }, *at));
        }
        noted.insert(name);
    }
    let wide: HashSet<String> =
        labels(body).filter(|label| label.kind == Kind::WideNote).map(|label| label.name).collect();
    for label in labels(body).filter(|label| !noted.contains(&label.name)).take(MOST) {
        if label.kind == Kind::WideNote {
            found.push(Candidate::wide('：', label.end));
        } else if !wide.contains(&label.name) {
            let problem = MarkdownProblem::FootnoteMissing { label: label.name };
            found.push(Candidate { problem, at: label.at, found: Found::Shown });
        }
    }
    let is_used = |definition: &Definition| structure.used.contains(&definition.label.to_lowercase());
    // Where others are used, those that lead somewhere are left over from an edit.
    let any_used = structure.definitions.iter().any(is_used);
    for definition in structure.definitions.iter().filter(|definition| !is_used(definition)) {
        let Definition { label, target, .. } = definition;
        let is_left_over = any_used && is_address(target);
        let is_all = !structure.is_shown && !is_comment(label, target);
        if is_all || !is_left_over && is_hidden(label, target) {
            let label = label.clone();
            found.push(Candidate::text(MarkdownProblem::DefinitionHidden { label }, definition.at));
        }
    }
    found
}
