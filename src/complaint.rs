//! Problems found when the text of the file is no longer at hand. They are located together, reading
//! each file once, and only if something is wrong at all.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::problem::Problem;
use crate::scan::read_source;
use crate::source::Span;
use crate::world::World;

/// How many problems of links are reported for one file.
const REPORTED: usize = 50;

/// Where in its file a problem is.
#[derive(Debug, Clone, Copy)]
enum Spot {
    Span(Span),
    /// A byte offset in the decoded text, and a width in characters.
    Offset(usize, u32),
}

/// Problems with the files they are in.
#[derive(Debug, Default)]
pub struct Complaints {
    by_file: BTreeMap<String, Vec<(Severity, Spot, Problem)>>,
    elsewhere: Vec<Diagnostic>,
}

impl Complaints {
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
        if list.len() < REPORTED {
            list.push((severity, spot, problem));
        }
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
