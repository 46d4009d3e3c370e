//! The folder in which outputs wait until the whole build has succeeded. Its files are a protocol: by them the next
//! build sees how far an interrupted one was.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::build::output::disk::Disk;
use crate::build::output::files::{Failure, write_failed};
use crate::build::output::lock::{Holder, OnWait, wait};
use crate::build::output::platform::{is_named, real};
use crate::world::is_same_mount;

/// The name of a staging folder inside the output folder, and the end of its name beside that.
const INSIDE: &str = ".tribune-staging";
/// The file that is locked.
const LOCK: &str = "lock";
/// How often locking starts again because another build has just removed the folder.
const ATTEMPTS: usize = 1000;
/// The journal of a commit.
const JOURNAL: &str = "journal";
/// The journal of a commit that is being undone.
const UNDO: &str = "undo";

/// A staging folder, locked against builds of other sites into the same output folder.
#[derive(Debug)]
pub(super) struct Staging {
    /// Where it is.
    pub path: PathBuf,
    /// None if the file system has no locks.
    lock: Option<File>,
    /// The folders above it that were made for it, the deepest first.
    made: Vec<PathBuf>,
}

/// Whether this is the name of a staging folder.
pub(super) fn is_staging(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with('.') && name.ends_with(INSIDE))
}

impl Staging {
    /// Enters the staging folder of `out`, which may hold what an interrupted build has left. It is beside `out`, or
    /// inside if files cannot be renamed from there. Missing folders above `out` are made, but not the site's `root`.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    pub(super) fn enter(
        disk: &dyn Disk,
        root: &Path,
        out: &Path,
        on_wait: &OnWait,
    ) -> Result<Staging, Failure> {
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        // As at the beginning of `out`.
        let root = real(root).map_err(|error| write_failed(out, root, &error))?;
        let [beside, inside] = [out.with_file_name(format!(".{name}{INSIDE}")), out.join(INSIDE)];
        let at = |path: &Path| {
            let entered = Staging::at(disk, &root, path, on_wait);
            entered.map_err(|(place, error)| write_failed(out, &place, &error))
        };
        let is_apart = out.exists() && !is_same_mount(out, beside.parent().unwrap_or(out));
        if is_apart || is_half_done(&inside) {
            return at(&inside).inspect(|_| discard(disk, &beside));
        }
        match at(&beside) {
            // The folder above may be closed to this user. An interrupted commit in it comes first, though.
            Err(_) if out.exists() && !is_half_done(&beside) => at(&inside),
            entered => entered.inspect(|_| discard(disk, &inside)),
        }
    }

    /// Enters the staging folder `path`. If that fails, none is made.
    fn at(
        disk: &dyn Disk,
        root: &Path,
        path: &Path,
        on_wait: &OnWait,
    ) -> Result<Staging, (PathBuf, io::Error)> {
        let made = path.ancestors().skip(1).take_while(|above| !above.exists()).map(Path::to_owned);
        let mut staging = Staging { path: path.to_owned(), lock: None, made: made.collect() };
        match lock_folder(disk, root, path, on_wait) {
            Ok(lock) => {
                staging.lock = lock;
                Ok(staging)
            }
            Err(error) => {
                staging.remove_folders(disk);
                Err(error)
            }
        }
    }

    /// The outputs that are new or change, each at its path as in the output folder.
    pub(super) fn new_outputs(&self) -> PathBuf {
        self.path.join("new")
    }

    /// The outputs that the changes of a journal have replaced or removed, each by the number of its change.
    pub(super) fn old_outputs(&self) -> PathBuf {
        self.path.join("old")
    }

    /// The journal of a commit.
    pub(super) fn journal(&self) -> PathBuf {
        self.path.join(JOURNAL)
    }

    /// The journal of a commit that is being undone.
    pub(super) fn undo(&self) -> PathBuf {
        self.path.join(UNDO)
    }

    /// The list of outputs before a commit.
    pub(super) fn list_before(&self) -> PathBuf {
        self.path.join("former")
    }

    /// The list of outputs during a commit: those before and those after.
    pub(super) fn list_during(&self) -> PathBuf {
        self.path.join("union")
    }

    /// The list of outputs after a commit.
    pub(super) fn list_after(&self) -> PathBuf {
        self.path.join("list")
    }

    /// Was a commit interrupted here? Then the next run needs the folder.
    pub(super) fn is_half_done(&self) -> bool {
        is_half_done(&self.path)
    }

    /// Removes the folder. The lock goes last: as soon as it is gone, another build may make a new one, and the folder
    /// is its own.
    pub(super) fn leave(&mut self, disk: &dyn Disk) {
        let name = self.path.join(LOCK);
        if self.clear(disk).is_err() || self.lock.as_ref().is_some_and(|lock| !is_named(lock, &name)) {
            return;
        }
        if disk.remove_file(&name).is_ok() {
            // A removed file keeps a name until it is closed, on Windows and elsewhere: the folder would not be empty.
            self.lock = None;
            self.remove_folders(disk);
        }
    }

    /// Removes the folder if it is empty, and those that were made for it.
    fn remove_folders(&self, disk: &dyn Disk) {
        let folders = [&self.path].into_iter().chain(&self.made);
        let _ = folders.map(|folder| disk.remove_dir(folder)).find(Result::is_err);
    }

    /// Removes everything but the lock.
    ///
    /// # Errors
    /// What could not be removed, and why.
    pub(super) fn clear(&self, disk: &dyn Disk) -> Result<(), Failure> {
        let entries =
            fs::read_dir(&self.path).map_err(|error| write_failed(&self.path, &self.path, &error))?;
        for entry in entries.flatten().filter(|entry| entry.file_name() != LOCK) {
            let path = entry.path();
            disk.remove_all(&path).map_err(|error| write_failed(&self.path, &path, &error))?;
        }
        Ok(())
    }
}

/// Removes a staging folder that a killed build has left in the other of the two places, unless it holds an interrupted
/// commit, or another build has it.
fn discard(disk: &dyn Disk, folder: &Path) {
    if !fs::symlink_metadata(folder).is_ok_and(|seen| seen.is_dir()) || is_half_done(folder) {
        return;
    }
    let Ok(lock) = disk.open_lock(&folder.join(LOCK)) else { return };
    let lock = match lock.try_lock() {
        Err(TryLockError::WouldBlock) => return,
        // There are no locks here.
        Err(TryLockError::Error(_)) => None,
        Ok(()) => Some(lock),
    };
    Staging { path: folder.to_owned(), lock, made: Vec::new() }.leave(disk);
}

fn is_half_done(staging: &Path) -> bool {
    [JOURNAL, UNDO].iter().any(|name| staging.join(name).exists())
}

/// Makes and locks a folder. A build that had the lock before has removed it together with the folder: then both are
/// made once more.
fn lock_folder(
    disk: &dyn Disk,
    root: &Path,
    folder: &Path,
    on_wait: &OnWait,
) -> Result<Option<File>, (PathBuf, io::Error)> {
    let at_folder = |error| (folder.to_owned(), error);
    let name = folder.join(LOCK);
    for attempt in 1..=ATTEMPTS {
        // A link would lead to a folder that is not the program's to empty.
        if folder.is_symlink() {
            disk.remove_file(folder).map_err(at_folder)?;
        }
        match disk.create_dir_below(root, folder) {
            // It has also removed the folders above that it had made.
            Err(error) if error.kind() == io::ErrorKind::NotFound && attempt < ATTEMPTS => continue,
            made => made.map_err(at_folder)?,
        }
        let lock = match disk.open_lock(&name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            lock => lock.map_err(|error| (name.clone(), error))?,
        };
        if wait(&lock, on_wait, || Holder { process: None }).is_err() {
            return Ok(None);
        }
        if is_named(&lock, &name) {
            return Ok(Some(lock));
        }
    }
    Err((name, io::ErrorKind::NotFound.into()))
}
