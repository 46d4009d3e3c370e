//! Text that is written on several lines of YAML. YAML joins the lines by spaces (YAML 1.2, section 6.5), which Chinese text
//! does not have.

use std::borrow::Cow;

use crate::text::joins_without_space;

/// A scalar without the spaces that stand for line breaks between Chinese characters; `source` is the scalar as written.
pub(super) fn join_lines<'t>(text: Cow<'t, str>, source: &str) -> Cow<'t, str> {
    if !source.contains('\n') || !text.contains(' ') {
        return text;
    }
    let mut joined = String::with_capacity(text.len());
    let mut rest: &str = &text;
    for line in source.lines().map(|line| line.trim().trim_matches(['"', '\''])) {
        let Some(after) = rest.strip_prefix(line) else {
            // The head of a block (`>-`) is not part of the text. Anything else is not understood, and stays as it is.
            match joined.is_empty() {
                true => continue,
                false => return text,
            }
        };
        joined.push_str(line);
        let beyond = after.trim_start_matches([' ', '\n']);
        let neighbours = line.chars().next_back().zip(beyond.chars().next());
        if after.len() != beyond.len() + 1
            || !after.starts_with(' ')
            || !neighbours.is_some_and(|(before, after)| joins_without_space(before, after))
        {
            joined.push_str(&after[..after.len() - beyond.len()]);
        }
        rest = beyond;
    }
    joined.push_str(rest);
    joined.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_breaks_between_hanzi_are_joined() {
        for (text, source, expected) in [
            ("甲 乙", "甲 乙", "甲 乙"),
            ("常务委员会 工作报告", "常务委员会\n  工作报告", "常务委员会工作报告"),
            ("第 一 届，会议", "第 一\n  届，会议", "第 一届，会议"),
            ("甲，乙 丙", ">-\n  甲，\n  乙 丙", "甲，乙 丙"),
            ("甲 abc 乙", "甲\n  abc\n  乙", "甲 abc 乙"),
            ("甲 乙", "\"甲\n  乙\"", "甲乙"),
            ("甲\n乙 丙", ">-\n  甲\n\n  乙\n  丙", "甲\n乙丙"),
        ] {
            assert_eq!(join_lines(text.into(), source), expected, "{source}");
        }
    }
}
