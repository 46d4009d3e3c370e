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
