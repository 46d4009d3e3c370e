//! Diagnostics as the cache stores them: with their texts, because the next build only shows them again.

use serde::{Deserialize, Serialize};

use crate::diagnostics::diagnostic::{Diagnostic, Place};
use crate::diagnostics::lang::Lang;
use crate::diagnostics::problem::Problem;
use crate::diagnostics::severity::Severity;
use crate::diagnostics::stored_problem::StoredProblem;

/// A diagnostic of an earlier build.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredDiagnostic {
    severity: Severity,
    problem: StoredProblem,
    place: Option<Place>,
}

impl From<&Diagnostic> for StoredDiagnostic {
    fn from(diagnostic: &Diagnostic) -> StoredDiagnostic {
        let Diagnostic { severity, problem, place } = diagnostic;
        let problem = StoredProblem {
            code: problem.code().to_owned(),
            severity: problem.severity(),
            key: problem.key().map(str::to_owned),
            texts: Box::new((problem.message(Lang::Zh), problem.message(Lang::En))),
        };
        StoredDiagnostic { severity: *severity, problem, place: place.clone() }
    }
}

impl From<StoredDiagnostic> for Diagnostic {
    fn from(stored: StoredDiagnostic) -> Diagnostic {
        let StoredDiagnostic { severity, problem, place } = stored;
        Diagnostic { severity, problem: Problem::from(problem), place }
    }
}
