//! What a build keeps on disk for the next one: parsed documents, and the traces of the outputs. A cache that is
//! missing, damaged, or another program's counts as empty: the result is the same, only slower.

use serde::{Deserialize, Serialize};

use crate::build::incremental::cache_file;
use crate::content::ContentCache;
use crate::render::queries::Traces;
use crate::world::Fingerprint;

/// What is stored between builds; empty for the first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Cache {
    /// Documents and assets.
    pub content: ContentCache,
    /// The traces of the outputs.
    pub traces: Traces,
}

impl Cache {
    /// Decodes a cache file of `program`; `None` if it is damaged or another program's.
    pub fn read(bytes: &[u8], program: Fingerprint) -> Option<Cache> {
        cache_file::read::<Cache>(bytes, "cache", program).filter(|cache| cache.traces.is_whole())
    }
}
