//! The table of all output paths, and the origin of each output for error messages.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostics::Span;
use crate::text::output_path;

/// The paths of outputs. They are shared, as a large site has hundreds of thousands.
pub type Outputs = BTreeSet<Arc<str>>;

/// The source of an output, for reports of collisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its name in messages: a file, or a description of a generated output.
    pub name: String,
    /// The file to correct, and the place in it.
    pub file: Option<(String, Span)>,
    /// What determines the path.
    pub kind: OriginKind,
}

/// What determines the path of an output, and must be changed if it collides with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginKind {
    /// The name of a file, or a slug.
    Name,
    /// The name of a topic, in site.yaml.
    Topic,
    /// A file of the theme.
    Theme,
    /// A redirect from a former URL, as written in `aliases`.
    Alias(String),
    /// Something with an error that is already reported.
    Reported,
}

impl Origin {
    /// An output of the file at `path`, whose URL is determined at `span`.
    pub fn file(path: &str, span: Span) -> Origin {
        Origin { name: path.to_owned(), file: Some((path.to_owned(), span)), kind: OriginKind::Name }
    }

    /// Whether a file or folder of the content can be corrected.
    pub(crate) fn is_located(&self) -> bool {
        self.file.is_some() || self.name.starts_with("content/")
    }

    /// An output that the program generates without a source file.
    pub fn made(name: impl Into<String>) -> Origin {
        Origin { name: name.into(), file: None, kind: OriginKind::Name }
    }
}

/// All output paths of the site, for looking up links.
#[derive(Debug, Default)]
pub struct Routes(Arc<Outputs>);

impl Routes {
    /// The routes of these outputs.
    pub fn new(outputs: Arc<Outputs>) -> Routes {
        Routes(outputs)
    }

    /// Whether the path of the site has an output.
    pub fn contains(&self, url: &str) -> bool {
        let path = output_path(url);
        self.0.contains(path.as_str()) || self.0.contains(format!("{path}/index.html").as_str())
    }
}
