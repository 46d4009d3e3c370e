//! A problem of an earlier build: its code and its texts are known, its fields are not.

use serde::{Deserialize, Serialize};

use crate::diagnostics::lang::Lang;
use crate::diagnostics::messages::{Describe, Message};
use crate::diagnostics::severity::Severity;

/// A problem that was read from the cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredProblem {
    /// The stable code.
    pub code: String,
    /// The severity.
    pub severity: Severity,
    /// The key that it is about.
    pub key: Option<String>,
    /// The texts in Chinese and in English.
    pub texts: Box<(Message, Message)>,
}

impl Describe for StoredProblem {
    fn code(&self) -> &str {
        &self.code
    }

    fn severity(&self) -> Severity {
        self.severity
    }

    fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    fn message(&self, lang: Lang) -> Message {
        lang.pick(&self.texts.0, &self.texts.1).clone()
    }
}
