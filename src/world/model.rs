//! The only reader of files and of the clock. A build sees the world through this trait, so that a
//! test, a watcher and the command line run the very same code.

use std::io;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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

/// Clocks of file systems tick up to 2 s apart (FAT), in nanoseconds.
pub const CLOCK_RESOLUTION: i64 = 2_000_000_000;

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
    pub(crate) fn too_long(path: &str, bytes: u64, limit: u64) -> WorldError {
        WorldError { path: path.to_owned(), kind: WorldErrorKind::TooLong { bytes, limit } }
    }

    /// Is a part of the path no folder?
    pub fn is_no_folder(&self) -> bool {
        matches!(&self.kind, WorldErrorKind::Io(error) if error.kind() == io::ErrorKind::NotADirectory)
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
    /// Every file below `folder`, sorted by path; nothing if the folder is not there. One that nobody may look into, or
    /// that is none, is an error.
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
    /// Its value, where that is not whole seconds since 1970.
    pub fn of_environment() -> Result<Clock, String> {
        std::env::var_os(SOURCE_DATE_EPOCH).map_or(Ok(Clock::Running), |value| {
            let value = value.to_string_lossy();
            let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            let seconds = if digits { value.parse().ok() } else { None };
            let instant = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
            instant.map(Clock::StandsAt).ok_or_else(|| value.into_owned())
        })
    }
}
