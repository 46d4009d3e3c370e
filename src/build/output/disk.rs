//! The system calls that change something on the disk, one method each, so that tests can make any of them fail.
//! Everything that a build writes goes through here.

use std::fmt::Debug;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::build::output::platform;
use crate::build::output::platform::{retry, retry_removal};

/// What a writer may do to a disk. Each method is one step; its errors are those of the operating system.
pub trait Disk: Debug + Send + Sync {
    /// Makes a folder; an existing one is [`io::ErrorKind::AlreadyExists`].
    fn create_dir(&self, path: &Path) -> io::Result<()>;

    /// Makes an empty file. An existing file is not truncated but replaced: it may have other names, or be a link.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Created>>;

    /// Opens the file that builds lock; makes it if necessary. A link, or whatever else is no file, is replaced.
    fn open_lock(&self, path: &Path) -> io::Result<File>;

    /// Renames a file or folder; a file replaces another.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Makes a hard link.
    fn link(&self, file: &Path, name: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;

    /// Removes a folder with all that it holds.
    fn remove_dir_all(&self, path: &Path) -> io::Result<()>;

    /// Waits until the names in a folder are on the disk, if the disk is durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// Whether a build waits until its outputs are on the disk.
    fn is_durable(&self) -> bool;
}

/// A file that is being written.
pub trait Created: Write {
    /// Closes it; waits until it is on the disk, if the disk is durable.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// The disks of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk {
    /// Wait until what was written is on the disk (`--durable`).
    pub durable: bool,
}

struct SystemFile {
    file: File,
    durable: bool,
}

impl Write for SystemFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Created for SystemFile {
    fn finish(self: Box<Self>) -> io::Result<()> {
        if self.durable { self.file.sync_all() } else { Ok(()) }
    }
}

impl Disk for SystemDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Created>> {
        let create = || OpenOptions::new().write(true).create_new(true).open(path);
        let file = match create() {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.remove_file(path)?;
                create()?
            }
            created => created?,
        };
        Ok(Box::new(SystemFile { file, durable: self.durable }))
    }

    fn open_lock(&self, path: &Path) -> io::Result<File> {
        if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            self.remove_file(path)?;
        }
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        retry(|| fs::rename(from, to))
    }

    fn link(&self, file: &Path, name: &Path) -> io::Result<()> {
        fs::hard_link(file, name)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        retry(|| fs::remove_file(path))
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        retry_removal(path, || fs::remove_dir(path))
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        retry_removal(path, || fs::remove_dir_all(path))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        if self.durable { platform::sync_folder(path) } else { Ok(()) }
    }

    fn is_durable(&self) -> bool {
        self.durable
    }
}

impl dyn Disk + '_ {
    /// Makes a folder and the missing ones above it, but not `top`, nor one above that: what a build has found there is
    /// gone then, and must find its place free when it comes back.
    ///
    /// # Errors
    /// As those of [`Disk`].
    pub fn create_dir_below(&self, top: &Path, path: &Path) -> io::Result<()> {
        match self.create_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let above = path.parent().filter(|above| *above != top && !above.as_os_str().is_empty());
                self.create_dir_below(top, above.ok_or(error)?)?;
                // One more attempt only: there are folders in which nothing can be made, as in `/proc`.
                self.create_dir(path).or_else(|error| if path.is_dir() { Ok(()) } else { Err(error) })
            }
            Err(_) if path.is_dir() => Ok(()),
            made => made,
        }
    }

    /// Makes a file of `bytes`.
    ///
    /// # Errors
    /// As those of [`Disk`].
    pub fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.create(path)?;
        file.write_all(bytes)?;
        file.finish()
    }

    /// Makes a file of `bytes`, and the missing folders above it, below `top`.
    ///
    /// # Errors
    /// As those of [`Disk`].
    pub fn write_below(&self, top: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.in_folder(top, path, || self.write(path, bytes))
    }

    /// Makes an empty file, and the missing folders above it, below `top`.
    ///
    /// # Errors
    /// As those of [`Disk`].
    pub fn create_below(&self, top: &Path, path: &Path) -> io::Result<Box<dyn Created>> {
        self.in_folder(top, path, || self.create(path))
    }

    /// Renames a file, and makes the missing folders above its new name, below `top`.
    ///
    /// # Errors
    /// As those of [`Disk`].
    pub fn rename_below(&self, top: &Path, from: &Path, to: &Path) -> io::Result<()> {
        self.in_folder(top, to, || self.rename(from, to))
    }

    /// The folder of `path` usually exists: it is made only after the step has failed without it.
    fn in_folder<T>(&self, top: &Path, path: &Path, step: impl Fn() -> io::Result<T>) -> io::Result<T> {
        match step() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let above = path.parent().filter(|above| *above != top);
                self.create_dir_below(top, above.ok_or(error)?)?;
                step()
            }
            done => done,
        }
    }

    /// Removes whatever has this name, if anything has; links are not followed.
    ///
    /// # Errors
    /// As those of [`Disk`].
    pub fn remove_all(&self, path: &Path) -> io::Result<()> {
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Ok(metadata) if metadata.is_dir() => self.remove_dir_all(path),
            _ => self.remove_file(path),
        }
    }
}
