//! The trait through which a build reads files and the clock: tests, the watcher and the command line run the same
//! code.

use jiff::Timestamp;

use crate::world::model::{Entry, Stamp, WorldError};
use crate::world::source_file::{Content, SourceFile};

/// The files and the time that a build reads.
pub trait World: Send + Sync {
    /// All files below `folder`, sorted by path; none if the folder does not exist. It is an error if it cannot be read
    /// or is not a folder.
    fn list(&self, folder: &str) -> Vec<Result<Entry, WorldError>>;

    /// Opens the file at `path`. It is a regular file that builds may read, whatever is put in its place meanwhile.
    ///
    /// # Errors
    /// An I/O error, by which a missing file is told; what is not a regular file; a link to where links must not lead.
    fn open(&self, path: &str) -> Result<SourceFile, WorldError>;

    /// Reads the file at `path`; one of more than `limit` bytes is not read.
    ///
    /// # Errors
    /// Those of [`World::open`] and [`SourceFile::read`].
    fn read(&self, path: &str, limit: u64) -> Result<Content, WorldError> {
        self.open(path)?.read(limit)
    }

    /// The state of the file at `path`; `None` if it is not a regular file.
    fn stamp(&self, path: &str) -> Option<Stamp>;

    /// The instant that the build is for. Only publication and expiry depend on it.
    fn now(&self) -> Timestamp;

    /// The current time of the clock that file stamps use, which may differ from [`World::now`].
    fn clock(&self) -> Timestamp {
        self.now()
    }
}
