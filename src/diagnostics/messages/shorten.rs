//! Keeps messages short, whatever a site contains: long texts lose their middle, long lists their end.

use std::borrow::Cow;
use std::fmt;

use crate::diagnostics::io_error::IoError;
use crate::text::NotGb18030;

/// The longest text from a site in a message, in characters.
const LONGEST_TEXT: usize = 200;
/// The longest explanation by a library, in characters.
const LONGEST_DETAIL: usize = 2000;
/// The longest list in a message.
const LONGEST_LIST: usize = 50;
/// Stands for what was left out.
const LEFT_OUT: &str = "…";

/// A field of a problem, made short for a message.
pub(crate) trait Shorten: ToOwned {
    /// The field, or a shorter one.
    fn shortened(&self) -> Cow<'_, Self>;
}

/// What a library says of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail(pub String);

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn shorten(text: &str, longest: usize) -> Option<String> {
    // Each character takes a byte at least.
    if text.len() <= longest || text.chars().count() <= longest {
        return None;
    }
    let end = longest / 4;
    let start = longest - end - LEFT_OUT.chars().count();
    let at = |count: usize| text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    let tail = text.char_indices().rev().nth(end - 1).map_or(0, |(at, _)| at);
    Some([&text[..at(start)], LEFT_OUT, &text[tail..]].concat())
}

impl Shorten for String {
    fn shortened(&self) -> Cow<'_, String> {
        shorten(self, LONGEST_TEXT).map_or(Cow::Borrowed(self), Cow::Owned)
    }
}

impl Shorten for Detail {
    fn shortened(&self) -> Cow<'_, Detail> {
        shorten(&self.0, LONGEST_DETAIL).map_or(Cow::Borrowed(self), |text| Cow::Owned(Detail(text)))
    }
}

impl Shorten for Option<String> {
    fn shortened(&self) -> Cow<'_, Option<String>> {
        let short = self.as_ref().and_then(|text| shorten(text, LONGEST_TEXT));
        short.map_or(Cow::Borrowed(self), |text| Cow::Owned(Some(text)))
    }
}

impl Shorten for Vec<String> {
    fn shortened(&self) -> Cow<'_, Vec<String>> {
        let mut list: Vec<String> =
            self.iter().take(LONGEST_LIST).map(|text| text.shortened().into_owned()).collect();
        if self.len() > LONGEST_LIST {
            list.push(LEFT_OUT.to_owned());
        }
        Cow::Owned(list)
    }
}

/// Fields that are short anyway.
macro_rules! short {
    ($($type:ty),*) => {
        $(impl $crate::diagnostics::messages::shorten::Shorten for $type {
            fn shortened(&self) -> std::borrow::Cow<'_, $type> {
                std::borrow::Cow::Borrowed(self)
            }
        })*
    };
}

short!(bool, char, i64, u32, u64, usize, &'static str, Vec<&'static str>, IoError, NotGb18030);

pub(crate) use short;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_lose_their_middle() {
        let text = format!("{}甲{}", "乙".repeat(149), "丙".repeat(50));
        assert_eq!(*text.shortened(), text);
        let longer = format!("{}丁戊{}", "乙".repeat(149), "丙".repeat(50));
        assert_eq!(*longer.shortened(), format!("{}…{}", "乙".repeat(149), "丙".repeat(50)));
    }

    #[test]
    fn long_lists_lose_their_end() {
        let list = vec!["甲".to_owned(); 51];
        assert_eq!(list[..50].to_vec().shortened().len(), 50);
        assert_eq!(list.shortened().last().map(String::as_str), Some("…"));
    }
}
