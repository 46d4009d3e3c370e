//! Which problems are shown to people: some of each kind, and how many there are.

use std::collections::{BTreeSet, HashMap};

use crate::diagnostics::{Diagnostic, Lang, REPORTED, Severity, visible};

/// How many problems of one kind are shown.
const SHOWN: usize = 20;

/// A kind of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Kind<'a> {
    severity: Severity,
    code: &'a str,
    key: Option<&'a str>,
}

impl<'a> Kind<'a> {
    fn of(diagnostic: &'a Diagnostic) -> Kind<'a> {
        let problem = &diagnostic.problem;
        Kind { severity: diagnostic.severity, code: problem.code(), key: problem.key() }
    }
}

/// The problems to show, in their order, and a table of the kinds if there are many.
pub(super) fn select(
    diagnostics: &[Diagnostic],
    all: bool,
    lang: Lang,
) -> (Vec<&Diagnostic>, Option<String>) {
    let mut counts: HashMap<Kind, usize> = HashMap::new();
    let mut shown = Vec::new();
    for diagnostic in diagnostics {
        let count = counts.entry(Kind::of(diagnostic)).or_default();
        *count += 1;
        if all || *count <= SHOWN {
            shown.push(diagnostic);
        }
    }
    let table = (diagnostics.len() > SHOWN).then(|| {
        table(&counts, shown.len() < diagnostics.len(), lang)
            + &full_files(diagnostics, lang).unwrap_or_default()
    });
    (shown, table)
}

/// Tells which files may have more problems than are reported: those are neither shown nor counted.
fn full_files(diagnostics: &[Diagnostic], lang: Lang) -> Option<String> {
    let mut counts: HashMap<(Severity, &str), usize> = HashMap::new();
    for diagnostic in diagnostics {
        let Some(place) = &diagnostic.place else { continue };
        *counts.entry((diagnostic.severity, &place.file)).or_default() += 1;
    }
    let full = counts.into_iter().filter(|(_, count)| *count >= REPORTED);
    let files: BTreeSet<&str> = full.map(|((_, file), _)| file).collect();
    let first = *files.first()?;
    let files = match files.len() - 1 {
        0 => first.to_owned(),
        more => lang.pick(format!("{first} 和另外 {more} 个文件"), format!("{first} and {more} more files")),
    };
    let text = lang.pick(
        format!("一个文件最多查出 {REPORTED} 处，{files}可能还有没查出的，请改正后再生成"),
        format!(
            "at most {REPORTED} are reported of a file: {files} may have more; correct these and build again"
        ),
    );
    Some(visible(&text).into_owned() + "\n")
}

/// A line for each kind: errors first, then by how many there are.
fn table(counts: &HashMap<Kind, usize>, is_shortened: bool, lang: Lang) -> String {
    let mut kinds: Vec<(&Kind, &usize)> = counts.iter().collect();
    kinds.sort_by_key(|(kind, count)| (kind.severity, std::cmp::Reverse(**count), kind.code, kind.key));
    let mut text = lang.pick("各种问题的数目：", "problems by kind:").to_owned();
    if is_shortened {
        text = lang.pick(
            format!("各种问题的数目（每种只列出了 {SHOWN} 处，全部列出请加 --all）："),
            format!("problems by kind ({SHOWN} of each are shown; --all shows all):"),
        );
    }
    text.push('\n');
    for (kind, count) in kinds {
        let severity = kind.severity.word(lang);
        let key = kind.key.map(|key| lang.pick(format!(" “{key}”"), format!(" `{key}`"))).unwrap_or_default();
        text += &visible(&format!("  {severity} {}{key} × {count}", kind.code));
        text.push('\n');
    }
    text
}
