//! What a build keeps on disk for the next one: parsed documents, and the traces of the outputs. A cache that is
//! missing, damaged, or another program's counts as empty: the result is the same, only slower.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::build::incremental::cache_file;
use crate::config::limits::Limits;
use crate::content::document::Document;
use crate::render::queries::trace::Traces;
use crate::site::model::Content;
use crate::world::Stamp;
use crate::world::fingerprint::Fingerprint;

/// The folder for what is kept between builds, below the site's root.
pub const FOLDER: &str = ".tribune";

/// What came of reading a file, and the state of the file. What has diagnostics is not kept: they
/// are to be reported again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Memo<T> {
    /// The state of the file that was read.
    pub stamp: Stamp,
    /// What came of it.
    pub value: T,
}

/// What is kept between builds; empty for the first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Cache {
    /// Documents by path.
    pub documents: HashMap<String, Memo<Arc<Document>>>,
    /// What is known of assets by path.
    pub assets: HashMap<String, Memo<Content>>,
    /// When the files were looked at, in nanoseconds since 1970. What changed about then may have changed
    /// again without another stamp, and is not trusted.
    pub seen: i64,
    /// The fingerprint of the limits that all of it keeps within.
    pub limits: Fingerprint,
    /// The traces of the outputs.
    pub traces: Traces,
}

impl Cache {
    /// The document at `path`, if its file is certainly as it was.
    pub fn document(&self, path: &str, stamp: Stamp) -> Option<&Arc<Document>> {
        self.certain(self.documents.get(path), stamp)
    }

    /// What is known of the asset at `path`, if it is certainly as it was.
    pub fn asset(&self, path: &str, stamp: Stamp) -> Option<Content> {
        self.certain(self.assets.get(path), stamp).copied()
    }

    /// Forgets what was read within other limits: it may be too long now.
    pub fn keep_within(&mut self, limits: &Limits) {
        let limits = Fingerprint::of_value(limits);
        if self.limits != limits {
            self.limits = limits;
            self.documents.clear();
            self.assets.clear();
        }
    }

    /// An unchanged stamp means an unchanged file only if the file was old enough when it was looked at.
    fn certain<'m, T>(&self, memo: Option<&'m Memo<T>>, stamp: Stamp) -> Option<&'m T> {
        let certain = |memo: &&Memo<T>| memo.stamp == stamp && stamp.is_before(self.seen - COARSE);
        memo.filter(certain).map(|memo| &memo.value)
    }

    /// The cache in the bytes of a file that `program` stored; `None` if they are not all that such a file holds.
    pub fn read(bytes: &[u8], program: Fingerprint) -> Option<Cache> {
        cache_file::read::<Cache>(bytes, "cache", program).filter(|cache| cache.traces.is_whole())
    }
}

/// The clocks of file systems tick up to 2 s apart (FAT), in nanoseconds.
pub const COARSE: i64 = 2_000_000_000;
