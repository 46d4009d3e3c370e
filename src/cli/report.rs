//! The report on a build: for people, with excerpts of the sources, and as JSON.

use serde::Serialize;

use crate::build::{Build, SiteChanges};
use crate::diagnostics::messages::BuildProblem;
use crate::diagnostics::{Diagnostic, Lang, Problem, Severity};

/// The version of the JSON format.
const VERSION: u32 = 1;

/// A build as `--json` prints it.
#[derive(Debug, Serialize)]
pub(super) struct BuildReport<'b> {
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
    published: bool,
    changes: Option<&'b SiteChanges>,
    diagnostics: Vec<DiagnosticReport>,
}

/// A diagnostic as `--json` prints it.
#[derive(Debug, Serialize)]
struct DiagnosticReport {
    severity: &'static str,
    code: String,
    message: String,
    file: Option<String>,
    line: Option<u32>,
    column: Option<u32>,
    hint: String,
}

/// The report of a build that took `elapsed_ms` milliseconds.
pub(super) fn build_report(build: &Build, elapsed_ms: u64, lang: Lang) -> BuildReport<'_> {
    let published = build.is_published;
    // The output of a failed build is discarded.
    let written = if published { build.rendered.counts.written } else { 0 };
    BuildReport {
        version: VERSION,
        documents: build.documents,
        outputs: build.outputs.len(),
        rendered: build.rendered.counts.rendered,
        reused: build.rendered.counts.reused,
        written,
        unchanged: if published { build.outputs.len() - written.min(build.outputs.len()) } else { 0 },
        removed: build.removed,
        elapsed_ms,
        ok: build.is_ok(),
        published,
        changes: build.changes.as_ref(),
        diagnostics: build.diagnostics.iter().map(|diagnostic| diagnostic_report(diagnostic, lang)).collect(),
    }
}

fn diagnostic_report(diagnostic: &Diagnostic, lang: Lang) -> DiagnosticReport {
    let message = diagnostic.problem.message(lang);
    let place = diagnostic.place.as_ref();
    let some = |number: u32| (number > 0).then_some(number);
    DiagnosticReport {
        severity: diagnostic.severity.name(),
        code: diagnostic.problem.code().to_owned(),
        message: message.text,
        file: place.map(|place| place.file.clone()),
        line: place.and_then(|place| some(place.line)),
        column: place.and_then(|place| some(place.column)),
        hint: message.hint,
    }
}

/// One line on what a build did.
pub(super) fn summary(build: &Build, elapsed_ms: u64, lang: Lang) -> String {
    let count = |severity| build.diagnostics.iter().filter(|found| found.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let time = format!("{}.{:03}", elapsed_ms / 1000, elapsed_ms % 1000);
    let (documents, outputs) = (build.documents, build.outputs.len());
    let (written, removed) = (build.rendered.counts.written, build.removed);
    match (build.is_published, lang) {
        (true, Lang::Zh) => {
            let errors = if errors > 0 {
                format!("，{errors} 处错误，有错误的文稿没有更新")
            } else {
                String::new()
            };
            let warnings = if warnings > 0 { format!("，{warnings} 处提醒") } else { String::new() };
            format!(
                "已生成：{documents} 篇文档，{outputs} 个文件，写入 {written}，删除 {removed}，用时 {time} 秒{errors}{warnings}"
            )
        }
        (true, Lang::En) => {
            let errors = match errors {
                0 => String::new(),
                _ => format!(", {}; documents with errors were not updated", plural(errors, "error")),
            };
            let warnings =
                if warnings > 0 { format!(", {}", plural(warnings, "warning")) } else { String::new() };
            let (documents, outputs) = (plural(documents, "document"), plural(outputs, "file"));
            format!(
                "built {documents}, {outputs}: {written} written, {removed} removed, in {time} s{warnings}{errors}"
            )
        }
        (false, Lang::Zh) => {
            format!("没有生成：{errors} 处错误，{warnings} 处提醒；{}", state_of_output(build, lang))
        }
        (false, Lang::En) => {
            let (errors, warnings) = (plural(errors, "error"), plural(warnings, "warning"));
            format!("not built: {errors}, {warnings}; {}", state_of_output(build, lang))
        }
    }
}

/// What a build that failed has done to the output folder.
fn state_of_output(build: &Build, lang: Lang) -> &'static str {
    let has = |is: fn(&BuildProblem) -> bool| {
        build.diagnostics.iter().any(|found| matches!(&found.problem, Problem::Build(problem) if is(problem)))
    };
    if has(|problem| matches!(problem, BuildProblem::CommitInterrupted { .. })) {
        lang.pick("网页可能有新有旧", "the output may be partly new")
    } else if has(|problem| matches!(problem, BuildProblem::WriteFailed { undone: true, .. })) {
        lang.pick("已换上的文件都已还原", "all replaced files were restored")
    } else if build.recovered {
        lang.pick(
            "上次中断的生成已先做完或换回，此外网页没有改动",
            "an interrupted build was completed or undone first, and nothing else was changed",
        )
    } else {
        lang.pick("原来的网页没有改动", "the existing output was not changed")
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
