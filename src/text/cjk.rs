//! Chinese and mixed text: character classes, sentence ends, word counts, and the most similar name.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_segmentation::GraphemeCursor;

/// Blocks and single characters whose East Asian Width is W, F or H and that are not emoji, and Hangul
/// (the "CJK characters" of the CommonMark CJK-friendly amendments, section 2.1; Unicode 16, UAX #11).
const CJK: &[(u32, u32)] = &[
    (0x1100, 0x11FF),
    (0x20A9, 0x20A9),
    (0x2329, 0x232A),
    (0x2630, 0x2637),
    (0x268A, 0x268F),
    (0x2E80, 0x2EF3),
    (0x2F00, 0x2FD5),
    (0x2FF0, 0x303E),
    (0x3041, 0x3096),
    (0x3099, 0x30FF),
    (0x3105, 0x312F),
    (0x3131, 0x318E),
    (0x3190, 0x31E5),
    (0x31EF, 0x321E),
    (0x3220, 0x3247),
    (0x3250, 0xA48C),
    (0xA490, 0xA4C6),
    (0xA960, 0xA97C),
    (0xAC00, 0xD7A3),
    (0xD7B0, 0xD7C6),
    (0xD7CB, 0xD7FB),
    (0xF900, 0xFAFF),
    (0xFE10, 0xFE19),
    (0xFE30, 0xFE52),
    (0xFE54, 0xFE66),
    (0xFE68, 0xFE6B),
    (0xFF01, 0xFFBE),
    (0xFFC2, 0xFFC7),
    (0xFFCA, 0xFFCF),
    (0xFFD2, 0xFFD7),
    (0xFFDA, 0xFFDC),
    (0xFFE0, 0xFFE6),
    (0xFFE8, 0xFFEE),
    (0x16FE0, 0x16FE4),
    (0x16FF0, 0x16FF6),
    (0x17000, 0x18CD5),
    (0x18CFF, 0x18D1E),
    (0x18D80, 0x18DF2),
    (0x1AFF0, 0x1AFFE),
    (0x1B000, 0x1B2FB),
    (0x1D300, 0x1D376),
    (0x1F200, 0x1F200),
    (0x1F202, 0x1F202),
    (0x1F210, 0x1F219),
    (0x1F21B, 0x1F22E),
    (0x1F230, 0x1F231),
    (0x1F237, 0x1F237),
    (0x1F23B, 0x1F23B),
    (0x1F240, 0x1F248),
    (0x1F260, 0x1F265),
    (0x20000, 0x3FFFD),
];

/// Whether `c` is a CJK character: hanzi, kana, Hangul or full-width punctuation.
pub fn is_cjk(c: char) -> bool {
    let code = c as u32;
    if code < 0x1100 {
        return false;
    }
    if (0x4E00..=0x9FFF).contains(&code) {
        return true;
    }
    let block = CJK.partition_point(|&(_, last)| last < code);
    CJK.get(block).is_some_and(|&(first, _)| first <= code)
}

/// Whether `c` is a hanzi: a unified ideograph (with extensions), a compatibility ideograph or 〇.
pub(super) fn is_hanzi(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}' | '〇')
}

/// Whether `c` is punctuation or a symbol (general categories P and S, as in CommonMark 0.31).
pub fn is_punctuation(c: char) -> bool {
    match c {
        _ if c.is_ascii() => c.is_ascii_punctuation(),
        // What Chinese text mostly consists of. Saves a lookup in the Unicode tables.
        '\u{4E00}'..='\u{9FFF}' => false,
        '、' | '。' | '，' | '；' | '：' | '！' | '？' | '（' | '）' | '《' | '》' | '‘'..='”' => {
            true
        }
        _ => matches!(
            c.general_category_group(),
            GeneralCategoryGroup::Punctuation | GeneralCategoryGroup::Symbol
        ),
    }
}

/// Whether `c` is a quotation mark, dash or dot of ambiguous width in Unicode, which Chinese text sets in full width.
fn is_chinese_mark(c: char) -> bool {
    matches!(c, '“' | '”' | '‘' | '’' | '…' | '—' | '·')
}

/// Whether a line break between `before` and `after` is removed instead of becoming a space, as in Chinese text:
/// between hanzi and next to full-width punctuation.
pub fn joins_without_space(before: char, after: char) -> bool {
    let wide = |c| is_cjk(c) && !matches!(c as u32, 0x1100..=0x11FF | 0xAC00..=0xD7FB);
    (wide(before) && (wide(after) || is_chinese_mark(after))) || (is_chinese_mark(before) && wide(after))
}

/// Counts words like Chinese editors do: every hanzi is a word, and so is every run of other letters and digits.
pub fn count_words(text: &str) -> u32 {
    let mut count = 0;
    let mut in_word = false;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        // Fast path: only hanzi (U+5000 to U+9FFF), three bytes each, begin with the bytes E5 to E9.
        if (0xE5..=0xE9).contains(byte) {
            count += 1;
            in_word = false;
            at += 3;
            continue;
        }
        let Some(c) = text[at..].chars().next() else { break };
        at += c.len_utf8();
        if is_hanzi(c) {
            count += 1;
            in_word = false;
        } else if is_common_mark(c) {
            in_word &= c == '’';
        } else if c.is_alphanumeric() {
            count += u32::from(!in_word);
            in_word = true;
        } else {
            in_word &= matches!(c, '.' | ',' | '\'' | '%' | '-' | '_' | '/');
        }
    }
    count
}

/// Whether `c` is one of the most common Chinese punctuation marks, or a space. Saves a lookup in the Unicode tables.
pub(super) fn is_common_mark(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3011}' | '，' | '；' | '：' | '！' | '？' | '（' | '）'
        | '‘'..='”' | ' ')
}

/// Truncates `text` to at most `limit` characters: at the end of a sentence if possible, otherwise after a clause or
/// between characters, with `…` appended.
pub fn cut_at_sentence(text: &str, limit: usize) -> String {
    let text = text.trim();
    let Some((end, _)) = text.char_indices().nth(limit) else { return text.to_owned() };
    if let Some(sentence) = sentence_end(text, end).filter(|at| whole_characters(text, *at) == *at) {
        return text[..sentence].to_owned();
    }
    let head = &text[..end];
    // Leave room for the ellipsis.
    let room = head.char_indices().last().map_or(0, |(at, _)| at);
    let cut = clause_end(&text[..room]).unwrap_or_else(|| word_boundary(text, whole_characters(text, room)));
    format!("{}…", text[..cut].trim_end_matches(|c: char| c.is_whitespace() || "，、；：,;:".contains(c)))
}

/// Whether a sentence ends in `text`.
pub fn has_sentence(text: &str) -> bool {
    sentence_end(text, text.len()).is_some()
}

/// The last offset at or before `limit` that is not inside a character as people see it (a grapheme cluster): 👨‍👩‍👧, 🇨🇳 and
/// 1️⃣ are one each.
fn whole_characters(text: &str, limit: usize) -> usize {
    let mut cursor = GraphemeCursor::new(limit, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(true) => limit,
        _ => cursor.prev_boundary(text, 0).ok().flatten().unwrap_or(0),
    }
}

/// The end of the last sentence that ends at or before `limit` (a byte offset), including closing quotes and brackets.
fn sentence_end(text: &str, limit: usize) -> Option<usize> {
    let mut best = None;
    let mut chars = text[..limit].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let mut end = at + c.len_utf8();
        let next = text[end..].chars().next();
        let ends = matches!(c, '。' | '！' | '？' | '…')
            || (matches!(c, '.' | '!' | '?') && next.is_none_or(char::is_whitespace));
        if !ends {
            continue;
        }
        while let Some(closing) =
            text[end..].chars().next().filter(|c| "”’」』）》〉】\"')…！？。".contains(*c))
        {
            end += closing.len_utf8();
        }
        if end <= limit {
            best = Some(end);
        }
        while chars.next_if(|(next, _)| *next < end).is_some() {}
    }
    best
}

/// The offset of the last clause mark in `text`, if at least half of the text is before it.
fn clause_end(text: &str) -> Option<usize> {
    let at = text.rfind(['，', '；', '、', '：'])?;
    (at * 2 >= text.len()).then_some(at)
}

/// The last offset at or before `limit` that does not split a Latin word or a number.
fn word_boundary(text: &str, limit: usize) -> usize {
    let in_word = |c: char| c.is_alphanumeric() && !is_cjk(c);
    let mut cut = limit;
    while let Some(before) = text[..cut].chars().next_back() {
        if !(in_word(before) && text[cut..].chars().next().is_some_and(in_word)) {
            break;
        }
        cut -= before.len_utf8();
    }
    if cut == 0 { limit } else { cut }
}

/// The longest name that is compared, in characters: the comparison takes quadratic time.
const LONGEST_COMPARED: usize = 200;

/// The most similar of `names`, if it is similar enough for `name` to be a typo of it.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.trim().to_lowercase();
    let length = wanted.chars().take(LONGEST_COMPARED + 1).count();
    if length > LONGEST_COMPARED {
        return None;
    }
    let score = |candidate: &str| strsim::normalized_damerau_levenshtein(&wanted, &candidate.to_lowercase());
    let letters = Letters::of(&wanted);
    let may_be_similar = |candidate: &&str| letters.may_be_similar(&Letters::of(candidate));
    names
        .into_iter()
        .filter(may_be_similar)
        .map(|candidate| (score(candidate), candidate))
        .filter(|(score, _)| *score >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

/// Splits a list in one text: `【甲、乙】`, `甲, 乙`, `甲;乙`, `甲/乙`. Numbers and names like `1,000` and `TCP/IP` stay whole.
pub fn split_list(text: &str) -> Vec<&str> {
    let bracket = |c: char| matches!(c, '【' | '】' | '［' | '］' | '〔' | '〕');
    let text = text.trim_matches(bracket);
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, mark) in text.match_indices(['，', '、', '；', '／', ',', ';', '/']) {
        let after = at + mark.len();
        let joins = is_latin(text[..at].chars().next_back()) && is_latin(text[after..].chars().next());
        if !(mark.is_ascii() && joins) {
            parts.push(&text[start..at]);
            start = after;
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// The lower-case letters of a text as a 64-bit set, and their count. They rule out most names without computing
/// the edit distance.
struct Letters {
    set: u64,
    count: usize,
}

impl Letters {
    fn of(text: &str) -> Letters {
        let mut letters = Letters { set: 0, count: 0 };
        for c in text.chars().flat_map(char::to_lowercase).take(2 * LONGEST_COMPARED + 1) {
            letters.set |= 1 << (c as u32 % 64);
            letters.count += 1;
        }
        letters
    }

    /// Whether the similarity of the texts can be at least 0.5: one edit adds or removes at most one letter of the set.
    fn may_be_similar(&self, other: &Letters) -> bool {
        let missing = |a: &Letters, b: &Letters| (a.set & !b.set).count_ones() as usize;
        let edits = missing(self, other).max(missing(other, self)).max(self.count.abs_diff(other.count));
        2 * edits <= self.count.max(other.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_is_as_in_unicode() {
        let is_of_group = |c: char| {
            use GeneralCategoryGroup::{Punctuation, Symbol};
            matches!(c.general_category_group(), Punctuation | Symbol)
        };
        let wrong = ('\0'..=char::MAX).find(|c| is_punctuation(*c) != is_of_group(*c));
        assert_eq!(wrong, None);
    }

    #[test]
    fn a_hanzi_is_a_word_and_so_is_a_run_of_letters_or_digits() {
        assert_eq!(count_words("人大代表"), 4);
        assert_eq!(count_words("办理212件，满意率94.57%。"), 8);
        assert_eq!(count_words("the rule of law"), 4);
        assert_eq!(count_words(" ，。"), 0);
    }

    #[test]
    fn a_short_text_stays_whole() {
        assert_eq!(cut_at_sentence("只有一句，没有句号", 120), "只有一句，没有句号");
    }

    #[test]
    fn a_long_text_is_cut_at_the_last_sentence_that_fits() {
        let text = "第一句。第二句！第三句很长很长很长很长。";
        assert_eq!(cut_at_sentence(text, 10), "第一句。第二句！");
    }

    #[test]
    fn a_closing_quote_belongs_to_its_sentence() {
        assert_eq!(cut_at_sentence("他说：“好。”然后又说了很多很多的话。", 8), "他说：“好。”");
        // The quote would not fit: the sentence does not end within the limit.
        assert_eq!(cut_at_sentence("他说：“好。”然后又说了很多很多的话。", 6), "他说：“好…");
    }

    #[test]
    fn a_long_sentence_is_cut_after_a_clause_within_the_limit() {
        let cut = cut_at_sentence("听取报告十六项，开展执法检查六项，交办问题七十五个", 18);
        assert_eq!(cut, "听取报告十六项，开展执法检查六项…");
        assert!(cut.chars().count() <= 18);
    }

    #[test]
    fn numbers_and_latin_words_are_not_split() {
        assert_eq!(cut_at_sentence("全年共办理建议123456件都已办结", 10), "全年共办理建议…");
        assert_eq!(cut_at_sentence("3.5 is not the end. This is", 22), "3.5 is not the end.");
    }

    #[test]
    fn emoji_are_not_split() {
        for emoji in ["👨‍👩‍👧‍👦", "🇨🇳", "1️⃣", "❤️", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u{301}"]
        {
            for limit in 3..14 {
                let text = format!("代表{emoji}{emoji}联系群众");
                let cut = cut_at_sentence(&text, limit);
                let rest = cut.trim_end_matches('…').replace(emoji, "");
                assert!("代表联系群众".starts_with(&rest), "{emoji} {limit}: {cut}");
                assert!(cut.chars().count() <= limit, "{emoji} {limit}: {cut}");
            }
        }
    }

    #[test]
    fn line_breaks_join_hanzi_but_not_words() {
        assert!(joins_without_space('汉', '阳'));
        assert!(joins_without_space('，', '汉'));
        assert!(joins_without_space('汉', '“'));
        assert!(joins_without_space('”', '汉'));
        assert!(!joins_without_space('汉', 'a'));
        assert!(!joins_without_space('a', 'b'));
        assert!(!joins_without_space('”', '“'));
        assert!(!joins_without_space('한', '국'));
    }

    #[test]
    fn names_of_very_different_length_need_not_be_compared() {
        let names =
            ["a", "ab", "abcd", "district", "İİ", "江城人大", "x".repeat(150).leak(), "x".repeat(500).leak()];
        for name in names {
            for other in names {
                let near =
                    strsim::normalized_damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
                let expected = near >= 0.5 && name.len() <= LONGEST_COMPARED;
                assert_eq!(nearest(name, [other]).is_some(), expected, "{name:.9} {other:.9}");
            }
        }
    }

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("distrct", ["date", "district", "draft"]), Some("district"));
        assert_eq!(nearest("汉阳", ["江岸区", "汉阳区"]), Some("汉阳区"));
        assert_eq!(nearest("xyz", ["date", "district"]), None);
    }
}
