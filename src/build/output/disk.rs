//! The system calls that change something on the disk, one method each, so that a test can let any of them
//! fail. Everything that is written goes through here.

use std::fmt::Debug;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// What a writer may do to a disk. Each method is one step: it is done or it is not.
pub trait Disk: Debug + Send + Sync {
    /// Makes a folder; one that is there is [`io::ErrorKind::AlreadyExists`].
    ///
    /// # Errors
    /// Whatever the operating system says, as of all methods.
    fn create_dir(&self, path: &Path) -> io::Result<()>;

    /// Makes an empty file. What had its name loses it: a link is not followed.
    ///
    /// # Errors
    /// Whatever the operating system says.
    fn create(&self, path: &Path) -> io::Result<Box<dyn Created>>;

    /// Opens the file that builds lock, and makes it if need be. What is no file, a link, say, loses its name.
    ///
    /// # Errors
    /// Whatever the operating system says.
    fn open_lock(&self, path: &Path) -> io::Result<File>;

    /// Gives a file or folder another name; a file takes the place of another.
    ///
    /// # Errors
    /// Whatever the operating system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Gives a file a second name.
    ///
    /// # Errors
    /// Whatever the operating system says, for instance that the file system knows no links.
    fn link(&self, file: &Path, name: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// Whatever the operating system says.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// Removes an empty folder.
    ///
    /// # Errors
    /// Whatever the operating system says.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;

    /// Removes a folder with all that it holds.
    ///
    /// # Errors
    /// Whatever the operating system says.
    fn remove_dir_all(&self, path: &Path) -> io::Result<()>;

    /// Waits until the names in a folder are on the disk, if that was asked for.
    ///
    /// # Errors
    /// Whatever the operating system says.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;

    /// Are files and folders to be on the disk, and not only on their way, before a build is done?
    fn is_durable(&self) -> bool;
}

/// A file that is being written.
pub trait Created: Write {
    /// Ends it; waits until it is on the disk, if that was asked for.
    ///
    /// # Errors
    /// Whatever the operating system says.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// The disks of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct System {
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

impl Disk for System {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Created>> {
        let create = || OpenOptions::new().write(true).create_new(true).open(path);
        let file = match create() {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                fs::remove_file(path)?;
                create()?
            }
            created => created?,
        };
        Ok(Box::new(SystemFile { file, durable: self.durable }))
    }

    fn open_lock(&self, path: &Path) -> io::Result<File> {
        if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            fs::remove_file(path)?;
        }
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn link(&self, file: &Path, name: &Path) -> io::Result<()> {
        fs::hard_link(file, name)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        if self.durable { sync_folder(path) } else { Ok(()) }
    }

    fn is_durable(&self) -> bool {
        self.durable
    }
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Windows cannot open folders as files; NTFS keeps a journal of names by itself.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

impl dyn Disk + '_ {
    /// Makes a folder and those above it, as far as they are missing.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        match self.create_dir(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let above = path.parent().filter(|above| !above.as_os_str().is_empty());
                self.create_dir_all(above.ok_or(error)?)?;
                // Only once: there are folders, those of `/proc`, say, in which nothing can be made.
                self.create_dir(path).or_else(|error| if path.is_dir() { Ok(()) } else { Err(error) })
            }
            // Somebody else may have been quicker.
            Err(_) if path.is_dir() => Ok(()),
            made => made,
        }
    }

    /// Makes a file of `bytes`.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.create(path)?;
        file.write_all(bytes)?;
        file.finish()
    }

    /// Makes a file of `bytes`, and the folders above it where they are missing.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn write_below(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.in_folder(path, || self.write(path, bytes))
    }

    /// Renames a file, and makes the folders above its new name where they are missing.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn rename_below(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.in_folder(to, || self.rename(from, to))
    }

    /// Most often the folder is there: it is made when the first try fails for want of it.
    fn in_folder(&self, path: &Path, step: impl Fn() -> io::Result<()>) -> io::Result<()> {
        match step() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.create_dir_all(path.parent().ok_or(error)?)?;
                step()
            }
            done => done,
        }
    }

    /// Removes whatever has this name, a folder with all that it holds; links are not followed.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn remove_all(&self, path: &Path) -> io::Result<()> {
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Ok(metadata) if metadata.is_dir() => self.remove_dir_all(path),
            _ => self.remove_file(path),
        }
    }
}
