//! The result of loading the content folder: what the site is assembled from.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::content::assets::Picture;
use crate::content::document::{Document, SectionIndex};
use crate::content::scan::File;
use crate::diagnostics::Diagnostic;
use crate::world::Fingerprint;

/// All files of the content folder, parsed.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Documents and plain pages with their files, in the order of names.
    pub documents: Vec<(File, Arc<Document>)>,
    /// The indexes with their files.
    pub indexes: Vec<(File, SectionIndex)>,
    /// The assets with their files.
    pub assets: Vec<(File, AssetInfo)>,
    /// What is wrong with assets, by their names: nobody minds as long as they are not published.
    pub problems: Vec<(String, Diagnostic)>,
    /// Documents that are held back because of their errors.
    pub held: HeldDocuments,
    /// Names of drafts that could not be parsed.
    pub drafts: Vec<String>,
    /// Names of files that exist but could not be parsed: links to them are not reported as well.
    pub failed: Vec<String>,
}

/// Documents with errors, and what remains of their pages (`on_error: keep`).
#[derive(Debug, Default)]
pub struct HeldDocuments {
    /// Names of documents that stand among the others as they were when their pages were made.
    pub kept: HashSet<String>,
    /// Addresses of pages by the names of their documents, of which nothing else is known.
    pub addresses: HashMap<String, String>,
    /// Paths of outputs that stay as they are, unless they are made anew.
    pub outputs: BTreeSet<String>,
}

/// What is known of an asset's content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetInfo {
    /// How many bytes it has.
    pub size: u64,
    /// Their fingerprint.
    pub fingerprint: Fingerprint,
    /// Its size, if it is an image that states one.
    pub picture: Option<Picture>,
    /// The byte at which active content begins, if there is any in an image or data file.
    pub active: Option<u32>,
    /// Files that it mentions, as written.
    pub mentions: Vec<String>,
}
