//! What a build keeps for the next one, in memory while watching, and on disk in `.tribune/`: parsed
//! documents, and the traces of the outputs. A cache that is missing, damaged, or another program's is an
//! empty one: the result is the same, only slower.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Prepared;
use crate::build::incremental::store;
use crate::build::incremental::up_to_date::Seal;
use crate::build::output::Listed;
use crate::content::cache::ContentCache;
use crate::render::queries::trace::Traces;
use crate::world::fingerprint::Fingerprint;
use crate::world::{Stamp, World};

/// The folder for what is kept between builds, below the site's root.
pub const FOLDER: &str = ".tribune";

/// The fingerprint of this program: another build of it may make other pages of the same site.
pub fn program() -> Fingerprint {
    let stamp = std::env::current_exe().and_then(std::fs::metadata).map(|metadata| Stamp::of(&metadata));
    Fingerprint::of_value(&(env!("CARGO_PKG_VERSION"), stamp.ok()))
}

/// What is kept between builds; empty for the first.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Cache {
    /// Documents and assets.
    pub content: ContentCache,
    /// The traces of the outputs.
    pub traces: Traces,
    /// Where the rest of this is stored, as long as nobody has asked for it.
    #[serde(skip)]
    pub stored: Option<String>,
    /// The seal of the build before.
    #[serde(skip)]
    pub seal: Option<Seal>,
    /// The site of the build before; in memory only.
    #[serde(skip)]
    pub prepared: Option<Prepared>,
    /// What stands in the output folder; in memory only.
    #[serde(skip)]
    pub listed: Option<Listed>,
}

impl Cache {
    /// The cache in the bytes of a file that `program` stored; `None` if they are not all that such a file holds.
    pub fn read(bytes: &[u8], program: Fingerprint) -> Option<Cache> {
        store::read::<Cache>(bytes, "cache", program).filter(|cache| cache.traces.is_whole())
    }

    /// Reads what was stored, if it has not been read yet.
    pub fn load(&mut self, world: &dyn World) {
        let Some(path) = self.stored.take() else { return };
        // What is no file may have no end.
        let bytes = world.stamp(&path).and_then(|_| world.read(&path).ok());
        let kept = bytes.and_then(|bytes| Cache::read(&bytes, program()));
        if let Some(kept) = kept {
            (self.content, self.traces) = (kept.content, kept.traces);
        }
    }
}

/// The paths, below a site's root, of the cache and the seal for its output folder `out` (by its real path).
pub fn names(out: &Path) -> (String, String) {
    let name = format!("{FOLDER}/{}", Fingerprint::of(out.to_string_lossy().as_bytes()).short());
    (format!("{name}.cache"), format!("{name}.seal"))
}
