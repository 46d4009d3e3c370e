//! What went wrong, as data: severity, problem, place. How it is shown is `report.rs`'s business;
//! what it says in each language is `problem`'s.

pub mod collector;
pub mod io_error;
pub mod messages;
pub mod problem;
pub mod source;

use crate::diagnostics::problem::Problem;

/// How much a diagnostic weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The build does not succeed and the output stays as it was.
    Error,
    /// The build succeeds; `--strict` turns it into an error.
    Warning,
    /// The build succeeds, with `--strict`, too.
    Notice,
}

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, relative to the site's root, with `/` between segments.
    pub file: String,
    /// Line in the file, from 1; 0 where the problem is the file itself.
    pub line: u32,
    /// Column in characters (not bytes), from 1; 0 where the problem is the line or the file.
    pub column: u32,
    /// How many characters are meant, at least 1.
    pub width: u32,
    /// The text of the line, where there is one to show.
    pub excerpt: Option<String>,
}

impl Place {
    /// A place that is a whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Place { file: file.into(), line: 0, column: 0, width: 1, excerpt: None }
    }
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error, warning or notice.
    pub severity: Severity,
    /// What is wrong.
    pub problem: Problem,
    /// Where; `None` for what has no file.
    pub place: Option<Place>,
}

impl Diagnostic {
    /// An error without a place yet.
    pub fn error(problem: Problem) -> Self {
        Diagnostic { severity: Severity::Error, problem, place: None }
    }

    /// A warning without a place yet.
    pub fn warning(problem: Problem) -> Self {
        Diagnostic { severity: Severity::Warning, problem, place: None }
    }

    /// A notice without a place yet.
    pub fn notice(problem: Problem) -> Self {
        Diagnostic { severity: Severity::Notice, problem, place: None }
    }

    /// The same diagnostic, at `place`.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Is it an error?
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts by file, line and column, and drops repetitions, so that the same site always reports the same list.
pub fn in_order(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(|a, b| {
        (&a.place, a.severity, a.problem.code()).cmp(&(&b.place, b.severity, b.problem.code()))
    });
    diagnostics.dedup();
    diagnostics
}
