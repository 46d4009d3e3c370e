//! Finds what keeps the program from changing a file or folder, after the system has refused it.

use std::io;
use std::path::Path;

#[cfg(not(unix))]
use crate::build::output::platform::is_in_use;
use crate::diagnostics::{Cause, Obstacle};
use crate::world::display_path;

/// What stands in the way of a change at `path`, which is in the folder `top`.
#[cfg(unix)]
pub(super) fn find_obstacle(top: &Path, path: &Path, error: &io::Error) -> Option<Obstacle> {
    use std::fs::symlink_metadata;
    use std::os::unix::fs::MetadataExt;

    use rustix::fs::{Access, access};
    use rustix::io::Errno;

    if error.kind() != io::ErrorKind::PermissionDenied {
        return None;
    }
    // A name is changed in its folder. What is immutable is refused with EPERM, to the superuser, too.
    let folder = path.ancestors().skip(1).find(|folder| folder.is_dir())?;
    let closed = access(folder, Access::WRITE_OK | Access::EXEC_OK).err();
    let (place, refused) = match (closed, symlink_metadata(path)) {
        (None, Ok(seen)) if seen.is_symlink() => (path, None),
        (None, Ok(_)) => (path, access(path, Access::WRITE_OK).err().filter(|errno| *errno == Errno::PERM)),
        (closed, _) => (folder, closed),
    };
    let user = rustix::process::geteuid().as_raw();
    let owner = symlink_metadata(place).ok().map(|seen| seen.uid()).filter(|owner| *owner != user);
    let cause = match refused {
        Some(Errno::PERM) => Cause::Immutable,
        _ if owner.is_some() && user != 0 => {
            let folder = if place.starts_with(top) { top } else { place };
            Cause::Owner { folder: display_path(folder) }
        }
        Some(_) => Cause::Mode,
        None => Cause::Unknown,
    };
    Some(Obstacle { path: display_path(place), owner, cause })
}

/// What stands in the way of a change at `path`.
#[cfg(not(unix))]
pub(super) fn find_obstacle(_: &Path, path: &Path, error: &io::Error) -> Option<Obstacle> {
    is_in_use(error).then(|| Obstacle { path: display_path(path), owner: None, cause: Cause::InUse })
}
