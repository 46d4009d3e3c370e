//! Reads files and the clock: the only place that does.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use crate::world::model::{Clock, Entry, Stamp, WorldError, WorldErrorKind};
#[cfg(not(unix))]
use crate::world::open_other::Folder;
#[cfg(unix)]
use crate::world::open_unix::Folder;
use crate::world::reader::World;
use crate::world::source_file::SourceFile;
use crate::world::symlinks::Bounds;
use crate::world::walk::{MOST_FILES, Walk};

/// A path for messages; on Windows without the prefix `\\?\` of canonical paths.
pub fn display_path(path: &Path) -> String {
    dunce::simplified(path).display().to_string()
}

/// A file opened for reading.
pub type OpenFile = std::fs::File;

/// The world on disk, below a root folder.
#[derive(Debug, Clone)]
pub struct DiskWorld {
    root: PathBuf,
    clock: Clock,
    /// The output folder; links must not lead there.
    out: Option<PathBuf>,
    /// The root, once a file was opened.
    folder: Arc<OnceLock<Folder>>,
}

impl DiskWorld {
    /// The world below `root`, at the current time.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        DiskWorld { root: root.into(), clock: Clock::Running, out: None, folder: Arc::default() }
    }

    /// The same world, for another build: the root may have been replaced.
    pub fn reopened(&self) -> Self {
        DiskWorld { folder: Arc::default(), ..self.clone() }
    }

    /// Sets the output folder.
    pub fn building_into(self, out: impl Into<PathBuf>) -> Self {
        DiskWorld { out: Some(out.into()), ..self }
    }

    /// Sets the clock.
    pub fn at(self, clock: Clock) -> Self {
        DiskWorld { clock, ..self }
    }

    /// Checks that a new file can be created at `path`, and that a build will read it there.
    ///
    /// # Errors
    /// The first folder above it that is a link, or below one, and that builds do not follow.
    pub fn check_new(&self, path: &str) -> Result<(), WorldError> {
        let bounds = Bounds::of(&self.root, self.out.as_deref());
        let mut linked = false;
        for (end, _) in path.match_indices('/') {
            let folder = &path[..end];
            if !is_there(&self.root, folder)? {
                return Ok(());
            }
            let place = self.root.join(folder);
            linked |= place.is_symlink();
            if let Some(kind) = linked.then(|| bounds.violation(&place)).flatten() {
                return Err(WorldError { path: folder.to_owned(), kind });
            }
        }
        Ok(())
    }

    /// Opens the output at `path`, and gives its state, too. The world is that of an output folder, in which no link is
    /// followed.
    ///
    /// # Errors
    /// Those of [`World::open`]; a link is [`WorldErrorKind::NotAFile`].
    pub fn open_output(&self, path: &str) -> Result<(OpenFile, Stamp), WorldError> {
        let opened = self.open_below(path, Path::new(path)).and_then(|opened| match opened {
            Some(file) => regular(file),
            None => Err(WorldErrorKind::NotAFile),
        });
        opened.map_err(|kind| WorldError { path: path.to_owned(), kind })
    }

    fn open_source(&self, path: &str) -> Result<(OpenFile, Stamp), WorldErrorKind> {
        if let Some(file) = self.open_below(path, Path::new(path))? {
            return regular(file);
        }
        let place = self.root.join(path);
        // A link to nowhere is a missing file.
        place.metadata().map_err(WorldErrorKind::Io)?;
        // Where it leads is judged, and then opened by its real path.
        let real = Bounds::of(&self.root, self.out.as_deref()).resolve(&place)?;
        match self.open_below(path, &real)? {
            Some(file) => regular(file),
            None => Err(WorldErrorKind::Changed),
        }
    }

    fn open_below(&self, path: &str, real: &Path) -> Result<Option<OpenFile>, WorldErrorKind> {
        let folder = match self.folder.get() {
            Some(folder) => folder,
            None => {
                let opened = Folder::open(&self.root).map_err(WorldErrorKind::Io)?;
                self.folder.get_or_init(|| opened)
            }
        };
        folder.open_below(real).map_err(|error| {
            // A socket cannot be opened at all.
            let kind = std::fs::symlink_metadata(self.root.join(path)).map(|seen| seen.file_type());
            match kind {
                Ok(kind) if !kind.is_file() && !kind.is_dir() && !kind.is_symlink() => {
                    WorldErrorKind::NotAFile
                }
                _ => WorldErrorKind::Io(error),
            }
        })
    }
}

/// The file with its state, if it is a regular file.
fn regular(file: OpenFile) -> Result<(OpenFile, Stamp), WorldErrorKind> {
    let metadata = file.metadata().map_err(WorldErrorKind::Io)?;
    if metadata.is_dir() {
        return Err(WorldErrorKind::Io(io::ErrorKind::IsADirectory.into()));
    }
    if metadata.is_file() { Ok((file, Stamp::of(&metadata))) } else { Err(WorldErrorKind::NotAFile) }
}

impl World for DiskWorld {
    fn list(&self, folder: &str) -> Vec<Result<Entry, WorldError>> {
        let top = self.root.join(folder);
        match is_there(&self.root, folder) {
            Ok(true) if top.is_dir() => {}
            Ok(true) => return vec![Err(not_a_folder(folder))],
            Ok(false) => return Vec::new(),
            Err(error) => return vec![Err(error)],
        }
        let bounds = Bounds::of(&self.root, self.out.as_deref());
        // The folder itself may be a link, or below one.
        if let Some(kind) = bounds.violation(&top) {
            return vec![Err(WorldError { path: folder.to_owned(), kind })];
        }
        Walk::new(&self.root, &bounds).list(&top, MOST_FILES)
    }

    fn open(&self, path: &str) -> Result<SourceFile, WorldError> {
        match self.open_source(path) {
            Ok((file, stamp)) => Ok(SourceFile::of_file(path, file, stamp)),
            Err(kind) => Err(WorldError { path: path.to_owned(), kind }),
        }
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        // Links are not followed: only `list` checks where they lead.
        let metadata = std::fs::symlink_metadata(self.root.join(path)).ok()?;
        metadata.is_file().then(|| Stamp::of(&metadata))
    }

    fn now(&self) -> Timestamp {
        match self.clock {
            Clock::Running => self.clock(),
            Clock::Fixed(instant) => instant,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn clock(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The state of this program's executable, if it can be found.
pub fn program_stamp() -> Option<Stamp> {
    let metadata = std::env::current_exe().and_then(std::fs::metadata);
    metadata.ok().map(|metadata| Stamp::of(&metadata))
}

fn not_a_folder(path: &str) -> WorldError {
    WorldError { path: path.to_owned(), kind: WorldErrorKind::Io(io::ErrorKind::NotADirectory.into()) }
}

/// Whether anything exists at `path` below `root`. Files that cannot be accessed and broken links are errors: if they
/// counted as absent, the caller would silently use something else instead.
///
/// # Errors
/// The I/O error of the first part of the path that has one.
pub fn is_there(root: &Path, path: &str) -> Result<bool, WorldError> {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    let mut above = "";
    for end in ends {
        let part = &path[..end];
        let io_error =
            |part: &str, error| WorldError { path: part.to_owned(), kind: WorldErrorKind::Io(error) };
        let place = root.join(part);
        let seen = match std::fs::symlink_metadata(&place) {
            Ok(seen) if seen.is_symlink() => {
                std::fs::metadata(&place).map_err(|error| io_error(part, error))?
            }
            Ok(seen) => seen,
            Err(error) if is_absent(&error) => return Ok(false),
            // The folder above cannot be searched.
            Err(error) => return Err(io_error(above, error)),
        };
        if end < path.len() && !seen.is_dir() {
            return Err(not_a_folder(part));
        }
        above = part;
    }
    Ok(true)
}

/// Whether no file has, or can have, the name.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotFound};
    matches!(error.kind(), NotFound | InvalidFilename | InvalidInput)
}
