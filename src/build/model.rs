//! What a build takes and gives: its options, what has changed, the prepared site, and the result.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use serde::Serialize;

use crate::config::SiteName;
use crate::diagnostics::{Diagnostic, in_order};
use crate::render::queries::QueryEngine;
use crate::render::{Plan, Rendered};
use crate::site::routes::Outputs;
use crate::site::{PageId, Publication};
use crate::theme::Theme;

/// Options of a build that are not settings of the site.
#[derive(Debug, Clone, Default, Hash)]
pub struct Options {
    /// Whether drafts and scheduled documents are published.
    pub publication: Publication,
    /// Replaces the base URL of `site.yaml`.
    pub base_url: Option<String>,
    /// Report warnings as errors.
    pub strict: bool,
}

/// What may have changed since the previous build.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Changes {
    /// Anything.
    #[default]
    Anything,
    /// Only these files, by their paths below the root.
    Files(BTreeSet<String>),
}

/// A document or plain page as readers know it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Shown {
    /// Its path on the site.
    pub url: String,
    /// Its title; empty if it is not known any more.
    pub title: String,
}

/// A document that has another address than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// What it was.
    pub from: Shown,
    /// What it is.
    pub to: Shown,
    /// Its file.
    pub file: String,
    /// The line of front matter that makes the former address lead to it, if it does not do so yet.
    pub remedy: Option<String>,
}

/// What a build changes for readers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SiteChanges {
    /// Documents that are new.
    pub new: Vec<Shown>,
    /// Documents whose pages have changed because their sources have.
    pub changed: Vec<Shown>,
    /// Documents that are no longer published.
    pub gone: Vec<Shown>,
    /// Documents that have another address.
    pub moved: Vec<Moved>,
    /// How many other pages have changed: listings, and pages with another template or other neighbours.
    pub other_pages: usize,
}

/// The result of a build.
#[derive(Debug, Default)]
pub struct Build {
    /// Which site was built.
    pub site: SiteName,
    /// Published documents; plain pages are not counted.
    pub documents: usize,
    /// The paths of all outputs; empty if the build failed before they were planned.
    pub outputs: Arc<Outputs>,
    /// Which outputs were rendered, and why.
    pub rendered: Rendered,
    /// What it changes for readers, if it succeeded.
    pub changes: Option<SiteChanges>,
    /// Files that were deleted from the output folder.
    pub removed: usize,
    /// An output has changed although this build did not write it: another build of the same edit was faster.
    pub replaced: bool,
    /// An earlier build was interrupted, and this one has first completed or undone its changes to the output.
    pub recovered: bool,
    /// All problems, ordered by place.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the site goes out: without errors, or with those of documents that are held back alone.
    pub is_published: bool,
    /// The path of the base URL, for the preview server.
    pub base_path: String,
    /// The next scheduled publication or expiry time.
    pub next_change: Option<jiff::Timestamp>,
}

impl Build {
    /// Whether the build succeeded.
    pub fn is_ok(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    pub(crate) fn failed(diagnostics: Vec<Diagnostic>) -> Build {
        Build { diagnostics: in_order(diagnostics), ..Build::default() }
    }
}

/// A site with everything needed to render it. `watch` and `serve` keep it for the next build.
#[derive(Debug)]
pub struct Prepared {
    /// The site, and what answers the queries of templates.
    pub engine: Arc<QueryEngine>,
    /// The theme.
    pub theme: Theme,
    /// The jobs: one for each output.
    pub plan: Plan,
    /// The paths of all outputs.
    pub outputs: Arc<Outputs>,
    /// Problems found so far.
    pub diagnostics: Vec<Diagnostic>,
    /// Problems of documents that are held back, which do not keep the site from going out.
    pub tolerated: Vec<Diagnostic>,
    /// The files of documents that are held back.
    pub held_back: BTreeSet<String>,
    /// Pages that are the target of a link to a heading.
    pub anchored: HashSet<PageId>,
    /// Whether a source may change without an event under its own path: it is a symbolic or a hard link.
    pub linked: bool,
    /// The paths of all files in the content folder, sorted.
    pub paths: Vec<Box<str>>,
    /// The time that the site was prepared for.
    pub now: jiff::Timestamp,
}

impl Prepared {
    pub(crate) fn is_ok(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}
