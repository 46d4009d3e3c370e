//! Where links on the disk may lead: neither out of the site's root nor to what would not be published in its own
//! place. What counts is the real path, without links, and of that only what is below the root.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::world::layout::THEMES;
use crate::world::model::WorldErrorKind;

/// The one name that begins with `_` and is read all the same: what introduces a section.
const INDEX: &str = "_index.md";

/// The bounds for the links of one site.
#[derive(Debug)]
pub(super) struct Bounds<'a> {
    /// The root as the paths of links begin with it.
    root: &'a Path,
    real_root: Option<PathBuf>,
    real_out: Option<PathBuf>,
}

impl<'a> Bounds<'a> {
    /// The bounds in the site at `root`, whose outputs go to `out`.
    pub(super) fn of(root: &'a Path, out: Option<&Path>) -> Bounds<'a> {
        let real = |path: &Path| path.canonicalize().ok();
        Bounds { root, real_root: real(root), real_out: out.and_then(real) }
    }

    /// Why `path`, a link or something below one, may not be followed.
    pub(super) fn fault(&self, path: &Path) -> Option<WorldErrorKind> {
        let real = path.canonicalize().ok();
        let below = real.as_ref().zip(self.real_root.as_ref()).map(|(real, root)| real.strip_prefix(root));
        let (Some(real), Some(Ok(below))) = (&real, below) else { return Some(WorldErrorKind::LeavesRoot) };
        let is_output = self.real_out.as_ref().is_some_and(|out| real.starts_with(out));
        let own = path.strip_prefix(self.root).unwrap_or(path);
        // What is not published under the link's own name either may lie anywhere.
        let is_hidden = !is_hidden(own, own) && is_hidden(below, own);
        (is_output || is_hidden).then_some(WorldErrorKind::LeadsToHidden)
    }
}

/// Is what is at `path`, below the root, not published, or not read, under the name `own`?
fn is_hidden(path: &Path, own: &Path) -> bool {
    let is_index = [path, own].iter().all(|path| path.file_name() == Some(OsStr::new(INDEX)));
    let path = if is_index { path.parent().unwrap_or(path) } else { path };
    let is_theme = [path, own].iter().all(|path| path.starts_with(THEMES));
    path.iter().any(|segment| match segment.as_encoded_bytes().first() {
        Some(b'.') => true,
        Some(b'_') => !is_theme,
        _ => false,
    })
}
