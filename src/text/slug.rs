//! Converts names to URL segments and heading ids; hanzi become pinyin or are kept.

use std::borrow::Cow;

use pinyin::ToPinyin;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::text::cjk::{is_common_mark, is_hanzi};

/// The maximum length of heading ids and suggested slugs, in bytes.
const LONGEST_ID: usize = 60;

/// How hanzi are written in URLs (`slugs` in site.yaml).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum SlugStyle {
    /// 汉阳 → `han-yang`.
    #[default]
    Pinyin,
    /// 汉阳 is kept, and percent-encoded in links.
    Keep,
}

/// The URL segment for a file, folder or topic called `name`; empty only if the name is. ASCII letters, digits, `.`,
/// `_` and `~` are kept; a run of characters that are not allowed in URLs becomes one hyphen. Dots, underscores and
/// hyphens at the beginning are removed, as in `“.git”`: servers hide such files or read them as settings.
pub fn segment(name: &str, style: SlugStyle) -> String {
    if is_segment(name) {
        return name.to_owned();
    }
    let name: String = name.nfc().collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '~');
    let slug = transliterate(&name, style, plain);
    let trimmed = slug.trim_start_matches(['.', '_', '-']);
    if trimmed.is_empty() {
        // The name is only punctuation: its code points make a stable and unique segment.
        return name.chars().map(|c| format!("u{:x}", c as u32)).collect::<Vec<_>>().join("-");
    }
    trimmed.to_owned()
}

/// A valid slug to suggest instead of the invalid slug `written`.
pub fn suggestion(written: &str) -> String {
    let mut slug = segment(written, SlugStyle::Pinyin);
    while slug.contains("..") {
        slug = slug.replace("..", ".");
    }
    shorten(&mut slug, LONGEST_ID);
    let slug = slug.trim_end_matches(['.', '-']);
    if slug.is_empty() { "page".to_owned() } else { slug.to_owned() }
}

/// Truncates `slug` to at most `limit` bytes, at a hyphen if possible.
pub fn shorten(slug: &mut String, limit: usize) {
    if slug.len() > limit {
        let mut cut = limit;
        while !slug.is_char_boundary(cut) {
            cut -= 1;
        }
        let cut = slug[..cut].rfind('-').filter(|at| *at > 0).unwrap_or(cut);
        slug.truncate(cut);
    }
}

/// Whether `name` is a URL segment already, as most file names are: ASCII words separated by single hyphens.
fn is_segment(name: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'~'))
    };
    !name.starts_with('_') && name.split('-').all(word)
}

/// Whether `slug` can be both a URL segment and a file name.
pub fn is_slug(slug: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    !slug.is_empty()
        && slug.chars().all(good)
        && !slug.starts_with(['.', '_'])
        && !slug.ends_with('.')
        && !slug.contains("..")
}

/// The id for a heading, before it is made unique: readable, and stable as long as the text is unchanged.
pub fn heading_id(text: &str, style: SlugStyle) -> String {
    // Characters that need neither normalization nor lower case.
    let plain = |c: char| {
        matches!(c, '\u{4E00}'..='\u{9FFF}') || is_common_mark(c) || (c.is_ascii() && !c.is_ascii_uppercase())
    };
    let name: Cow<str> = match text.chars().all(plain) {
        true => text.into(),
        false => text.nfc().collect::<String>().to_lowercase().into(),
    };
    let mut id = transliterate(&name, style, |c| c.is_ascii_alphanumeric() || c == '_');
    shorten(&mut id, LONGEST_ID);
    if id.is_empty() { "section".to_owned() } else { id }
}

fn transliterate(name: &str, style: SlugStyle, plain: impl Fn(char) -> bool) -> String {
    let mut slug = Hyphenated::default();
    for c in name.chars() {
        if plain(c) {
            slug.push(c);
        } else if style == SlugStyle::Pinyin && is_hanzi(c) {
            match c.to_pinyin() {
                Some(pinyin) => slug.word(pinyin.plain()),
                // A rare hanzi without a known reading becomes its code point.
                None => slug.word(&format!("u{:x}", c as u32)),
            }
        } else if !is_common_mark(c) && c.is_alphanumeric() {
            slug.push(c);
        } else {
            slug.gap();
        }
    }
    slug.text
}

/// Builds a text with single hyphens between its words and none at its ends.
#[derive(Default)]
struct Hyphenated {
    text: String,
    gap: bool,
    after_word: bool,
}

impl Hyphenated {
    fn gap(&mut self) {
        self.gap = true;
    }

    fn close_gap(&mut self) {
        if self.gap && !self.text.is_empty() {
            self.text.push('-');
        }
        self.gap = false;
    }

    fn push(&mut self, c: char) {
        self.gap |= self.after_word && c.is_alphanumeric();
        self.close_gap();
        self.text.push(c);
        self.after_word = false;
    }

    fn word(&mut self, word: &str) {
        self.gap |= self.after_word || self.text.ends_with(char::is_alphanumeric);
        self.close_gap();
        match word.is_ascii() {
            true => self.text.push_str(word),
            false => self.text.extend(word.chars().map(|c| if c == 'ü' { 'v' } else { c })),
        }
        self.after_word = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_names_stay_as_they_are() {
        for name in ["hanyang", "2025", "a-b_c.d~e", "Report2025"] {
            assert_eq!(segment(name, SlugStyle::Pinyin), name);
        }
    }

    #[test]
    fn hanzi_become_pinyin_or_stay() {
        assert_eq!(segment("汉阳区", SlugStyle::Pinyin), "han-yang-qu");
        assert_eq!(segment("汉阳区2025年report", SlugStyle::Pinyin), "han-yang-qu-2025-nian-report");
        assert_eq!(segment("汉阳区2025年", SlugStyle::Keep), "汉阳区2025年");
        assert_eq!(segment("女代表", SlugStyle::Pinyin), "nv-dai-biao");
    }

    #[test]
    fn marks_and_spaces_become_single_hyphens() {
        assert_eq!(segment("“两个联系” 工作", SlugStyle::Pinyin), "liang-ge-lian-xi-gong-zuo");
        assert_eq!(segment("a & b", SlugStyle::Keep), "a-b");
        assert_eq!(segment("《》", SlugStyle::Pinyin), "u300a-u300b");
        assert_eq!(segment("..", SlugStyle::Pinyin), "u2e-u2e");
    }

    #[test]
    fn no_segment_is_hidden() {
        for (name, trimmed) in [(".x", "x"), ("“.git”", "git"), ("“.htaccess”", "htaccess"), ("__a", "a")]
        {
            assert_eq!(segment(name, SlugStyle::Pinyin), trimmed);
        }
        assert_eq!(segment("…._·汉阳", SlugStyle::Keep), "汉阳");
        assert_eq!(segment("a_b.c", SlugStyle::Pinyin), "a_b.c");
    }

    #[test]
    fn nfd_and_nfc_are_one_name() {
        assert_eq!(segment("e\u{301}", SlugStyle::Keep), segment("\u{e9}", SlugStyle::Keep));
    }

    #[test]
    fn slugs_cannot_contain_paths() {
        assert!(is_slug("hanyang-2025") && is_slug("汉阳"));
        for bad in ["", "..", "a/b", "a\\b", ".a", "_a", "a..b", "a b", "a\0", "a."] {
            assert!(!is_slug(bad), "{bad:?}");
        }
    }

    #[test]
    fn heading_ids_are_readable_and_of_limited_length() {
        assert_eq!(heading_id("一、坚持党的领导", SlugStyle::Pinyin), "yi-jian-chi-dang-de-ling-dao");
        assert_eq!(heading_id("（一）“两个联系”", SlugStyle::Keep), "一-两个联系");
        assert_eq!(heading_id("！！", SlugStyle::Keep), "section");
        let long = heading_id(&"坚持".repeat(60), SlugStyle::Pinyin);
        assert!(long.len() <= LONGEST_ID && !long.ends_with('-'));
    }
}
