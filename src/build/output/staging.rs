//! The folder in which outputs wait until the whole build has succeeded: where it is, what lies in it, and who
//! has it to himself.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::build::output::disk::Disk;
use crate::build::output::guard::{is_one, is_same_mount};
use crate::build::output::{Failure, failure};

/// A staging folder, locked against builds of other sites into the same output folder. Its files are a protocol:
/// whatever stops a build, the next one sees by them how far it was.
#[derive(Debug)]
pub struct Staging {
    /// Where it is.
    pub path: PathBuf,
    /// Held as long as the build runs; absent where the file system knows no locks.
    _lock: Option<File>,
}

/// Where a staging folder for `out` may be: beside it, or inside it where it is a file system of its own, so
/// that putting a file in place is a rename.
fn places(out: &Path) -> [PathBuf; 2] {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    [out.with_file_name(format!(".{name}{INSIDE}")), out.join(INSIDE)]
}

/// The file in a staging folder that is locked.
const LOCK: &str = "lock";

/// How often a folder may be gone before a file is made in it.
const GONE: u32 = 1000;

/// The journal of a commit that goes on.
const JOURNAL: &str = "journal";

/// The journal of a commit that is being taken back.
const UNDO: &str = "undo";

/// The name of a staging folder inside the output folder, and the end of its name beside that.
const INSIDE: &str = ".tribune-staging";

/// Is this the name of a staging folder?
pub fn is_staging(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with('.') && name.ends_with(INSIDE))
}

impl Staging {
    /// Enters the staging folder of `out`, which may hold what a build that was cut short has left.
    pub fn enter(disk: &dyn Disk, out: &Path) -> Result<Staging, Failure> {
        let [beside, inside] = places(out);
        let at = |path: PathBuf| match lock_folder(disk, &path) {
            Ok(lock) => Ok(Staging { path, _lock: lock }),
            Err((place, error)) => Err(failure(&place, &error)),
        };
        // A build that was cut short may have taken the other place, before a disk was mounted, say.
        let is_apart = out.exists() && !is_same_mount(out, beside.parent().unwrap_or(out));
        if (is_apart || is_half_done(&inside)) && !is_half_done(&beside) {
            return at(inside);
        }
        match at(beside) {
            Err(_) if out.exists() => at(inside),
            entered => entered,
        }
    }

    /// The outputs that are new or change, each at its path as in the output folder.
    pub fn new_outputs(&self) -> PathBuf {
        self.path.join("new")
    }

    /// What the changes of a journal have replaced or removed, each by the number of its change.
    pub fn old_outputs(&self) -> PathBuf {
        self.path.join("old")
    }

    /// The journal of a commit that goes on.
    pub fn journal(&self) -> PathBuf {
        self.path.join(JOURNAL)
    }

    /// The journal of a commit that is being taken back.
    pub fn undo(&self) -> PathBuf {
        self.path.join(UNDO)
    }

    /// The list of outputs as it was before a commit.
    pub fn list_before(&self) -> PathBuf {
        self.path.join("former")
    }

    /// The list of outputs for the time of a commit: those before and those after.
    pub fn list_during(&self) -> PathBuf {
        self.path.join("union")
    }

    /// The list of outputs after a commit.
    pub fn list_after(&self) -> PathBuf {
        self.path.join("list")
    }

    /// Has a commit been left half done here? Then the next run needs what lies here.
    pub fn is_half_done(&self) -> bool {
        is_half_done(&self.path)
    }

    /// Removes the folder, while it is still locked. The lock goes last, and nothing is removed after it: whoever
    /// finds no lock makes one anew, and what lies in the folder from then on is his.
    pub fn leave(&self, disk: &dyn Disk) {
        let left = self.clear(disk).is_ok() && disk.remove_file(&self.path.join(LOCK)).is_ok();
        if left {
            // It stays if somebody has entered it since.
            let _ = disk.remove_dir(&self.path);
        }
    }

    /// Leaves nothing but the lock.
    ///
    /// # Errors
    /// What could not be removed, and why.
    pub fn clear(&self, disk: &dyn Disk) -> Result<(), Failure> {
        let entries = fs::read_dir(&self.path).map_err(|error| failure(&self.path, &error))?;
        for entry in entries.flatten().filter(|entry| entry.file_name() != LOCK) {
            let path = entry.path();
            disk.remove_all(&path).map_err(|error| failure(&path, &error))?;
        }
        Ok(())
    }
}

fn is_half_done(staging: &Path) -> bool {
    [JOURNAL, UNDO].iter().any(|name| staging.join(name).exists())
}

/// Makes and locks a folder. Whoever had the lock before has removed it together with the folder: then it is
/// made once more.
fn lock_folder(disk: &dyn Disk, folder: &Path) -> Result<Option<File>, (PathBuf, io::Error)> {
    let name = folder.join(LOCK);
    let mut gone = 0;
    loop {
        // Whatever leads somewhere else is not ours to fill, or to empty. A file is not ours at all.
        if fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_symlink()) {
            disk.remove_file(folder).map_err(|error| (folder.to_owned(), error))?;
        }
        disk.create_dir_all(folder).map_err(|error| (folder.to_owned(), error))?;
        let lock = match disk.open_lock(&name) {
            // There are folders in which nothing can be made.
            Err(error) if error.kind() == io::ErrorKind::NotFound && gone < GONE => {
                gone += 1;
                continue;
            }
            lock => lock.map_err(|error| (name.clone(), error))?,
        };
        if lock.lock().is_err() {
            return Ok(None);
        }
        if is_named(&lock, &name) {
            return Ok(Some(lock));
        }
    }
}

#[cfg(unix)]
fn is_named(file: &File, name: &Path) -> bool {
    match (file.metadata(), fs::symlink_metadata(name)) {
        (Ok(one), Ok(other)) => is_one(&one, &other),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_named(_: &File, name: &Path) -> bool {
    name.exists()
}
