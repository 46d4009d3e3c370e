//! The folder in which outputs wait until the whole build has succeeded. Its files are a protocol: by them the next
//! build sees how far an interrupted one was.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::build::output::disk::Disk;
use crate::build::output::files::{Failure, write_failed};
use crate::build::output::lock::{Holder, OnWait, wait};
use crate::build::output::platform::{is_named, is_same_mount};

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
}

/// Whether this is the name of a staging folder.
pub(super) fn is_staging(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with('.') && name.ends_with(INSIDE))
}

impl Staging {
    /// Enters the staging folder of `out`, which may hold what an interrupted build has left. It is beside `out`, or
    /// inside if files cannot be renamed from there.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    pub(super) fn enter(disk: &dyn Disk, out: &Path, on_wait: &OnWait) -> Result<Staging, Failure> {
        let name = out.file_name().unwrap_or_default().to_string_lossy();
        let [beside, inside] = [out.with_file_name(format!(".{name}{INSIDE}")), out.join(INSIDE)];
        let at = |path: PathBuf| match lock_folder(disk, &path, on_wait) {
            Ok(lock) => Ok(Staging { path, lock }),
            Err((place, error)) => Err(write_failed(out, &place, &error)),
        };
        let is_apart = out.exists() && !is_same_mount(out, beside.parent().unwrap_or(out));
        if is_apart || is_half_done(&inside) {
            return at(inside);
        }
        match at(beside) {
            // The folder above may be closed to this user.
            Err(_) if out.exists() => at(inside),
            entered => entered,
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
        if self.clear(disk).is_ok() && disk.remove_file(&self.path.join(LOCK)).is_ok() {
            // On Windows a removed file keeps its name until it is closed, and the folder would not be empty.
            self.lock = None;
            let _ = disk.remove_dir(&self.path);
        }
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

fn is_half_done(staging: &Path) -> bool {
    [JOURNAL, UNDO].iter().any(|name| staging.join(name).exists())
}

/// Makes and locks a folder. A build that had the lock before has removed it together with the folder: then both are
/// made once more.
fn lock_folder(
    disk: &dyn Disk,
    folder: &Path,
    on_wait: &OnWait,
) -> Result<Option<File>, (PathBuf, io::Error)> {
    let at_folder = |error| (folder.to_owned(), error);
    let name = folder.join(LOCK);
    for _ in 0..ATTEMPTS {
        // A link would lead to a folder that is not the program's to empty.
        if folder.is_symlink() {
            disk.remove_file(folder).map_err(at_folder)?;
        }
        disk.create_dir_all(folder).map_err(at_folder)?;
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
