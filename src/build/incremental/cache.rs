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

/// The result of reading a file, with the state of the file. Files with problems are not kept, so that the problems are
/// found again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Memo<T> {
    /// The state of the file that was read.
    pub stamp: Stamp,
    /// The result.
    pub value: T,
}

/// What is stored between builds; empty for the first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Cache {
    /// Documents by path.
    pub documents: HashMap<String, Memo<Arc<Document>>>,
    /// Assets by path.
    pub assets: HashMap<String, Memo<Content>>,
    /// When the files were listed, in nanoseconds since 1970. A file that changed just before may have changed again within
    /// the same tick of the clock, and is not trusted.
    pub seen: i64,
    /// The fingerprint of the limits that were in force.
    pub limits: Fingerprint,
    /// The traces of the outputs.
    pub traces: Traces,
}

impl Cache {
    /// The document at `path`, if its file is certainly unchanged.
    pub fn document(&self, path: &str, stamp: Stamp) -> Option<&Arc<Document>> {
        self.certain(self.documents.get(path), stamp)
    }

    /// The asset at `path`, if its file is certainly unchanged.
    pub fn asset(&self, path: &str, stamp: Stamp) -> Option<Content> {
        self.certain(self.assets.get(path), stamp).copied()
    }

    /// Clears what was read under other limits, as it may exceed these.
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

    /// Decodes a cache file of `program`; `None` if it is damaged or another program's.
    pub fn read(bytes: &[u8], program: Fingerprint) -> Option<Cache> {
        cache_file::read::<Cache>(bytes, "cache", program).filter(|cache| cache.traces.is_whole())
    }
}

/// The clocks of file systems tick up to 2 s apart (FAT), in nanoseconds.
pub const COARSE: i64 = 2_000_000_000;
