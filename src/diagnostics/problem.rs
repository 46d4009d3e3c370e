//! Everything that can be wrong, as data. Each group of problems is an enum of its own in `messages/`, where the code,
//! the severity and the texts of a problem are defined next to its fields.

use crate::diagnostics::io_error::IoError;
use crate::diagnostics::lang::Lang;
use crate::diagnostics::messages::{
    BuildProblem, ConfigProblem, ContentProblem, Describe, FileProblem, LinkProblem, MarkdownProblem,
    Message, SiteProblem, ThemeProblem, YamlProblem,
};
use crate::diagnostics::severity::Severity;
use crate::diagnostics::stored_problem::StoredProblem;

/// Defines [`Problem`] from the enums of its groups.
macro_rules! groups {
    ($($group:ident($problem:ident)),*) => {
        /// A problem of any group, by the folder of `src/` that reports it.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each group is documented where it is defined")]
        pub enum Problem {
            $($group($problem)),*
        }

        $(impl From<$problem> for Problem {
            fn from(problem: $problem) -> Self {
                Self::$group(problem)
            }
        })*

        impl Problem {
            fn inner(&self) -> &dyn Describe {
                match self {
                    $(Self::$group(problem) => problem),*
                }
            }
        }
    };
}

groups! {
    File(FileProblem),
    Yaml(YamlProblem),
    Config(ConfigProblem),
    Content(ContentProblem),
    Markdown(MarkdownProblem),
    Site(SiteProblem),
    Link(LinkProblem),
    Theme(ThemeProblem),
    Build(BuildProblem),
    Stored(StoredProblem)
}

impl Problem {
    /// The stable code, for scripts and searches.
    pub fn code(&self) -> &str {
        self.inner().code()
    }

    /// How severe it is; `--strict` reports warnings as errors.
    pub fn severity(&self) -> Severity {
        self.inner().severity()
    }

    /// The key in YAML that it is about.
    pub fn key(&self) -> Option<&str> {
        self.inner().key()
    }

    /// Whether it is an error without `--strict`.
    pub fn is_error(&self) -> bool {
        self.severity() == Severity::Error
    }

    /// The message and the hint in `lang`.
    pub fn message(&self, lang: Lang) -> Message {
        self.inner().message(lang)
    }

    /// The error of the operating system behind it.
    pub fn io_error(&self) -> Option<&IoError> {
        match self {
            Problem::File(FileProblem::ReadFailed { error, .. })
            | Problem::Build(
                BuildProblem::WriteFailed { error, .. }
                | BuildProblem::CommitInterrupted { error, .. }
                | BuildProblem::ThreadsRefused { error, .. },
            ) => Some(error),
            _ => None,
        }
    }

    /// Whether it is an I/O failure (exit code 3) rather than an error in the site (1).
    pub fn is_io(&self) -> bool {
        use BuildProblem::{OtherSite, OutRefused, OwnFolder, PlaceTaken};
        let is_refused = matches!(
            self,
            Problem::Build(OtherSite { .. } | OutRefused { .. } | PlaceTaken { .. } | OwnFolder { .. })
        );
        is_refused || self.io_error().is_some()
    }
}
