//! Tables that do not come about, text that becomes a row, and cells that are lost.

use crate::content::markdown::lints::candidate::{Candidate, Found};
use crate::content::markdown::lints::line::Line;
use crate::diagnostics::messages::MarkdownProblem;

/// The longest part of a lost cell that is shown, in characters.
const LONGEST_SHOWN: usize = 40;
/// The most columns for which the line below the head is written out.
const MOST_COLUMNS: usize = 12;

/// What was read of the lines so far.
#[derive(Default)]
pub(super) struct Tables<'a> {
    state: State<'a>,
    last: Option<Line<'a>>,
}

#[derive(Default)]
enum State<'a> {
    #[default]
    Text,
    /// Lines with bars, from `first` on, that are no table so far.
    Bars { first: Line<'a>, count: usize, is_told: bool },
    /// In a table with so many columns.
    Table { columns: usize, is_told: bool },
}

impl<'a> Tables<'a> {
    /// Reads the next line. The last one has to be blank.
    pub(super) fn next(&mut self, line: &Line<'a>, found: &mut Vec<Candidate>) {
        if line.text.is_empty() {
            self.end(found);
            self.last = None;
            return;
        }
        if let State::Table { columns, is_told } = &mut self.state {
            found.extend(row(line, *columns, is_told));
            return;
        }
        if let Some(head) = self.last.filter(|_| may_delimit(line.text))
            && self.delimits(head, line, found)
        {
            self.last = Some(*line);
            return;
        }
        match &mut self.state {
            State::Bars { first, count, is_told } if is_row(line.text) => {
                *count += 1;
                if *count == 2 && !*is_told && first.text.starts_with('｜') {
                    *is_told = true;
                    found.push(Candidate::wide('｜', first.at));
                }
            }
            _ => {
                self.end(found);
                if is_row(line.text) {
                    let is_told = is_wide_row(line.text);
                    found.extend(is_told.then(|| Candidate::wide('｜', line.at)));
                    self.state = State::Bars { first: *line, count: 1, is_told };
                }
            }
        }
        self.last = Some(*line);
    }

    /// Whether the line is the one below the head of a table, or was meant as it.
    fn delimits(&mut self, head: Line<'a>, line: &Line<'a>, found: &mut Vec<Candidate>) -> bool {
        let (is_first, is_told) = match &self.state {
            State::Bars { count, is_told, .. } => (*count == 1, *is_told),
            _ => (true, false),
        };
        if !is_first || !head.text.contains(['|', '｜']) {
            return false;
        }
        let wide = |c: &(usize, char)| matches!(c.1, '｜' | '—' | '－' | '–' | '─' | '：');
        if let Some((at, mark)) = line.text.char_indices().find(wide) {
            found.extend((!is_told).then(|| Candidate::wide(mark, line.at + at)));
            self.state = State::Bars { first: head, count: 2, is_told: true };
            return true;
        }
        let columns = cells(head.text).count();
        if columns == cells(line.text).count() {
            self.state = State::Table { columns, is_told: false };
            return true;
        }
        let problem = match head.text.find('｜') {
            Some(at) => Candidate::wide('｜', head.at + at),
            None => no_delimiter(&head),
        };
        found.extend((!is_told).then_some(problem));
        self.state = State::Bars { first: head, count: 2, is_told: true };
        true
    }

    /// At the end of a block.
    fn end(&mut self, found: &mut Vec<Candidate>) {
        if let State::Bars { first, count: 2.., is_told: false } = std::mem::take(&mut self.state) {
            found.push(no_delimiter(&first));
        }
    }
}

fn no_delimiter(head: &Line) -> Candidate {
    let columns = cells(head.text).count().min(MOST_COLUMNS);
    let row = format!("|{}", " --- |".repeat(columns));
    let problem = MarkdownProblem::TableDelimiter { row };
    Candidate { problem, at: head.at, found: Found::TextOutsideTables }
}

/// The slip in a row of a table.
fn row(line: &Line, columns: usize, is_told: &mut bool) -> Option<Candidate> {
    let problem = if !line.text.contains('|') {
        // All lines below it up to the next blank one are rows too.
        if std::mem::replace(is_told, true) || line.begins_item || line.text.starts_with(['#', '<', '`', '~'])
        {
            return None;
        }
        MarkdownProblem::TableText
    } else {
        let lost = cells(line.text).skip(columns).map(str::trim).filter(|cell| !cell.is_empty());
        let lost: Vec<&str> = lost.collect();
        if lost.is_empty() {
            return None;
        }
        let lost = lost.join(" | ").chars().take(LONGEST_SHOWN).collect();
        MarkdownProblem::TableCells { columns, lost }
    };
    Some(Candidate { problem, at: line.at, found: Found::Row })
}

/// Whether a slip may be told by this line: each needs a row with bars in front, or the line below the head of a table.
pub(super) fn may_tell(line: &Line) -> bool {
    may_delimit(line.text) || is_row(line.text)
}

/// Whether a line begins and ends with a bar, or begins with a full-width one.
fn is_row(text: &str) -> bool {
    let bars = || text.matches(['|', '｜']).count();
    match text.as_bytes() {
        [b'|', ..] => text.len() > 1 && text.ends_with(['|', '｜']) && bars() > 1,
        [0xEF, 0xBD, 0x9C, ..] => bars() > 1,
        _ => false,
    }
}

/// `｜甲｜乙｜`
fn is_wide_row(text: &str) -> bool {
    text.starts_with('｜') && text.ends_with(['｜', '|']) && text.matches('｜').count() > 2
}

/// Whether a line may have been meant as the one below the head of a table.
fn may_delimit(text: &str) -> bool {
    let is_dash = |c: char| matches!(c, '-' | '—' | '－' | '–' | '─');
    let is_bar = |c: char| matches!(c, '|' | '｜');
    matches!(text.as_bytes(), [b'|' | b'-' | b':' | 0xE2 | 0xEF, ..])
        && text.contains(is_bar)
        && text.contains(is_dash)
        && text.chars().all(|c| is_dash(c) || is_bar(c) || matches!(c, ':' | '：' | ' ' | '\t' | '\u{3000}'))
}

/// The cells of a row (GFM 0.29, section 4.10).
fn cells(row: &str) -> impl Iterator<Item = &str> {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').filter(|row| !row.ends_with('\\')).unwrap_or(row);
    let mut rest = Some(row);
    std::iter::from_fn(move || {
        let row = rest?;
        let bar = memchr::memchr_iter(b'|', row.as_bytes()).find(|at| {
            row.as_bytes()[..*at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 0
        });
        rest = bar.map(|at| &row[at + 1..]);
        Some(&row[..bar.unwrap_or(row.len())])
    })
}
