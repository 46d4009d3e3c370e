//! Text in XML.

/// Escapes text for XML and drops the characters that XML 1.0 (section 2.2) does not allow.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // Required by the sitemap protocol.
            '\'' => escaped.push_str("&apos;"),
            '\u{0}'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_is_escaped_and_controls_are_dropped() {
        assert_eq!(escape("<&\"'>\u{0}\u{B}甲\n"), "&lt;&amp;&quot;&apos;&gt;甲\n");
    }
}
