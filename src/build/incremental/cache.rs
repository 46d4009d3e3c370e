//! What a build keeps for the next one, in memory while watching, and on disk in `.tribune/`: parsed
//! documents, and the traces of the outputs. A cache that is missing, damaged, or another program's is an
//! empty one: the result is the same, only slower.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Prepared;
use crate::build::incremental::store;
use crate::build::incremental::up_to_date::Seal;
use crate::build::output::Listed;
use crate::config::limits::Limits;
use crate::content::document::Document;
use crate::render::queries::trace::Traces;
use crate::site::model::Content;
use crate::world::fingerprint::Fingerprint;
use crate::world::layout::OWN_FOLDER;
use crate::world::{Stamp, World};

/// What came of reading a file, and the state of the file. What has diagnostics is not kept: they
/// are to be reported again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Memo<T> {
    /// The state of the file that was read.
    pub stamp: Stamp,
    /// What came of it.
    pub value: T,
}

/// The fingerprint of this program: another build of it may make other pages of the same site.
pub fn program() -> Fingerprint {
    let stamp = std::env::current_exe().and_then(std::fs::metadata).map(|metadata| Stamp::of(&metadata));
    Fingerprint::of_value(&(env!("CARGO_PKG_VERSION"), stamp.ok()))
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
        store::read::<Cache>(bytes, "cache", program).filter(|cache| cache.traces.is_whole())
    }

    /// Reads what was stored, if it has not been read yet.
    pub fn load(&mut self, world: &dyn World) {
        let Some(path) = self.stored.take() else { return };
        // What is no file may have no end.
        let bytes = world.stamp(&path).and_then(|_| world.read(&path).ok());
        let kept = bytes.and_then(|bytes| Cache::read(&bytes, program()));
        if let Some(kept) = kept {
            let Cache { documents, assets, seen, limits, traces, .. } = kept;
            (self.documents, self.assets, self.seen, self.traces) = (documents, assets, seen, traces);
            self.limits = limits;
        }
    }
}

/// The clocks of file systems tick up to 2 s apart (FAT), in nanoseconds.
pub const COARSE: i64 = 2_000_000_000;

/// The paths, below a site's root, of the cache and the seal for its output folder `out` (by its real path).
pub fn names(out: &Path) -> (String, String) {
    let name = format!("{OWN_FOLDER}/{}", Fingerprint::of(out.to_string_lossy().as_bytes()).short());
    (format!("{name}.cache"), format!("{name}.seal"))
}
