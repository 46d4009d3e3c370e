//! What a process remembers from one build to the next. A single build begins with what is stored in the site's own
//! folder; `watch` and `serve` also keep the prepared site in memory.

use std::path::Path;

use crate::build::incremental::{Cache, UpToDate, program, read, write};
use crate::build::model::Prepared;
use crate::build::output::{BuildTarget, Listed, persist, remove};
use crate::world::{Fingerprint, OWN_FOLDER, World};

/// What is known from earlier builds; empty before the first.
#[derive(Debug, Default)]
pub struct BuildState {
    /// Parsed documents, and the traces of outputs.
    pub cache: Cache,
    /// Where the cache is stored, until it has been read.
    stored: Option<String>,
    /// What the latest build read and wrote, if the next one can rely on it.
    pub up_to_date: Option<UpToDate>,
    /// The site of the latest build.
    pub prepared: Option<Prepared>,
    /// The files that the latest build left in the output folder.
    pub listed: Option<Listed>,
}

impl BuildState {
    /// What earlier processes have stored for this site and this output folder. The cache itself is read by
    /// [`BuildState::load_cache`], when it is needed.
    pub fn stored(world: &dyn World, out: &Path) -> BuildState {
        // Without an output folder there is nothing that a cache could know of.
        let Ok(out) = out.canonicalize() else { return BuildState::default() };
        let files = Files::of(&out);
        let bytes = world.stamp(&files.up_to_date).and_then(|_| world.read(&files.up_to_date, u64::MAX).ok());
        let up_to_date = bytes.and_then(|kept| read(&kept.bytes, UP_TO_DATE, program()));
        BuildState { up_to_date, stored: Some(files.cache), ..BuildState::default() }
    }

    /// Reads the stored cache, if that has not been done yet.
    pub fn load_cache(&mut self, world: &dyn World) {
        let Some(path) = self.stored.take() else { return };
        // Not a link: what lies elsewhere is not the program's.
        let bytes = world.stamp(&path).and_then(|_| world.read(&path, u64::MAX).ok());
        if let Some(cache) = bytes.and_then(|kept| Cache::read(&kept.bytes, program())) {
            self.cache = cache;
        }
    }

    /// Stores the cache for later processes.
    pub fn save(&mut self, target: &BuildTarget) {
        // A cache that was never read has not changed.
        if self.stored.is_some() {
            return;
        }
        self.cache.traces.compact();
        let BuildTarget { root, out, disk, .. } = target;
        let Ok(out) = out.canonicalize() else { return };
        let files = Files::of(&out);
        let (cache, up_to_date) = (root.join(files.cache), root.join(files.up_to_date));
        persist(&**disk, &cache, |file| write(file, "cache", program(), &self.cache));
        match &self.up_to_date {
            Some(kept) => {
                persist(&**disk, &up_to_date, |file| write(file, UP_TO_DATE, program(), kept));
            }
            None => remove(&**disk, &up_to_date),
        }
    }
}

/// The kind of file that an [`UpToDate`] is stored in.
pub(super) const UP_TO_DATE: &str = "up-to-date";

/// The files of an output folder, by their paths below the site's root.
struct Files {
    cache: String,
    up_to_date: String,
}

impl Files {
    /// The files for the output folder with the real path `out`.
    fn of(out: &Path) -> Files {
        let name = format!("{OWN_FOLDER}/{}", Fingerprint::of(out.to_string_lossy().as_bytes()).short());
        Files { cache: format!("{name}.cache"), up_to_date: format!("{name}.{UP_TO_DATE}") }
    }
}
