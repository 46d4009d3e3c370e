//! What every command on a site does first: find the site's root, read the clock, start threads.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use rayon::ThreadPoolBuilder;

use crate::diagnostics::messages::BuildProblem;
use crate::diagnostics::{Diagnostic, world_error};
use crate::world::{Clock, SITE_FILE, WorldError, display_path, is_there};

/// The root of the site, `named` by `--root` or else the nearest one upwards, and the clock to build by. Starts
/// `threads` threads, or one per core.
pub(crate) fn start(named: Option<&Path>, threads: Option<u16>) -> Result<(PathBuf, Clock), Box<Diagnostic>> {
    let found = match named {
        Some(root) => is_site(root).map(|found| found.then(|| root.to_path_buf())),
        None => std::env::current_dir().map_or(Ok(None), |folder| find_root(&folder)),
    };
    let error = |problem: BuildProblem| Box::new(Diagnostic::new(problem));
    let root = found.map_err(|fault| Box::new(world_error(&fault)))?;
    let root = root.ok_or_else(|| error(BuildProblem::NoSite { folder: named.map(display_path) }))?;
    let clock = Clock::of_environment().map_err(|value| error(BuildProblem::BadSourceDate { value }))?;
    start_threads(threads).map_err(error)?;
    Ok((root, clock))
}

/// The absolute name of a folder for a process that keeps running. Links stay in it, so that it leads to whatever takes
/// the place of the folder.
pub(crate) fn lasting_name(path: &Path) -> PathBuf {
    let base = if path.is_absolute() { PathBuf::new() } else { entered_folder().unwrap_or_default() };
    std::path::absolute(base.join(path)).unwrap_or_else(|_| path.to_owned())
}

/// The current folder by the name under which the shell has entered it; the system knows it only without links.
fn entered_folder() -> Option<PathBuf> {
    let entered = std::env::var_os("PWD").map(PathBuf::from)?;
    let is_current = std::env::current_dir().is_ok_and(|current| is_same(&entered, &current));
    (entered.is_absolute() && is_current).then_some(entered)
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn start_threads(wanted: Option<u16>) -> Result<(), BuildProblem> {
    let count = wanted.map_or_else(|| available_parallelism().map_or(1, usize::from), usize::from);
    ThreadPoolBuilder::new().num_threads(count).build_global().map_err(|error| {
        let system = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        let error = system.map_or_else(|| (&io::Error::other(error.to_string())).into(), Into::into);
        BuildProblem::ThreadsRefused { wanted: count, error }
    })
}

/// The nearest folder, from `start` upwards, that holds a site. An error where a nearer folder may hold one, but cannot
/// be looked into.
fn find_root(start: &Path) -> Result<Option<PathBuf>, WorldError> {
    for folder in start.ancestors() {
        if is_site(folder)? {
            let entered = entered_folder().unwrap_or_default();
            let named = entered.ancestors().find(|name| name.is_absolute() && is_same(name, folder));
            return Ok(Some(named.unwrap_or(folder).to_path_buf()));
        }
    }
    Ok(None)
}

/// Whether the folder has a `content/site.yaml`.
fn is_site(folder: &Path) -> Result<bool, WorldError> {
    match is_there(folder, SITE_FILE) {
        // `content` is a file: it belongs to something else.
        Err(error) if error.is_not_a_folder() => Ok(false),
        Err(error) => {
            let path = display_path(&folder.join(&error.path));
            Err(WorldError { path: path.trim_end_matches('/').to_owned(), ..error })
        }
        Ok(found) => Ok(found),
    }
}
