//! The only reader of files and of the clock. A build sees the world through this trait, so that a
//! test, a watcher and the command line run the very same code.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::link::Bounds;
use crate::problem::Problem;

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Relative to the root, `/` between segments, as the disk spells it.
    pub path: String,
    /// What tells its state apart from others without reading it.
    pub stamp: Stamp,
    /// Is it, or is a folder above it, a link? Then it may change where nobody watches.
    pub linked: bool,
}

/// What the file system says of a file. A file whose stamp is the same has the same content, as far as
/// it was left alone for a moment before the stamp was taken: clocks of file systems are coarse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub size: u64,
    /// The last change of the content, in nanoseconds since 1970.
    pub modified: i64,
    /// The last change of the file's entry (on Unix; it cannot be set back), in nanoseconds since 1970.
    pub changed: i64,
    /// The file's number on its disk (on Unix).
    pub number: u64,
}

/// An instant as stamps have it: in nanoseconds since 1970.
pub fn nanoseconds(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX)
}

impl Stamp {
    /// The stamp that `metadata` gives.
    pub fn of(metadata: &std::fs::Metadata) -> Stamp {
        let since_1970 = |time: std::time::SystemTime| match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |before| -before),
        };
        let modified = metadata.modified().map(since_1970).unwrap_or(0);
        let (changed, number) = entry_change(metadata);
        Stamp { size: metadata.len(), modified, changed, number }
    }

    /// Was the file left alone from before `instant` (nanoseconds since 1970) on?
    pub fn is_before(&self, instant: i64) -> bool {
        self.modified < instant && self.changed < instant
    }
}

#[cfg(unix)]
fn entry_change(metadata: &std::fs::Metadata) -> (i64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec()), metadata.ino())
}

#[cfg(not(unix))]
fn entry_change(_: &std::fs::Metadata) -> (i64, u64) {
    (0, 0)
}

/// Why a file or folder cannot be used.
#[derive(Debug)]
pub struct WorldError {
    /// The file or folder, relative to the root.
    pub path: String,
    /// What is the matter.
    pub kind: WorldErrorKind,
}

impl WorldError {
    fn too_long(path: &str, bytes: u64, limit: u64) -> WorldError {
        WorldError { path: path.to_owned(), kind: WorldErrorKind::TooLong { bytes, limit } }
    }

    /// Is there simply no such file?
    pub fn is_not_found(&self) -> bool {
        matches!(&self.kind, WorldErrorKind::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

/// The kinds of [`WorldError`].
#[derive(Debug)]
pub enum WorldErrorKind {
    /// The operating system says no.
    Io(io::Error),
    /// A link leads out of the site's root.
    LeavesRoot,
    /// A link leads to what is not published: a hidden name, or the output folder.
    LeadsToHidden,
    /// It is a device, a pipe or a socket.
    NotAFile,
    /// A link leads to a folder that holds it.
    Loop,
    /// The name is not Unicode, so that it cannot become a URL.
    NameNotUnicode,
    /// It has more bytes than it may have.
    TooLong {
        /// How many it has.
        bytes: u64,
        /// How many it may have.
        limit: u64,
    },
}

/// What a build may know of the world outside it.
pub trait World: Send + Sync {
    /// Every file below `folder`, sorted by path; nothing if the folder is not there.
    fn list(&self, folder: &str) -> Vec<Result<Entry, WorldError>>;

    /// The bytes of the file at `path`.
    ///
    /// # Errors
    /// Whatever the operating system says; a missing file is [`io::ErrorKind::NotFound`].
    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError>;

    /// The bytes of the file at `path`, if there are no more than `limit`: a longer one is not read.
    ///
    /// # Errors
    /// As [`World::read`] has them, and [`WorldErrorKind::TooLong`].
    fn read_within(&self, path: &str, limit: u64) -> Result<Vec<u8>, WorldError> {
        self.read(path).and_then(|bytes| match bytes.len() as u64 {
            length if length > limit => Err(WorldError::too_long(path, length, limit)),
            _ => Ok(bytes),
        })
    }

    /// The state of the file at `path`; `None` if there is none that may be read.
    fn stamp(&self, path: &str) -> Option<Stamp>;

    /// The instant that the build is for; publication and expiry depend on it, and nothing else does.
    fn now(&self) -> Timestamp;

    /// The clock that the stamps of files are set by, whatever instant the build is for.
    fn clock(&self) -> Timestamp {
        self.now()
    }
}

/// The variable that names the instant a build is for: in whole seconds since 1970, as `date +%s` prints
/// them (Reproducible Builds, "SOURCE_DATE_EPOCH specification", version 1.1).
const SOURCE_DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";

/// Which instant a build on the disk is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// The moment it happens.
    #[default]
    Running,
    /// This one, however late it happens.
    StandsAt(Timestamp),
}

impl Clock {
    /// What `SOURCE_DATE_EPOCH` says, if it is set.
    ///
    /// # Errors
    /// It does not hold whole seconds since 1970: to ignore that would give another site than was asked for.
    pub fn of_environment() -> Result<Clock, Problem> {
        std::env::var_os(SOURCE_DATE_EPOCH).map_or(Ok(Clock::Running), |value| {
            let value = value.to_string_lossy();
            let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            let seconds = if digits { value.parse().ok() } else { None };
            let instant = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
            instant.map(Clock::StandsAt).ok_or_else(|| Problem::BadSourceDate { value: value.into_owned() })
        })
    }
}

/// A world whose sources are listed once, for all that one build asks of them.
pub struct Overlook<'a> {
    inner: &'a dyn World,
    /// When they were listed, by the clock of their stamps.
    pub seen: Timestamp,
    /// Everything below [`SOURCES`], if all of it can be read.
    entries: Option<Vec<Entry>>,
}

/// The folders of a site's sources, in the order of names.
pub const SOURCES: [&str; 2] = ["content", "themes"];

impl<'a> Overlook<'a> {
    /// Lists the sources of `inner`.
    pub fn of(inner: &'a dyn World) -> Overlook<'a> {
        let seen = inner.clock();
        let entries = SOURCES.iter().flat_map(|folder| inner.list(folder)).collect::<Result<_, _>>().ok();
        Overlook { inner, seen, entries }
    }

    /// All sources with their states, if all can be read.
    pub fn entries(&self) -> Option<&[Entry]> {
        self.entries.as_deref()
    }
}

impl World for Overlook<'_> {
    fn list(&self, folder: &str) -> Vec<Result<Entry, WorldError>> {
        let known = self.entries.as_ref().filter(|_| {
            SOURCES.iter().any(|source| {
                folder.strip_prefix(source).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        });
        let Some(entries) = known else { return self.inner.list(folder) };
        let below =
            |entry: &&Entry| entry.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        entries.iter().filter(below).cloned().map(Ok).collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        self.inner.read(path)
    }

    fn read_within(&self, path: &str, limit: u64) -> Result<Vec<u8>, WorldError> {
        self.inner.read_within(path, limit)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.inner.stamp(path)
    }

    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    fn clock(&self) -> Timestamp {
        self.inner.clock()
    }
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

    /// Opens the file at `path`, to be read piece by piece. It must be a regular file below the root, by its
    /// real path: what has been put in its place since, a link say, is refused.
    ///
    /// # Errors
    /// Whatever the operating system says, and [`WorldErrorKind::LeavesRoot`] and [`WorldErrorKind::NotAFile`].
    pub fn open(&self, path: &str) -> Result<std::fs::File, WorldError> {
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
        if !top.is_dir() {
            return Vec::new();
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

/// A world in memory: for tests, and for building a site that is not on disk.
#[derive(Debug, Clone)]
pub struct MemoryWorld {
    /// The files by path.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The instant that [`World::now`] gives.
    pub now: Timestamp,
}

impl MemoryWorld {
    /// A world of `files` at `now`.
    pub fn new<P: Into<String>, B: Into<Vec<u8>>>(
        now: Timestamp,
        files: impl IntoIterator<Item = (P, B)>,
    ) -> Self {
        let files = files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect();
        MemoryWorld { files, now }
    }

    /// There is no clock in here: the content itself tells its states apart.
    fn stamp_of(bytes: &[u8]) -> Stamp {
        let content = xxhash_rust::xxh3::xxh3_64(bytes);
        Stamp { size: bytes.len() as u64, number: content, ..Stamp::default() }
    }
}

impl World for MemoryWorld {
    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.files.get(path).map(|bytes| Self::stamp_of(bytes))
    }

    fn list(&self, folder: &str) -> Vec<Result<Entry, WorldError>> {
        let prefix = format!("{folder}/");
        self.files
            .iter()
            .filter(|(path, _)| path.starts_with(&prefix))
            .map(|(path, bytes)| {
                Ok(Entry { path: path.clone(), stamp: Self::stamp_of(bytes), linked: false })
            })
            .collect()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, WorldError> {
        self.files.get(path).cloned().ok_or_else(|| WorldError {
            path: path.to_owned(),
            kind: WorldErrorKind::Io(io::ErrorKind::NotFound.into()),
        })
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}

/// The nearest folder, from `start` upwards, that holds `content/site.yaml`.
pub fn find_root(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|folder| folder.join("content/site.yaml").is_file()).map(Path::to_path_buf)
}
