//! Where a build may write: output folders that are refused, and the folder for what is kept between builds.

use std::fs;
use std::path::{Path, PathBuf};

use crate::build::output::files::Failure;
use crate::build::output::platform::real;
use crate::build::output::staging::is_staging;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::messages::{BuildProblem, Refusal};
use crate::world::{CONTENT, OWN_FOLDER, THEMES, display_path};

/// Refuses output folders whose content must not be mixed with outputs.
///
/// # Errors
/// Why it is refused.
pub(super) fn refuse(root: &Path, out: &Path) -> Result<(), Failure> {
    let real = |path: &Path| real(path).unwrap_or_else(|_| path.to_path_buf());
    let (root, real_out) = (real(root), real(out));
    let sources = [CONTENT, THEMES, OWN_FOLDER].map(|name| real(&root.join(name)));
    let why = if real_out.parent().is_none() {
        Refusal::Root
    } else if std::env::home_dir().is_some_and(|home| real(&home) == real_out) {
        Refusal::Home
    } else if root.starts_with(&real_out)
        || sources.iter().any(|source| real_out.starts_with(source) || source.starts_with(&real_out))
    {
        Refusal::Sources
    } else if real_out.exists() && !real_out.is_dir() {
        Refusal::NotAFolder
    } else if real_out.iter().any(is_staging) {
        Refusal::Staging
    } else {
        return Ok(());
    };
    Err(Box::new(Diagnostic::new(BuildProblem::OutRefused { path: display_path(out), why })))
}

/// The folder for what is kept between builds, below the site's `root`. A link is refused: it could make the program
/// overwrite files elsewhere.
///
/// # Errors
/// There is a link or a file of that name.
pub(super) fn own_folder(root: &Path) -> Result<PathBuf, Failure> {
    let folder = root.join(OWN_FOLDER);
    match fs::symlink_metadata(&folder) {
        Ok(seen) if !seen.is_dir() => {
            let (path, linked) = (display_path(&folder), seen.is_symlink());
            Err(Box::new(Diagnostic::new(BuildProblem::OwnFolder { path, linked })))
        }
        _ => Ok(folder),
    }
}
