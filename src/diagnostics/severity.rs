//! Error, warning or notice.

use serde::{Deserialize, Serialize};

use crate::diagnostics::lang::Lang;

/// How severe a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// The build does not succeed and the output stays as it was.
    Error,
    /// The build succeeds; `--strict` turns it into an error.
    Warning,
    /// The build succeeds, with `--strict`, too.
    Notice,
}

impl Severity {
    /// Its name for people.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            Severity::Error => lang.pick("错误", "error"),
            Severity::Warning => lang.pick("提醒", "warning"),
            Severity::Notice => lang.pick("说明", "notice"),
        }
    }

    /// Its English name in lower case, for JSON and class names.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        }
    }
}
