//! `init`: a new site that builds as it is.

use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::build::output::{create_file, remove_created};
use crate::cli::terminal::{HAS_ERRORS, fail, print, print_error};
use crate::diagnostics::messages::BuildProblem;
use crate::diagnostics::{Diagnostic, Lang};
use crate::theme::embedded_files;
use crate::world::{CONTENT, display_path};

static STARTER: Dir = include_dir!("$CARGO_MANIFEST_DIR/src/starter");

/// Makes a site in `folder`. Returns the exit code.
pub(crate) fn init(folder: &Path, lang: Lang) -> u8 {
    let shown = display_path(folder);
    match write_starter(folder) {
        Ok(()) => {
            print(&match lang {
                Lang::Zh => format!("已新建站点 {shown}。接着：cd {shown}，再运行 tribune serve"),
                Lang::En => format!("made a new site in {shown}; next: cd {shown}, then tribune serve"),
            });
            0
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            print_error(&match lang {
                Lang::Zh => format!("{shown} 里已有站点的文件，没有改动。请换一个文件夹"),
                Lang::En => {
                    format!("{shown} already holds files of a site; nothing was changed: name another folder")
                }
            });
            HAS_ERRORS
        }
        Err(error) => {
            let problem = BuildProblem::WriteFailed { path: shown, error: (&error).into(), undone: false };
            fail(&[Diagnostic::new(problem)], lang)
        }
    }
}

/// Writes the starter site into `folder`: all of it, or nothing. [`io::ErrorKind::AlreadyExists`] where a file of that
/// name exists.
fn write_starter(folder: &Path) -> io::Result<()> {
    if folder.join(CONTENT).exists() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, CONTENT));
    }
    let mut written: Vec<PathBuf> = Vec::new();
    for (name, text) in embedded_files(&STARTER) {
        // Cargo leaves files called .gitignore out of packages.
        let path = folder.join(name.replace("gitignore", ".gitignore"));
        if let Err(error) = create_file(&path, text) {
            if error.kind() != io::ErrorKind::AlreadyExists {
                written.push(path);
            }
            remove_created(folder, &written);
            return Err(error);
        }
        written.push(path);
    }
    Ok(())
}
