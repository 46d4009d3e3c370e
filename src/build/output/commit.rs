//! Puts staged outputs in place, step by step, by a journal. Wherever it is interrupted, the steps can be undone, or
//! completed by the next run.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::build::output::disk::Disk;
use crate::build::output::files::{
    Failure, MANIFEST, Step, at, interrupted, read_failed, read_own, sync_folders, write_failed,
    write_failed_after,
};
use crate::build::output::journal::{Change, Journal, List};
use crate::build::output::staging::Staging;

/// A commit from a staging folder to an output folder.
///
/// The two folders show which steps are done: the new file has left the one, or the old file has come there from the
/// other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Commit<'a> {
    /// The output folder.
    pub out: &'a Path,
    /// The staging folder.
    pub staging: &'a Staging,
    /// How both are written to.
    pub disk: &'a dyn Disk,
}

pub(super) fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether there is a folder that is not a link.
fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// What does not exist need not be removed.
pub(super) fn ignore_missing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

impl Commit<'_> {
    /// Makes the changes of `journal`. `lists` are the lists of outputs during the commit and after it.
    ///
    /// # Errors
    /// The first step that failed; all others are undone then. If one cannot be undone, that is the error, and the
    /// next run goes on.
    pub(super) fn run(&self, journal: &Journal, lists: Option<[String; 2]>) -> Result<(), Failure> {
        let out = self.out;
        self.prepare(journal, lists).map_err(|(path, error)| write_failed(out, &path, &error))?;
        self.begin(journal).map_err(|(path, error)| match self.roll_back(journal) {
            Ok(undone) => write_failed_after(out, &path, &error, undone),
            // Undoing has not even begun: what has stopped the commit says more.
            Err(_) if exists(&self.staging.journal()) => interrupted(out, &path, &error),
            Err((path, error)) => interrupted(out, &path, &error),
        })
    }

    /// Completes or undoes a commit of an earlier run, if it was interrupted. Returns whether one was.
    ///
    /// # Errors
    /// The step that failed.
    pub(super) fn recover(&self) -> Result<bool, Failure> {
        // A journal that cannot be read now is not removed: a later run may be able to.
        let read = |path: PathBuf| -> Result<_, Failure> {
            let bytes = read_own(&path).map_err(|error| read_failed(self.out, &path, &error))?;
            let journal = bytes.and_then(|bytes| Journal::parse(&bytes));
            Ok(journal.filter(|journal| self.applies(journal)))
        };
        let recovered = match (read(self.staging.undo())?, read(self.staging.journal())?) {
            (Some(journal), _) => self.undo(&journal).map(|_| self.prune_added(&journal)),
            // If something is in the way now, the build that follows reports it.
            (None, Some(journal)) => self.resume(&journal).or_else(|_| self.roll_back(&journal).map(drop)),
            (None, None) => return self.staging.clear(self.disk).map(|()| false),
        };
        recovered.map_err(|(path, error)| interrupted(self.out, &path, &error))?;
        self.staging.clear(self.disk).map(|()| true)
    }

    /// Whether this is the output folder that the journal was written for. Whoever has removed or emptied that one
    /// wants neither the old site nor half of the new one.
    fn applies(&self, journal: &Journal) -> bool {
        self.out.is_dir() && (journal.list == List::First || exists(&self.out.join(MANIFEST)))
    }

    /// Puts everything that the commit needs into the staging folder; the output folder is not changed yet.
    fn prepare(&self, journal: &Journal, lists: Option<[String; 2]>) -> Step {
        let staging = self.staging;
        if let Some([during, after]) = lists {
            for (path, list) in [(staging.list_during(), during), (staging.list_after(), after)] {
                self.disk.write(&path, list.as_bytes()).map_err(at(&path))?;
            }
            if journal.list == List::Changed {
                self.back_up(&self.out.join(MANIFEST), &staging.list_before())?;
            }
        }
        let old = staging.old_outputs();
        self.disk.create_dir_below(&staging.path, &old).map_err(at(&old))?;
        let name = staging.journal();
        let new = name.with_extension("new");
        self.disk.write(&new, journal.to_text().as_bytes()).map_err(at(&new))?;
        sync_folders(self.disk, &staging.new_outputs(), journal.paths())?;
        self.disk.sync_folder(&staging.path).map_err(at(&staging.path))?;
        self.disk.rename(&new, &name).map_err(at(&name))?;
        self.disk.sync_folder(&staging.path).map_err(|error| {
            // Without its journal the commit has not begun.
            let _ = self.disk.remove_file(&name);
            (staging.path.clone(), error)
        })
    }

    /// Keeps the file at `path` as `backup`, too: by a hard link, or by a copy if the file system, or the owner of the
    /// file, does not allow one.
    fn back_up(&self, path: &Path, backup: &Path) -> Step {
        if self.disk.link(path, backup).is_ok() {
            return Ok(());
        }
        match fs::symlink_metadata(path) {
            Err(error) => ignore_missing(error).map_err(at(path)),
            Ok(metadata) if metadata.is_file() => {
                let copy = backup.with_extension("new");
                let bytes = fs::read(path).map_err(at(path))?;
                self.disk.write(&copy, &bytes).map_err(at(&copy))?;
                self.disk.rename(&copy, backup).map_err(at(backup))
            }
            // A link that another program has put there: for a moment nothing is in its place.
            Ok(_) => self.disk.rename(path, backup).map_err(at(path)),
        }
    }

    /// From here on the output folder changes.
    fn begin(&self, journal: &Journal) -> Step {
        if journal.list != List::Same {
            let list = self.out.join(MANIFEST);
            // If the commit is interrupted, the next build knows both the old and the new outputs as its own.
            self.disk.rename(&self.staging.list_during(), &list).map_err(at(&list))?;
        }
        self.resume(journal)
    }

    /// Makes the changes that have not been made yet, and ends the commit.
    fn resume(&self, journal: &Journal) -> Step {
        for (number, change) in journal.changes.iter().enumerate() {
            self.make(number, change)?;
        }
        let after = self.staging.list_after();
        if journal.list != List::Same && exists(&after) {
            let list = self.out.join(MANIFEST);
            self.disk.rename(&after, &list).map_err(at(&list))?;
        }
        sync_folders(self.disk, self.out, journal.paths())?;
        let name = self.staging.journal();
        self.disk.remove_file(&name).map_err(at(&name))
    }

    fn make(&self, number: usize, change: &Change) -> Step {
        let (new, place, old) = self.places(number, change);
        match change {
            Change::Add(_) | Change::Replace(_) if !exists(&new) => {
                // An earlier run has moved it, unless the staged file was removed.
                let moved = if matches!(change, Change::Add(_)) { &place } else { &old };
                if exists(moved) { Ok(()) } else { Err((new, io::ErrorKind::NotFound.into())) }
            }
            Change::Add(path) | Change::Replace(path) if self.is_below_link(path) => {
                Err((place, io::ErrorKind::NotADirectory.into()))
            }
            Change::Add(_) => {
                self.remove_empty(&place)?;
                self.disk.rename_below(self.out, &new, &place).map_err(|error| {
                    // The folder that was made for it goes, too.
                    self.prune(&place);
                    (place, error)
                })
            }
            Change::Replace(_) => {
                if !exists(&old) {
                    self.back_up(&place, &old)?;
                }
                self.disk.rename_below(self.out, &new, &place).map_err(at(&place))
            }
            Change::Remove(path) if self.is_below_link(path) => Ok(()),
            Change::Remove(_) => {
                // After the file is gone, a folder of new outputs may have its name.
                if !exists(&old) && exists(&place) && !is_folder(&place) {
                    self.disk.rename(&place, &old).map_err(at(&place))?;
                }
                self.prune(&place);
                Ok(())
            }
        }
    }

    /// The staged file of a change, its place in the output folder, and where the old file is kept.
    pub(super) fn places(&self, number: usize, change: &Change) -> (PathBuf, PathBuf, PathBuf) {
        let new = self.staging.new_outputs().join(change.path());
        (new, self.out.join(change.path()), self.staging.old_outputs().join(number.to_string()))
    }

    /// Whether a folder above `path` has become a link since the places were checked. What is behind it belongs to
    /// another program.
    pub(super) fn is_below_link(&self, path: &str) -> bool {
        path.match_indices('/').any(|(at, _)| self.out.join(&path[..at]).is_symlink())
    }

    /// Removes a folder that holds nothing but folders, if there is one: a file needs its name.
    pub(super) fn remove_empty(&self, folder: &Path) -> Step {
        if !is_folder(folder) {
            return Ok(());
        }
        for entry in fs::read_dir(folder).map_err(at(folder))?.flatten() {
            self.remove_empty(&entry.path())?;
        }
        self.disk.remove_dir(folder).map_err(at(folder))
    }

    /// Removes the folders above a removed file that are empty now.
    pub(super) fn prune(&self, removed: &Path) {
        for folder in removed.ancestors().skip(1).take_while(|folder| *folder != self.out) {
            if self.disk.remove_dir(folder).or_else(ignore_missing).is_err() {
                break;
            }
        }
    }
}
