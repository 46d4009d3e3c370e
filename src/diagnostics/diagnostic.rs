//! A problem with its place and its severity.

use serde::{Deserialize, Serialize};

use crate::diagnostics::problem::Problem;
use crate::diagnostics::severity::Severity;

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file, relative to the site's root, with `/` between segments.
    pub file: String,
    /// The line, from 1; 0 if the problem is the file itself.
    pub line: u32,
    /// The column in characters (not bytes), from 1; 0 if the problem is the line or the file.
    pub column: u32,
    /// How many characters to underline, at least 1.
    pub width: u32,
    /// The text of the line, as much of it as is shown.
    pub excerpt: Option<String>,
    /// How many characters of the line stand before the excerpt.
    pub skipped: u32,
}

impl Place {
    /// A place that is a whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Place { file: file.into(), line: 0, column: 0, width: 1, excerpt: None, skipped: 0 }
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error, warning or notice: that of the problem, unless `--strict` makes warnings errors.
    pub severity: Severity,
    /// What is wrong.
    pub problem: Problem,
    /// Where it is, if it is in a file.
    pub place: Option<Place>,
}

impl Diagnostic {
    /// A diagnostic without a place yet.
    pub fn new(problem: impl Into<Problem>) -> Self {
        let problem = problem.into();
        Diagnostic { severity: problem.severity(), problem, place: None }
    }

    /// The same diagnostic, at `place`.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts by file, line and column, and removes duplicates, so that the same site always reports the same list.
pub fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(|a, b| {
        (&a.place, a.severity, a.problem.code()).cmp(&(&b.place, b.severity, b.problem.code()))
    });
    diagnostics.dedup();
    diagnostics
}
