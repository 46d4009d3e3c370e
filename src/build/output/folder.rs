//! The output folder of a site, from the moment a build has exclusive access to it until the build ends.

use std::path::PathBuf;
use std::sync::Arc;

use crate::build::output::commit::Commit;
use crate::build::output::disk::Disk;
use crate::build::output::files::{Failure, stamp_of, write_failed};
use crate::build::output::guard;
use crate::build::output::lock::{OnWait, SiteLock};
use crate::build::output::owner::Names;
use crate::build::output::platform::real;
use crate::build::output::staging::Staging;
use crate::config::SiteName;
use crate::diagnostics::Diagnostic;
use crate::site::routes::Outputs;
use crate::world::Stamp;

/// Where a build reads and writes.
#[derive(Debug, Clone)]
pub struct BuildTarget {
    /// The site's root folder.
    pub root: PathBuf,
    /// The output folder.
    pub out: PathBuf,
    /// How it is written to.
    pub disk: Arc<dyn Disk>,
    /// Called when another build has the site or the output folder.
    pub on_wait: OnWait,
    /// Whether nothing is written: a rehearsal.
    pub dry_run: bool,
}

#[cfg(feature = "internals")]
impl BuildTarget {
    /// The site at `root` and its output folder `out`, on the disks of this machine.
    pub fn new(root: impl Into<PathBuf>, out: impl Into<PathBuf>) -> BuildTarget {
        let disk = Arc::new(crate::build::output::disk::SystemDisk::default());
        BuildTarget { root: root.into(), out: out.into(), disk, on_wait: OnWait::default(), dry_run: false }
    }
}

/// The list of outputs in the folder, as a build has left it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The state of its file.
    pub stamp: Stamp,
    /// The build that left it.
    pub generation: String,
    /// The site that it names.
    pub site: SiteName,
    /// The paths.
    pub paths: Arc<Outputs>,
}

/// The result of a commit.
#[derive(Debug)]
pub struct Committed {
    /// How many files were removed.
    pub removed: usize,
    /// The list that it left, for the next build.
    pub listed: Option<Listed>,
}

/// The output folder of a site, while a build has exclusive access to it.
#[derive(Debug)]
pub struct OutputDir {
    /// Its real path.
    pub(super) path: PathBuf,
    pub(super) disk: Arc<dyn Disk>,
    /// None in a rehearsal.
    staging: Option<Result<Staging, Failure>>,
    /// None if the site is read-only, and in a rehearsal; with the reason if the user should know.
    lock: Result<SiteLock, Option<Failure>>,
    /// The names of the site.
    pub(super) names: Names,
    /// The latest build of the site that changed outputs.
    pub(super) generation: String,
    /// Whether a commit of an earlier run was completed or undone.
    pub recovered: bool,
}

impl OutputDir {
    /// Waits for other builds of the site, or into the same folder, and then has exclusive access to the output folder.
    /// An interrupted commit is completed or undone.
    ///
    /// # Errors
    /// The folder is refused, or the operating system reports an error.
    pub fn open(target: &BuildTarget) -> Result<OutputDir, Failure> {
        let BuildTarget { root, out, disk, on_wait, dry_run } = target;
        let path = real(out).map_err(|error| write_failed(out, out, &error))?;
        let own = guard::own_folder(root)?;
        guard::refuse(root, &path)?;
        let names = Names::of(&real(root).unwrap_or_else(|_| root.clone()), &own, &path);
        let lock = if *dry_run { Err(None) } else { SiteLock::wait(&**disk, &own, on_wait) };
        let generation = lock.as_ref().map_or_else(|_| String::new(), SiteLock::generation);
        // A build that has nothing to do needs no staging folder.
        let staging = (!dry_run).then(|| Staging::enter(&**disk, root, &path, on_wait));
        let mut out =
            OutputDir { path, disk: Arc::clone(disk), staging, lock, names, generation, recovered: false };
        if let Some(Ok(staging)) = &out.staging {
            out.recovered = Commit { out: &out.path, staging, disk: &**disk }.recover()?;
        }
        Ok(out)
    }

    /// Why nothing can be kept for the next build, if the user should know.
    pub fn not_kept(&self) -> Option<Diagnostic> {
        self.lock.as_ref().err()?.as_deref().cloned()
    }

    /// Whether nothing is written.
    pub fn is_rehearsal(&self) -> bool {
        self.staging.is_none()
    }

    /// Where outputs are staged; nowhere in a rehearsal.
    pub(super) fn staging(&self) -> Option<Result<&Staging, Failure>> {
        self.staging.as_ref().map(|staging| staging.as_ref().map_err(Clone::clone))
    }

    /// Notes that this build changes outputs, and gives the note.
    pub(super) fn bump_generation(&self) -> Result<String, Failure> {
        // The number tells builds apart; the process does so after the note was deleted.
        let last =
            self.generation.rsplit(' ').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
        let generation = format!("{} {}", std::process::id(), last.wrapping_add(1));
        if let Ok(lock) = &self.lock {
            lock.note(&*self.disk, &generation)?;
        }
        Ok(generation)
    }

    /// The state of the file at `path` in the folder.
    pub fn stamp(&self, path: &str) -> Option<Stamp> {
        stamp_of(&self.path.join(path))
    }
}

impl Drop for OutputDir {
    fn drop(&mut self) {
        // The next run needs what an interrupted commit has left.
        if let Some(Ok(staging)) = &mut self.staging
            && !staging.is_half_done()
        {
            staging.leave(&*self.disk);
        }
    }
}
