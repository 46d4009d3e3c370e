//! Reads files and the clock: the only place that does.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::world::model::{Clock, Entry, Stamp, World, WorldError, WorldErrorKind};
use crate::world::symlinks::Bounds;

/// A path for messages; on Windows without the prefix `\\?\` of canonical paths.
pub fn display_path(path: &Path) -> String {
    dunce::simplified(path).display().to_string()
}

/// How often to try opening a file that is replaced at the same time.
const OPEN_ATTEMPTS: usize = 5;

/// An item of a directory walk.
struct Found {
    item: walkdir::Result<walkdir::DirEntry>,
    /// Whether the item or a folder above it is a link.
    linked: bool,
    /// Why this folder must not be entered.
    violation: Option<WorldErrorKind>,
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
}

impl DiskWorld {
    /// The world below `root`, at the current time.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        DiskWorld { root: root.into(), clock: Clock::Running, out: None }
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

    /// Opens the file at `path` for streaming. Its real path must be a regular file below the root, in case it was
    /// replaced by a link after it was listed.
    ///
    /// # Errors
    /// I/O errors, [`WorldErrorKind::LeavesRoot`] and [`WorldErrorKind::NotAFile`].
    pub fn open(&self, path: &str) -> Result<OpenFile, WorldError> {
        let error = |kind| WorldError { path: path.to_owned(), kind };
        // The file may be replaced between the check and the opening.
        for _ in 0..OPEN_ATTEMPTS {
            if let Some(file) = self.try_open(path).map_err(error)? {
                return Ok(file);
            }
        }
        Err(error(WorldErrorKind::NotAFile))
    }

    /// `None` if the opened file is not the one that was checked.
    #[expect(clippy::disallowed_methods, reason = "this is the reader")]
    fn try_open(&self, path: &str) -> Result<Option<std::fs::File>, WorldErrorKind> {
        let place = self.root.join(path);
        let checked = std::fs::symlink_metadata(&place).map_err(WorldErrorKind::Io)?;
        // Check before opening: opening a pipe would block until it has a writer.
        if !checked.is_file() {
            return Err(WorldErrorKind::NotAFile);
        }
        let real = place.canonicalize().map_err(WorldErrorKind::Io)?;
        if !self.root.canonicalize().is_ok_and(|root| real.starts_with(root)) {
            return Err(WorldErrorKind::LeavesRoot);
        }
        let file = std::fs::File::open(&real).map_err(WorldErrorKind::Io)?;
        let opened = file.metadata().map_err(WorldErrorKind::Io)?;
        let same = opened.is_file() && Stamp::of(&opened).number == Stamp::of(&checked).number;
        Ok(same.then_some(file))
    }

    fn relative(&self, path: &Path) -> Result<String, WorldError> {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        let segments: Option<Vec<&str>> = below.iter().map(|segment| segment.to_str()).collect();
        segments.map(|segments| segments.join("/")).ok_or_else(|| WorldError {
            path: below.to_string_lossy().replace('\\', "/"),
            kind: WorldErrorKind::NameNotUnicode,
        })
    }

    fn entry(&self, item: Found, bounds: &Bounds) -> Option<Result<Entry, WorldError>> {
        let Found { item, linked, violation } = item;
        let item = match item {
            Ok(item) => item,
            Err(error) => return Some(Err(self.walk_error(error))),
        };
        let refused = |kind| {
            let path = self.relative(item.path()).unwrap_or_default();
            Some(Err(WorldError { path, kind }))
        };
        let is_folder = item.file_type().is_dir();
        let is_file_link = item.path_is_symlink() && !is_folder;
        if let Some(kind) =
            violation.or_else(|| is_file_link.then(|| bounds.violation(item.path())).flatten())
        {
            return refused(kind);
        }
        if is_folder {
            return None;
        }
        if !item.file_type().is_file() {
            return refused(WorldErrorKind::NotAFile);
        }
        let stamp = item.metadata().map(|metadata| Stamp::of(&metadata)).unwrap_or_default();
        Some(self.relative(item.path()).map(|path| Entry { path, stamp, linked }))
    }

    fn walk_error(&self, error: walkdir::Error) -> WorldError {
        let path = error.path().and_then(|path| self.relative(path).ok()).unwrap_or_default();
        let kind = match error.loop_ancestor() {
            Some(_) => WorldErrorKind::Loop,
            None => WorldErrorKind::Io(error.into_io_error().unwrap_or_else(|| io::Error::other("walk"))),
        };
        WorldError { path, kind }
    }
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
        let walk = WalkDir::new(top).follow_links(true).sort_by_file_name();
        let hidden = |item: &walkdir::DirEntry| {
            item.depth() > 0 && item.file_name().to_str().is_some_and(|name| name.starts_with('.'))
        };
        // Reading metadata takes longer than the walk: it follows in parallel.
        let mut links: Vec<PathBuf> = Vec::new();
        let mut found = Vec::new();
        let mut walk = walk.into_iter().filter_entry(|item| !hidden(item));
        while let Some(item) = walk.next() {
            let Ok(entry) = &item else {
                found.push(Found { item, linked: true, violation: None });
                continue;
            };
            while links.last().is_some_and(|link| !entry.path().starts_with(link)) {
                links.pop();
            }
            if entry.path_is_symlink() {
                links.push(entry.path().to_owned());
            }
            let linked = !links.is_empty();
            // A folder that a link must not lead to is reported, but not entered.
            let is_linked_folder = linked && entry.file_type().is_dir();
            let violation = is_linked_folder.then(|| bounds.violation(entry.path())).flatten();
            if violation.is_some() {
                walk.skip_current_dir();
            }
            found.push(Found { item, linked, violation });
        }
        found.into_par_iter().filter_map(|item| self.entry(item, &bounds)).collect()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the reader")]
    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        std::fs::read(self.root.join(path))
            .map_err(|error| WorldError { path: path.to_owned(), kind: WorldErrorKind::Io(error) })
    }

    #[expect(clippy::disallowed_methods, reason = "this is the reader")]
    fn read_within(&self, path: &str, limit: u64) -> Result<Vec<u8>, WorldError> {
        let read = || {
            let file = std::fs::File::open(self.root.join(path))?;
            let length = file.metadata()?.len();
            let mut bytes = Vec::new();
            if length <= limit {
                bytes.reserve_exact(usize::try_from(length).unwrap_or(0).saturating_add(1));
                // The file may grow while it is read.
                file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
            }
            Ok((length.max(bytes.len() as u64), bytes))
        };
        match read() {
            Ok((length, _)) if length > limit => Err(WorldError::too_long(path, length, limit)),
            Ok((_, bytes)) => Ok(bytes),
            Err(error) => Err(WorldError { path: path.to_owned(), kind: WorldErrorKind::Io(error) }),
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
