//! What was read from content files in earlier builds. A file whose stamp has not changed is not read again.

use std::collections::{BTreeSet, HashMap};
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
    /// The published versions of documents that differ from those in `documents`.
    pub former: HashMap<String, Arc<Document>>,
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
            let dropped: Vec<String> = self.documents.keys().cloned().collect();
            dropped.iter().for_each(|path| self.replace(path, None));
            self.assets.clear();
        }
    }

    /// Replaces the document at `path`, or removes it. What was published of it is kept until the next build succeeds.
    pub fn replace(&mut self, path: &str, memo: Option<Memo<Arc<Document>>>) {
        let fingerprint = memo.as_ref().map(|memo| memo.value.fingerprint);
        let old = match memo {
            Some(memo) => self.documents.insert(path.to_owned(), memo),
            None => self.documents.remove(path),
        };
        if let Some(old) = old.filter(|old| Some(old.value.fingerprint) != fingerprint) {
            self.former.entry(path.to_owned()).or_insert(old.value);
        }
    }

    /// The documents as the latest successful build knew them. Some of them were not published then.
    pub fn published(&self) -> impl Iterator<Item = &Arc<Document>> {
        let same = self.documents.iter().filter(|(path, _)| !self.former.contains_key(*path));
        self.former.values().chain(same.map(|(_, memo)| &memo.value))
    }

    /// The document at `path` as the latest successful build knew it.
    pub fn published_at(&self, path: &str) -> Option<&Arc<Document>> {
        self.former.get(path).or_else(|| self.documents.get(path).map(|memo| &memo.value))
    }

    /// Notes that a build with these documents has succeeded. What was published of those in `held_back` stays so.
    pub fn note_published<'d>(
        &mut self,
        documents: impl Iterator<Item = (&'d str, &'d Arc<Document>)>,
        held_back: &BTreeSet<String>,
    ) {
        self.former.retain(|path, _| held_back.contains(path));
        for (path, document) in documents {
            // A document with warnings is read again by every build.
            if !self.documents.contains_key(path) && !self.former.contains_key(path) {
                self.former.insert(path.to_owned(), Arc::clone(document));
            }
        }
    }

    fn certain<'m, T>(&self, memo: Option<&'m Memo<T>>, stamp: Stamp) -> Option<&'m T> {
        let certain = |memo: &&Memo<T>| memo.stamp == stamp && stamp.is_settled(self.seen);
        memo.filter(certain).map(|memo| &memo.value)
    }
}
