//! Warns of documents that are probably copies of others: by their names, as file managers name copies, and by title
//! and date.

use std::collections::{HashMap, HashSet};

use crate::diagnostics::messages::SiteProblem;
use crate::diagnostics::{Diagnostic, DiagnosticSink, Place};
use crate::site::model::Page;

/// Warns of published documents and plain pages that are probably copies.
pub(super) fn check(pages: &[Page], sink: &mut DiagnosticSink) {
    let names: HashSet<&str> = pages.iter().map(|page| page.document.source.as_str()).collect();
    let mut first: HashMap<_, &Page> = HashMap::new();
    for page in pages.iter().filter(|page| !page.is_kept) {
        let name = page.document.source.as_str();
        if is_copy(name, &names) {
            sink.push(Diagnostic::new(SiteProblem::Copy).at(Place::file(page.path.clone())));
            continue;
        }
        let Some(date) = page.date.as_ref().filter(|_| page.section.is_some()) else { continue };
        let meta = &page.document.meta;
        let key = (page.section, meta.title.as_str(), meta.subtitle.as_deref(), date.timestamp());
        if let Some(other) = first.get(&key) {
            sink.add(&page.path, meta.title_span, SiteProblem::SameTitle { other: other.path.clone() });
        } else {
            first.insert(key, page);
        }
    }
}

/// Whether a file manager names a copy so: `first - 副本.md`, `复件 first.md`, `first copy 2.md`; a mere number
/// (`first(1).md`) tells only if there is a file without it among `names`.
fn is_copy(name: &str, names: &HashSet<&str>) -> bool {
    let (folder, last) = name.rsplit_once('/').map_or(("", name), |(folder, last)| (folder, last));
    let Some(stem) = last.get(..last.len().saturating_sub(".md".len())) else { return false };
    let bare = without_number(stem);
    let lower = bare.to_lowercase();
    let ends = ["副本", "复件", "拷贝", " copy", "-copy", "_copy", "(copy)", "（副本）", "(副本)", "(复件)"];
    let begins = ["副本 ", "复件 ", "复件(", "复件（", "copy of ", "副本-", "复件-"];
    if ends.iter().any(|mark| lower.ends_with(mark)) || begins.iter().any(|mark| lower.starts_with(mark)) {
        return bare.chars().count() > 2;
    }
    let slash = if folder.is_empty() { "" } else { "/" };
    bare != stem && names.contains(format!("{folder}{slash}{bare}.md").as_str())
}

/// The stem without the number in brackets, or behind a space, at its end.
fn without_number(stem: &str) -> &str {
    let digits_cut = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let brackets = [('(', ')'), ('（', '）')];
    for (open, close) in brackets {
        if let Some(inner) = stem.strip_suffix(close) {
            let rest = &inner[..digits_cut(inner)];
            if rest.len() < inner.len()
                && let Some(bare) = rest.strip_suffix(open)
            {
                return bare.trim_end();
            }
        }
    }
    let rest = &stem[..digits_cut(stem)];
    if rest.len() < stem.len() && rest.to_lowercase().ends_with(" copy ") { rest.trim_end() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_told_by_the_names_that_file_managers_give() {
        let names = HashSet::from(["news/first.md", "news/first(1).md", "b.md"]);
        for name in [
            "news/first - 副本.md",
            "news/first - 副本 (2).md",
            "news/复件 first.md",
            "news/复件 (2) first.md",
            "news/first(1).md",
            "news/first (12).md",
            "news/first（3）.md",
            "news/first copy.md",
            "news/first copy 2.md",
            "news/Copy of x.md",
            "b(1).md",
            "news/first的副本.md",
            "news/first - Copy (3).md",
        ] {
            assert!(is_copy(name, &names), "{name}");
        }
        for name in [
            "news/first.md",
            "news/公告(1).md",
            "news/first 2.md",
            "news/photocopy.md",
            "news/副本.md",
            "first(1).md",
        ] {
            assert!(!is_copy(name, &names), "{name}");
        }
    }
}
