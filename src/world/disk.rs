//! The world on disk: the one place where files and the clock are read.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::world::model::{Clock, Entry, Stamp, World, WorldError, WorldErrorKind};
use crate::world::symlinks::Bounds;

/// A path as messages show it; on Windows without the prefix `\\?\` of canonical paths.
pub fn display_path(path: &Path) -> String {
    dunce::simplified(path).display().to_string()
}

/// How often opening a file begins again because it was replaced meanwhile.
const OPEN_ATTEMPTS: usize = 5;

/// What a walk found.
struct Found {
    item: walkdir::Result<walkdir::DirEntry>,
    /// Is it, or is a folder above it, a link?
    linked: bool,
    /// Why nobody may look into this folder.
    fault: Option<WorldErrorKind>,
}

/// A file opened for reading.
pub type OpenFile = std::fs::File;

/// The world on disk, below a root folder.
#[derive(Debug, Clone)]
pub struct DiskWorld {
    root: PathBuf,
    clock: Clock,
    /// The folder that outputs go to: no link may lead there.
    out: Option<PathBuf>,
}

impl DiskWorld {
    /// The world below `root`, at the moment it is looked at.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        DiskWorld { root: root.into(), clock: Clock::Running, out: None }
    }

    /// The same world, whose outputs go to `out`.
    pub fn building_into(self, out: impl Into<PathBuf>) -> Self {
        DiskWorld { out: Some(out.into()), ..self }
    }

    /// The same world by another clock.
    pub fn at(self, clock: Clock) -> Self {
        DiskWorld { clock, ..self }
    }

    /// May a new file be made at `path`? Not where a link leads that no build follows.
    ///
    /// # Errors
    /// As a build has them: of the first folder above it that is a link, or below one, and lies elsewhere.
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
            if let Some(kind) = linked.then(|| bounds.fault(&place)).flatten() {
                return Err(WorldError { path: folder.to_owned(), kind });
            }
        }
        Ok(())
    }

    /// Opens the file at `path`, to be read piece by piece. It must be a regular file below the root, by its
    /// real path: what has been put in its place since, a link say, is refused.
    ///
    /// # Errors
    /// Whatever the operating system says, and [`WorldErrorKind::LeavesRoot`] and [`WorldErrorKind::NotAFile`].
    pub fn open(&self, path: &str) -> Result<OpenFile, WorldError> {
        let fault = |kind| WorldError { path: path.to_owned(), kind };
        // A file that is replaced between the looks is looked at again.
        for _ in 0..OPEN_ATTEMPTS {
            if let Some(file) = self.try_open(path).map_err(fault)? {
                return Ok(file);
            }
        }
        Err(fault(WorldErrorKind::NotAFile))
    }

    /// Nothing if what was opened is not what was looked at before.
    #[expect(clippy::disallowed_methods, reason = "this is the reader")]
    fn try_open(&self, path: &str) -> Result<Option<std::fs::File>, WorldErrorKind> {
        let place = self.root.join(path);
        let seen = std::fs::symlink_metadata(&place).map_err(WorldErrorKind::Io)?;
        // Before it is opened: opening a pipe would wait for its writer.
        if !seen.is_file() {
            return Err(WorldErrorKind::NotAFile);
        }
        let real = place.canonicalize().map_err(WorldErrorKind::Io)?;
        if !self.root.canonicalize().is_ok_and(|root| real.starts_with(root)) {
            return Err(WorldErrorKind::LeavesRoot);
        }
        let file = std::fs::File::open(&real).map_err(WorldErrorKind::Io)?;
        let opened = file.metadata().map_err(WorldErrorKind::Io)?;
        let same = opened.is_file() && Stamp::of(&opened).number == Stamp::of(&seen).number;
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
        let Found { item, linked, fault } = item;
        let item = match item {
            Ok(item) => item,
            Err(error) => return Some(Err(self.walk_error(error))),
        };
        let refused = |kind| {
            let path = self.relative(item.path()).unwrap_or_default();
            Some(Err(WorldError { path, kind }))
        };
        let is_folder = item.file_type().is_dir();
        let is_asked = item.path_is_symlink() && !is_folder;
        if let Some(kind) = fault.or_else(|| is_asked.then(|| bounds.fault(item.path())).flatten()) {
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
            Ok(true) => return vec![Err(no_folder(folder))],
            Ok(false) => return Vec::new(),
            Err(error) => return vec![Err(error)],
        }
        let bounds = Bounds::of(&self.root, self.out.as_deref());
        // A link above the folder itself may lead anywhere, too.
        if let Some(kind) = bounds.fault(&top) {
            return vec![Err(WorldError { path: folder.to_owned(), kind })];
        }
        let walk = WalkDir::new(top).follow_links(true).sort_by_file_name();
        let hidden = |item: &walkdir::DirEntry| {
            item.depth() > 0 && item.file_name().to_str().is_some_and(|name| name.starts_with('.'))
        };
        // Asking for the states of the files takes longer than finding them.
        let mut links: Vec<PathBuf> = Vec::new();
        let mut found = Vec::new();
        let mut walk = walk.into_iter().filter_entry(|item| !hidden(item));
        while let Some(item) = walk.next() {
            let Ok(seen) = &item else {
                found.push(Found { item, linked: true, fault: None });
                continue;
            };
            while links.last().is_some_and(|link| !seen.path().starts_with(link)) {
                links.pop();
            }
            if seen.path_is_symlink() {
                links.push(seen.path().to_owned());
            }
            let linked = !links.is_empty();
            // A folder that a link puts elsewhere is reported, but nobody looks what is in it.
            let is_asked = linked && seen.file_type().is_dir();
            let fault = is_asked.then(|| bounds.fault(seen.path())).flatten();
            if fault.is_some() {
                walk.skip_current_dir();
            }
            found.push(Found { item, linked, fault });
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
                // It may grow meanwhile.
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
        // A link may lead anywhere: only a listing of the folder tells where.
        let metadata = std::fs::symlink_metadata(self.root.join(path)).ok()?;
        metadata.is_file().then(|| Stamp::of(&metadata))
    }

    fn now(&self) -> Timestamp {
        match self.clock {
            Clock::Running => self.clock(),
            Clock::StandsAt(instant) => instant,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn clock(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The state of this program's own file, if it can be found.
pub fn program_stamp() -> Option<Stamp> {
    let metadata = std::env::current_exe().and_then(std::fs::metadata);
    metadata.ok().map(|metadata| Stamp::of(&metadata))
}

fn no_folder(path: &str) -> WorldError {
    WorldError { path: path.to_owned(), kind: WorldErrorKind::Io(io::ErrorKind::NotADirectory.into()) }
}

/// Is there anything at `path` below `root`? Only what is really absent is not: who takes what nobody may look at, or
/// a link that leads nowhere, for absent, puts something else in its place without a word.
///
/// # Errors
/// Whatever the operating system says, of the first part of the path that it says it of.
pub fn is_there(root: &Path, path: &str) -> Result<bool, WorldError> {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    let mut above = "";
    for end in ends {
        let part = &path[..end];
        let fault = |part: &str, error| WorldError { path: part.to_owned(), kind: WorldErrorKind::Io(error) };
        let place = root.join(part);
        let seen = match std::fs::symlink_metadata(&place) {
            Ok(seen) if seen.is_symlink() => std::fs::metadata(&place).map_err(|error| fault(part, error))?,
            Ok(seen) => seen,
            Err(error) if is_nothing(&error) => return Ok(false),
            // Who may not look into a folder is told its name.
            Err(error) => return Err(fault(above, error)),
        };
        if end < path.len() && !seen.is_dir() {
            return Err(no_folder(part));
        }
        above = part;
    }
    Ok(true)
}

/// Nothing has the name, or can have it.
fn is_nothing(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotFound};
    matches!(error.kind(), NotFound | InvalidFilename | InvalidInput)
}
