//! What tells folders apart that have the same name at different times, and the mounts they are on.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::world::model::Stamp;

/// Identifies a folder, as far as the system can. A number alone may be used again as soon as its folder is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderId {
    mount: Option<Mount>,
    number: u64,
    created: Option<SystemTime>,
}

impl FolderId {
    /// That of the folder at `path`, or where a link there leads to; `None` if there is no folder.
    pub fn of(path: &Path) -> Option<FolderId> {
        let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_dir)?;
        let created = metadata.created().ok();
        // Some drivers make up a new number whenever they are asked.
        let number = if created.is_some() { 0 } else { Stamp::of(&metadata).number };
        Some(FolderId { mount: mount(path), number, created })
    }

    /// Those of the folders in `path` that are on another mount.
    #[expect(clippy::disallowed_methods, reason = "this is the reader")]
    pub fn mounted_in(path: &Path) -> Vec<FolderId> {
        let own = mount(path);
        let folders = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
        let mounted = folders.filter(|folder| folder.is_dir() && mount(folder) != own);
        mounted.filter_map(|folder| FolderId::of(&folder)).collect()
    }
}

/// Whether files can be renamed from one folder to the other. Not from one mount to another, even if both are of the
/// same disk: containers mount folders of their host.
pub fn is_same_mount(one: &Path, other: &Path) -> bool {
    mount(one) == mount(other)
}

/// A device, and which of its mounts, where the system tells.
type Mount = (u64, Option<u64>);

#[cfg(any(target_os = "linux", target_os = "android"))]
fn mount(folder: &Path) -> Option<Mount> {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    use std::os::unix::fs::MetadataExt;
    // STATX_MNT_ID_UNIQUE, since Linux 6.8: the other number is given again as soon as its mount is gone.
    const UNIQUE: StatxFlags = StatxFlags::from_bits_retain(0x4000);
    let wanted = StatxFlags::MNT_ID.union(UNIQUE);
    let device = fs::metadata(folder).ok()?.dev();
    let status = statx(CWD, folder, AtFlags::empty(), wanted).ok();
    let status = status.filter(|status| status.stx_mask & wanted.bits() != 0);
    Some((device, status.map(|status| status.stx_mnt_id)))
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn mount(folder: &Path) -> Option<Mount> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(folder).ok().map(|metadata| (metadata.dev(), None))
}

#[cfg(not(unix))]
fn mount(_: &Path) -> Option<Mount> {
    None
}
