//! A world whose sources are listed once for a whole build.

use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

use crate::world::layout::SOURCES;
use crate::world::model::{Entry, Stamp, WorldError, nanoseconds};
use crate::world::reader::World;
use crate::world::source_file::SourceFile;

/// Lists the sources of a world once, so that all parts of a build see the same files.
pub struct Snapshot<'a> {
    inner: &'a dyn World,
    /// The time of the listing, by the clock that file stamps use.
    pub seen: Timestamp,
    /// All files below [`SOURCES`], sorted by path; `None` if the listing had errors.
    entries: Option<Vec<Entry>>,
    /// Whether a file that was opened is another one than was listed.
    differs: AtomicBool,
}

impl<'a> Snapshot<'a> {
    /// Lists the sources of `inner`.
    pub fn of(inner: &'a dyn World) -> Snapshot<'a> {
        let seen = inner.clock();
        let entries = SOURCES.iter().flat_map(|folder| inner.list(folder)).collect::<Result<Vec<_>, _>>();
        let mut entries = entries.ok();
        if let Some(entries) = &mut entries {
            entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        }
        Snapshot { inner, seen, entries, differs: AtomicBool::new(false) }
    }

    /// All sources with their states; `None` if the listing had errors.
    pub fn entries(&self) -> Option<&[Entry]> {
        self.entries.as_deref()
    }

    /// Whether the file at `path` is not in the state in which it was listed any more.
    pub fn has_changed(&self, path: &str) -> bool {
        self.listed(path).is_some_and(|listed| match self.inner.open(path) {
            Ok(file) => file.stamp != listed,
            Err(error) => error.is_not_found(),
        })
    }

    /// Whether the file at `path` was changed shortly before it was listed.
    pub fn is_fresh(&self, path: &str) -> bool {
        self.listed(path).is_some_and(|listed| !listed.is_settled(nanoseconds(self.seen)))
    }

    fn listed(&self, path: &str) -> Option<Stamp> {
        let entries = self.entries.as_deref()?;
        let at = entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        Some(entries[at].stamp)
    }

    /// Whether the files that were read are not all in the state in which they were listed: the listing does not say
    /// what a build was made from.
    pub fn differs(&self) -> bool {
        self.differs.load(Ordering::Relaxed)
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

    fn open(&self, path: &str) -> Result<SourceFile, WorldError> {
        let file = self.inner.open(path)?;
        if self.listed(path).is_some_and(|listed| listed != file.stamp) {
            self.differs.store(true, Ordering::Relaxed);
        }
        Ok(file)
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
