//! Keeps builds apart: a second build of a site waits until the first one has finished.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use crate::build::output::disk::Disk;
use crate::build::output::files::{Failure, not_kept, persist, read_own, try_persist, write_failed};

/// Most builds are so short that a note about waiting would come too late.
const SHORT: Duration = Duration::from_millis(200);
/// How often a lock is tried during that time.
const INTERVAL: Duration = Duration::from_millis(10);

/// Who holds a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// The number of the process, if it is known.
    pub process: Option<u32>,
}

/// What is called when a build has to wait for another one.
#[derive(Clone, Default)]
pub struct OnWait(Option<Arc<dyn Fn(Holder) + Send + Sync>>);

impl OnWait {
    /// Calls `call` once for each lock that a build waits for.
    pub fn new(call: impl Fn(Holder) + Send + Sync + 'static) -> OnWait {
        OnWait(Some(Arc::new(call)))
    }
}

impl fmt::Debug for OnWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OnWait").field(&self.0.is_some()).finish()
    }
}

/// Locks `file`, and waits for the process that holds it.
///
/// # Errors
/// The file system has no locks.
pub(super) fn wait(file: &File, on_wait: &OnWait, holder: impl FnOnce() -> Holder) -> io::Result<()> {
    let mut left = SHORT;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if left.is_zero() => break,
            Err(TryLockError::WouldBlock) => std::thread::sleep(INTERVAL),
            Err(TryLockError::Error(error)) => return Err(error),
            Ok(()) => return Ok(()),
        }
        left = left.saturating_sub(INTERVAL);
    }
    if let OnWait(Some(call)) = on_wait {
        call(holder());
    }
    file.lock()
}

/// The lock of a site. It also counts the builds that have changed outputs.
#[derive(Debug)]
pub(super) struct SiteLock {
    folder: PathBuf,
    generation: PathBuf,
    _file: File,
}

impl SiteLock {
    /// Waits for other builds of the site, by a lock in its own `folder`. There is none if the folder cannot be
    /// written: sites may be read-only.
    ///
    /// # Errors
    /// Why there is none, if the user should know.
    pub(super) fn wait(
        disk: &dyn Disk,
        folder: &Path,
        on_wait: &OnWait,
    ) -> Result<SiteLock, Option<Failure>> {
        disk.create_dir_below(folder.parent().unwrap_or(folder), folder).map_err(|_| None)?;
        let name = folder.join("lock");
        let file = disk.open_lock(&name).map_err(|error| {
            let why = not_kept(folder, &name, &error);
            let _ = disk.remove_dir(folder);
            why
        })?;
        // On Windows no other process can read a locked file.
        let holder = folder.join("holder");
        wait(&file, on_wait, || Holder { process: read_text(&holder).parse().ok() }).map_err(|_| None)?;
        persist(disk, &holder, |file| write!(file, "{}", std::process::id()));
        Ok(SiteLock { folder: folder.to_owned(), generation: folder.join("generation"), _file: file })
    }

    /// The note of the latest build that changed outputs.
    pub(super) fn generation(&self) -> String {
        read_text(&self.generation)
    }

    /// Leaves the note of this build.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    pub(super) fn note(&self, disk: &dyn Disk, generation: &str) -> Result<(), Failure> {
        try_persist(disk, &self.generation, |file| file.write_all(generation.as_bytes()))
            .map_err(|(path, error)| write_failed(&self.folder, &path, &error))
    }
}

/// The text of a file of the program's own; empty if there is none.
fn read_text(path: &Path) -> String {
    let bytes = read_own(path).ok().flatten();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}
