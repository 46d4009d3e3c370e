//! Tables whose cells are separated by tabs, as copying from Word and spreadsheets gives them.

use std::ops::Range;

use crate::content::markdown::marks::Edit;
use crate::content::markdown::rows::{Kind, Row};

/// The tables among `rows`: at least two lines with tabs, most of them with the same number of cells.
pub(super) fn find(rows: &[Row]) -> Vec<Range<usize>> {
    let mut tables: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let length = rows[at..].iter().take_while(|row| is_row(row)).count();
        let table = &rows[at..at + length];
        let is_full = |row: &&Row| cells(row).count() == columns(table);
        // A tab in front of every line is an indentation.
        let is_table = length >= 2
            && table.iter().any(|row| !row.indent.contains('\t'))
            && table.iter().any(|row| cells(row).filter(|cell| !cell.is_empty()).count() >= 2)
            && (is_full(&&table[0]) || table.iter().filter(is_full).count() * 2 >= length);
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
    if row.is_indented() && front.is_none() {
        edits.push(Edit { at: row.start, length: row.indent.len(), text: "".into() });
    }
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

/// The greatest number of cells in a row.
fn columns(table: &[Row]) -> usize {
    table.iter().map(|row| cells(row).count()).max().unwrap_or(0)
}

/// The end of the head of a table, with the cells that it lacks, and the line below it.
pub(super) fn below_head(table: &[Row]) -> String {
    let columns = columns(table);
    let lacking = columns - table.first().map_or(columns, |head| cells(head).count());
    let end = if lacking > 0 { " |".repeat(lacking + 1) } else { String::new() };
    format!("{end}\n| {}\n", "--- | ".repeat(columns))
}

/// Whether a line may be a row of such a table.
fn is_row(row: &Row) -> bool {
    matches!(row.kind, Kind::Text | Kind::Code)
        && row.quote.is_empty()
        && !row.in_list
        && cells(row).nth(1).is_some()
        && !cells(row).next().is_some_and(is_number_of_item)
}

/// Whether a cell is the number of a list item, behind which Word puts a tab: `1.`, `一、`, `（1）`.
fn is_number_of_item(cell: &str) -> bool {
    let marks = ['.', '、', '．', ')', '）'];
    cell.chars().count() <= 5 && cell.ends_with(marks)
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
