//! Tables whose cells are separated by tabs, as copying from Word and spreadsheets gives them.

use std::ops::Range;

use crate::content::markdown::marks::Edit;
use crate::content::markdown::rows::{Kind, Row};

/// The tables among `rows`: at least two lines with the same number of tabs.
pub(super) fn find(rows: &[Row]) -> Vec<Range<usize>> {
    let mut tables: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let columns = cells(&rows[at]).count();
        let length = rows[at..].iter().take_while(|row| is_row(row) && cells(row).count() == columns);
        let length = length.count();
        // A tab in front of every line is an indentation.
        let is_table = length >= 2
            && rows[at..at + length].iter().any(|row| row.indent.is_empty())
            && rows[at..at + length]
                .iter()
                .any(|row| cells(row).filter(|cell| !cell.is_empty()).count() >= 2);
        if is_table {
            tables.push(at..at + length);
        }
        at += length.max(1);
    }
    tables
}

/// Adds the edits within the `row` of a table.
pub(super) fn add_edits(row: &Row, edits: &mut Vec<Edit>) {
    let front = row.indent.find('\t');
    if let Some(at) = front {
        // An empty first cell.
        edits.push(Edit { at: row.start + at, length: row.indent.len() - at, text: "| ".into() });
        let more = row.indent[at..].matches('\t').count();
        edits.push(Edit { at: row.text_start(), length: 0, text: "| ".repeat(more).into() });
    }
    for (at, mark) in row.text.char_indices().filter(|(_, c)| matches!(c, '\t' | '|')) {
        let text = if mark == '\t' { " | " } else { "\\|" };
        edits.push(Edit { at: row.text_start() + at, length: 1, text: text.into() });
    }
}

/// The line below the head of a table.
pub(super) fn delimiter_row(head: &Row) -> String {
    "| ".to_owned() + &"--- | ".repeat(cells(head).count())
}

/// Whether a line may be a row of such a table.
fn is_row(row: &Row) -> bool {
    matches!(row.kind, Kind::Text | Kind::Code)
        && row.quote.is_empty()
        && !row.in_list
        && cells(row).nth(1).is_some()
}

/// The cells of a line.
fn cells<'a>(row: &Row<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let (indent, text) = (row.indent, row.text.trim_end_matches([' ', '\u{3000}']));
    // An empty first cell looks like an indentation.
    indent
        .split_inclusive('\t')
        .filter(|part| part.ends_with('\t'))
        .map(|_| "")
        .chain(text.split('\t').map(str::trim))
}
