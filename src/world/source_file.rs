//! A file that was opened for reading. Its bytes are those of one file, however its name is used meanwhile.

use std::io::{self, Read};

use crate::world::fingerprint::{Fingerprint, Fingerprinter};
use crate::world::model::{Stamp, WorldError, WorldErrorKind};

/// How many bytes are copied at once.
const PIECE: usize = 1 << 20;

/// The content of a file.
#[derive(Debug)]
pub struct Content {
    /// All bytes.
    pub bytes: Vec<u8>,
    /// The state of the file that they were read from.
    pub stamp: Stamp,
}

impl Content {
    /// The fingerprint of the bytes.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.bytes)
    }
}

/// What the content of a file was when it was read before.
#[derive(Debug, Clone, Copy)]
pub struct Expected {
    /// How many bytes it had.
    pub size: u64,
    /// Their fingerprint.
    pub fingerprint: Fingerprint,
}

/// A regular file that was opened for reading.
#[derive(Debug)]
pub struct SourceFile {
    path: String,
    /// The state of the file when it was opened.
    pub stamp: Stamp,
    handle: Handle,
}

#[derive(Debug)]
enum Handle {
    Disk(std::fs::File),
    #[cfg(feature = "internals")]
    Memory(io::Cursor<Vec<u8>>),
}

impl Handle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Handle::Disk(file) => file.read(buffer),
            #[cfg(feature = "internals")]
            Handle::Memory(bytes) => bytes.read(buffer),
        }
    }

    fn read_to_end(&mut self, limit: u64, bytes: &mut Vec<u8>) -> io::Result<usize> {
        match self {
            Handle::Disk(file) => file.take(limit).read_to_end(bytes),
            #[cfg(feature = "internals")]
            Handle::Memory(memory) => memory.take(limit).read_to_end(bytes),
        }
    }
}

/// Why a file could not be copied.
#[derive(Debug)]
pub enum CopyError<E> {
    /// It could not be read, or its content is not the expected one.
    Source(WorldError),
    /// The receiver failed.
    Receiver(E),
}

impl SourceFile {
    /// The `file` that was opened at `path`.
    pub(super) fn of_file(path: &str, file: std::fs::File, stamp: Stamp) -> SourceFile {
        SourceFile { path: path.to_owned(), stamp, handle: Handle::Disk(file) }
    }

    /// A file in memory.
    #[cfg(feature = "internals")]
    pub fn of_bytes(path: &str, stamp: Stamp, bytes: Vec<u8>) -> SourceFile {
        SourceFile { path: path.to_owned(), stamp, handle: Handle::Memory(io::Cursor::new(bytes)) }
    }

    /// Reads the whole file; one of more than `limit` bytes is not read.
    ///
    /// # Errors
    /// I/O errors, [`WorldErrorKind::TooLong`], and [`WorldErrorKind::Changed`] if it is written to at the same time.
    pub fn read(mut self, limit: u64) -> Result<Content, WorldError> {
        let mut bytes = Vec::new();
        let length = self.stamp.size;
        if length <= limit {
            bytes.reserve_exact(usize::try_from(length).unwrap_or(0).saturating_add(1));
            // The file may grow while it is read.
            let read = self.handle.read_to_end(limit.saturating_add(1), &mut bytes);
            read.map_err(|error| self.error(WorldErrorKind::Io(error)))?;
        }
        let bytes_read = bytes.len() as u64;
        if length.max(bytes_read) > limit {
            return Err(WorldError::too_long(&self.path, length.max(bytes_read), limit));
        }
        self.check_unchanged()?;
        Ok(Content { bytes, stamp: self.stamp })
    }

    /// Reads the whole file, which has been read before.
    ///
    /// # Errors
    /// Those of [`SourceFile::read`], and [`WorldErrorKind::Changed`] if the content is not the `expected` one.
    pub fn read_expected(self, expected: Expected) -> Result<Vec<u8>, WorldError> {
        let changed = self.error(WorldErrorKind::Changed);
        match self.read(expected.size) {
            Ok(content) if content.fingerprint() == expected.fingerprint => Ok(content.bytes),
            Err(error) if !matches!(error.kind, WorldErrorKind::TooLong { .. }) => Err(error),
            _ => Err(changed),
        }
    }

    /// Passes the file to `receive` piece by piece.
    ///
    /// # Errors
    /// Those of [`SourceFile::read_expected`] and of `receive`. What was received before the error is of no use then.
    pub fn copy<E>(
        mut self,
        expected: Expected,
        mut receive: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), CopyError<E>> {
        let mut left = expected.size;
        let size = usize::try_from(left).unwrap_or(PIECE).saturating_add(1);
        let mut piece = vec![0; size.min(PIECE)];
        let mut fingerprint = Fingerprinter::default();
        loop {
            match self.handle.read(&mut piece) {
                Ok(0) => break,
                // It grows, maybe without end.
                Ok(length) if length as u64 > left => {
                    return Err(CopyError::Source(self.error(WorldErrorKind::Changed)));
                }
                Ok(length) => {
                    left -= length as u64;
                    fingerprint.update(&piece[..length]);
                    receive(&piece[..length]).map_err(CopyError::Receiver)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(CopyError::Source(self.error(WorldErrorKind::Io(error)))),
            }
        }
        match left == 0 && fingerprint.finish() == expected.fingerprint {
            true => Ok(()),
            false => Err(CopyError::Source(self.error(WorldErrorKind::Changed))),
        }
    }

    /// The bytes may be neither the old content nor the new one if the file was written to while it was read.
    fn check_unchanged(&self) -> Result<(), WorldError> {
        let now = match &self.handle {
            Handle::Disk(file) => match file.metadata() {
                Ok(metadata) => Stamp::of(&metadata),
                Err(error) => return Err(self.error(WorldErrorKind::Io(error))),
            },
            #[cfg(feature = "internals")]
            Handle::Memory(_) => self.stamp,
        };
        if now.is_same_content(&self.stamp) { Ok(()) } else { Err(self.error(WorldErrorKind::Changed)) }
    }

    fn error(&self, kind: WorldErrorKind) -> WorldError {
        WorldError { path: self.path.clone(), kind }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "files to copy")]

    use super::*;

    #[test]
    fn a_file_that_has_grown_is_not_copied_in_part() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE] {
            let copy = |bytes: &[u8]| {
                std::fs::write(&path, bytes).unwrap();
                let file = std::fs::File::open(&path).unwrap();
                let stamp = Stamp::of(&file.metadata().unwrap());
                let expected = Expected { size: size as u64, fingerprint: Fingerprint::of(&vec![7; size]) };
                SourceFile::of_file("a.pdf", file, stamp).copy(expected, |_| Ok::<(), ()>(()))
            };
            assert!(copy(&vec![7; size]).is_ok(), "{size}");
            for grown in [1, 200, PIECE] {
                let result = copy(&vec![7; size + grown]);
                let Err(CopyError::Source(error)) = result else { panic!("{size} + {grown}: {result:?}") };
                assert!(matches!(error.kind, WorldErrorKind::Changed), "{size} + {grown}");
            }
        }
    }
}
