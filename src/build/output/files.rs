//! Single files: the list of outputs, what is kept between builds, and new files for editors.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::build::output::disk::{Created, Disk};
use crate::build::output::find_obstacle::find_obstacle;
use crate::diagnostics::messages::{BuildProblem, FileProblem};
use crate::diagnostics::{Cause, Diagnostic, IoError, Obstacle};
use crate::world::{Expected, Fingerprinter, Stamp, display_path};

/// The list of outputs: a line with the name of the site, then one path a line. It is in the output folder, so that it
/// moves with the folder.
pub const MANIFEST: &str = ".tribune-files";

/// What went wrong, as data.
pub(super) type Failure = Box<Diagnostic>;

/// `path`, in the folder `top`, could not be written.
pub(super) fn write_failed(top: &Path, path: &Path, error: &io::Error) -> Failure {
    write_failed_after(top, path, error, false)
}

/// The same, and whether steps of a commit were taken before and then undone.
pub(super) fn write_failed_after(top: &Path, path: &Path, error: &io::Error, undone: bool) -> Failure {
    let (path, error) = (display_path(path), io_error(top, path, error));
    Box::new(Diagnostic::new(BuildProblem::WriteFailed { path, error, undone }))
}

fn io_error(top: &Path, path: &Path, error: &io::Error) -> IoError {
    IoError { obstacle: find_obstacle(top, path, error), ..error.into() }
}

/// `path`, in the folder `top`, could not be read.
pub(super) fn read_failed(top: &Path, path: &Path, error: &io::Error) -> Failure {
    // Of what keeps a file from being changed, only another owner also keeps it from being read.
    let is_owner = |obstacle: &Obstacle| matches!(obstacle.cause, Cause::Owner { .. });
    let error = IoError { obstacle: find_obstacle(top, path, error).filter(is_owner), ..error.into() };
    let path = display_path(path);
    Box::new(Diagnostic::new(FileProblem::ReadFailed { path, error }))
}

/// `path`, in the folder `top` for what is kept between builds, could not be opened. Nothing to report if nothing that
/// the user could remove is in the way: sites may be read-only.
pub(super) fn not_kept(top: &Path, path: &Path, error: &io::Error) -> Option<Failure> {
    let (path, error) = (display_path(top), io_error(top, path, error));
    let has_remedy = error.obstacle.is_some();
    has_remedy.then(|| Box::new(Diagnostic::new(BuildProblem::NotKept { path, error })))
}

/// A commit in the folder `top` could be neither completed nor undone.
pub(super) fn interrupted(top: &Path, path: &Path, error: &io::Error) -> Failure {
    let (path, error) = (display_path(path), io_error(top, path, error));
    Box::new(Diagnostic::new(BuildProblem::CommitInterrupted { path, error }))
}

/// A step; where it failed, and why.
pub(super) type Step = Result<(), (PathBuf, io::Error)>;

/// Adds to an error where it happened.
pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> (PathBuf, io::Error) {
    let path = path.to_owned();
    |error| (path, error)
}

/// Waits until the names of files below `top` are on the disk, if the disk is durable.
pub(super) fn sync_folders<'p>(disk: &dyn Disk, top: &Path, paths: impl Iterator<Item = &'p str>) -> Step {
    if !disk.is_durable() {
        return Ok(());
    }
    let above = |path: &'p str| path.match_indices('/').map(|(at, _)| &path[..at]);
    let folders: BTreeSet<&str> = paths.flat_map(above).chain([""]).collect();
    let place = |folder: &str| if folder.is_empty() { top.to_owned() } else { top.join(folder) };
    let mut folders = folders.into_iter().map(place).filter(|folder| folder.is_dir());
    folders.try_for_each(|folder| disk.sync_folder(&folder).map_err(at(&folder)))
}

/// The state of a file; nothing if it is a link or no file.
pub(super) fn stamp_of(path: &Path) -> Option<Stamp> {
    let metadata = fs::symlink_metadata(path).ok()?;
    metadata.is_file().then(|| Stamp::of(&metadata))
}

/// Whether the file at `path` consists of `bytes`.
pub(super) fn is_same(path: &Path, bytes: &[u8]) -> bool {
    let same_length = fs::symlink_metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.len() == bytes.len() as u64);
    same_length && fs::read(path).is_ok_and(|found| found == bytes)
}

/// Whether the file at `path` has this content.
pub(super) fn has_content(path: &Path, expected: Expected) -> bool {
    let same_length =
        fs::symlink_metadata(path).is_ok_and(|seen| seen.is_file() && seen.len() == expected.size);
    let mut found = Fingerprinter::default();
    same_length
        && fs::File::open(path).and_then(|mut file| io::copy(&mut file, &mut found)).is_ok()
        && found.finish() == expected.fingerprint
}

/// The bytes of a file of the program's own; nothing if there is none. Reading what is no file, a pipe for example,
/// might never end.
///
/// # Errors
/// There is one, but it cannot be read.
pub(super) fn read_own(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let read = || match fs::symlink_metadata(path)?.is_file() {
        true => fs::read(path).map(Some),
        false => Ok(None),
    };
    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read,
    }
}

/// Replaces a file that is kept for the next build, completely or not at all. If that fails, the next build is
/// slower, and nothing else.
pub fn persist(disk: &dyn Disk, path: &Path, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) {
    let _ = try_persist(disk, path, write);
}

/// As [`persist`], but its errors matter.
///
/// # Errors
/// Whatever the operating system reports.
pub(super) fn try_persist(
    disk: &dyn Disk,
    path: &Path,
    write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> Step {
    // Its name is fixed: what a killed build leaves, the next one replaces.
    let mut new = path.to_owned().into_os_string();
    new.push(".new");
    let new = PathBuf::from(new);
    let made = path.parent().map_or(Ok(()), |folder| create_own_folder(disk, folder));
    let written = made.and_then(|()| disk.create(&new)).and_then(|mut file: Box<dyn Created>| {
        write(&mut file)?;
        file.finish()
    });
    let step = written.map_err(at(&new)).and_then(|()| disk.rename(&new, path).map_err(at(path)));
    step.inspect_err(|_| {
        let _ = disk.remove_file(&new);
    })
}

/// Makes a folder for files that are kept. A link to a folder is none: what lies elsewhere is not the program's.
fn create_own_folder(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    disk.create_dir_below(folder.parent().unwrap_or(folder), folder)?;
    if fs::symlink_metadata(folder)?.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

/// Removes what [`persist`] has kept.
pub fn remove(disk: &dyn Disk, path: &Path) {
    if path.parent().is_some_and(|folder| create_own_folder(disk, folder).is_ok()) {
        let _ = disk.remove_file(path);
    }
}

/// Writes a new file for an editor (`new`, `init`), completely or not at all; an existing one is left alone.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`], and whatever else the operating system reports.
pub fn create_file(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    io::Write::write_all(&mut file, text).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

/// Removes files that [`create_file`] has made below `top`, and the folders that are empty then.
pub fn remove_created(top: &Path, files: &[PathBuf]) {
    for path in files {
        let _ = fs::remove_file(path);
    }
    let folders: BTreeSet<&Path> = files.iter().flat_map(|path| path.ancestors().skip(1)).collect();
    // The deepest first.
    for folder in folders.into_iter().rev().filter(|folder| folder.starts_with(top) && *folder != top) {
        let _ = fs::remove_dir(folder);
    }
}
