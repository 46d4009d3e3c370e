//! What a build keeps for the next one, in memory while watching, and on disk in `.tribune/`: parsed
//! documents, and the traces of the outputs. A cache that is missing, damaged, or another program's is an
//! empty one: the result is the same, only slower.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Prepared;
use crate::document::Document;
use crate::fingerprint::Fingerprint;
use crate::output::Listed;
use crate::trace::Traces;
use crate::world::Stamp;

/// The folder for what is kept between builds, below the site's root.
pub const FOLDER: &str = ".tribune";
/// How the file begins; the number is that of the format.
const MAGIC: &[u8] = b"tribune cache 4\n";

/// What came of reading a file, and the state of the file. Documents with diagnostics are not kept: they
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
    /// The fingerprints of assets by path.
    pub assets: HashMap<String, Memo<Fingerprint>>,
    /// When the files were looked at, in nanoseconds since 1970. What changed about then may have changed
    /// again without another stamp, and is not trusted.
    pub seen: i128,
    /// The traces of the outputs.
    pub traces: Traces,
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

    /// The fingerprint of the asset at `path`, if it is certainly as it was.
    pub fn asset(&self, path: &str, stamp: Stamp) -> Option<Fingerprint> {
        self.certain(self.assets.get(path), stamp).copied()
    }

    /// An unchanged stamp means an unchanged file only if the file was old enough when it was looked at.
    fn certain<'m, T>(&self, memo: Option<&'m Memo<T>>, stamp: Stamp) -> Option<&'m T> {
        let certain = |memo: &&Memo<T>| memo.stamp == stamp && stamp.is_before(self.seen - COARSE);
        memo.filter(certain).map(|memo| &memo.value)
    }

    /// Reads a cache from its bytes; anything but what [`Cache::to_bytes`] of the very same program gave
    /// is an empty cache.
    pub fn from_bytes(bytes: &[u8], program: Fingerprint) -> Cache {
        read(bytes, program).unwrap_or_default()
    }

    /// The cache as bytes, for `program`.
    pub fn to_bytes(&self, program: Fingerprint) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        match postcard::to_extend(&(program, self), Vec::new()) {
            Ok(content) => {
                bytes.extend(Fingerprint::of(&content).bytes());
                bytes.extend(content);
                bytes
            }
            // Nothing in it fails to serialise; an empty file would be an empty cache.
            Err(_) => Vec::new(),
        }
    }
}

/// The clocks of file systems tick up to 2 s apart (FAT).
const COARSE: i128 = 2_000_000_000;

fn read(bytes: &[u8], program: Fingerprint) -> Option<Cache> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (check, content) = rest.split_first_chunk::<16>()?;
    if Fingerprint::of(content).bytes() != *check {
        return None;
    }
    let (by, cache): (Fingerprint, Cache) = postcard::from_bytes(content).ok()?;
    (by == program).then_some(cache)
}

/// The path, below a site's root, of the cache for its output folder `out` (by its real path).
pub fn name(out: &Path) -> String {
    format!("{FOLDER}/{}.cache", Fingerprint::of(out.to_string_lossy().as_bytes()).short())
}
