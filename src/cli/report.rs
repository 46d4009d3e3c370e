//! How a build is shown: diagnostics for people with the line and a caret, and the build as JSON.

use std::borrow::Cow;

use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::build::model::Build;
use crate::diagnostics::problem::Lang;
use crate::diagnostics::{Diagnostic, Place, Severity};
use crate::text::unicode::is_turning;

/// The version of the JSON format.
const VERSION: u32 = 1;

/// A build as `--json` prints it.
#[derive(Debug, Serialize)]
pub struct BuildReport {
    version: u32,
    documents: usize,
    outputs: usize,
    rendered: usize,
    reused: usize,
    written: usize,
    unchanged: usize,
    removed: usize,
    elapsed_ms: u64,
    ok: bool,
    diagnostics: Vec<DiagnosticReport>,
}

/// A diagnostic as `--json` prints it.
#[derive(Debug, Serialize)]
struct DiagnosticReport {
    severity: &'static str,
    code: &'static str,
    message: String,
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    hint: String,
}

/// The report of a build that took `elapsed_ms` milliseconds.
pub fn build_report(build: &Build, elapsed_ms: u64, lang: Lang) -> BuildReport {
    let ok = build.is_ok();
    // What a failed build made is thrown away.
    let written = if ok { build.rendered.counts.written } else { 0 };
    BuildReport {
        version: VERSION,
        documents: build.documents,
        outputs: build.outputs.len(),
        rendered: build.rendered.counts.rendered,
        reused: build.rendered.counts.reused,
        written,
        unchanged: if ok { build.outputs.len() - written.min(build.outputs.len()) } else { 0 },
        removed: build.removed,
        elapsed_ms,
        ok,
        diagnostics: build.diagnostics.iter().map(|diagnostic| diagnostic_report(diagnostic, lang)).collect(),
    }
}

fn diagnostic_report(diagnostic: &Diagnostic, lang: Lang) -> DiagnosticReport {
    let words = diagnostic.problem.words(lang);
    let place = diagnostic.place.as_ref();
    let some = |number: u32| (number > 0).then_some(number);
    DiagnosticReport {
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        },
        code: diagnostic.problem.code(),
        message: words.message,
        file: place.map(|place| place.file.clone()),
        line: place.and_then(|place| some(place.line)),
        column: place.and_then(|place| some(place.column)),
        hint: words.hint,
    }
}

/// A diagnostic for people.
pub fn human(diagnostic: &Diagnostic, lang: Lang) -> String {
    let words = diagnostic.problem.words(lang);
    let severity = match (diagnostic.severity, lang) {
        (Severity::Error, Lang::Zh) => "错误",
        (Severity::Error, Lang::En) => "error",
        (Severity::Warning, Lang::Zh) => "提醒",
        (Severity::Warning, Lang::En) => "warning",
        (Severity::Notice, Lang::Zh) => "说明",
        (Severity::Notice, Lang::En) => "notice",
    };
    let (colon, hint) = match lang {
        Lang::Zh => ("：", "改法"),
        Lang::En => (": ", "hint"),
    };
    let mut lines = vec![format!("{severity}[{}]{colon}{}", diagnostic.problem.code(), words.message)];
    lines.extend(diagnostic.place.iter().flat_map(where_it_is));
    lines.push(format!("  {hint}{colon}{}", words.hint));
    let mut text = String::new();
    for line in lines {
        text.push_str(&visible(&line));
        text.push('\n');
    }
    text
}

/// One line of text for a terminal. Names of files and what is written in them may hold characters that move the
/// cursor, give orders to the terminal (ECMA-48), turn the direction of text or end the line: they are shown, not
/// obeyed.
pub fn visible(line: &str) -> Cow<'_, str> {
    if !line.contains(is_hidden) {
        return line.into();
    }
    let mut shown = String::with_capacity(line.len() + 8);
    for c in line.chars() {
        match is_hidden(c) {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    shown.into()
}

/// Does a terminal obey `c` instead of showing it?
fn is_hidden(c: char) -> bool {
    c.is_control()
        || is_turning(c)
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

fn where_it_is(place: &Place) -> Vec<String> {
    let mut lines = vec![match (place.line, place.column) {
        (0, _) => format!("  --> {}", place.file),
        (line, 0) => format!("  --> {}:{line}", place.file),
        (line, column) => format!("  --> {}:{line}:{column}", place.file),
    }];
    let Some(excerpt) = place.excerpt.as_deref().filter(|excerpt| !excerpt.trim().is_empty()) else {
        return lines;
    };
    let number = place.line.to_string();
    // One for one: the marks below stand under what they mean.
    let shown_as = |c: char| match c {
        '\t' => ' ',
        c if is_hidden(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    let shown: String = excerpt.chars().map(shown_as).collect();
    lines.push(format!("  {number} | {shown}"));
    if place.column == 0 || place.column as usize > excerpt.chars().count() + 1 {
        return lines;
    }
    let before: usize = shown.chars().take(place.column as usize - 1).map(|c| c.width().unwrap_or(0)).sum();
    let meant: String = shown.chars().skip(place.column as usize - 1).take(place.width as usize).collect();
    let marks = "^".repeat(meant.width().max(1));
    lines.push(format!("  {} | {}{marks}", " ".repeat(number.len()), " ".repeat(before)));
    lines
}

/// One line on what a build did.
pub fn summary(build: &Build, elapsed_ms: u64, lang: Lang) -> String {
    let count = |severity| build.diagnostics.iter().filter(|found| found.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let time = format!("{}.{:03}", elapsed_ms / 1000, elapsed_ms % 1000);
    let (documents, outputs) = (build.documents, build.outputs.len());
    let (written, removed) = (build.rendered.counts.written, build.removed);
    match (build.is_ok(), lang) {
        (true, Lang::Zh) => {
            let warnings = if warnings > 0 { format!("，{warnings} 处提醒") } else { String::new() };
            format!(
                "已生成：{documents} 篇文档，{outputs} 个文件，写入 {written}，删除 {removed}，用时 {time} 秒{warnings}"
            )
        }
        (true, Lang::En) => {
            let warnings =
                if warnings > 0 { format!(", {}", plural(warnings, "warning")) } else { String::new() };
            let (documents, outputs) = (plural(documents, "document"), plural(outputs, "file"));
            format!(
                "built {documents}, {outputs}: {written} written, {removed} removed, in {time} s{warnings}"
            )
        }
        (false, Lang::Zh) => format!("没有生成：{errors} 处错误，{warnings} 处提醒；原来的网页没有改动"),
        (false, Lang::En) => {
            let (errors, warnings) = (plural(errors, "error"), plural(warnings, "warning"));
            format!("not built: {errors}, {warnings}; the former pages are as they were")
        }
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
