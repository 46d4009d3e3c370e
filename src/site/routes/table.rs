//! The table of all output paths, and what makes each of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostics::Span;
use crate::text::output_path;

/// The paths of outputs, shared by all who name them: a large site has hundreds of thousands.
pub type Outputs = BTreeSet<Arc<str>>;

/// What makes an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// How a message names it: a file, or what the program makes of itself.
    pub name: String,
    /// The file to correct, if it is a file's doing.
    pub file: Option<(String, Span)>,
    /// What kind of mistake a collision would be.
    pub kind: OriginKind,
}

/// What is to be mended where outputs collide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginKind {
    /// The name of a file, or a slug.
    Name,
    /// The name of a topic, in site.yaml.
    Topic,
    /// A file of the theme.
    Theme,
    /// A former URL, as written.
    Alias(String),
    /// A mistake that was reported where it was read.
    Reported,
}

impl Origin {
    /// An output of the file at `path`, by what stands at `span`.
    pub fn file(path: &str, span: Span) -> Origin {
        Origin { name: path.to_owned(), file: Some((path.to_owned(), span)), kind: OriginKind::Name }
    }

    /// Is there a file or a folder of the content to be mended?
    pub(crate) fn is_located(&self) -> bool {
        self.file.is_some() || self.name.starts_with("content/")
    }

    /// An output of the program's own.
    pub fn made(name: impl Into<String>) -> Origin {
        Origin { name: name.into(), file: None, kind: OriginKind::Name }
    }
}

/// All output paths of the site.
#[derive(Debug, Default)]
pub struct Routes(Arc<Outputs>);

impl Routes {
    /// The routes to these outputs.
    pub fn new(outputs: Arc<Outputs>) -> Routes {
        Routes(outputs)
    }

    /// Is there an output for this path of the site?
    pub fn holds(&self, url: &str) -> bool {
        let path = output_path(url);
        self.0.contains(path.as_str()) || self.0.contains(format!("{path}/index.html").as_str())
    }
}
