//! A world whose sources are listed once for a whole build.

use jiff::Timestamp;

use crate::world::layout::SOURCES;
use crate::world::model::{Entry, Stamp, World, WorldError};

/// Lists the sources of a world once, so that all parts of a build see the same files.
pub struct Snapshot<'a> {
    inner: &'a dyn World,
    /// The time of the listing, by the clock that file stamps use.
    pub seen: Timestamp,
    /// All files below [`SOURCES`]; `None` if the listing had errors.
    entries: Option<Vec<Entry>>,
}

impl<'a> Snapshot<'a> {
    /// Lists the sources of `inner`.
    pub fn of(inner: &'a dyn World) -> Snapshot<'a> {
        let seen = inner.clock();
        let entries = SOURCES.iter().flat_map(|folder| inner.list(folder)).collect::<Result<_, _>>().ok();
        Snapshot { inner, seen, entries }
    }

    /// All sources with their states; `None` if the listing had errors.
    pub fn entries(&self) -> Option<&[Entry]> {
        self.entries.as_deref()
    }
}

impl World for Snapshot<'_> {
    fn list(&self, folder: &str) -> Vec<Result<Entry, WorldError>> {
        let known = self.entries.as_ref().filter(|_| {
            SOURCES.iter().any(|source| {
                folder.strip_prefix(source).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        });
        let Some(entries) = known else { return self.inner.list(folder) };
        // A file instead of the folder is an error, which the inner world reports.
        if entries.iter().any(|entry| entry.path == folder) {
            return self.inner.list(folder);
        }
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
