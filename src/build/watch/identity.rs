//! Which folders the name of a site leads to. A watch stays with a folder that is moved away or unmounted, and would
//! tell nothing of the one that takes its place.

use std::path::{Path, PathBuf};

use crate::world::{CONTENT, FolderId, SOURCES};

/// The folders of a site; not the same any more once one of them was replaced, even by an equal copy.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Identity {
    /// The real path of the root, without links; `None` if there is no such folder.
    pub(super) root: Option<PathBuf>,
    folders: Vec<Option<FolderId>>,
    /// The sections that are mounted there.
    mounted: Vec<FolderId>,
}

impl Identity {
    /// The folders of the site at `root`.
    pub(super) fn of(root: &Path) -> Identity {
        let Some(real) = root.canonicalize().ok().filter(|real| real.is_dir()) else {
            return Identity::default();
        };
        let sources = SOURCES.map(|folder| FolderId::of(&real.join(folder)));
        let folders = [FolderId::of(&real)].into_iter().chain(sources).collect();
        let mounted = FolderId::mounted_in(&real.join(CONTENT));
        Identity { root: Some(real), folders, mounted }
    }

    /// Whether at least the root is the same.
    pub(super) fn is_same_root(&self, other: &Identity) -> bool {
        self.root == other.root && self.folders.first() == other.folders.first()
    }
}
