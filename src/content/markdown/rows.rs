//! The lines of a body by kind, as far as it matters where paragraphs end: a sketch of what the parser would see.

use crate::content::markdown::lines::is_delimiter_row;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Blank,
    /// A line of a paragraph.
    Text,
    /// The first line of a list item, a footnote or a definition.
    Item,
    /// A line of an indented code block.
    Code,
    /// Anything else: headings, rules, tables, fenced code, raw HTML.
    Other,
}

/// A line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'a> {
    /// Where it begins in the body, in bytes.
    pub start: usize,
    /// The `>` in front, with the spaces before them.
    pub quote: &'a str,
    /// The white space in front of the text.
    pub indent: &'a str,
    /// The text.
    pub text: &'a str,
    pub kind: Kind,
    /// Whether it belongs to a list.
    pub in_list: bool,
    /// Whether every character counts, as in fenced code.
    pub verbatim: bool,
}

impl Row<'_> {
    /// Where its text begins in the body, in bytes.
    pub(super) fn text_start(&self) -> usize {
        self.start + self.quote.len() + self.indent.len()
    }

    /// Whether it is indented as Chinese paragraphs are.
    pub(super) fn is_indented(&self) -> bool {
        !self.verbatim && self.indent.contains(['\u{3000}', '\u{2003}', '\u{A0}'])
    }

    /// Whether it is indented by four columns, which begin a code block where no paragraph goes on.
    pub(super) fn is_code_indent(&self) -> bool {
        columns(self.indent) >= 4 && !self.is_indented()
    }
}

/// The lines of `body`.
pub(super) fn rows(body: &str) -> Vec<Row<'_>> {
    let mut reader = Reader::default();
    let mut rows: Vec<Row> = Vec::new();
    let mut start = 0;
    for line in body.split_inclusive('\n') {
        let (quote, rest) = split_quote(line.trim_end_matches('\n'));
        let text = rest.trim_start_matches(is_space);
        let indent = &rest[..rest.len() - text.len()];
        let row = Row { start, quote, indent, text, kind: Kind::Other, in_list: false, verbatim: false };
        let before = rows.last().filter(|before| before.quote == quote).map(|before| before.kind);
        rows.push(reader.read(row, before.unwrap_or(Kind::Blank)));
        start += line.len();
    }
    mark_table_heads(&mut rows);
    mark_prose(&mut rows);
    rows
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{A0}' | '\u{2003}' | '\u{3000}')
}

fn split_quote(line: &str) -> (&str, &str) {
    let front = line.len() - line.trim_start_matches([' ', '>']).len();
    let Some(last) = line[..front].rfind('>') else { return ("", line) };
    let end = last + 1 + usize::from(line[last + 1..].starts_with(' '));
    line.split_at(end)
}

/// The width of white space in columns.
fn columns(space: &str) -> usize {
    space.chars().fold(0, |column, c| match c {
        '\t' => column + 4 - column % 4,
        ' ' => column + 1,
        _ => column + 2,
    })
}

/// What the lines before have opened.
#[derive(Default)]
struct Reader {
    fence: Option<(char, usize)>,
    /// Raw HTML, with the text that ends it; without one a blank line does (CommonMark 0.31, section 4.6).
    html: Option<Option<&'static str>>,
    table: bool,
    list: bool,
}

impl Reader {
    /// The row with its kind; `before` is that of the line before in the same quotation.
    fn read<'a>(&mut self, row: Row<'a>, before: Kind) -> Row<'a> {
        let of = |kind, in_list| Row { kind, in_list, ..row };
        let verbatim = Row { verbatim: true, ..row };
        let text = row.text.trim_end();
        if let Some((mark, length)) = self.fence {
            let marks = text.len() - text.trim_start_matches(mark).len();
            let closes = marks >= length && marks == text.len();
            self.fence = self.fence.filter(|_| !closes);
            return if closes { of(Kind::Other, self.list) } else { verbatim };
        }
        if let Some(end) = self.html {
            let ends = end.map_or(text.is_empty(), |end| text.to_ascii_lowercase().contains(end));
            self.html = self.html.filter(|_| !ends);
            return if ends && text.is_empty() { of(Kind::Blank, self.list) } else { verbatim };
        }
        if text.is_empty() {
            self.table = false;
            return of(Kind::Blank, self.list);
        }
        let width = if row.is_indented() { 0 } else { columns(row.indent) };
        if width >= 4 && !self.list && !matches!(before, Kind::Text | Kind::Item) {
            return of(Kind::Code, false);
        }
        let kind = self.kind(text);
        match kind {
            Kind::Item => self.list = true,
            Kind::Text if before == Kind::Blank && width < 2 => self.list = false,
            Kind::Other if width < 2 => self.list = false,
            _ => {}
        }
        let in_list = self.list;
        Row { kind, in_list, ..row }
    }

    fn kind(&mut self, text: &str) -> Kind {
        self.fence = fence(text);
        self.html = html_block(text);
        self.table = (self.table || is_below_head(text)) && !text.is_empty();
        if self.fence.is_some() || self.html.is_some() || self.table {
            // A comment or an element may end on its own line.
            let is_over = |end: &str| text[2..].to_ascii_lowercase().contains(end);
            self.html = self.html.filter(|end| !end.is_some_and(is_over));
            return Kind::Other;
        }
        if is_heading(text) || is_rule(text) || text.starts_with('|') {
            return Kind::Other;
        }
        if is_item(text) { Kind::Item } else { Kind::Text }
    }
}

fn fence(text: &str) -> Option<(char, usize)> {
    let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = text.trim_start_matches(mark);
    let length = text.len() - rest.len();
    (length >= 3 && (mark == '~' || !rest.contains('`'))).then_some((mark, length))
}

/// Whether raw HTML begins with this line, and what ends it.
fn html_block(text: &str) -> Option<Option<&'static str>> {
    const VERBATIM: &[(&str, &str)] = &[
        ("<!--", "-->"),
        ("<?", "?>"),
        ("<![cdata[", "]]>"),
        ("<script", "</script>"),
        ("<style", "</style>"),
        ("<pre", "</pre>"),
        ("<textarea", "</textarea>"),
    ];
    const BLOCKS: &[&str] = &[
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "col",
        "colgroup",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frame",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "iframe",
        "legend",
        "li",
        "link",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "param",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "track",
        "ul",
    ];
    if !text.starts_with('<') {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    if let Some((_, end)) = VERBATIM.iter().find(|(start, _)| lower.starts_with(start)) {
        return Some(Some(end));
    }
    let name = lower[1..].trim_start_matches('/');
    let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
    let is_alone = lower.ends_with('>') && lower.matches('<').count() == 1 && !name.is_empty();
    (BLOCKS.contains(&name) || is_alone).then_some(None)
}

fn is_heading(text: &str) -> bool {
    let rest = text.trim_start_matches('#');
    (1..=6).contains(&(text.len() - rest.len())) && (rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// Whether it is a thematic break or the line below a heading.
fn is_rule(text: &str) -> bool {
    ['-', '*', '_', '='].iter().any(|mark| text.chars().all(|c| c == *mark || is_space(c)))
}

/// Whether it is the line below the head of a table, and not of a heading.
fn is_below_head(text: &str) -> bool {
    text.contains('|') && is_delimiter_row(text)
}

/// Whether a list item, a footnote, a definition or the address of a link begins here.
pub(super) fn is_item(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = match text.as_bytes().first() {
        Some(b'-' | b'+' | b'*' | b':') => 1,
        Some(b'0'..=b'9') if digits <= 9 && text[digits..].starts_with(['.', ')']) => digits + 1,
        Some(b'[') => return text.find("]:").is_some_and(|end| !text[..end].contains("](")),
        _ => return false,
    };
    text.len() == after || text[after..].starts_with([' ', '\t'])
}

/// The head of a table is told by the line below it.
fn mark_table_heads(rows: &mut [Row]) {
    for at in 1..rows.len() {
        if rows[at - 1].kind == Kind::Text && !rows[at].verbatim && is_below_head(rows[at].text.trim_end()) {
            rows[at - 1].kind = Kind::Other;
        }
    }
}

/// Indented lines that all begin as Chinese sentences do are text, not code.
fn mark_prose(rows: &mut [Row]) {
    let mut at = 0;
    while at < rows.len() {
        let block = rows[at..].iter().take_while(|row| row.kind == Kind::Code).count();
        let prose = &mut rows[at..at + block];
        if prose.iter().all(|row| begins_prose(row.text)) {
            prose.iter_mut().for_each(|row| row.kind = Kind::Text);
        }
        at += block.max(1);
    }
}

/// Whether a text begins as Chinese prose: with a hanzi behind marks of Markdown, opening marks, a number or a letter.
fn begins_prose(text: &str) -> bool {
    let is_front = |c: char| c.is_ascii_digit() || " *_~[!#-.)“‘《〈（(【〔—）①②③④⑤⑥⑦⑧⑨⑩".contains(c);
    let text = text.trim_start_matches(is_front);
    let text = text.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(text);
    text.starts_with(|c: char| matches!(c, '\u{3400}'..='\u{9FFF}' | '、' | '．'))
}
