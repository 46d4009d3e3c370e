//! The numbers of list items. By CommonMark only the first number of a list counts; in official texts the others are part
//! of the text.

use pulldown_cmark::{Event, Tag, TagEnd};

/// An item whose number is not the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Jump {
    /// The number that would follow.
    pub expected: u64,
    /// The number that was written.
    pub written: u64,
}

/// The numbers that the items of the open lists are expected to have; `None` for lists without numbers.
#[derive(Default)]
pub(super) struct Numbers(Vec<Option<Expected>>);

struct Expected {
    first: u64,
    next: u64,
    /// Whether all items so far have the same number: authors who write so leave the counting to the program.
    is_same: bool,
}

impl Numbers {
    /// Follows the next event, which stands for `source`. Returns how the number of an item jumps, if it does.
    pub(super) fn next(&mut self, event: &Event, source: &str) -> Option<Jump> {
        match event {
            Event::Start(Tag::List(first)) => {
                self.0.push(first.map(|first| Expected { first, next: first, is_same: true }));
                None
            }
            Event::End(TagEnd::List(_)) => {
                self.0.pop();
                None
            }
            Event::Start(Tag::Item) => self.0.last_mut()?.as_mut()?.item(source),
            _ => None,
        }
    }
}

impl Expected {
    fn item(&mut self, source: &str) -> Option<Jump> {
        let source = source.trim_start();
        let digits = source.bytes().take_while(u8::is_ascii_digit).count();
        let (written, expected) = (source[..digits].parse().ok()?, self.next);
        self.is_same &= written == self.first;
        let shown = if self.is_same { expected } else { written };
        self.next = shown.saturating_add(1);
        (shown != expected).then_some(Jump { expected, written: shown })
    }
}

/// Whether any item of a list may have another number than the next one.
pub(super) fn may_jump(body: &str) -> bool {
    let mut last: Option<Numbered> = None;
    memchr::memchr2_iter(b'.', b')', body.as_bytes()).filter_map(|end| numbered(body, end)).any(|item| {
        let former = last.replace(item);
        former.is_some_and(|former| {
            // Items of an inner list may stand between.
            let is_aligned = item.column.is_some() && item.column == former.column;
            let is_next = is_aligned && item.number == former.number.saturating_add(1);
            !is_next && !ends_list(&body[former.end..item.end])
        })
    })
}

/// A number that may be that of an item of a list.
#[derive(Clone, Copy)]
struct Numbered {
    number: u64,
    /// How far from the beginning of the line it begins, in bytes; `None` behind something else than white space and
    /// marks of blocks.
    column: Option<usize>,
    /// Where it ends in the body, in bytes.
    end: usize,
}

/// The number before the mark at the byte `end`, if it begins a line.
fn numbered(body: &str, end: usize) -> Option<Numbered> {
    let before = &body[..end];
    let front = before.trim_end_matches(|c: char| c.is_ascii_digit());
    // Items may stand in quotations, other lists, definitions and footnotes.
    let outside = front.trim_end_matches([' ', '\t', '>', '-', '*', '+', ':']);
    if !outside.is_empty() && !outside.ends_with(['\n', ']', '.', ')']) {
        return None;
    }
    // Behind another number of the same line, an inner list begins.
    let column = (outside.is_empty() || outside.ends_with('\n')).then_some(front.len() - outside.len());
    Some(Numbered { number: before[front.len()..].parse().ok()?, column, end })
}

/// Whether a list that goes on before `text` ends in it: a paragraph begins at the margin.
fn ends_list(text: &str) -> bool {
    text.split("\n\n").skip(1).any(|paragraph| {
        let first = paragraph.trim_start_matches('\n').chars().next();
        first.is_some_and(|c| !c.is_ascii_digit() && !c.is_whitespace() && c != '>')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::Parser;

    use super::*;
    use crate::content::markdown::events::options;

    fn jumps(body: &str) -> bool {
        let mut numbers = Numbers::default();
        let mut events = Parser::new_ext(body, options()).into_offset_iter();
        events.any(|(event, range)| numbers.next(&event, &body[range]).is_some())
    }

    #[test]
    fn lists_that_count_on_need_no_parsing() {
        assert!(!may_jump("1. 甲\n2. 乙\n\n后文3.5个\n\n1. 丙\n2. 丁\n"));
        assert!(may_jump("1. 甲\n\n   后文\n\n1. 丙\n2. 丁\n2. 丁\n"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_jump_is_overlooked(
            lines in proptest::collection::vec(r"(> |- |: |\[\^1\]: |    )?[ ]{0,4}([1-4][.)] )?([1-4][.)] )?(汉|=|```)?", 0..12)
        ) {
            let body = lines.join("\n");
            prop_assert!(may_jump(&body) || !jumps(&body), "{body:?}");
        }
    }
}
