//! The sources of a site, listed once for a whole build.

use jiff::Timestamp;

use crate::world::layout::SOURCES;
use crate::world::model::{Entry, Stamp, World, WorldError};

/// A world whose sources are listed once, for all that one build asks of them.
pub struct Snapshot<'a> {
    inner: &'a dyn World,
    /// When they were listed, by the clock of their stamps.
    pub seen: Timestamp,
    /// Everything below [`SOURCES`], if all of it can be read.
    entries: Option<Vec<Entry>>,
}

impl<'a> Snapshot<'a> {
    /// Lists the sources of `inner`.
    pub fn of(inner: &'a dyn World) -> Snapshot<'a> {
        let seen = inner.clock();
        let entries = SOURCES.iter().flat_map(|folder| inner.list(folder)).collect::<Result<_, _>>().ok();
        Snapshot { inner, seen, entries }
    }

    /// All sources with their states, if all can be read.
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
        // A file in its place is no folder, and not nothing.
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
