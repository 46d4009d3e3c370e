//! Headings that do not come about, and those that nobody meant.

use crate::content::markdown::lints::candidate::{Candidate, Found};
use crate::content::markdown::lints::line::Line;
use crate::diagnostics::messages::MarkdownProblem;
use crate::text::is_cjk;

/// The longest line that may be a heading, in characters.
const LONGEST_HEADING: usize = 40;

/// What was read of the lines so far.
#[derive(Default)]
pub(super) struct Headings<'a> {
    /// Where the paragraph of the last line begins, and how many lines it has.
    paragraph: Option<(usize, usize)>,
    last: &'a str,
    /// A line that is a heading without its space if it stands alone.
    alone: Option<Candidate>,
    /// How many lines may be headings of the first level.
    titles: usize,
}

impl<'a> Headings<'a> {
    /// Reads the next line. The last one has to be blank.
    pub(super) fn next(&mut self, line: &Line<'a>, found: &mut Vec<Candidate>) {
        let alone = self.alone.take();
        match line.text.as_bytes() {
            [] => {
                found.extend(alone);
                self.paragraph = None;
                self.last = "";
                return;
            }
            [b'#', ..] => self.number_signs(line, found),
            [0xEF, 0xBC, 0x83, ..] => found.extend(wide_number_signs(line)),
            [b'-' | b'=', ..] if !line.begins_item => found.extend(self.underlined(line)),
            _ => {}
        }
        self.paragraph = match self.paragraph {
            _ if is_heading(line.text) => None,
            Some((start, count)) if !line.begins_item => Some((start, count + 1)),
            _ => Some((line.at, 1)),
        };
        self.last = line.text;
    }

    fn number_signs(&mut self, line: &Line, found: &mut Vec<Candidate>) {
        let rest = line.text.trim_start_matches('#');
        let count = line.text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return };
        if count == 1 && matches!(first, ' ' | '\t') {
            self.titles += 1;
            if self.titles > 1 {
                let problem = MarkdownProblem::SecondTitle;
                found.push(Candidate { problem, at: line.at, found: Found::SecondTitle });
            }
        }
        if count > 6 || first.is_ascii_whitespace() || line.is_indented {
            return;
        }
        if first == '＃' {
            found.push(Candidate::wide('＃', line.at + count));
            return;
        }
        let is_text =
            first.is_alphanumeric() || matches!(first, '（' | '《' | '“' | '【' | '\u{3000}' | '\u{A0}');
        let candidate = Candidate {
            problem: MarkdownProblem::HeadingSpace { heading: spaced(count, rest) },
            at: line.at,
            found: Found::TextOutsideTables,
        };
        if is_text && !rest.contains('#') && (count > 1 || is_numbered(rest) || first == '\u{3000}') {
            found.push(candidate);
        } else if count == 1 && self.paragraph.is_none() && is_short_text(rest) {
            self.alone = Some(candidate);
        }
    }

    /// `---` or `===` straight below text.
    fn underlined(&self, line: &Line) -> Option<Candidate> {
        let (start, count) = self.paragraph?;
        let mark = line.text.chars().next()?;
        if !line.text.chars().all(|c| c == mark) || self.last.contains('|') {
            return None;
        }
        let ends = self.last.trim_end_matches(['”', '’', '）', '」', '』', '*', '_', ' ']);
        // Titles may end with `？`, `！` and `：`.
        let is_sentence = ends.ends_with(['。', '；', '，']);
        let is_sure = is_sentence || (mark == '-' && (count > 1 || line.text.len() < 3));
        if !is_sure && (mark == '=' || line.text.len() > 3) {
            return None;
        }
        let heading = self.last.chars().take(LONGEST_HEADING).collect();
        Some(Candidate {
            problem: MarkdownProblem::HeadingUnderline { line: line.text.to_owned(), heading },
            at: line.at,
            found: Found::Underlined { text: start..line.at, is_sure },
        })
    }
}

/// Whether a slip may be told by this line: each needs one that is no sound heading below the first level.
pub(super) fn may_tell(line: &Line) -> bool {
    match line.text.as_bytes() {
        [b'#', ..] => !line.text.starts_with("##") || !is_heading(line.text),
        [0xEF, 0xBC, 0x83, ..] => true,
        [mark @ (b'-' | b'='), ..] => line.text.bytes().all(|byte| byte == *mark),
        _ => false,
    }
}

fn is_heading(text: &str) -> bool {
    text.starts_with('#') && text.trim_start_matches('#').starts_with([' ', '\t'])
}

fn spaced(count: usize, rest: &str) -> String {
    let text: String = rest.trim_start().chars().take(LONGEST_HEADING).collect();
    format!("{} {text}", "#".repeat(count))
}

/// `＃＃ 标题`
fn wide_number_signs(line: &Line) -> Option<Candidate> {
    let rest = line.text.trim_start_matches(['＃', '#']);
    let count = line.text[..line.text.len() - rest.len()].chars().count();
    let first = rest.chars().next()?;
    let is_heading = match count {
        _ if matches!(first, ' ' | '\t' | '\u{3000}') => true,
        1 => is_numbered(rest),
        _ => first.is_alphanumeric(),
    };
    (is_heading && count <= 6).then(|| Candidate::wide('＃', line.at))
}

/// Whether a line begins with a number as headings do: `一、`, `（一）`, `第一章`, `1.`
fn is_numbered(text: &str) -> bool {
    let is_hanzi = |c: char| "一二三四五六七八九十百零〇".contains(c);
    let after = |text: &str| -> Option<char> { text.trim_start_matches(is_hanzi).chars().next() };
    let begins = |text: &str| text.starts_with(is_hanzi);
    if let Some(rest) = text.strip_prefix('第') {
        return begins(rest) && matches!(after(rest), Some('章' | '节' | '编' | '条' | '部' | '篇' | '讲'));
    }
    if let Some(rest) = text.strip_prefix(['（', '(']) {
        return begins(rest) && matches!(after(rest), Some('）' | ')'));
    }
    if begins(text) {
        return matches!(after(text), Some('、' | '．' | '.'));
    }
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len() && rest.starts_with(['、', '．'])
}

/// Whether a line may be a heading as it stands: short, in Chinese, no sentence, and no topic such as `#人大#`.
fn is_short_text(text: &str) -> bool {
    text.chars().next().is_some_and(|c| is_cjk(c) && c.is_alphanumeric())
        && text.chars().count() <= LONGEST_HEADING
        && !text.contains(['#', '＃', '。', '，', '！', '？', '；', ' '])
}
