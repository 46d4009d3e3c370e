//! Where symbolic links may lead: neither out of the site's root nor to a file that is not published. The checks use
//! the real path below the root, with all links resolved.

use std::path::{Path, PathBuf};

use crate::world::layout::{INDEX_FILE, THEMES, is_hidden};
use crate::world::model::WorldErrorKind;

/// The rules for the links of one site.
#[derive(Debug)]
pub(super) struct Bounds<'a> {
    /// The root, as at the beginning of the paths of links.
    root: &'a Path,
    real_root: Option<PathBuf>,
    real_out: Option<PathBuf>,
}

impl<'a> Bounds<'a> {
    /// The rules for the site at `root` with the output folder `out`.
    pub(super) fn of(root: &'a Path, out: Option<&Path>) -> Bounds<'a> {
        let real = |path: &Path| path.canonicalize().ok();
        Bounds { root, real_root: real(root), real_out: out.and_then(real) }
    }

    /// Why `path`, which is a link or below one, must not be followed.
    pub(super) fn violation(&self, path: &Path) -> Option<WorldErrorKind> {
        self.resolve(path).err()
    }

    /// The real path, below the root, of `path`, which is a link or below one.
    ///
    /// # Errors
    /// Why it must not be followed.
    pub(super) fn resolve(&self, path: &Path) -> Result<PathBuf, WorldErrorKind> {
        let real = path.canonicalize().ok();
        let below = real.as_ref().zip(self.real_root.as_ref()).map(|(real, root)| real.strip_prefix(root));
        let (Some(real), Some(Ok(below))) = (&real, below) else { return Err(WorldErrorKind::LeavesRoot) };
        let is_output = self.real_out.as_ref().is_some_and(|out| real.starts_with(out));
        let own = path.strip_prefix(self.root).unwrap_or(path);
        // A link that is not published itself may lead to hidden files.
        let is_hidden = !is_unpublished(own, own) && is_unpublished(below, own);
        if is_output || is_hidden { Err(WorldErrorKind::LeadsToHidden) } else { Ok(below.to_owned()) }
    }
}

/// Whether `path`, relative to the root, is not published or not read; `own` is the path of the link to it.
fn is_unpublished(path: &Path, own: &Path) -> bool {
    let underscores = !(path.starts_with(THEMES) && own.starts_with(THEMES));
    let is_other_index = path.ends_with(INDEX_FILE) && !own.ends_with(INDEX_FILE);
    is_hidden(path, underscores) || (is_other_index && underscores)
}
