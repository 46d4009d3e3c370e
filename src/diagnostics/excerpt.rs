//! The part of a line that a diagnostic shows.

use unicode_width::UnicodeWidthChar;

/// The widest excerpt, in columns.
const WIDEST: usize = 96;
/// How many columns of a long line are shown in front of the place.
const BEFORE: usize = 32;

/// The part of `line` around the character `column` (from 1), with an ellipsis where it is cut, and how many characters of
/// the line stand before it.
pub(super) fn around(line: &str, column: u32) -> (String, u32) {
    if line.len() <= WIDEST || line.chars().map(width).sum::<usize>() <= WIDEST {
        return (line.to_owned(), 0);
    }
    let at = (column as usize).saturating_sub(1);
    let before: Vec<char> = line.chars().take(at).collect();
    let kept = fitting(before.iter().rev().copied(), BEFORE);
    let mut skipped = before.len() - kept;
    let mut excerpt = String::new();
    match skipped {
        // An ellipsis in place of one character would gain nothing.
        0 | 1 => skipped = 0,
        _ => {
            excerpt.push('…');
            skipped -= 1;
        }
    }
    let rest = line.chars().skip(skipped + excerpt.chars().count());
    let length = fitting(rest.clone(), WIDEST);
    excerpt.extend(rest.clone().take(length));
    if rest.count() > length {
        excerpt.push('…');
    }
    (excerpt, u32::try_from(skipped).unwrap_or(u32::MAX))
}

/// How many of `chars` fit into `columns`.
fn fitting(chars: impl Iterator<Item = char>, columns: usize) -> usize {
    let total = |sum: &mut usize, c| {
        *sum += width(c);
        Some(*sum)
    };
    chars.scan(0, total).take_while(|sum| *sum <= columns).count()
}

fn width(c: char) -> usize {
    c.width().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_so_that_the_place_shows() {
        let line: String = ('一'..).take(300).collect();
        for column in [1, 2, 17, 18, 150, 300, 301] {
            let (excerpt, skipped) = around(&line, column);
            let shown = excerpt.chars().nth((column - skipped) as usize - 1);
            assert_eq!(
                shown.filter(|c| *c != '…'),
                line.chars().nth(column as usize - 1),
                "{column}: {excerpt}"
            );
            assert!(excerpt.chars().map(width).sum::<usize>() <= WIDEST + 2, "{excerpt}");
        }
        assert_eq!(around("短", 1), ("短".to_owned(), 0));
    }
}
