//! Files and a fixed time in memory.

use std::collections::BTreeMap;
use std::io;

use jiff::Timestamp;

use crate::world::model::{Entry, Stamp, WorldError, WorldErrorKind};
use crate::world::reader::World;
use crate::world::source_file::SourceFile;

/// A world in memory: for tests, and for building a site that is not on disk.
#[derive(Debug, Clone)]
pub struct MemoryWorld {
    /// The contents of the files by path.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The result of [`World::now`].
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

    /// There are no modification times: a hash of the content is the file number instead.
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

    fn open(&self, path: &str) -> Result<SourceFile, WorldError> {
        let file = self.files.get(path);
        file.map(|bytes| SourceFile::of_bytes(path, Self::stamp_of(bytes), bytes.clone())).ok_or_else(|| {
            let kind = WorldErrorKind::Io(io::ErrorKind::NotFound.into());
            WorldError { path: path.to_owned(), kind }
        })
    }

    fn now(&self) -> Timestamp {
        self.now
    }
}
