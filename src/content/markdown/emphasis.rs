//! CJK-friendly emphasis. CommonMark decides by the characters beside a run of `*` whether it opens or closes emphasis,
//! and its rules presume spaces between words: `**“两个联系”**工作` stays literal. The CommonMark CJK-friendly amendments
//! (section 6.2) fix that. The parser does not support them, so invisible marks are inserted beside the runs concerned
//! before parsing, and removed from the events: a mark is neither space nor punctuation, and lets a run open or close.

use std::ops::Range;

use crate::content::markdown::marks::{
    ASTERISK, Edit, NEUTRAL, NEUTRAL_PUNCTUATION, PUNCTUATION_NEUTRAL, TILDE, UNDERSCORE,
};
use crate::text::{is_cjk, is_punctuation};

/// The kind of character beside a run.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Space,
    /// Punctuation that is not CJK.
    Punctuation,
    /// CJK punctuation.
    CjkPunctuation,
    /// Another CJK character, as the amendments define it.
    Cjk,
    Other,
}

impl Side {
    fn of(c: Option<char>) -> Side {
        match c {
            None => Side::Space,
            // Most characters of Chinese text.
            Some('\u{4E00}'..='\u{9FFF}') => Side::Cjk,
            Some(c) if c.is_whitespace() => Side::Space,
            Some(c) => match (is_punctuation(c), is_cjk(c)) {
                (true, true) => Side::CjkPunctuation,
                (true, false) => Side::Punctuation,
                (false, true) => Side::Cjk,
                (false, false) => Side::Other,
            },
        }
    }

    fn is_punctuation(self) -> bool {
        matches!(self, Side::Punctuation | Side::CjkPunctuation)
    }

    fn is_cjk(self) -> bool {
        matches!(self, Side::Cjk | Side::CjkPunctuation)
    }
}

/// Whether a run can open (left-flanking) and close (right-flanking).
type Flanking = (bool, bool);

/// CommonMark 0.31, section 6.2.
fn plain(before: Side, after: Side) -> Flanking {
    let left =
        after != Side::Space && (!after.is_punctuation() || before == Side::Space || before.is_punctuation());
    let right =
        before != Side::Space && (!before.is_punctuation() || after == Side::Space || after.is_punctuation());
    (left, right)
}

/// The amendments, section 6.2.
fn amended(before: Side, after: Side) -> Flanking {
    use Side::{Punctuation, Space};
    let left = after != Space
        && (after != Punctuation || before == Space || before == Punctuation || before.is_cjk());
    let right = before != Space
        && (before != Punctuation || after == Space || after == Punctuation || after.is_cjk());
    (left, right)
}

/// The kind of the character before the run for the parser, and for the amendments, which look behind variation
/// selectors (section 2.1: CJK sequences and punctuation sequences).
fn sides_before(text: &str) -> (Side, Side) {
    let mut chars = text.chars().rev();
    let last = chars.next();
    let seen = Side::of(last);
    let read = match (last, chars.next()) {
        (Some('\u{FE01}'), Some('‘' | '’' | '“' | '”')) => Side::CjkPunctuation,
        (Some('\u{FE00}'..='\u{FE0E}'), Some(base)) => Side::of(Some(base)),
        (Some('\u{E0100}'..='\u{E01EF}'), _) => Side::Cjk,
        _ => seen,
    };
    (seen, read)
}

/// A run of delimiters, and beside which end it needs a neutral mark.
struct Run {
    range: Range<usize>,
    front: bool,
    back: bool,
    /// A variation selector hides the punctuation before the run.
    is_hidden: bool,
}

/// The edits of `body` wherever the amendments differ from CommonMark, and where delimiters are text.
pub(super) fn edits(body: &str) -> Vec<Edit> {
    if body.is_ascii() {
        return Vec::new();
    }
    let bytes = body.as_bytes();
    let mut edits = Vec::new();
    let mut last: Option<Run> = None;
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'*', b'_', b'~', &bytes[at..]) {
        let start = at + found;
        let delimiter = bytes[start];
        let end = start + bytes[start..].iter().take_while(|b| **b == delimiter).count();
        at = end;
        if is_escaped(bytes, start) {
            // The first character is literal, and the rest is a run after punctuation.
            at = start + 1;
            continue;
        }
        if is_text(body, start..end) {
            let text = match delimiter {
                b'*' => ASTERISK,
                b'_' => UNDERSCORE,
                _ => TILDE,
            };
            edits.extend((start..end).map(|at| Edit { at, length: 1, text: text.into() }));
            continue;
        }
        if delimiter == b'~' && end - start != 2 {
            continue;
        }
        let run = run(delimiter, start..end, &body[..start], &body[end..]);
        mark_between(last.as_ref(), &run, &mut edits);
        last = Some(run);
    }
    edits.extend(last.filter(|run| run.back).map(|run| insert(run.range.end, NEUTRAL)));
    edits
}

fn insert(at: usize, text: &'static str) -> Edit {
    Edit { at, length: 0, text: text.into() }
}

/// Adds the marks between the run before and this one. Where they touch, each must see what the amendments presume:
/// neither may take the mark of the other for text.
fn mark_between(last: Option<&Run>, run: &Run, edits: &mut Vec<Edit>) {
    let start = run.range.start;
    let touching = last.is_some_and(|last| last.range.end == start);
    let back = last.filter(|last| last.back).map(|last| last.range.end);
    let first = match (back, run.front) {
        (Some(at), false) if touching => Some(insert(at, NEUTRAL_PUNCTUATION)),
        (Some(at), _) => Some(insert(at, NEUTRAL)),
        (None, true) if touching => Some(insert(start, PUNCTUATION_NEUTRAL)),
        (None, _) => None,
    };
    edits.extend(first);
    if run.is_hidden {
        edits.push(insert(start, NEUTRAL_PUNCTUATION));
    }
    if run.front && !touching {
        edits.push(insert(start, NEUTRAL));
    }
}

/// Whether a run is text: a single `~`, as in `3~5`, or `*` and `_` between two numbers, the first of which may have a unit
/// (`3*4`, `3米*4米`).
fn is_text(body: &str, run: Range<usize>) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    if body.as_bytes()[run.start] == b'~' {
        return run.len() == 1;
    }
    if !body[run.end..].starts_with(is_digit) {
        return false;
    }
    let mut before = body[..run.start].chars().rev();
    let is_unit =
        |c: char| matches!(c, 'm' | '米' | '㎡' | '件' | '个' | '元' | '人' | '天' | 'g' | 'k' | 'c');
    before.by_ref().find(|c| run.len() > 1 || !is_unit(*c)).is_some_and(is_digit)
}

fn is_escaped(bytes: &[u8], at: usize) -> bool {
    bytes[..at].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

/// The run of `delimiter` at `range`, with the text before and after it.
fn run(delimiter: u8, range: Range<usize>, before: &str, after: &str) -> Run {
    let (seen, read) = sides_before(before);
    let next = Side::of(after.chars().next());
    let is_hidden = read.is_punctuation() && !seen.is_punctuation();
    let seen = if is_hidden { Side::Punctuation } else { seen };
    // For `_` both rules agree, except for those selectors.
    let (front, back) = match amended(read, next) {
        _ if delimiter == b'_' => (false, false),
        flanking if flanking == plain(seen, next) => (false, false),
        (opens, closes) => (closes, opens),
    };
    Run { range, front, back, is_hidden }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_the_amendments_leave_alone_is_not_marked() {
        for text in ["plain", "**bold** text", "人大**代表**工作", "_强调_", "snake_case", "a \\**“b”**"]
        {
            assert!(edits(text).is_empty(), "{text}");
        }
    }
}
