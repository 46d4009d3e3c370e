//! Where a build may write: which folders are refused, what keeps two builds of a site apart, and which names
//! are names of one thing.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::build::output::disk::Disk;
use crate::build::output::staging::is_staging;
use crate::build::output::{Failure, aside, failure, read_own, try_keep};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::{Problem, Refusal};
use crate::world::layout::{CONTENT, OWN_FOLDER, THEMES};

/// Refuses output folders that hold what must not be mixed with outputs.
pub fn refuse(root: &Path, out: &Path) -> Result<(), Failure> {
    let real = |path: &Path| real(path).unwrap_or_else(|_| path.to_path_buf());
    let (root, real_out) = (real(root), real(out));
    let sources = [CONTENT, THEMES, OWN_FOLDER].map(|name| real(&root.join(name)));
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
    } else if real_out.iter().any(is_staging) {
        Refusal::Staging
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

/// The folder for what is kept between builds, below the site's `root`. Nobody follows it elsewhere: what lies in it would
/// be written over what lies there.
///
/// # Errors
/// Something else has its place.
pub fn own_folder(root: &Path) -> Result<PathBuf, Failure> {
    let folder = root.join(OWN_FOLDER);
    match fs::symlink_metadata(&folder) {
        Ok(seen) if !seen.is_dir() => {
            let (path, linked) = (folder.display().to_string(), seen.is_symlink());
            Err(Box::new(Diagnostic::error(Problem::OwnFolder { path, linked })))
        }
        _ => Ok(folder),
    }
}

/// Keeps builds of one site apart, and knows which of them changed outputs last.
#[derive(Debug)]
pub struct SiteLock {
    generation: PathBuf,
    _file: File,
}

impl SiteLock {
    /// Waits for other builds of the site, by a lock in its own `folder`. Where no lock can be had (a read-only site),
    /// there is none.
    pub fn wait(disk: &dyn Disk, folder: &Path) -> Option<SiteLock> {
        disk.create_dir_all(folder).ok()?;
        let file = disk.open_lock(&folder.join("lock")).ok()?;
        file.lock().ok()?;
        Some(SiteLock { generation: folder.join("turn"), _file: file })
    }

    /// The note of the latest build that changed outputs; what is no text is nobody's that we know of.
    pub fn generation(&self) -> String {
        let note = read_own(&self.generation).ok().flatten();
        note.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// Leaves the note of this build.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn note(&self, disk: &dyn Disk, generation: &str) -> Result<(), Failure> {
        try_keep(disk, &self.generation, |file| file.write_all(generation.as_bytes()))
            .map_err(|error| failure(&aside(&self.generation), &error))
    }
}

/// Do these describe one and the same file?
#[cfg(unix)]
pub fn is_one(one: &fs::Metadata, other: &fs::Metadata) -> bool {
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

/// Do both lie on one file system, so that a file can be renamed from one to the other? A folder that is mounted
/// once more, as containers do with those of their host, is another one (`rename`(2), EXDEV).
#[cfg(unix)]
pub fn is_same_mount(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    device(one) == device(other) && mount(one) == mount(other)
}

/// Which of the mounts a folder lies on; nothing where the system does not say.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn mount(folder: &Path) -> Option<u64> {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    let told = statx(CWD, folder, AtFlags::empty(), StatxFlags::MNT_ID).ok()?;
    let is_told = told.stx_mask & StatxFlags::MNT_ID.bits() != 0;
    is_told.then_some(told.stx_mnt_id)
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn mount(_: &Path) -> Option<u64> {
    None
}

/// Where that cannot be told, they are taken to.
#[cfg(not(unix))]
pub fn is_same_mount(_: &Path, _: &Path) -> bool {
    true
}
