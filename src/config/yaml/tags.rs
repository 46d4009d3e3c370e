//! Explicit tags in YAML: `!!binary aGk=`, `!重要`, `! x`. They change what a value is, or drop it (`!!null x`),
//! and nobody who writes settings means them.

use granit_parser::{Event, Parser};

use crate::diagnostics::source::Span;

/// The place of the first tag in `text`, and what stands from it to the end of its line. Nothing is looked for
/// below `depth` levels, or behind a syntax error: both are errors of their own.
pub fn first(text: &str, depth: usize) -> Option<(Span, &str)> {
    // Nearly all settings have no such mark, and need not be read twice.
    memchr::memchr(b'!', text.as_bytes())?;
    let mut level = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        if let Some(at) = span.tag_start {
            let (line, column) = (at.line() as u32, at.col() as u32 + 1);
            let offset = at.byte_offset()?;
            let rest = text.get(offset..)?.lines().next().unwrap_or_default();
            // In brackets a value ends before what follows it there.
            let is_inside =
                text[..offset].lines().next_back().is_some_and(|before| before.contains(['[', '{']));
            let end = rest.find([',', ']', '}']).filter(|_| is_inside).unwrap_or(rest.len());
            let rest = rest[..end].trim_end();
            return Some((Span { line, column, width: rest.chars().count() as u32 }, rest));
        }
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) if level == depth => return None,
            Event::SequenceStart(..) | Event::MappingStart(..) => level += 1,
            Event::SequenceEnd | Event::MappingEnd => level -= 1,
            _ => {}
        }
    }
    None
}

/// What stands behind `before`, up to the end of the line; in brackets up to what follows it there.
pub fn value<'a>(before: &str, rest: &'a str) -> &'a str {
    let rest = rest.lines().next().unwrap_or_default();
    let is_inside = before.rsplit('\n').next().is_some_and(|line| line.contains(['[', '{']));
    let end = rest.find([',', ']', '}']).filter(|_| is_inside).unwrap_or(rest.len());
    rest[..end].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_wherever_they_stand_and_marks_in_text_are_none() {
        for (text, place) in [
            ("a: !!str x", (1, 4)),
            ("甲:\n- 乙\n- {丙: !<tag:yaml.org,2002:str> 丁}", (3, 7)),
            ("a: 1\n!!str b: 2", (2, 1)),
            ("!!map\na: 1", (1, 1)),
            ("a: !", (1, 4)),
            ("a: [x, ! ]", (1, 8)),
            ("a: &b !!seq [1]", (1, 7)),
            ("a: !!str\n  x", (1, 4)),
            ("a: !!str |\n  x", (1, 4)),
            ("? !!str a\n: 1", (1, 3)),
            ("%TAG ! tag:a.cn,2026:\n---\na: !b x", (3, 4)),
        ] {
            let found = first(text, 16).map(|(span, _)| (span.line, span.column));
            assert_eq!(found, Some(place), "{text}");
        }
        for text in ["a: \"!b\"", "a: b!", "a: b !c", "a: |\n  !b", "# !b", "a: '!'", "!: [", "a!: 1"] {
            assert_eq!(first(text, 16).map(|(span, _)| span), None, "{text}");
        }
    }
}
