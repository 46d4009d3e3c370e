//! Lists all files below a folder. Links are followed where they may be, but no folder is entered through a second one:
//! links to folders that hold links to folders would multiply without end.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use crate::world::model::{Entry, Stamp, WorldError, WorldErrorKind};
use crate::world::symlinks::Bounds;

/// The greatest number of files below one folder.
pub(super) const MOST_FILES: usize = 10_000_000;

/// How many links to a folder that is linked already are reported.
const MOST_REPEATED: usize = 50;

/// A walk through a folder of a site.
pub(super) struct Walk<'a> {
    root: &'a Path,
    bounds: &'a Bounds<'a>,
    /// The links above the current item.
    links: Vec<PathBuf>,
    /// The real paths of the folders that links have led to, with the paths by which they were reached.
    reached: HashMap<PathBuf, PathBuf>,
}

/// An item of the walk.
struct Found {
    item: walkdir::Result<DirEntry>,
    /// Whether the item or a folder above it is a link.
    linked: bool,
    /// Why this folder is not entered.
    violation: Option<WorldErrorKind>,
}

impl<'a> Walk<'a> {
    /// A walk below the site's `root`, within `bounds`.
    pub(super) fn new(root: &'a Path, bounds: &'a Bounds<'a>) -> Walk<'a> {
        Walk { root, bounds, links: Vec::new(), reached: HashMap::new() }
    }

    /// All files below `top` that are not hidden, sorted by path. Beyond `most` files the walk ends with an error.
    pub(super) fn list(mut self, top: &Path, most: usize) -> Vec<Result<Entry, WorldError>> {
        let is_hidden = |item: &DirEntry| {
            item.depth() > 0 && item.file_name().to_str().is_some_and(|name| name.starts_with('.'))
        };
        let walk = WalkDir::new(top).follow_links(true).sort_by_file_name();
        let mut walk = walk.into_iter().filter_entry(|item| !is_hidden(item));
        let (mut found, mut files) = (Vec::new(), 0);
        while let Some(item) = walk.next() {
            let is_folder = item.as_ref().is_ok_and(|item| item.file_type().is_dir());
            files += usize::from(!is_folder);
            if files > most {
                let path = self.relative(top).unwrap_or_default();
                return vec![Err(WorldError { path, kind: WorldErrorKind::TooMany { limit: most } })];
            }
            let found_item = self.found(item);
            if is_folder && found_item.violation.is_some() {
                walk.skip_current_dir();
            }
            found.push(found_item);
        }
        // Reading metadata takes longer than the walk: it follows in parallel.
        let walk = &self;
        let mut entries: Vec<_> = found.into_par_iter().filter_map(|item| walk.entry(item)).collect();
        let mut repeated = 0;
        entries.retain(|entry| match entry {
            Err(WorldError { kind: WorldErrorKind::ReachedTwice { .. }, .. }) => {
                repeated += 1;
                repeated <= MOST_REPEATED
            }
            _ => true,
        });
        entries
    }

    fn found(&mut self, item: walkdir::Result<DirEntry>) -> Found {
        let Ok(entry) = &item else { return Found { item, linked: true, violation: None } };
        while self.links.last().is_some_and(|link| !entry.path().starts_with(link)) {
            self.links.pop();
        }
        if entry.path_is_symlink() {
            self.links.push(entry.path().to_owned());
        }
        let linked = !self.links.is_empty();
        let violation = if linked && entry.file_type().is_dir() {
            self.enter(entry.path()).err()
        } else if entry.path_is_symlink() {
            self.bounds.violation(entry.path())
        } else {
            None
        };
        Found { item, linked, violation }
    }

    /// Enters a folder that is a link or below one.
    fn enter(&mut self, path: &Path) -> Result<(), WorldErrorKind> {
        let real = self.bounds.resolve(path)?;
        match self.reached.get(&real) {
            Some(former) => {
                let other = self.relative(former).unwrap_or_default();
                Err(WorldErrorKind::ReachedTwice { other })
            }
            None => {
                self.reached.insert(real, path.to_owned());
                Ok(())
            }
        }
    }

    fn entry(&self, found: Found) -> Option<Result<Entry, WorldError>> {
        let Found { item, linked, violation } = found;
        let item = match item {
            Ok(item) => item,
            Err(error) => return Some(Err(self.walk_error(error))),
        };
        let refused = |kind| {
            let path = self.relative(item.path()).unwrap_or_default();
            Some(Err(WorldError { path, kind }))
        };
        if let Some(kind) = violation {
            return refused(kind);
        }
        if item.file_type().is_dir() {
            return None;
        }
        if !item.file_type().is_file() {
            return refused(WorldErrorKind::NotAFile);
        }
        let stamp = item.metadata().map(|metadata| Stamp::of(&metadata)).unwrap_or_default();
        Some(self.relative(item.path()).map(|path| Entry { path, stamp, linked }))
    }

    /// A path below the root as sites name it.
    fn relative(&self, path: &Path) -> Result<String, WorldError> {
        let below = path.strip_prefix(self.root).unwrap_or(path);
        let segments: Option<Vec<&str>> = below.iter().map(|segment| segment.to_str()).collect();
        segments.map(|segments| segments.join("/")).ok_or_else(|| WorldError {
            path: below.to_string_lossy().replace('\\', "/"),
            kind: WorldErrorKind::NameNotUnicode,
        })
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

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "files to list")]

    use super::*;

    #[test]
    fn a_walk_ends_at_the_first_file_beyond_the_limit() {
        let root = tempfile::tempdir().unwrap();
        for name in ["a/1", "a/2", "b/c/3", ".hidden/4"] {
            std::fs::create_dir_all(root.path().join(name).parent().unwrap()).unwrap();
            std::fs::write(root.path().join(name), "").unwrap();
        }
        let list = |most| {
            let bounds = Bounds::of(root.path(), None);
            Walk::new(root.path(), &bounds).list(root.path(), most)
        };
        assert_eq!(list(3).into_iter().filter_map(Result::ok).count(), 3);
        let ended = list(2);
        let [Err(WorldError { kind: WorldErrorKind::TooMany { limit: 2 }, .. })] = ended.as_slice() else {
            panic!("{ended:?}");
        };
    }
}
