//! What is known of files without reading them, what can go wrong with them, and the instant of a build.

use std::io;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Entry {
    /// The path relative to the root, separated by `/`, spelled as on disk.
    pub path: String,
    /// The state of the file, known without reading it.
    pub stamp: Stamp,
    /// Whether the file or a folder above it is a link. Changes of its target may not be seen by the watcher.
    pub linked: bool,
}

/// The metadata that identifies the state of a file. The same stamp means the same content, unless the stamp was taken
/// so shortly after a change that a further one may have the same time ([`Stamp::is_settled`]). It has no number of a
/// device, which on many file systems is another one after each mount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Stamp {
    /// Size in bytes.
    pub size: u64,
    /// The last change of the content, in nanoseconds since 1970.
    pub modified: i64,
    /// The last change of the inode, which programs cannot set, in nanoseconds since 1970; 0 except on Unix.
    pub changed: i64,
    /// The inode number; 0 except on Unix.
    pub number: u64,
}

/// The coarsest clock of the usual file systems, that of FAT: 2 s, in nanoseconds.
const CLOCK_RESOLUTION: i64 = 2_000_000_000;
/// Times of FAT, exFAT and HFS+ are multiples of 10 ms, 1 s or 2 s; all others are hardly ever.
const COARSE: i64 = 10_000_000;
/// How far the clock of a disk with coarse times may differ from that of this machine: such disks are those of other
/// machines, and FAT has no time zone.
const CLOCK_DIFFERENCE: i64 = 86_400_000_000_000;

/// An instant in nanoseconds since 1970, as in [`Stamp`].
pub fn nanoseconds(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX)
}

impl Stamp {
    /// The stamp of a file with this metadata.
    pub fn of(metadata: &std::fs::Metadata) -> Stamp {
        let since_1970 = |time: std::time::SystemTime| match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |before| -before),
        };
        let modified = metadata.modified().map(since_1970).unwrap_or(0);
        let (changed, number) = inode_change(metadata);
        Stamp { size: metadata.len(), modified, changed, number }
    }

    /// Whether a file with this stamp at `seen` (nanoseconds since 1970) certainly gets another one by its next change.
    /// That is not so while its latest change is younger than the resolution of the disk's clock.
    pub fn is_settled(&self, seen: i64) -> bool {
        let is_coarse = self.modified % COARSE == 0 && self.changed % COARSE == 0;
        let age = if is_coarse { CLOCK_DIFFERENCE } else { CLOCK_RESOLUTION };
        self.modified.max(self.changed) < seen.saturating_sub(age)
    }

    /// Whether the file has not been written to between the two stamps. Other names and permissions do not count.
    pub(super) fn is_same_content(&self, other: &Stamp) -> bool {
        (self.size, self.modified) == (other.size, other.modified)
    }
}

#[cfg(unix)]
fn inode_change(metadata: &std::fs::Metadata) -> (i64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.ctime().saturating_mul(1_000_000_000).saturating_add(metadata.ctime_nsec()), metadata.ino())
}

#[cfg(not(unix))]
fn inode_change(_: &std::fs::Metadata) -> (i64, u64) {
    (0, 0)
}

/// Why a file or folder cannot be used.
#[derive(Debug)]
pub struct WorldError {
    /// The file or folder, relative to the root.
    pub path: String,
    /// The kind of error.
    pub kind: WorldErrorKind,
}

impl WorldError {
    pub(crate) fn too_long(path: &str, bytes: u64, limit: u64) -> WorldError {
        WorldError { path: path.to_owned(), kind: WorldErrorKind::TooLong { bytes, limit } }
    }

    pub(crate) fn changed(path: &str) -> WorldError {
        WorldError { path: path.to_owned(), kind: WorldErrorKind::Changed }
    }

    /// Whether a part of the path is not a folder.
    pub fn is_not_a_folder(&self) -> bool {
        matches!(&self.kind, WorldErrorKind::Io(error) if error.kind() == io::ErrorKind::NotADirectory)
    }

    /// Whether the file does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(&self.kind, WorldErrorKind::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

/// The kinds of [`WorldError`].
#[derive(Debug)]
pub enum WorldErrorKind {
    /// An error of the operating system.
    Io(io::Error),
    /// A link leads out of the site's root.
    LeavesRoot,
    /// A link leads to something that is not published: a hidden name, or the output folder.
    LeadsToHidden,
    /// A device, a pipe or a socket.
    NotAFile,
    /// A link leads to a folder that contains the link.
    Loop,
    /// A folder that another link has already led to.
    ReachedTwice {
        /// The other path of the folder, relative to the root.
        other: String,
    },
    /// There are more files than a site can have.
    TooMany {
        /// The greatest number of files.
        limit: usize,
    },
    /// The file was changed or replaced while it was read, or since it was read before.
    Changed,
    /// The name is not Unicode and cannot become a URL.
    NameNotUnicode,
    /// The file is larger than allowed.
    TooLong {
        /// The size in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
}

/// The environment variable for the instant that a build is for, in whole seconds since 1970, as `date +%s` prints
/// them (Reproducible Builds, "SOURCE_DATE_EPOCH specification", version 1.1).
const SOURCE_DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";

/// The instant that a build is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// The current time.
    #[default]
    Running,
    /// A fixed instant.
    Fixed(Timestamp),
}

impl Clock {
    /// The instant in `SOURCE_DATE_EPOCH`; the current time if it is not set.
    ///
    /// # Errors
    /// The value, if it is not in whole seconds since 1970.
    pub fn of_environment() -> Result<Clock, String> {
        std::env::var_os(SOURCE_DATE_EPOCH).map_or(Ok(Clock::Running), |value| {
            let value = value.to_string_lossy();
            let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
            let seconds = if digits { value.parse().ok() } else { None };
            let instant = seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
            instant.map(Clock::Fixed).ok_or_else(|| value.into_owned())
        })
    }
}
