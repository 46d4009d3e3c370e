//! Error, warning or notice.

/// How severe a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The build does not succeed and the output stays as it was.
    Error,
    /// The build succeeds; `--strict` turns it into an error.
    Warning,
    /// The build succeeds, with `--strict`, too.
    Notice,
}
