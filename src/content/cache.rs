//! What was read from content files in earlier builds. A file whose stamp has not changed is not read again.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::config::Limits;
use crate::content::document::Document;
use crate::content::loaded::AssetInfo;
use crate::world::{Fingerprint, Stamp};

/// A file's stamp, and what was read from the file. Files with diagnostics are not kept, so that the next build
/// reports them again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Memo<T> {
    /// The stamp of the file that was read.
    pub stamp: Stamp,
    /// What was read from it.
    pub value: T,
}

/// Documents and assets of earlier builds.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ContentCache {
    /// Documents by path.
    pub documents: HashMap<String, Memo<Arc<Document>>>,
    /// Assets by path.
    pub assets: HashMap<String, Memo<AssetInfo>>,
    /// When the content folder was listed, in nanoseconds since 1970. Files changed shortly before that may have
    /// changed again without a new stamp, and are read again.
    pub seen: i64,
    /// The fingerprint of the limits in force when the files were read.
    pub limits: Fingerprint,
}

impl ContentCache {
    /// The document at `path`, if its file has certainly not changed.
    pub fn document(&self, path: &str, stamp: Stamp) -> Option<&Arc<Document>> {
        self.certain(self.documents.get(path), stamp)
    }

    /// The asset at `path`, if its file has certainly not changed.
    pub fn asset(&self, path: &str, stamp: Stamp) -> Option<AssetInfo> {
        self.certain(self.assets.get(path), stamp).cloned()
    }

    /// Drops everything if the limits have changed: some files may exceed the new ones.
    pub fn keep_within(&mut self, limits: &Limits) {
        let limits = Fingerprint::of_value(limits);
        if self.limits != limits {
            self.limits = limits;
            self.documents.clear();
            self.assets.clear();
        }
    }

    fn certain<'m, T>(&self, memo: Option<&'m Memo<T>>, stamp: Stamp) -> Option<&'m T> {
        let certain = |memo: &&Memo<T>| memo.stamp == stamp && stamp.is_settled(self.seen);
        memo.filter(certain).map(|memo| &memo.value)
    }
}
