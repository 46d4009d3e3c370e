//! Problems found when the text of the file is no longer at hand. They are located together, reading
//! each file once, and only if something is wrong at all.

use std::collections::BTreeMap;

use crate::content::scan::read_source;
use crate::diagnostics::problem::Problem;
use crate::diagnostics::source::Span;
use crate::diagnostics::{Diagnostic, Place, Severity};
use crate::world::World;

/// How many errors, and how many warnings, of links and names are reported for one file.
const REPORTED: usize = 50;

/// For how many wrong names of a site the nearest right one is looked for: each is compared with all.
const SUGGESTED: usize = 100;

/// Where in its file a problem is.
#[derive(Debug, Clone, Copy)]
enum Spot {
    Span(Span),
    /// A byte offset in the decoded text, and a width in characters.
    Offset(usize, u32),
}

type Found = (Severity, Spot, Problem);

fn count(list: &[Found], severity: Severity) -> usize {
    list.iter().filter(|found| found.0 == severity).count()
}

/// Problems with the files they are in.
#[derive(Debug, Default)]
pub struct DiagnosticSink {
    by_file: BTreeMap<String, Vec<Found>>,
    elsewhere: Vec<Diagnostic>,
    suggested: usize,
}

impl DiagnosticSink {
    /// Notes an error at `span` of the file at `path`.
    pub fn error(&mut self, path: &str, span: Span, problem: Problem) {
        self.add(path, Severity::Error, Spot::Span(span), problem);
    }

    /// Notes a warning at `span` of the file at `path`.
    pub fn warning(&mut self, path: &str, span: Span, problem: Problem) {
        self.add(path, Severity::Warning, Spot::Span(span), problem);
    }

    /// Notes a problem at the byte `offset` of the file at `path`.
    pub fn at_offset(&mut self, path: &str, severity: Severity, offset: usize, width: u32, problem: Problem) {
        self.add(path, severity, Spot::Offset(offset, width), problem);
    }

    /// Notes what has its place already, or none.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.elsewhere.push(diagnostic);
    }

    fn add(&mut self, path: &str, severity: Severity, spot: Spot, problem: Problem) {
        let list = self.by_file.entry(path.to_owned()).or_default();
        // However many warnings there are, an error is an error.
        if count(list, severity) < REPORTED {
            list.push((severity, spot, problem));
        }
    }

    /// Are as many errors noted for the file at `path` as are reported?
    pub fn is_full(&self, path: &str) -> bool {
        self.by_file.get(path).is_some_and(|list| count(list, Severity::Error) >= REPORTED)
    }

    /// May the name that was probably meant be looked for, once more?
    pub fn may_suggest(&mut self) -> bool {
        self.suggested += 1;
        self.suggested <= SUGGESTED
    }

    /// Is there nothing to report?
    pub fn is_empty(&self) -> bool {
        self.by_file.is_empty() && self.elsewhere.is_empty()
    }

    /// Finds the places.
    pub fn locate(self, world: &dyn World) -> Vec<Diagnostic> {
        let mut diagnostics = self.elsewhere;
        for (path, problems) in self.by_file {
            let source = read_source(world, &path).ok();
            for (severity, spot, problem) in problems {
                let place = match (&source, spot) {
                    (Some(source), Spot::Span(span)) => source.place(span),
                    (Some(source), Spot::Offset(offset, width)) => source.place_at(offset, width),
                    (None, _) => Place::file(path.clone()),
                };
                diagnostics.push(Diagnostic { severity, problem, place: Some(place) });
            }
        }
        diagnostics
    }
}
