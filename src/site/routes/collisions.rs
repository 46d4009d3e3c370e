//! Outputs that cannot stand beside one another, or not everywhere: two of one path, names that some disks do not
//! hold, addresses that are too long.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::utf8_percent_encode;
use rustc_hash::FxHashMap;

use crate::config::{ADDRESS_LIMIT, NOT_IN_PATH};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::DiagnosticSink;
use crate::diagnostics::Span;
use crate::diagnostics::messages::SiteProblem;
use crate::site::routes::table::{Origin, OriginKind};
use crate::text::fold;
use crate::world::STATIC;

/// The longest name of a file, in bytes, that the usual file systems allow.
const LONGEST_NAME: usize = 255;

/// Reports outputs that would be one file, outputs that need a folder where another is a file, names
/// that some disks cannot hold, addresses that are too long, if `base` bytes are before their paths, and outputs among
/// the theme's static files. `origin` tells what makes the output with a number.
pub fn check_paths<'p>(
    paths: impl Iterator<Item = &'p str>,
    base: usize,
    origin: &dyn Fn(usize) -> Origin,
    sink: &mut DiagnosticSink,
) {
    let mut known: FxHashMap<Cow<str>, usize> = FxHashMap::default();
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last = "";
    let mut names = Names { base, reported: BTreeSet::new() };
    for (number, path) in paths.enumerate() {
        names.check(path, number, origin, sink);
        match known.entry(fold(path)) {
            Entry::Vacant(entry) => {
                entry.insert(number);
            }
            Entry::Occupied(entry) => report(&origin(*entry.get()), &origin(number), path, sink),
        }
        // Many outputs in a row stand in one folder.
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
        // Aliases are entered last.
        (_, OriginKind::Alias(alias)) => {
            SiteProblem::AliasCollision { alias: alias.clone(), path, other: first.name.clone() }
        }
        (OriginKind::Topic, OriginKind::Topic) => {
            SiteProblem::TopicCollision { path, first: first.name.clone(), second: second.name.clone() }
        }
        _ => SiteProblem::Collision { path, first: first.name.clone(), second: second.name.clone() },
    };
    let culprit = [second, first].into_iter().find(|origin| origin.is_located());
    locate(culprit.unwrap_or(second), problem, sink);
}

/// Reports a problem where it can be mended: in a file, or at a file or folder of the content as a whole.
fn locate(origin: &Origin, problem: SiteProblem, sink: &mut DiagnosticSink) {
    match &origin.file {
        Some((file, span)) => sink.add(file, *span, problem),
        None if origin.is_located() => {
            sink.add(&origin.name, Span { line: 1, column: 1, width: 1 }, problem);
        }
        None => sink.push(Diagnostic::new(problem)),
    }
}

/// The names and addresses of outputs. What is wrong with one is reported once, though it be wrong with all that a
/// file makes, or with all that a folder holds.
struct Names {
    /// How many bytes stand before the paths of the site.
    base: usize,
    reported: BTreeSet<String>,
}

impl Names {
    fn check(
        &mut self,
        path: &str,
        number: usize,
        origin: &dyn Fn(usize) -> Origin,
        sink: &mut DiagnosticSink,
    ) {
        let mut end = 0;
        let mut sound = true;
        for segment in path.split('/') {
            end += segment.len();
            let problem = if segment.len() > LONGEST_NAME {
                Some(SiteProblem::NameTooLong { path: format!("/{path}"), bytes: segment.len() })
            } else if is_reserved(segment) || is_odd(segment) {
                Some(SiteProblem::ReservedName { path: format!("/{path}"), name: segment.to_owned() })
            } else {
                None
            };
            if let Some(problem) = problem {
                sound = false;
                self.report(&path[..end], segment, &origin(number), problem, sink);
            }
            end += 1;
        }
        if let Some((end, length)) = self.too_long(path).filter(|_| sound) {
            let problem =
                SiteProblem::AddressTooLong { path: format!("/{path}"), length, limit: ADDRESS_LIMIT };
            self.report(&path[..end], "/", &origin(number), problem, sink);
        }
        self.check_folder(path, number, origin, sink);
    }

    /// In the folder of the theme's static files nothing else may stand: servers tell browsers to keep it for ever,
    /// and some servers take names that differ only in case for one.
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

    /// Where the first folder ends whose address is too long, or else the path, and how long that of the path is.
    fn too_long(&self, path: &str) -> Option<(usize, usize)> {
        // Percent-encoding makes three bytes of one; most paths are far from that.
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

    /// Reports `what` is wrong with the file or folder at `path`, unless it was reported of it, or of its origin.
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
            // Each of them is written by itself.
            OriginKind::Alias(_) => true,
            _ => self.reported.insert(format!("/{path}")),
        };
        if of_path & self.reported.insert(format!("{what}\n{name}\n{span:?}")) {
            locate(origin, problem, sink);
        }
    }
}

/// Names that Windows keeps for devices, whatever their ending (it cuts dots and spaces from the end, too, and
/// takes superscript digits for digits).
pub fn is_reserved(segment: &str) -> bool {
    // The longest is CONOUT$; most names are none of them at the first glance.
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

/// Names that file systems of Windows cannot hold, or hold under another name, and climbing ones: an output is
/// what it is called everywhere.
fn is_odd(segment: &str) -> bool {
    let bad = |byte: u8| byte < b' ' || byte == 0x7F || b"<>:\"\\|?*".contains(&byte);
    segment.is_empty() || segment.ends_with(['.', ' ']) || segment.bytes().any(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_keeps_some_names() {
        for name in ["con", "NUL.txt", "com1", "LPT9.html", "CON .txt", "com²", "conin$", "nul.tar.gz"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["console", "com0", "com10", "nul-a"] {
            assert!(!is_reserved(name), "{name}");
        }
        for name in ["a.", "a ", "..", "", "a:b", "a\\b", "a?", "a\u{7}", "a|b", "<a>"] {
            assert!(is_odd(name), "{name:?}");
        }
        for name in ["a b.pdf", "a.b", "汉阳.html", "a'b&c.txt"] {
            assert!(!is_odd(name), "{name}");
        }
    }
}
