//! Where a build may write: which folders are refused, and what keeps two builds apart.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::{Failure, disk::Disk, failure};
use crate::diagnostic::Diagnostic;
use crate::problem::{Problem, Refusal};

/// Refuses output folders that hold what must not be mixed with outputs.
pub fn refuse(root: &Path, out: &Path) -> Result<(), Failure> {
    let real = |path: &Path| real(path).unwrap_or_else(|_| path.to_path_buf());
    let (root, real_out) = (real(root), real(out));
    let sources = ["content", "themes", crate::cache::FOLDER].map(|name| real(&root.join(name)));
    let why = if real_out.parent().is_none() {
        Refusal::Root
    } else if std::env::home_dir().is_some_and(|home| real(&home) == real_out) {
        Refusal::Home
    } else if root.starts_with(&real_out)
        || sources.iter().any(|source| real_out.starts_with(source) || source.starts_with(&real_out))
    {
        Refusal::Sources
    } else if real_out.exists() && !real_out.is_dir() {
        Refusal::NotAFolder
    } else {
        return Ok(());
    };
    Err(Box::new(Diagnostic::error(Problem::OutRefused { path: out.display().to_string(), why })))
}

/// The path without links and without `..`, also of what is not there yet.
///
/// # Errors
/// There is no current folder.
pub fn real(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    let mut real = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(real.pop()),
            part => real.push(part),
        }
        if let Ok(found) = real.canonicalize() {
            real = found;
        }
    }
    Ok(real)
}

/// Waits for other builds of the site. Where no lock can be had (a read-only site), there is none.
pub fn lock_site(disk: &dyn Disk, root: &Path) -> Option<File> {
    let folder = root.join(crate::cache::FOLDER);
    disk.create_dir_all(&folder).ok()?;
    let file = disk.open_lock(&folder.join("lock")).ok()?;
    file.lock().ok()?;
    Some(file)
}

/// The folder in which outputs wait until the build has succeeded, locked against builds of other sites into
/// the same output folder.
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
    [out.with_file_name(format!(".{name}.tribune-staging")), out.join(INSIDE)]
}

/// The file in a staging folder that is locked.
pub const LOCK: &str = "lock";

/// The name of a staging folder inside the output folder.
const INSIDE: &str = ".tribune-staging";

impl Staging {
    /// Enters the staging folder of `out`, which may hold what a build that was cut short has left.
    pub fn enter(disk: &dyn Disk, out: &Path) -> Result<Staging, Failure> {
        let [beside, inside] = places(out);
        let at = |path: PathBuf| match lock_folder(disk, &path) {
            Ok(lock) => Ok(Staging { path, _lock: lock }),
            Err((place, error)) => Err(failure(&place, &error)),
        };
        // A build that was cut short may have taken the other place, before a disk was mounted, say.
        let used = |path: &Path| path.join("journal").exists() || path.join("undo").exists();
        let is_apart = out.exists() && !is_same_device(out, beside.parent().unwrap_or(out));
        if (is_apart || used(&inside)) && !used(&beside) {
            return at(inside);
        }
        match at(beside) {
            Err(_) if out.exists() => at(inside),
            entered => entered,
        }
    }
}

/// Makes and locks a folder. Whoever had the lock before has removed it together with the folder: then it is
/// made once more.
fn lock_folder(disk: &dyn Disk, folder: &Path) -> Result<Option<File>, (PathBuf, io::Error)> {
    let name = folder.join(LOCK);
    loop {
        // Whatever leads somewhere else is not ours to fill, or to empty.
        if fs::symlink_metadata(folder).is_ok_and(|metadata| !metadata.is_dir()) {
            disk.remove_file(folder).map_err(|error| (folder.to_owned(), error))?;
        }
        disk.create_dir_all(folder).map_err(|error| (folder.to_owned(), error))?;
        let lock = match disk.open_lock(&name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
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

#[cfg(unix)]
fn is_one(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Are these two names, alike but for case and Unicode form, names of one file?
#[cfg(unix)]
pub fn is_one_file(one: &Path, other: &Path) -> bool {
    match (fs::symlink_metadata(one), fs::symlink_metadata(other)) {
        (Ok(one), Ok(other)) => is_one(&one, &other),
        _ => false,
    }
}

/// Disks of Windows take no notice of case.
#[cfg(not(unix))]
pub fn is_one_file(one: &Path, other: &Path) -> bool {
    one.exists() && other.exists()
}

#[cfg(unix)]
fn is_same_device(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    device(one) == device(other)
}

#[cfg(not(unix))]
fn is_same_device(_: &Path, _: &Path) -> bool {
    true
}

/// Has `new`, just made, the owner and group of `old`, and has `old` no attributes that `new` would lack
/// (access lists, security labels)? Only then can it take its place unnoticed.
#[cfg(unix)]
pub fn is_like(old: &Path, new: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = |path: &Path| fs::metadata(path).map(|metadata| (metadata.uid(), metadata.gid())).ok();
    owner(old) == owner(new) && has_no_attributes(old)
}

#[cfg(not(unix))]
pub fn is_like(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn has_no_attributes(path: &Path) -> bool {
    let mut names: [u8; 0] = [];
    // With an empty buffer the call tells how much there is; file systems without attributes refuse it.
    !matches!(rustix::fs::listxattr(path, &mut names[..]), Ok(1..))
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn has_no_attributes(_: &Path) -> bool {
    false
}
