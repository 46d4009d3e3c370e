//! Invisible characters, and characters that change the direction of text; and names that look alike.

use unicode_normalization::UnicodeNormalization;

/// Whether `c` is invisible: zero-width spaces and joiners, direction marks, byte order marks, soft hyphens.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{AD}'
    )
}

/// Whether `c` shows nothing and parts what it stands between: zero-width spaces, word joiners, byte order marks, soft
/// hyphens. Emoji and scripts with joined letters need other invisible characters.
pub fn is_stray(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}')
}

/// Whether there is such a character in `text`. Written so that compilers can vectorize it.
pub fn holds_stray(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (second, third) = (bytes.get(1..).unwrap_or_default(), bytes.get(2..).unwrap_or_default());
    // Their bytes in UTF-8. Those of quotation marks begin like the first.
    let begins = |a: u8, b: u8, c: u8| {
        ((a == 0xE2) & (b == 0x80) & (c == 0x8B))
            | ((a == 0xE2) & (b == 0x81) & (c == 0xA0))
            | ((a == 0xEF) & (b == 0xBB) & (c == 0xBF))
            | ((a == 0xC2) & (b == 0xAD))
    };
    let mut chunks = bytes.chunks(1024).zip(second.chunks(1024).zip(third.chunks(1024)));
    chunks.any(|(a, (b, c))| {
        let triples = a.iter().zip(b.iter().zip(c));
        triples.fold(false, |found, (a, (b, c))| found | begins(*a, *b, *c))
    }) || bytes.ends_with(&[0xC2, 0xAD])
}

/// `text` without differences of case, width and spaces: `ＡＩ 应用` and `ai应用` are one name to readers.
pub fn loose(text: &str) -> String {
    let letters = text.nfkc().filter(|c| !c.is_whitespace());
    letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Whether `c` changes the direction of the text after it (UAX #9: embeddings, overrides, isolates).
pub fn changes_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_characters_are_found_wherever_they_stand() {
        for c in ['\u{200B}', '\u{2060}', '\u{FEFF}', '\u{AD}'] {
            for before in (0..4).chain(1020..1028) {
                let before = "a".repeat(before);
                assert!(holds_stray(&format!("{before}{c}")), "{c:?}");
                assert!(holds_stray(&format!("{before}{c}后文")), "{c:?}");
            }
        }
        for sound in ["", "甲", "“甲”——：，…\u{200C}\u{200D}\u{FE0F}\u{A0}", "\u{2061}\u{200A}\u{FEFE}"]
        {
            assert!(!holds_stray(sound), "{sound:?}");
        }
    }
}
