//! Converts names to URL segments and heading ids; hanzi become pinyin or are kept.

use std::borrow::Cow;

use pinyin::ToPinyin;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_64;

use crate::text::cjk::{is_common_mark, is_hanzi};
use crate::text::phrases::phrase_at;

/// The maximum length of heading ids and suggested slugs, in bytes.
const LONGEST_ID: usize = 60;

/// The longest segment made from a name, in bytes: with `.html` it still is a file name everywhere.
const LONGEST_SEGMENT: usize = 250;
/// The length of those that would be longer, in bytes.
const SHORTENED: usize = 120;

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
/// hyphens at the beginning are removed, as in `“.git”`: servers hide such files or read them as settings. Pinyin that
/// would be too long is cut after a word, and has a digest of the whole name at its end.
pub fn segment(name: &str, style: SlugStyle) -> String {
    if is_segment(name) {
        return fitted(name.to_owned(), name, style);
    }
    let name: String = name.nfc().collect();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '~');
    let slug = transliterate(&name, style, plain);
    let trimmed = slug.trim_start_matches(['.', '_', '-']);
    if trimmed.is_empty() {
        // The name is only punctuation: its code points make a stable and unique segment.
        let codes = name.chars().map(|c| format!("u{:x}", c as u32)).collect::<Vec<_>>().join("-");
        return fitted(codes, &name, style);
    }
    fitted(trimmed.to_owned(), &name, style)
}

/// `slug`, the segment of `name`, if it is not too long; else its beginning and a digest that tells names apart which
/// begin alike.
fn fitted(mut slug: String, name: &str, style: SlugStyle) -> String {
    if style == SlugStyle::Pinyin && slug.len() > LONGEST_SEGMENT {
        shorten(&mut slug, SHORTENED);
        slug.truncate(slug.trim_end_matches(['-', '.', '_']).len());
        slug.push_str(&format!("-{:08x}", xxh3_64(name.as_bytes()) >> 32));
    }
    slug
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
    // Where the last phrase ends.
    let mut read = 0;
    for (at, c) in name.char_indices() {
        if at < read {
            continue;
        }
        if plain(c) {
            slug.push(c);
        } else if style == SlugStyle::Pinyin && is_hanzi(c) {
            if let Some(phrase) = phrase_at(name, at, read) {
                phrase.readings.split(' ').for_each(|reading| slug.word(reading));
                read = phrase.end;
                continue;
            }
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
    fn the_reading_of_a_hanzi_depends_on_its_word() {
        for (name, slug) in [
            ("重庆", "chong-qing"),
            ("银行", "yin-hang"),
            ("会计", "kuai-ji"),
            ("长沙", "chang-sha"),
            ("参差", "cen-ci"),
            ("重庆市银行会计工作", "chong-qing-shi-yin-hang-kuai-ji-gong-zuo"),
            ("人大常委会会议", "ren-da-chang-wei-hui-hui-yi"),
            ("重点工作", "zhong-dian-gong-zuo"),
            ("长江大保护", "chang-jiang-da-bao-hu"),
            ("局长办公会", "ju-zhang-ban-gong-hui"),
            ("退耕还林", "tui-geng-huan-lin"),
            ("西藏自治区", "xi-zang-zi-zhi-qu"),
            ("朝阳区", "chao-yang-qu"),
            ("音乐", "yin-yue"),
            ("调整调研", "tiao-zheng-diao-yan"),
            ("银行政策", "yin-hang-zheng-ce"),
        ] {
            assert_eq!(segment(name, SlugStyle::Pinyin), slug, "{name}");
        }
    }

    #[test]
    fn a_phrase_across_two_words_is_none() {
        for (name, slug) in [
            ("隆重庆祝建会", "long-zhong-qing-zhu-jian-hui"),
            ("大会计票", "da-hui-ji-piao"),
            ("常委会计划", "chang-wei-hui-ji-hua"),
            ("进行长期跟踪", "jin-xing-chang-qi-gen-zong"),
            ("注重新闻宣传", "zhu-zhong-xin-wen-xuan-chuan"),
            ("协调查处", "xie-tiao-cha-chu"),
            ("法人行为", "fa-ren-xing-wei"),
            ("学校对口帮扶", "xue-xiao-dui-kou-bang-fu"),
            ("为了得到", "wei-le-de-dao"),
            ("会议中行使职权", "hui-yi-zhong-xing-shi-zhi-quan"),
        ] {
            assert_eq!(segment(name, SlugStyle::Pinyin), slug, "{name}");
        }
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
    fn segments_that_are_too_long_are_cut_after_a_word_and_stay_different() {
        let title = "关于加强和改进新时代人大代表工作".repeat(5);
        let [one, other] = ["一", "二"].map(|end| segment(&format!("{title}{end}"), SlugStyle::Pinyin));
        assert_ne!(one, other);
        let whole = segment(&title[..title.len() / 5], SlugStyle::Pinyin);
        assert!(one.starts_with(&whole) && one.len() <= SHORTENED + 9, "{one}");
        let (words, digest) = one.rsplit_once('-').unwrap();
        assert!(digest.len() == 8 && format!("{whole}-{whole}").starts_with(&format!("{words}-")), "{one}");
        for name in ["a".repeat(251), "《".repeat(90), format!("{}.{}", "a".repeat(119), "汉".repeat(90))] {
            let slug = segment(&name, SlugStyle::Pinyin);
            assert!(is_slug(&slug) && (100..=SHORTENED + 9).contains(&slug.len()), "{slug}");
        }
        assert_eq!(segment(&"a".repeat(250), SlugStyle::Pinyin), "a".repeat(250));
        assert_eq!(segment(&"汉".repeat(90), SlugStyle::Keep), "汉".repeat(90));
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
