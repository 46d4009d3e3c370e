//! What differs between operating systems, one function each.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

/// The absolute path without links and without `..`; what does not exist yet may be part of it.
///
/// # Errors
/// There is no current folder.
pub(super) fn real(path: &Path) -> io::Result<PathBuf> {
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

/// Whether this is still the name of the open file.
pub(super) fn is_named(file: &File, name: &Path) -> bool {
    let opened = file.try_clone().and_then(same_file::Handle::from_file);
    let named = same_file::Handle::from_path(name);
    matches!((opened, named), (Ok(opened), Ok(named)) if opened == named)
}

/// Waits until the names in a folder are on the disk.
#[cfg(unix)]
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Windows cannot open folders as files; NTFS has a journal of names.
#[cfg(not(unix))]
pub fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The waits between attempts, in milliseconds: one second in all.
const WAITS: [u64; 7] = [8, 16, 32, 64, 128, 256, 496];

/// Repeats a step that fails because another program has the file open, as virus scanners do for a moment. Only
/// Windows refuses to rename and to remove open files.
pub(super) fn retry(step: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    retry_while(|error| cfg!(windows) && is_in_use(error), std::thread::sleep, step)
}

/// How files are called that were removed while they were open, until they are closed: on FUSE, NTFS-3G and NFS.
const REMOVED: [&str; 3] = [".fuse_hidden", ".ghost-ntfs-3g-", ".nfs"];

/// Repeats the removal of a folder in which nothing is left but removed files: a FUSE file system learns only later
/// that a file was closed.
pub(super) fn retry_removal(folder: &Path, step: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let may_pass = |error: &io::Error| {
        (cfg!(windows) && is_in_use(error))
            || (error.kind() == io::ErrorKind::DirectoryNotEmpty && holds_only_removed(folder))
    };
    retry_while(may_pass, std::thread::sleep, step)
}

fn holds_only_removed(folder: &Path) -> bool {
    let is_removed = |entry: fs::DirEntry| match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
        true => holds_only_removed(&entry.path()),
        false => REMOVED.iter().any(|prefix| entry.file_name().to_string_lossy().starts_with(prefix)),
    };
    fs::read_dir(folder).is_ok_and(|mut entries| entries.all(|entry| entry.is_ok_and(is_removed)))
}

/// Access denied, a sharing violation, or a locked region, by the numbers of Windows.
pub(super) fn is_in_use(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(5 | 32 | 33))
}

fn retry_while(
    may_pass: impl Fn(&io::Error) -> bool,
    mut wait: impl FnMut(Duration),
    mut step: impl FnMut() -> io::Result<()>,
) -> io::Result<()> {
    for milliseconds in WAITS {
        match step() {
            Err(error) if may_pass(&error) => wait(Duration::from_millis(milliseconds)),
            done => return done,
        }
    }
    step()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a step that fails `failures` times with an error number. Gives its result, the number of attempts and
    /// how long was waited.
    fn attempts(failures: usize, number: i32) -> (bool, usize, Duration) {
        let (mut count, mut waited) = (0, Duration::ZERO);
        let step = || {
            count += 1;
            if count > failures { Ok(()) } else { Err(io::Error::from_raw_os_error(number)) }
        };
        let done = retry_while(is_in_use, |time| waited += time, step).is_ok();
        (done, count, waited)
    }

    #[test]
    fn steps_on_files_in_use_are_repeated_for_a_second() {
        assert_eq!(attempts(0, 32), (true, 1, Duration::ZERO));
        assert_eq!(attempts(3, 32), (true, 4, Duration::from_millis(56)));
        assert_eq!(attempts(7, 5), (true, 8, Duration::from_secs(1)));
        assert_eq!(attempts(100, 5), (false, 8, Duration::from_secs(1)));
    }

    #[test]
    fn other_errors_are_final() {
        // Not found, the disk is full.
        for number in [2, 112] {
            assert_eq!(attempts(1, number), (false, 1, Duration::ZERO));
        }
    }
}
