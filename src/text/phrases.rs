//! Hanzi whose reading depends on the word: 重 is zhong, but 重庆 is chong-qing.
//!
//! The words are those of `data/pinyin`. As there are no spaces between words, a phrase may also stand across the border of
//! two others: 隆重|庆祝. It is one only if these are less likely.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// A word, how frequent it is (the logarithm) and the readings of its hanzi, if they are not the usual ones: a line each.
const DATA: &str = include_str!("../../data/pinyin/words.txt");

/// The longest word that may overlap with a phrase, in characters.
const LONGEST_BESIDE: usize = 4;
/// Phrases that are more frequent than this give way only to two words.
const FREQUENT: u8 = 10;
/// How much more frequent a single word must be, to which a phrase gives way.
const MARGIN: u8 = 2;

static WORDS: LazyLock<Words> = LazyLock::new(Words::load);

struct Words {
    by_name: FxHashMap<&'static str, Word>,
    /// The first two characters of phrases, which nearly all text has not, and the longest of these phrases in bytes.
    begins: FxHashMap<(char, char), usize>,
    /// Characters by themselves, and how to read them.
    single: FxHashMap<char, &'static str>,
}

#[derive(Clone, Copy)]
struct Word {
    rank: u8,
    readings: &'static str,
}

/// A phrase in a text.
pub(super) struct Phrase {
    /// The readings of its characters, with a space between them.
    pub readings: &'static str,
    /// Where it ends in the text, in bytes.
    pub end: usize,
}

/// The phrase at the byte `at` of `text`, if its characters have other readings there than by themselves. No word reaches
/// before the byte `from`.
pub(super) fn phrase_at(text: &str, at: usize, from: usize) -> Option<Phrase> {
    let words = &*WORDS;
    let mut chars = text[at..].chars();
    let (first, second) = (chars.next()?, chars.next().unwrap_or_default());
    let longest = words.begins.get(&(first, second));
    longest.and_then(|longest| words.longest_at(text, at, from, *longest)).or_else(|| {
        let readings = words.single.get(&first)?;
        Some(Phrase { readings, end: at + first.len_utf8() })
    })
}

impl Words {
    fn load() -> Words {
        let mut words = Words {
            by_name: FxHashMap::default(),
            begins: FxHashMap::default(),
            single: FxHashMap::default(),
        };
        words.by_name.reserve(DATA.len() / 12);
        for line in DATA.lines() {
            let mut parts = line.splitn(3, ' ');
            let (Some(name), Some(rank)) = (parts.next(), parts.next()) else { continue };
            let word = Word { rank: rank.parse().unwrap_or(0), readings: parts.next().unwrap_or_default() };
            let mut chars = name.chars();
            match (chars.next(), chars.next()) {
                _ if word.readings.is_empty() => {}
                (Some(first), None) => drop(words.single.insert(first, word.readings)),
                (first, second) => {
                    let begin = (first.unwrap_or_default(), second.unwrap_or_default());
                    let longest = words.begins.entry(begin).or_default();
                    *longest = name.len().max(*longest);
                }
            }
            words.by_name.insert(name, word);
        }
        words
    }

    /// The longest phrase at the byte `at`, of at most `longest` bytes.
    fn longest_at(&self, text: &str, at: usize, from: usize, longest: usize) -> Option<Phrase> {
        let ends = text[at..].char_indices().skip(1).map(|(offset, c)| offset + c.len_utf8());
        let ends: Vec<usize> = ends.take_while(|end| *end <= longest).map(|end| at + end).collect();
        ends.iter().rev().find_map(|end| {
            let phrase = &text[at..*end];
            let word = self.by_name.get(phrase).filter(|word| !word.readings.is_empty())?;
            let may_be_split = (2..=3).contains(&phrase.chars().count());
            let is_split = may_be_split && self.is_split(text, [from, at, *end], word.rank);
            (!is_split).then_some(Phrase { readings: word.readings, end: *end })
        })
    }

    /// Whether the phrase from `at` to `end` is rather the end of one word and the beginning of another.
    fn is_split(&self, text: &str, [from, at, end]: [usize; 3], rank: u8) -> bool {
        let inside = text[at..end].char_indices().skip(1).map(|(offset, _)| at + offset);
        inside.into_iter().any(|border| {
            let starts =
                text[from..at].char_indices().rev().take(LONGEST_BESIDE).map(|(offset, _)| from + offset);
            let before =
                starts.filter_map(|start| self.by_name.get(&text[start..border])).map(|word| word.rank).max();
            let ends = text[end..]
                .char_indices()
                .take(LONGEST_BESIDE)
                .map(|(offset, c)| end + offset + c.len_utf8());
            let after =
                ends.filter_map(|end| self.by_name.get(&text[border..end])).map(|word| word.rank).max();
            let likelier =
                |other: Option<u8>| rank <= FREQUENT && other.is_some_and(|other| other >= rank + MARGIN);
            (before.is_some() && after.is_some()) || likelier(before) || likelier(after)
        })
    }
}
