//! Invisible characters, and characters that change the direction of text; and names that look alike.

use std::sync::LazyLock;

use memchr::memmem::Finder;
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

/// The characters of [`is_stray`] in UTF-8.
static STRAY: LazyLock<[Finder; 4]> = LazyLock::new(|| {
    ["\u{200B}", "\u{2060}", "\u{FEFF}", "\u{AD}"].map(|stray| Finder::new(stray.as_bytes()))
});

/// Whether there is such a character in `text`.
pub fn holds_stray(text: &str) -> bool {
    STRAY.iter().any(|stray| stray.find(text.as_bytes()).is_some())
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
