//! Collects problems found after the text of a file was dropped. Their places are looked up together, reading each file
//! once, and only if something is wrong at all.

use std::collections::BTreeMap;

use crate::diagnostics::diagnostic::{Diagnostic, Place};
use crate::diagnostics::problem::Problem;
use crate::diagnostics::severity::Severity;
use crate::diagnostics::source::{Span, read_source};
use crate::world::World;

/// How many errors, and how many warnings, are reported for one file.
pub const REPORTED: usize = 50;

/// Counts the problems of one file, up to [`REPORTED`] of each severity: warnings never crowd out an error.
#[derive(Debug, Default)]
pub struct ReportCounts([usize; 3]);

impl ReportCounts {
    /// Counts one more problem. Returns whether it is to be reported.
    pub fn count(&mut self, severity: Severity) -> bool {
        let count = &mut self.0[severity as usize];
        *count += 1;
        *count <= REPORTED
    }

    /// Whether no further problem of this severity is reported.
    pub fn is_full(&self, severity: Severity) -> bool {
        self.0[severity as usize] >= REPORTED
    }
}

/// For how many wrong names of a site a similar one is looked for: each is compared with all.
const SUGGESTED: usize = 100;

/// Where in its file a problem is.
#[derive(Debug, Clone, Copy)]
enum Position {
    Span(Span),
    /// A byte offset in the decoded text, and a width in characters.
    Offset(usize, u32),
}

type Found = (Position, Problem);

/// Problems by the file they are in.
#[derive(Debug, Default)]
pub struct DiagnosticSink {
    by_file: BTreeMap<String, (ReportCounts, Vec<Found>)>,
    located: Vec<Diagnostic>,
    suggested: usize,
}

impl DiagnosticSink {
    /// Adds a problem at `span` of the file at `path`.
    pub fn add(&mut self, path: &str, span: Span, problem: impl Into<Problem>) {
        self.add_at(path, Position::Span(span), problem.into());
    }

    /// Adds a problem at the byte `offset` of the file at `path`.
    pub fn at_offset(&mut self, path: &str, offset: usize, width: u32, problem: impl Into<Problem>) {
        self.add_at(path, Position::Offset(offset, width), problem.into());
    }

    /// Adds a diagnostic that has its place already, or none.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.located.push(diagnostic);
    }

    fn add_at(&mut self, path: &str, position: Position, problem: Problem) {
        let (counts, list) = self.by_file.entry(path.to_owned()).or_default();
        if counts.count(problem.severity()) {
            list.push((position, problem));
        }
    }

    /// Whether the file at `path` has reached the maximum number of errors.
    pub fn is_full(&self, path: &str) -> bool {
        self.by_file.get(path).is_some_and(|(counts, _)| counts.is_full(Severity::Error))
    }

    /// Whether another similar name may be searched for; each call counts, as the search is expensive.
    pub fn may_suggest(&mut self) -> bool {
        self.suggested += 1;
        self.suggested <= SUGGESTED
    }

    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.by_file.is_empty() && self.located.is_empty()
    }

    /// The diagnostics, with their places.
    pub fn locate(self, world: &dyn World) -> Vec<Diagnostic> {
        let mut diagnostics = self.located;
        for (path, (_, problems)) in self.by_file {
            let source = read_source(world, &path).ok();
            for (position, problem) in problems {
                let place = match (&source, position) {
                    (Some(source), Position::Span(span)) => source.place(span),
                    (Some(source), Position::Offset(offset, width)) => source.place_at(offset, width),
                    (None, _) => Place::file(path.clone()),
                };
                diagnostics.push(Diagnostic::new(problem).at(place));
            }
        }
        diagnostics
    }
}
