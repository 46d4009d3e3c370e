//! The only writer. Outputs are staged beside the output folder while the build runs; only when all of it
//! has succeeded do the changed ones take their places, all or none ([`commit`]). Where there was no output
//! folder, or where every output is made anew, the folder changes as a whole, in one step. What is
//! deleted is only what an earlier build wrote, by the list it left in the folder.
#![expect(clippy::disallowed_methods, reason = "this is the writer")]

pub mod commit;
pub mod disk;
pub mod guard;
pub mod journal;
pub mod stage;
pub mod staging;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::Outputs;
use crate::build::output::commit::Commit;
use crate::build::output::disk::{Created, Disk, System};
use crate::build::output::guard::SiteLock;
use crate::build::output::journal::is_below;
pub use crate::build::output::stage::Stage;
use crate::build::output::staging::Staging;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::Problem;
use crate::world::Stamp;

/// The list of what was written, one path a line, in the output folder itself: it goes where the
/// folder goes.
pub const MANIFEST: &str = ".tribune-files";

/// Where a build reads and writes.
#[derive(Debug, Clone)]
pub struct Target {
    /// The site's root folder.
    pub root: PathBuf,
    /// The output folder.
    pub out: PathBuf,
    /// How it is written to.
    pub disk: Arc<dyn Disk>,
}

impl Target {
    /// The site at `root` and its output folder `out`, on the disks of this machine.
    pub fn new(root: impl Into<PathBuf>, out: impl Into<PathBuf>) -> Target {
        Target { root: root.into(), out: out.into(), disk: Arc::new(System::default()) }
    }
}

/// The list of what was written, as it was left.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The state of its file.
    stamp: Stamp,
    /// Whose build it was.
    generation: String,
    /// The paths.
    pub paths: Arc<Outputs>,
}

/// What a commit has done.
#[derive(Debug)]
pub struct Committed {
    /// How many files were removed.
    pub removed: usize,
    /// The list that it left, for a later [`Stage::new`].
    pub listed: Option<Listed>,
}

/// What went wrong, as data.
pub type Failure = Box<Diagnostic>;

fn failure(path: &Path, error: &io::Error) -> Failure {
    let path = path.display().to_string();
    Box::new(Diagnostic::error(Problem::WriteFailed { path, fault: error.into() }))
}

fn unread(path: &Path, error: &io::Error) -> Failure {
    let path = path.display().to_string();
    Box::new(Diagnostic::error(Problem::ReadFailed { path, fault: error.into() }))
}

/// The output folder of a site, while a build has it to itself.
#[derive(Debug)]
pub struct OutputDir {
    path: PathBuf,
    disk: Arc<dyn Disk>,
    staging: Result<Staging, Failure>,
    /// Held as long as the build runs: two builds of one site take turns.
    lock: Option<SiteLock>,
    /// Which build of the site changed outputs last.
    generation: String,
}

impl OutputDir {
    /// Waits for other builds of the site, or into the same folder, and then has the output folder to itself.
    /// A commit that was cut short is completed, or taken back.
    ///
    /// # Errors
    /// Folders that hold other things than outputs, what has the place of the site's own folder, and whatever the operating system says.
    pub fn open(target: &Target) -> Result<OutputDir, Failure> {
        let Target { root, out, disk } = target;
        let path = guard::real(out).map_err(|error| failure(out, &error))?;
        let own = guard::own_folder(root)?;
        guard::refuse(root, &path)?;
        let lock = SiteLock::wait(&**disk, &own);
        let generation = lock.as_ref().map(SiteLock::generation).unwrap_or_default();
        // Where nothing can be staged, a build that has nothing to do succeeds all the same.
        let staging = Staging::enter(&**disk, &path);
        let out = OutputDir { path, disk: Arc::clone(disk), staging, lock, generation };
        if let Ok(staging) = &out.staging {
            Commit { out: &out.path, staging, disk: &**disk }.recover()?;
        }
        Ok(out)
    }

    fn staging(&self) -> Result<&Staging, Failure> {
        self.staging.as_ref().map_err(Clone::clone)
    }

    /// Notes that this build changes outputs, and gives the note.
    fn bump_generation(&self) -> Result<String, Failure> {
        // The lock makes turns follow each other; the process tells them from those of a note that was deleted.
        let last =
            self.generation.rsplit(' ').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
        let generation = format!("{} {}", std::process::id(), last.wrapping_add(1));
        if let Some(lock) = &self.lock {
            lock.note(&*self.disk, &generation)?;
        }
        Ok(generation)
    }

    /// The state of the file at `path` in the folder.
    pub fn stamp(&self, path: &str) -> Option<Stamp> {
        stamp_of(&self.path.join(path))
    }
}

impl Drop for OutputDir {
    fn drop(&mut self) {
        let Ok(staging) = &self.staging else { return };
        // The next run needs what a commit has left half done.
        if !staging.is_half_done() {
            staging.leave(&*self.disk);
        }
    }
}

fn stamp_of(path: &Path) -> Option<Stamp> {
    let metadata = fs::symlink_metadata(path).ok()?;
    metadata.is_file().then(|| Stamp::of(&metadata))
}

/// The outputs of the former build. Lines that are not paths below the folder are ignored, for the
/// list decides what may be deleted.
///
/// # Errors
/// There is a list, but it cannot be read: without it all outputs would pass for somebody else's.
fn read_manifest(out: &Path) -> io::Result<Outputs> {
    let text = read_own(&out.join(MANIFEST))?.unwrap_or_default();
    let text = String::from_utf8(text).unwrap_or_default();
    Ok(text.lines().filter(|path| is_below(path)).map(Arc::from).collect())
}

fn is_same(path: &Path, bytes: &[u8]) -> bool {
    let same_length = fs::symlink_metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.len() == bytes.len() as u64);
    same_length && fs::read(path).is_ok_and(|there| there == bytes)
}

/// Writes what is kept for the next build, whole or not at all. Where that cannot be, the next build is
/// slower, and that is all.
pub fn keep(disk: &dyn Disk, path: &Path, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) {
    let _ = try_keep(disk, path, write);
}

/// Where a file is written before it takes its name.
fn aside(path: &Path) -> PathBuf {
    let mut aside = path.to_owned().into_os_string();
    aside.push(".new");
    PathBuf::from(aside)
}

/// Makes a folder for what is kept, unless something else has its place.
fn make_own(disk: &dyn Disk, folder: &Path) -> io::Result<()> {
    disk.create_dir_all(folder)?;
    if fs::symlink_metadata(folder)?.is_dir() { Ok(()) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

fn try_keep(
    disk: &dyn Disk,
    path: &Path,
    write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> io::Result<()> {
    let aside = aside(path);
    let made = path.parent().map_or(Ok(()), |folder| make_own(disk, folder));
    let written = made.and_then(|()| disk.create(&aside)).and_then(|mut file: Box<dyn Created>| {
        write(&mut file)?;
        file.finish()
    });
    written.and_then(|()| disk.rename(&aside, path)).inspect_err(|_| {
        let _ = disk.remove_file(&aside);
    })
}

/// Forgets what was kept.
pub fn forget(disk: &dyn Disk, path: &Path) {
    if path.parent().is_some_and(|folder| make_own(disk, folder).is_ok()) {
        let _ = disk.remove_file(path);
    }
}

/// Writes a new file for an editor (`new`, `init`), whole or not at all; an existing one is left alone.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`], and whatever else the operating system says.
pub fn create_file(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    io::Write::write_all(&mut file, text).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

/// Removes files that [`create_file`] has made below `top`, and the folders that they leave empty.
pub fn take_back(top: &Path, files: &[PathBuf]) {
    for path in files {
        let _ = fs::remove_file(path);
    }
    let folders: BTreeSet<&Path> = files.iter().flat_map(|path| path.ancestors().skip(1)).collect();
    // The deepest first; one that holds something else stays.
    for folder in folders.into_iter().rev().filter(|folder| folder.starts_with(top) && *folder != top) {
        let _ = fs::remove_dir(folder);
    }
}

/// The bytes of a file of the program's own; nothing if there is none, or what is no file, for that may have no end.
///
/// # Errors
/// There is one, but it cannot be read.
fn read_own(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let read = || match fs::symlink_metadata(path)?.is_file() {
        true => fs::read(path).map(Some),
        false => Ok(None),
    };
    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read,
    }
}
