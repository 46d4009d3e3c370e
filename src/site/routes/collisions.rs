//! Reports output paths that collide, or that are not possible everywhere: names that some file systems do not support,
//! and addresses that are too long.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::utf8_percent_encode;
use rustc_hash::FxHashMap;

use crate::config::{ADDRESS_LIMIT, NOT_IN_PATH};
use crate::diagnostics::messages::SiteProblem;
use crate::diagnostics::{Diagnostic, DiagnosticSink, Span};
use crate::site::routes::table::{Origin, OriginKind};
use crate::text::fold;
use crate::world::STATIC;

/// The longest file name that common file systems support, in bytes.
const LONGEST_NAME: usize = 255;

/// Reports outputs with the same path, outputs that need a folder where another output is a file, names that some file
/// systems do not support, addresses that are too long (with `base` bytes before the path), and outputs in the folder
/// of the theme's static files. `origin` returns the source of the output with an index.
pub fn check_paths<'p>(
    paths: impl Iterator<Item = &'p str>,
    base: usize,
    origin: &dyn Fn(usize) -> Origin,
    sink: &mut DiagnosticSink,
) {
    let mut known: FxHashMap<Cow<str>, usize> = FxHashMap::default();
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last = "";
    let mut names = NameChecker { base, reported: BTreeSet::new() };
    for (number, path) in paths.enumerate() {
        names.check(path, number, origin, sink);
        match known.entry(fold(path)) {
            Entry::Vacant(entry) => {
                entry.insert(number);
            }
            Entry::Occupied(entry) => report(&origin(*entry.get()), &origin(number), path, sink),
        }
        // Consecutive outputs are often in the same folder.
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if folder != last {
            last = folder;
            for (at, _) in path.match_indices('/') {
                folders.entry(&path[..at]).or_insert(number);
            }
        }
    }
    for (folder, number) in folders {
        if let Some(file) = known.get(&fold(folder)) {
            report(&origin(*file), &origin(number), folder, sink);
        }
    }
}

fn report(first: &Origin, second: &Origin, path: &str, sink: &mut DiagnosticSink) {
    if [first, second].iter().any(|origin| origin.kind == OriginKind::Reported) {
        return;
    }
    let path = format!("/{path}");
    let problem = match (&first.kind, &second.kind) {
        // Redirects are the last outputs, so that an alias is always the second.
        (_, OriginKind::Alias(alias)) => {
            SiteProblem::AliasCollision { alias: alias.clone(), path, other: first.name.clone() }
        }
        (OriginKind::Topic, OriginKind::Topic) => {
            SiteProblem::TopicCollision { path, first: first.name.clone(), second: second.name.clone() }
        }
        _ => match misnamed_index(first, second) {
            Some(file) => SiteProblem::IndexCollision { path, file },
            None => SiteProblem::Collision { path, first: first.name.clone(), second: second.name.clone() },
        },
    };
    let located = [second, first].into_iter().find(|origin| origin.is_located());
    report_at(located.unwrap_or(second), problem, sink);
}

/// The `index.md` that probably was meant as the `_index.md` of its section.
fn misnamed_index(first: &Origin, second: &Origin) -> Option<String> {
    let is_index =
        |origin: &&Origin| origin.name.ends_with("/index.md") && origin.name.matches('/').count() == 2;
    let other = |origin: &Origin| !origin.name.ends_with(".md") || origin.name.ends_with("/_index.md");
    let index = [first, second].into_iter().find(is_index)?;
    [first, second].into_iter().any(other).then(|| index.name.clone())
}

/// Reports a problem where it can be corrected: at a place in a file, or at a file or folder as a whole.
fn report_at(origin: &Origin, problem: SiteProblem, sink: &mut DiagnosticSink) {
    match &origin.file {
        Some((file, span)) => sink.add(file, *span, problem),
        None if origin.is_located() => {
            sink.add(&origin.name, Span { line: 1, column: 1, width: 1 }, problem);
        }
        None => sink.push(Diagnostic::new(problem)),
    }
}

/// Checks the names and addresses of outputs. A problem is reported once, even if it affects all outputs of a file or
/// all outputs in a folder.
struct NameChecker {
    /// The length in bytes of what precedes a path in its address.
    base: usize,
    /// Keys of the problems reported so far, by path and by origin.
    reported: BTreeSet<String>,
}

impl NameChecker {
    fn check(
        &mut self,
        path: &str,
        number: usize,
        origin: &dyn Fn(usize) -> Origin,
        sink: &mut DiagnosticSink,
    ) {
        let mut end = 0;
        let mut valid = true;
        for segment in path.split('/') {
            end += segment.len();
            let problem = if segment.len() > LONGEST_NAME {
                Some(SiteProblem::NameTooLong { path: format!("/{path}"), bytes: segment.len() })
            } else if is_reserved(segment) || is_unsupported(segment) {
                Some(SiteProblem::ReservedName { path: format!("/{path}"), name: segment.to_owned() })
            } else {
                None
            };
            if let Some(problem) = problem {
                valid = false;
                self.report(&path[..end], segment, &origin(number), problem, sink);
            }
            end += 1;
        }
        if let Some((end, length)) = self.too_long(path).filter(|_| valid) {
            let problem =
                SiteProblem::AddressTooLong { path: format!("/{path}"), length, limit: ADDRESS_LIMIT };
            self.report(&path[..end], "/", &origin(number), problem, sink);
        }
        self.check_folder(path, number, origin, sink);
    }

    /// Reports other outputs in the folder of the theme's static files: browsers cache that folder permanently. Some
    /// servers ignore case.
    fn check_folder(
        &mut self,
        path: &str,
        number: usize,
        origin: &dyn Fn(usize) -> Origin,
        sink: &mut DiagnosticSink,
    ) {
        let Some((folder, _)) = path.split_once('/') else { return };
        if fold(folder) != STATIC.trim_matches('/') {
            return;
        }
        let origin = origin(number);
        if origin.kind != OriginKind::Theme {
            let by_alias = matches!(origin.kind, OriginKind::Alias(_));
            let problem = SiteProblem::StaticFolder { path: format!("/{path}"), by_alias };
            self.report(folder, folder, &origin, problem, sink);
        }
    }

    /// If the address of the output is too long: the end of the first folder whose address is too long, or else of the
    /// path; and the length of the address.
    fn too_long(&self, path: &str) -> Option<(usize, usize)> {
        // Fast path: percent-encoding at most triples the length.
        if self.base + 3 * path.len() < ADDRESS_LIMIT {
            return None;
        }
        let length =
            |path: &str| self.base + 1 + utf8_percent_encode(path, NOT_IN_PATH).map(str::len).sum::<usize>();
        let address = path.strip_suffix("index.html").filter(|rest| rest.ends_with('/')).unwrap_or(path);
        let whole = length(address);
        let mut folders = path.match_indices('/').map(|(at, _)| at);
        let end = || folders.find(|at| length(&path[..*at]) >= ADDRESS_LIMIT).unwrap_or(path.len());
        (whole >= ADDRESS_LIMIT).then(end).map(|end| (end, whole))
    }

    /// Reports a problem of the file or folder at `path`, unless it was reported for this path, or for the same `what`
    /// of the same origin.
    fn report(
        &mut self,
        path: &str,
        what: &str,
        origin: &Origin,
        problem: SiteProblem,
        sink: &mut DiagnosticSink,
    ) {
        let Origin { name, file, kind } = origin;
        let span = file.as_ref().map_or((0, 0), |(_, span)| (span.line, span.column));
        let of_path = match kind {
            OriginKind::Reported => return,
            // Each alias must be corrected separately.
            OriginKind::Alias(_) => true,
            _ => self.reported.insert(format!("/{path}")),
        };
        if of_path & self.reported.insert(format!("{what}\n{name}\n{span:?}")) {
            report_at(origin, problem, sink);
        }
    }
}

/// Whether Windows reserves the name for a device. The extension does not matter, nor do spaces before it; superscript
/// digits count as digits.
pub fn is_reserved(segment: &str) -> bool {
    // Fast path by the first letter.
    if !segment.starts_with(['C', 'c', 'P', 'p', 'A', 'a', 'N', 'n', 'L', 'l']) {
        return false;
    }
    let stem = segment.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let digit = |rest: &str| {
        let mut chars = rest.chars();
        matches!((chars.next(), chars.next()), (Some('1'..='9' | '¹' | '²' | '³'), None))
    };
    let numbered = |name: &str| stem.strip_prefix(name).is_some_and(digit);
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT")
}

/// Whether Windows does not support the name or changes it, or the name is `.` or `..`.
fn is_unsupported(segment: &str) -> bool {
    let bad = |byte: u8| byte < b' ' || byte == 0x7F || b"<>:\"\\|?*".contains(&byte);
    segment.is_empty() || segment.ends_with(['.', ' ']) || segment.bytes().any(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_reserves_some_names() {
        for name in ["con", "NUL.txt", "com1", "LPT9.html", "CON .txt", "com²", "conin$", "nul.tar.gz"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["console", "com0", "com10", "nul-a"] {
            assert!(!is_reserved(name), "{name}");
        }
        for name in ["a.", "a ", "..", "", "a:b", "a\\b", "a?", "a\u{7}", "a|b", "<a>"] {
            assert!(is_unsupported(name), "{name:?}");
        }
        for name in ["a b.pdf", "a.b", "汉阳.html", "a'b&c.txt"] {
            assert!(!is_unsupported(name), "{name}");
        }
    }
}
