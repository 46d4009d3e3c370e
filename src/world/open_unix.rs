//! Opens files below a folder without following links, whatever is put in the place of a name meanwhile.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Component, Path};
use std::thread::sleep;
use std::time::Duration;

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;

/// Opening a pipe for reading would wait for a writer.
const FILE: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);
/// Searching a folder is enough: it need not be readable.
#[cfg(any(target_os = "linux", target_os = "android"))]
const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// A file server that has lent a file to another machine takes it back when it is opened (`F_SETLEASE`), which takes a
/// moment.
const INTERVAL: Duration = Duration::from_millis(20);
/// How often opening is tried again.
const ATTEMPTS: usize = 50;

/// A folder below which files are opened.
#[derive(Debug)]
pub(super) struct Folder(OwnedFd);

impl Folder {
    /// Opens the folder; its own path may lead through links.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(super) fn open(path: &Path) -> io::Result<Folder> {
        Ok(Folder(rustix::fs::open(path, FOLDER, Mode::empty())?))
    }

    /// Opens whatever is at `path` below the folder; `None` if it, or a folder above it, is a link.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(super) fn open_below(&self, path: &Path) -> io::Result<Option<File>> {
        let open = || at_once(&self.0, path).unwrap_or_else(|| step_by_step(&self.0, path));
        let mut opened = open();
        for _ in 0..ATTEMPTS {
            if opened.as_ref().err() != Some(&Errno::AGAIN) {
                break;
            }
            sleep(INTERVAL);
            opened = open();
        }
        match opened {
            Ok(handle) => Ok(Some(File::from(handle))),
            Err(Errno::LOOP) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Opens a file in one system call, where the system has it; Linux has since 5.6.
#[cfg(target_os = "linux")]
fn at_once(folder: &OwnedFd, path: &Path) -> Option<Result<OwnedFd, Errno>> {
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::fs::{ResolveFlags, openat2};

    static MISSING: AtomicBool = AtomicBool::new(false);
    if MISSING.load(Ordering::Relaxed) {
        return None;
    }
    let resolve = ResolveFlags::NO_SYMLINKS | ResolveFlags::BENEATH;
    match openat2(folder, path, FILE, Mode::empty(), resolve) {
        // Containers may forbid system calls that they do not know.
        Err(Errno::NOSYS | Errno::PERM) => {
            MISSING.store(true, Ordering::Relaxed);
            None
        }
        opened => Some(opened),
    }
}

#[cfg(not(target_os = "linux"))]
fn at_once(_: &OwnedFd, _: &Path) -> Option<Result<OwnedFd, Errno>> {
    None
}

/// Opens one folder after the other, none of which may be a link, and then the file.
fn step_by_step(folder: &OwnedFd, path: &Path) -> Result<OwnedFd, Errno> {
    let mut parts = path.components().peekable();
    let mut above: Option<OwnedFd> = None;
    while let Some(part) = parts.next() {
        let Component::Normal(name) = part else { return Err(Errno::XDEV) };
        let within = above.as_ref().map_or(folder.as_fd(), AsFd::as_fd);
        let is_last = parts.peek().is_none();
        let flags = if is_last { FILE } else { FOLDER };
        match openat(within, name, flags | OFlags::NOFOLLOW, Mode::empty()) {
            Ok(handle) if is_last => return Ok(handle),
            Ok(handle) => above = Some(handle),
            // Systems differ in what they say of links.
            Err(Errno::NOTDIR | Errno::MLINK | Errno::LOOP) if is_link(within, name) => {
                return Err(Errno::LOOP);
            }
            Err(error) => return Err(error),
        }
    }
    Err(Errno::NOENT)
}

fn is_link(folder: impl AsFd, name: &OsStr) -> bool {
    use rustix::fs::{AtFlags, FileType, statat};
    statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|found| FileType::from_raw_mode(found.st_mode) == FileType::Symlink)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "files to open")]

    use super::*;

    /// What opening `path` gives: by one call, and step by step.
    fn both(folder: &Folder, path: &str) -> Vec<Result<(), Errno>> {
        let path = Path::new(path);
        let at_once = at_once(&folder.0, path);
        at_once.into_iter().chain([step_by_step(&folder.0, path)]).map(|opened| opened.map(drop)).collect()
    }

    #[test]
    fn links_are_not_followed_wherever_they_are() {
        let top = tempfile::tempdir().unwrap();
        let path = |name: &str| top.path().join(name);
        std::fs::create_dir_all(path("site/a/b")).unwrap();
        std::fs::write(path("site/a/b/file"), "").unwrap();
        std::os::unix::fs::symlink("b", path("site/a/folder")).unwrap();
        std::os::unix::fs::symlink("b/file", path("site/a/link")).unwrap();
        let folder = Folder::open(&path("site")).unwrap();
        for (name, expected) in [
            ("a/b/file", Ok(())),
            ("a/link", Err(Errno::LOOP)),
            ("a/folder/file", Err(Errno::LOOP)),
            ("a/missing", Err(Errno::NOENT)),
            ("a/b/file/x", Err(Errno::NOTDIR)),
            ("../site/a/b/file", Err(Errno::XDEV)),
            ("/etc/hostname", Err(Errno::XDEV)),
        ] {
            for opened in both(&folder, name) {
                assert_eq!(opened, expected, "{name}");
            }
        }
    }
}
