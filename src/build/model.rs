//! What a build takes and gives: its options, what has changed, the prepared site, and the result.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use crate::diagnostics::{Diagnostic, in_order};
use crate::render::Rendered;
use crate::render::plan::Plan;
use crate::render::queries::query_engine::QueryEngine;
use crate::site::ids::PageId;
use crate::site::model::Publication;
use crate::site::routes::Outputs;
use crate::theme::Theme;
use crate::world::World;

/// How to build, beside what the site says itself.
#[derive(Debug, Clone, Default, Hash)]
pub struct Options {
    /// Publish drafts, or what is not due yet.
    pub publication: Publication,
    /// Another base URL than that of `site.yaml`.
    pub base_url: Option<String>,
    /// Warnings count as errors.
    pub strict: bool,
}

/// What has changed since the build before, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Changes {
    /// Anything.
    #[default]
    Anything,
    /// Nothing but these files, by their paths below the root.
    Files(BTreeSet<String>),
}

/// What came of a build.
#[derive(Debug, Default)]
pub struct Build {
    /// Published documents; plain pages are not counted.
    pub documents: usize,
    /// The outputs' paths; empty if the build failed before they were planned.
    pub outputs: Arc<Outputs>,
    /// What was made, and why.
    pub rendered: Rendered,
    /// Files that were deleted from the output folder.
    pub removed: usize,
    /// Is an output another file than the cache knew it as? Another build may have put it there, which read the
    /// same sources before.
    pub replaced: bool,
    /// Everything that is wrong, in order of place.
    pub diagnostics: Vec<Diagnostic>,
    /// The path below the host that the site stands at, for a server.
    pub base_path: String,
    /// The next instant at which the clock alone changes what is published.
    pub next_change: Option<jiff::Timestamp>,
}

impl Build {
    /// Did it succeed?
    pub fn is_ok(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    pub(crate) fn failed(diagnostics: Vec<Diagnostic>) -> Build {
        Build { diagnostics: in_order(diagnostics), ..Build::default() }
    }
}

/// A site with everything that is needed to render it. A watcher keeps it for the next build.
#[derive(Debug)]
pub struct Prepared {
    /// The site and what templates may learn of it.
    pub engine: Arc<QueryEngine>,
    /// Its theme.
    pub theme: Theme,
    /// Its outputs.
    pub plan: Plan,
    /// The outputs' paths.
    pub outputs: Arc<Outputs>,
    /// What is wrong, or odd, so far.
    pub diagnostics: Vec<Diagnostic>,
    /// Pages of which somebody links to a heading.
    pub anchored: HashSet<PageId>,
    /// May a source change without an event that names it: by a link, or under another name?
    pub linked: bool,
    /// Everything in the content folder, published or not, in order.
    pub paths: Vec<Box<str>>,
    /// The instant that it is for.
    pub now: jiff::Timestamp,
}

impl Prepared {
    pub(crate) fn is_ok(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}
