//! What a syntax error probably meant, in the clerk's words.

use crate::config::yaml::Yaml;
use crate::config::yaml::tags;
use crate::config::yaml::typos;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::Problem;
use crate::diagnostics::source::Span;

impl Yaml<'_> {
    /// Says what was probably meant; the crate's own words are the last resort.
    pub(super) fn syntax_error(self, error: &serde_yaml::Error, known: &[&str]) -> Box<Diagnostic> {
        if let Some(error) = self.slip(known).or_else(|| self.second_document()) {
            return error;
        }
        let error = error.without_snippet();
        let (line, column) =
            error.location().map_or((1, 1), |at| (at.line().max(1) as u32, at.column().max(1) as u32));
        let text = error.to_string();
        let nested = || typos::nested(self.text, line as usize);
        let is_colon =
            text.contains("simple key expected") || text.contains("mapping values are not allowed");
        if let Some((problem, line, column)) = is_colon.then(nested).flatten() {
            return self.error(problem, Span { line: line as u32, column: column as u32, width: 1 });
        }
        if let Some(error) = self.missing_colon(line) {
            return error;
        }
        // The parser stumbles in the very line, or in the one after it.
        let near = |at: u32| at <= line && line - at <= 1;
        let opening = self.unclosed();
        let trailing = self.text_after_quote().filter(|span| near(span.line));
        let tab = self.text.lines().position(|line| line.starts_with('\t')).map(|at| at as u32 + 1);
        // At a tab it stops before the end of the line above.
        let tab = tab.filter(|at| near(*at) || *at == line + 1);
        let (line, column) = tab.map_or((line, column), |at| (at, 1));
        let problem = match error {
            serde_yaml::Error::DuplicateMappingKey { key, .. } => {
                Problem::DuplicateKey { key: key.clone().unwrap_or_default() }
            }
            serde_yaml::Error::MergeKeyNotAllowed { .. } | serde_yaml::Error::UnknownAnchor { .. } => {
                Problem::YamlReference
            }
            _ if text.contains("nchors") || text.contains("liases") || text.contains("anchor") => {
                Problem::YamlReference
            }
            _ if ["Depth", "nesting", "recursion"].iter().any(|word| text.contains(word)) => {
                Problem::YamlTooDeep { limit: self.bounds.depth }
            }
            // The rest of the crate's budget: nodes, above all.
            _ if text.contains("budget") => {
                Problem::YamlTooMuch { by_references: self.bounds.aliases > 0 && self.text.contains('*') }
            }
            _ if text.contains("alias") && text.contains("exceeded") => {
                Problem::YamlTooMuch { by_references: true }
            }
            _ if text.contains("while parsing a quoted scalar") => Problem::YamlEscape,
            _ if text.contains("tag") => Problem::YamlTag { text: self.value_at(line, column) },
            _ if text.contains("tab") || tab.is_some() => Problem::YamlTab,
            _ if trailing.is_some() => {
                return self.error(Problem::TextAfterQuote, trailing.unwrap_or_default());
            }
            _ if opening.is_some() || text.contains("quote") || text.contains("unclosed") => {
                let span = opening.unwrap_or(Span { line, column, width: 1 });
                return self.error(Problem::YamlUnclosed, span);
            }
            _ if typos::indentation(self.text, line as usize).is_some() => Problem::YamlIndent,
            _ if text.contains("mapping values are not allowed") => Problem::YamlColon,
            _ => Problem::YamlSyntax { detail: detail(&text) },
        };
        self.error(problem, Span { line, column, width: 1 })
    }

    /// What stands from a place to the end of its line, for a message.
    fn value_at(self, line: u32, column: u32) -> String {
        let text = self.text.lines().nth((line as usize).saturating_sub(1)).unwrap_or_default();
        let at =
            text.char_indices().nth((column as usize).saturating_sub(1)).map_or(text.len(), |(at, _)| at);
        typos::shortened(tags::value(&text[..at], &text[at..]))
    }

    /// The commonest slips, which YAML's own messages explain least: `title：甲` and `title:甲`.
    pub(super) fn slip(self, known: &[&str]) -> Option<Box<Diagnostic>> {
        let (problem, line, column) = typos::first(self.text, known)?;
        Some(self.error(problem, Span { line: line as u32, column: column as u32, width: 1 }))
    }

    /// `---`, or what was meant for it, in a file that is settings from end to end, or within front matter.
    fn second_document(self) -> Option<Box<Diagnostic>> {
        let first = self.text.lines().position(|line| !line.trim().is_empty())?;
        let (found, line, problem) = self.text.lines().zip(0..).find_map(|(line, number)| {
            // The first line of a file may be `---`.
            let second = line.trim_end() == "---" && number != first;
            let problem = typos::fence(line).or(second.then_some(Problem::YamlDocument))?;
            Some((line, number as u32 + 1, problem))
        })?;
        let problem = if self.lines_before > 0 { problem } else { Problem::YamlDocument };
        let width = found.trim_end().chars().count() as u32;
        Some(self.error(problem, Span { line, column: 1, width }))
    }

    /// The quote or bracket that opens a value and is not closed on its line: the parser notices only later.
    fn unclosed(self) -> Option<Span> {
        self.text.lines().zip(1..).find_map(|(line, number)| {
            let (key, value) = entry(line)?;
            let value = value.trim();
            let closed = match value.chars().next()? {
                quote @ ('"' | '\'') => value[1..].contains(quote),
                '[' => value.contains(']'),
                '{' => value.contains('}'),
                _ => true,
            };
            let column = key.chars().count() as u32 + 3;
            (!closed).then_some(Span { line: number, column, width: 1 })
        })
    }

    /// Where text goes on after a quoted or bracketed value: `title: "甲"乙`.
    fn text_after_quote(self) -> Option<Span> {
        self.text.lines().zip(1..).find_map(|(line, number)| {
            let (key, value) = entry(line)?;
            let closing = match value.trim_start().chars().next()? {
                quote @ ('"' | '\'') => quote,
                '[' => ']',
                _ => return None,
            };
            let opening = value.len() - value.trim_start().len() + 1;
            let end = opening + value[opening..].find(closing)? + 1;
            let rest = &value[end..];
            let more = !rest.trim().is_empty() && !rest.trim_start().starts_with(['#', '"', '\'']);
            let column = (key.chars().count() + 2 + value[..end].chars().count() + 1) as u32;
            more.then_some(Span { line: number, column, width: rest.trim_end().chars().count() as u32 })
        })
    }

    /// A line without a colon is noticed at its end or only at the next one: the last line up to `line`
    /// that has none is the one to mend.
    fn missing_colon(self, line: u32) -> Option<Box<Diagnostic>> {
        let before = self.text.lines().take(line as usize).enumerate();
        let (at, text) = before.filter(|(_, text)| !text.trim().is_empty() && !text.contains(':')).last()?;
        if at + 2 < line as usize {
            return None;
        }
        let is_entry =
            !text.starts_with([' ', '\t', '-', '#', '[', '{', ']', '}', '"', '\'']) && !text.contains(':');
        let width = text.trim_end().chars().count() as u32;
        let span = Span { line: at as u32 + 1, column: 1, width };
        is_entry.then(|| self.error(Problem::NoColon { text: text.trim().to_owned() }, span))
    }
}

/// The key and the value of a line `key: value`; flow mappings are more than one.
fn entry(line: &str) -> Option<(&str, &str)> {
    let plain = |key: &str| key.trim_start().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    line.split_once(": ").filter(|(key, _)| plain(key))
}

/// The crate's message without its own "at line 1, column 2", which counts from the wrong place.
fn detail(text: &str) -> String {
    text.split(" at line ").next().unwrap_or(text).to_owned()
}
