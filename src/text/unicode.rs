//! Characters that nobody sees, and those that change how others are shown.

/// Is `c` a character that nobody can see: joiners, marks of direction, byte order marks?
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{AD}'
    )
}

/// Does `c` turn the direction in which the text after it is shown (UAX #9: embeddings, overrides, isolates)?
pub fn is_turning(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
