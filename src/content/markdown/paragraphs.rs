//! Paragraphs as offices write them: one line each, without blank lines between (`paragraphs: lines` in site.yaml).
//! Text that was wrapped by hand stays whole.

use std::borrow::Cow;

use crate::content::markdown::marks::Edit;
use crate::content::markdown::rows::{Kind, Row, is_item, rows};
use crate::content::markdown::{spans, tab_tables};
use crate::diagnostics::REPORTED;
use crate::diagnostics::messages::MarkdownProblem;
use crate::text::is_cjk;

/// The narrowest and the widest line, in columns, that an author may have wrapped by hand. (A hanzi has two columns.)
const WRAPPED: std::ops::RangeInclusive<usize> = 40..=160;

/// Adds the edits that end paragraphs at the end of lines, remove the white space in front of them, and make tables of
/// cells that are separated by tabs.
pub(super) fn add_edits(body: &str, edits: &mut Vec<Edit>) {
    let rows = rows(body);
    let tables = tab_tables::find(&rows);
    let mut breaks = breaks(&rows).into_iter().map(|pair| pair.at).peekable();
    let mut tables = tables.into_iter().peekable();
    for (at, row) in rows.iter().enumerate() {
        let is_break = breaks.next_if_eq(&at).is_some();
        while tables.next_if(|table| table.end < at).is_some() {}
        let table = tables.peek().filter(|table| table.start <= at);
        let blank = || match row.quote.trim_end() {
            "" => Cow::Borrowed("\n\n"),
            quote => Cow::Owned(format!("\n{quote}\n")),
        };
        let end = match table {
            Some(table) if at == table.start + 1 => Some(tab_tables::below_head(&rows[table.clone()]).into()),
            Some(table) if at == table.start || at == table.end => Some(blank()),
            Some(_) => None,
            None => is_break.then(blank),
        };
        if let Some(text) = end.filter(|_| at > 0) {
            edits.push(Edit { at: row.start - 1, length: 1, text });
        }
        let is_prose = row.kind == Kind::Text && row.is_code_indent() && !row.in_list;
        if table.is_some_and(|table| table.contains(&at)) {
            tab_tables::add_edits(row, edits);
        } else if row.is_indented() || is_prose {
            edits.push(Edit { at: row.start + row.quote.len(), length: row.indent.len(), text: "".into() });
        }
    }
}

/// Where `body` is not written as Markdown, but as [`add_edits`] reads it: each problem with its place, in bytes.
pub(super) fn lints(body: &str) -> Vec<(MarkdownProblem, usize)> {
    if !may_join_or_indent(body) {
        return Vec::new();
    }
    let rows = rows(body);
    let tables = tab_tables::find(&rows);
    let mut lints: Vec<(MarkdownProblem, usize)> = Vec::new();
    lints.extend(tables.iter().map(|table| (MarkdownProblem::TabTable, rows[table.start].text_start())));
    // What becomes code is reported as such; of titles it is not certain that they are paragraphs.
    let is_code = |at: usize| rows[at].is_code_indent() && rows[at - 1].is_code_indent();
    let mut breaks = breaks(&rows);
    breaks.retain(|pair| !matches!(pair.join, Join::Image | Join::Heading | Join::Labelled | Join::Open));
    let mut breaks: Vec<usize> = breaks.into_iter().map(|pair| pair.at).collect();
    breaks.retain(|at| !is_code(*at) && !tables.iter().any(|table| table.contains(at)));
    for run in breaks.chunk_by(|one, next| one + 1 == *next) {
        let lines = run.len() + 1;
        let first = run.first().map(|at| rows[at - 1].text_start());
        lints.extend(first.map(|first| (MarkdownProblem::LinesJoined { lines }, first)));
    }
    let is_code = |row: &Row| row.kind == Kind::Text && row.is_code_indent() && !row.in_list;
    for block in rows.chunk_by(|one, next| one.kind == Kind::Text && is_code(next)) {
        if is_code(&block[0]) && block.last().is_some_and(|last| is_prose(last.text.trim_end())) {
            lints.push((MarkdownProblem::ProseAsCode, block[0].text_start()));
        }
    }
    lints.sort_by_key(|(_, at)| *at);
    lints.truncate(REPORTED);
    lints
}

/// Whether a line in Chinese is a sentence, a numbered heading, or all hanzi, rather than part of a program's output.
fn is_prose(line: &str) -> bool {
    line.ends_with(['。', '！', '？', '；', '：', '…', '”']) || is_numbered(line) || line.chars().all(is_cjk)
}

/// Whether two lines of text may follow each other without a blank line, or a line be indented as code is. Most bodies have
/// neither, so this looks at little more than the first byte of each line.
fn may_join_or_indent(body: &str) -> bool {
    let bytes = body.as_bytes();
    let (mut start, mut is_after_text) = (0, false);
    while let Some(first) = bytes.get(start) {
        if *first == b'\n' {
            (start, is_after_text) = (start + 1, false);
            continue;
        }
        let line = &body[start..];
        let is_indented = line.starts_with("    ") || line.starts_with('\t');
        if is_indented || (is_after_text && may_go_on(line)) {
            return true;
        }
        let Some(length) = memchr::memchr(b'\n', line.as_bytes()) else { break };
        (start, is_after_text) = (start + length + 1, true);
    }
    false
}

/// Whether `line` may go on with the paragraph of the line before.
fn may_go_on(line: &str) -> bool {
    let text = line.trim_start_matches([' ', '\t', '>']);
    let begins = |first: char| !first.is_ascii() || first.is_ascii_alphanumeric() || first == '(';
    text.starts_with(begins) && !is_item(text)
}

/// Where a paragraph begins right below another one.
fn breaks(rows: &[Row]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = (1..rows.len()).filter_map(|at| Pair::of(rows, at)).collect();
    for run in pairs.chunk_by_mut(|one, next| one.at + 1 == next.at) {
        let last = run.last().map_or(0, |last| width(rows[last.at].text));
        let widest = run.iter().map(|pair| pair.width).max().unwrap_or(0).max(last);
        run.iter_mut().for_each(|pair| pair.widest = widest);
    }
    let style = Style::of(&pairs, rows);
    let mut breaks: Vec<Pair> = Vec::new();
    // Where the paragraph of the current line begins.
    let (mut start, mut last) = (0, 0);
    for pair in pairs {
        let at = pair.at;
        if last + 1 != at {
            start = at - 1;
        }
        last = at;
        // An item of a list that has not ended begins a paragraph anyway.
        let goes_on = || {
            let list = rows[..at].iter().rposition(|row| row.kind == Kind::Item);
            breaks.last().is_none_or(|last| list.is_some_and(|list| last.at <= list))
        };
        let is_item = rows[at].kind == Kind::Item && rows[at - 1].in_list && goes_on();
        if style.separates(&pair, rows) && !is_item && !spans::is_within(rows, start, at) {
            start = at;
            breaks.push(pair);
        }
    }
    breaks
}

/// Two lines of one paragraph by CommonMark.
struct Pair {
    /// The second one.
    at: usize,
    join: Join,
    /// The width of the first one, and the greatest in the paragraph, in columns.
    width: usize,
    widest: usize,
}

/// How the first line ends and the second one begins.
#[derive(PartialEq, Eq)]
enum Join {
    /// The second line is indented.
    Indented,
    /// One of them is an image.
    Image,
    /// The second line has a number of its own, as `一、` has. Does the first one end as a sentence does?
    Numbered { after_sentence: bool },
    /// The first line ends as a sentence does.
    Sentence,
    /// The first line is a heading by its number, or part of the title.
    Heading,
    /// Both lines begin with a label: `时间：`.
    Labelled,
    /// The first line is part of a sentence.
    Inside,
    /// Anything else: in the middle of a sentence, or below a title.
    Open,
}

impl Pair {
    fn of(rows: &[Row], at: usize) -> Option<Pair> {
        let (first, second) = (&rows[at - 1], &rows[at]);
        let is_text = matches!(first.kind, Kind::Text | Kind::Item) && !first.verbatim;
        let goes_on = match second.kind {
            Kind::Text => true,
            // By CommonMark only 1 can interrupt a paragraph.
            Kind::Item => starts_late_item(second.text),
            _ => false,
        };
        let is_broken =
            first.text.ends_with("  ") || first.text.ends_with('\\') || first.text.ends_with("<br>");
        let are_items = is_item(first.text) && is_item(second.text) && second.kind != Kind::Item;
        if !is_text || !goes_on || is_broken || are_items {
            return None;
        }
        let join = join(first, second);
        // Text below a quotation goes on with it, unless it begins a paragraph for certain.
        let leaves_quote =
            second.quote.is_empty() && !matches!(join, Join::Inside | Join::Open | Join::Image);
        (first.quote == second.quote || leaves_quote).then(|| Pair {
            at,
            join,
            width: width(first.text),
            widest: 0,
        })
    }
}

fn join(first: &Row, second: &Row) -> Join {
    let (before, after) = (first.text.trim_end(), second.text);
    let is_prose = second.is_code_indent() && !second.in_list;
    if second.is_indented() || is_prose {
        return Join::Indented;
    }
    if is_image(before) || is_image(after) {
        return Join::Image;
    }
    let after_sentence = ends_sentence(before);
    if is_numbered(after) {
        return Join::Numbered { after_sentence };
    }
    if after_sentence {
        return Join::Sentence;
    }
    if is_labelled(before) && is_labelled(after) {
        return Join::Labelled;
    }
    if is_subtitle(before)
        || is_numbered(before) && width(before) <= 60 && !before.ends_with(['，', '、', ','])
    {
        return Join::Heading;
    }
    let goes_on = after.starts_with(['，', '。', '、', '；', '：', '”', '）', '》']);
    if before.ends_with(['，', '、', ',']) || goes_on { Join::Inside } else { Join::Open }
}

/// How the lines of a body are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// Wrapped by hand within paragraphs.
    Wrapped,
    /// Some are much longer than any that were wrapped by hand: each is a paragraph.
    OneEach,
    /// Nothing is certain.
    Short,
}

impl Style {
    fn of(pairs: &[Pair], rows: &[Row]) -> Style {
        let is_wrap = |pair: &&Pair| match pair.join {
            Join::Inside => pair.width >= 20,
            Join::Open => {
                WRAPPED.contains(&pair.width)
                    && pair.widest <= *WRAPPED.end()
                    && pair.width * 10 >= pair.widest * 6
            }
            _ => false,
        };
        let wraps = pairs.iter().filter(is_wrap).count();
        let sentences = pairs.iter().filter(|pair| pair.join == Join::Sentence).count();
        // Whoever wraps by hand does not break a line early at the end of a sentence.
        let is_early = |pair: &&Pair| pair.join == Join::Sentence && pair.width * 10 < pair.widest * 6;
        let early = pairs.iter().filter(is_early).count();
        let is_long = |row: &&Row| {
            row.kind == Kind::Text && row.text.len() > *WRAPPED.end() && width(row.text) > *WRAPPED.end()
        };
        let long = rows.iter().filter(is_long).count();
        if wraps > early && wraps * 3 >= sentences && wraps >= long {
            Style::Wrapped
        } else if long > 0 {
            Style::OneEach
        } else {
            Style::Short
        }
    }

    fn separates(self, pair: &Pair, rows: &[Row]) -> bool {
        match (&pair.join, self) {
            (Join::Indented | Join::Image, _) | (Join::Numbered { after_sentence: true }, _) => true,
            (Join::Inside, _) | (_, Style::Wrapped) => false,
            (Join::Numbered { .. } | Join::Sentence | Join::Heading | Join::Labelled, _)
            | (Join::Open, Style::OneEach) => true,
            // A title: whoever wraps by hand would have put more into this line.
            (Join::Open, Style::Short) => {
                let (title, text) = (rows[pair.at - 1].text, rows[pair.at].text);
                pair.width * 2 < pair.widest
                    && !title.contains(['，', '。', '；', '、', '：'])
                    && !text.starts_with(|c: char| c.is_ascii_digit())
            }
        }
    }
}

/// The width of a text in columns.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Whether a line ends with a sentence mark or a colon, before closing marks, the mark of a note or a remark in brackets.
fn ends_sentence(line: &str) -> bool {
    const CLOSING: &[char] = &['”', '’', '」', '』', '》', '】', '〕', '"', '\'', '*', '_', '~'];
    const BRACKETS: &[(char, char, usize)] =
        &[('（', '）', 90), ('(', ')', 90), ('[', ']', 12), ('<', '>', 12)];
    let is_end = |c: char| matches!(c, '。' | '！' | '？' | '；' | '：' | '…' | '.' | '!' | '?' | ';' | ':');
    let mut line = line.trim_end();
    // Each round takes a mark away; there are few at the end of a line.
    for _ in 0..8 {
        line = line.trim_end_matches(CLOSING).trim_end_matches(|c| matches!(c, '①'..='⑳'));
        let Some(last) = line.chars().next_back() else { return false };
        if is_end(last) {
            return true;
        }
        let Some((open, close, longest)) = BRACKETS.iter().find(|(_, close, _)| *close == last) else {
            return false;
        };
        let inside = line.strip_suffix(*close).unwrap_or(line);
        // A sentence within brackets ends with them.
        if inside.ends_with(is_end) {
            return true;
        }
        match inside.rfind(*open) {
            Some(start) if inside.len() - start <= *longest => line = &inside[..start],
            _ => return false,
        }
    }
    false
}

/// Whether a line stands below a title: `（2025年1月8日通过）`, `——在大会上`.
fn is_subtitle(line: &str) -> bool {
    line.starts_with("——") || line.starts_with(['（', '(']) && line.ends_with(['）', ')'])
}

/// Whether a line begins with a label: `时间：`.
fn is_labelled(line: &str) -> bool {
    let label = line.chars().take(7).position(|c| c == '：');
    label.is_some_and(|length| length >= 2 && line.chars().take(length).all(is_cjk))
}

/// Whether the line is one image.
fn is_image(line: &str) -> bool {
    line.starts_with("![") && line.ends_with(')') && line.matches("](").count() == 1
}

/// Whether a line begins with a number as paragraphs of official texts do: `一、`, `（一）`, `1.`, `1、`, `（1）`, `第一条`.
fn is_numbered<'a>(line: &'a str) -> bool {
    let hanzi = |c: char| "〇零一二三四五六七八九十百千".contains(c);
    let digit = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    let after = |text: &'a str| {
        let rest = text.trim_start_matches(hanzi);
        let rest = if rest.len() == text.len() { text.trim_start_matches(digit) } else { rest };
        (rest.len() < text.len()).then_some(rest)
    };
    if let Some(rest) = line.strip_prefix('第').and_then(after) {
        let name = rest.strip_prefix(['条', '章', '节', '编']);
        return name.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
    }
    if let Some(rest) = line.strip_prefix(['（', '(', '〔']).and_then(after) {
        return rest.starts_with(['）', ')', '〕']);
    }
    let Some(rest) = after(line) else { return false };
    // `1.5万元` is no number of a paragraph.
    let mut chars = rest.chars();
    match chars.next() {
        Some('、' | '．') => true,
        Some('.' | ')' | '）') => line.len() - rest.len() <= 3 && !chars.next().is_some_and(digit),
        _ => false,
    }
}

/// Whether a numbered list item begins here with another number than 1.
fn starts_late_item(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && !text.starts_with("1.") && !text.starts_with("1)")
}
