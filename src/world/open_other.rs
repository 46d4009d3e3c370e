//! Opens files below a folder without following links, where the system has no call for that: the file is looked at again
//! after it was opened.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use same_file::Handle;

/// The real path of a folder below which files are opened.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Opens the folder; its own path may lead through links.
    ///
    /// # Errors
    /// Those of the operating system.
    pub(super) fn open(path: &Path) -> io::Result<Folder> {
        path.canonicalize().map(Folder)
    }

    /// Opens whatever is at `path` below the folder; `None` if it, or a folder above it, is a link.
    ///
    /// # Errors
    /// Those of the operating system.
    #[expect(clippy::disallowed_methods, reason = "this is the reader")]
    pub(super) fn open_below(&self, path: &Path) -> io::Result<Option<File>> {
        let place = self.0.join(path);
        let file = File::open(&place)?;
        let is_plain = place.canonicalize()? == place;
        let is_same = Handle::from_file(file.try_clone()?)? == Handle::from_path(&place)?;
        Ok((is_plain && is_same).then_some(file))
    }
}
