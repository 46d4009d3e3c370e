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

/// `text` without differences of case, width and spaces: `ＡＩ 应用` and `ai应用` are one name to readers.
pub fn loose(text: &str) -> String {
    let letters = text.nfkc().filter(|c| !c.is_whitespace());
    letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Whether `c` changes the direction of the text after it (UAX #9: embeddings, overrides, isolates).
pub fn changes_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
