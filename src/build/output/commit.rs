//! Putting staged outputs in place, step by step, under a journal. Whatever stops it, the steps that were
//! taken can be taken back, or the others be taken by the next run.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::build::output::disk::Disk;
use crate::build::output::journal::{Change, Journal, List};
use crate::build::output::staging::Staging;
use crate::build::output::{Failure, MANIFEST, failure, read_own, unread};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::Problem;

/// A commit to the folder `out` of what stands in the staging folder.
///
/// Each step can be told from what lies in the staging folder and in the output folder: it is taken if the new file
/// has left the one, or the former has come there from the other.
#[derive(Debug, Clone, Copy)]
pub struct Commit<'a> {
    /// The output folder.
    pub out: &'a Path,
    /// The staging folder.
    pub staging: &'a Staging,
    /// Where both lie.
    pub disk: &'a dyn Disk,
}

/// A step that could not be taken, and where.
type Step = Result<(), (PathBuf, io::Error)>;

fn at(path: &Path) -> impl FnOnce(io::Error) -> (PathBuf, io::Error) {
    let path = path.to_owned();
    |error| (path, error)
}

fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Is there a file, or a link, but no folder?
fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_dir())
}

impl Commit<'_> {
    /// Does what `journal` says; `list` are the lines of the list while the outputs change, and after that.
    ///
    /// # Errors
    /// The first step that failed; the output folder is then as it was. Where not even that could be had,
    /// it says so, and the next run goes on.
    pub fn run(&self, journal: &Journal, list: Option<[String; 2]>) -> Result<(), Failure> {
        self.prepare(journal, list).map_err(|(path, error)| failure(&path, &error))?;
        self.begin(journal).map_err(|(path, error)| match self.take_back(journal) {
            Ok(()) => failure(&path, &error),
            Err(_) => half_done(&path, &error),
        })
    }

    /// Goes on with what an earlier run has begun, if there is anything.
    ///
    /// # Errors
    /// The step that failed.
    pub fn recover(&self) -> Result<(), Failure> {
        // One that cannot be read now is for a run that can: what it needs lies here.
        let read = |path: PathBuf| -> Result<_, Failure> {
            let bytes = read_own(&path).map_err(|error| unread(&path, &error))?;
            let journal = bytes.and_then(|bytes| Journal::parse(&bytes));
            Ok(journal.filter(|journal| self.applies(journal)))
        };
        let gone_on = match (read(self.staging.undo())?, read(self.staging.journal())?) {
            (Some(journal), _) => self.undo(&journal),
            // What has come in the way since then is for the build that follows to report.
            (None, Some(journal)) => self.go_on(&journal).or_else(|_| self.take_back(&journal)),
            (None, None) => Ok(()),
        };
        gone_on.map_err(|(path, error)| half_done(&path, &error))?;
        // What an earlier build has left means nothing to this one.
        self.staging.clear(self.disk)
    }

    /// Is the output folder the one that the journal was written for? Whoever has removed it, or all that it held,
    /// wants neither the former site nor half of the new one.
    fn applies(&self, journal: &Journal) -> bool {
        self.out.is_dir() && (journal.list == List::First || is_there(&self.out.join(MANIFEST)))
    }

    /// Everything that a commit needs lies in the staging folder; the output folder is untouched.
    fn prepare(&self, journal: &Journal, list: Option<[String; 2]>) -> Step {
        let staging = self.staging;
        if let Some([during, after]) = list {
            for (path, list) in [(staging.list_during(), during), (staging.list_after(), after)] {
                self.disk.write(&path, list.as_bytes()).map_err(at(&path))?;
            }
            if journal.list == List::Changed {
                self.keep(&self.out.join(MANIFEST), &staging.list_before())?;
            }
        }
        let old = staging.old_outputs();
        self.disk.create_dir_all(&old).map_err(at(&old))?;
        let name = staging.journal();
        let aside = name.with_extension("new");
        self.disk.write(&aside, journal.to_text().as_bytes()).map_err(at(&aside))?;
        self.sync_staged(journal)?;
        self.disk.rename(&aside, &name).map_err(at(&name))?;
        self.disk.sync_folder(&staging.path).map_err(|error| {
            // Nothing has been done by it yet, and nothing is to be done by it later.
            let _ = self.disk.remove_file(&name);
            (staging.path.clone(), error)
        })
    }

    /// Keeps the file at `path` at `aside`, too, whole or not at all: as a second name, or as a copy where the file
    /// system, or the owner of the file, allows none.
    #[expect(clippy::disallowed_methods, reason = "outputs are the writer's own")]
    fn keep(&self, path: &Path, aside: &Path) -> Step {
        if self.disk.link(path, aside).is_ok() {
            return Ok(());
        }
        match fs::symlink_metadata(path) {
            // Somebody else has taken it away.
            Err(error) => missing(error).map_err(at(path)),
            Ok(metadata) if metadata.is_file() => {
                let copy = aside.with_extension("new");
                let bytes = fs::read(path).map_err(at(path))?;
                self.disk.write(&copy, &bytes).map_err(at(&copy))?;
                self.disk.rename(&copy, aside).map_err(at(aside))
            }
            // What leads elsewhere was put there by somebody else; for a moment nothing is in its place.
            Ok(_) => self.disk.rename(path, aside).map_err(at(path)),
        }
    }

    /// From here on the output folder changes.
    fn begin(&self, journal: &Journal) -> Step {
        if journal.list != List::Same {
            let listed = self.out.join(MANIFEST);
            // Whatever happens from here on, the next build knows what is ours.
            self.disk.rename(&self.staging.list_during(), &listed).map_err(at(&listed))?;
        }
        self.go_on(journal)
    }

    /// Takes the steps that have not been taken, and ends the commit.
    fn go_on(&self, journal: &Journal) -> Step {
        for (number, change) in journal.changes.iter().enumerate() {
            self.take(number, change)?;
        }
        let list = self.staging.list_after();
        if journal.list != List::Same && is_there(&list) {
            let listed = self.out.join(MANIFEST);
            self.disk.rename(&list, &listed).map_err(at(&listed))?;
        }
        self.sync_placed(journal)?;
        let name = self.staging.journal();
        self.disk.remove_file(&name).map_err(at(&name))
    }

    fn take(&self, number: usize, change: &Change) -> Step {
        let (new, place) = self.places(change);
        let old = self.old(number);
        match change {
            Change::Add(_) | Change::Replace(_) if !is_there(&new) => {
                // An earlier run has moved it, unless somebody else has tidied up.
                let moved = if matches!(change, Change::Add(_)) { &place } else { &old };
                if is_there(moved) { Ok(()) } else { Err((new, io::ErrorKind::NotFound.into())) }
            }
            Change::Add(path) | Change::Replace(path) if self.leads_elsewhere(path) => {
                Err((place, io::ErrorKind::NotADirectory.into()))
            }
            Change::Add(_) => {
                self.remove_empty(&place);
                self.disk.rename_below(&new, &place).map_err(|error| {
                    // Not even the folder that was made for it is to stay.
                    self.prune(&place);
                    (place, error)
                })
            }
            Change::Replace(_) => {
                if !is_there(&old) {
                    self.keep(&place, &old)?;
                }
                self.disk.rename_below(&new, &place).map_err(at(&place))
            }
            Change::Remove(path) => {
                if !self.is_inside(path) {
                    return Ok(());
                }
                // Once it is gone, a folder of what is new may stand in its place.
                if !is_there(&old) && is_file(&place) {
                    self.disk.rename(&place, &old).map_err(at(&place))?;
                }
                // Also when it went in an earlier run: what comes next may need the place of its folder.
                self.prune(&place);
                Ok(())
            }
        }
    }

    /// Takes the steps of a commit back after one of them has failed.
    fn take_back(&self, journal: &Journal) -> Step {
        let (name, undo) = (self.staging.journal(), self.staging.undo());
        self.disk.rename(&name, &undo).map_err(at(&undo))?;
        self.undo(journal)
    }

    fn undo(&self, journal: &Journal) -> Step {
        for (number, change) in journal.changes.iter().enumerate().rev() {
            let (new, place) = self.places(change);
            let old = self.old(number);
            match change {
                change if self.leads_elsewhere(change.path()) => {}
                Change::Add(_) if !is_there(&new) && is_there(&place) => {
                    self.disk.rename_below(&place, &new).map_err(at(&place))?;
                    self.prune(&place);
                }
                Change::Add(_) => {}
                Change::Replace(_) | Change::Remove(_) if is_there(&old) => {
                    // A folder may have been made in its place for what did not come.
                    self.remove_empty(&place);
                    self.disk.rename_below(&old, &place).map_err(at(&place))?;
                }
                Change::Replace(_) | Change::Remove(_) => {}
            }
        }
        let (former, listed) = (self.staging.list_before(), self.out.join(MANIFEST));
        match journal.list {
            List::Changed if is_there(&former) => {
                self.disk.rename(&former, &listed).map_err(at(&listed))?;
            }
            List::First => self.disk.remove_file(&listed).or_else(missing).map_err(at(&listed))?,
            _ => {}
        }
        let name = self.staging.undo();
        self.disk.remove_file(&name).map_err(at(&name))
    }

    /// Where the new file of a change waits, and where its place is.
    fn places(&self, change: &Change) -> (PathBuf, PathBuf) {
        (self.staging.new_outputs().join(change.path()), self.out.join(change.path()))
    }

    fn old(&self, number: usize) -> PathBuf {
        self.staging.old_outputs().join(number.to_string())
    }

    /// Is every folder above `path` a real one? What lies behind a link is not ours.
    fn is_inside(&self, path: &str) -> bool {
        path.match_indices('/').all(|(at, _)| {
            fs::symlink_metadata(self.out.join(&path[..at])).is_ok_and(|metadata| metadata.is_dir())
        })
    }

    /// Is a folder above `path` a link? Somebody has put it there since the outputs were looked at.
    fn leads_elsewhere(&self, path: &str) -> bool {
        path.match_indices('/').any(|(at, _)| {
            fs::symlink_metadata(self.out.join(&path[..at])).is_ok_and(|metadata| metadata.is_symlink())
        })
    }

    /// Removes a folder that holds nothing but folders, if there is one.
    fn remove_empty(&self, folder: &Path) {
        if !fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir()) {
            return;
        }
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            self.remove_empty(&entry.path());
        }
        // One that is not empty stays, and the step that needs its place fails.
        let _ = self.disk.remove_dir(folder);
    }

    /// Removes the folders that a removed file leaves empty; one that is not empty stays.
    fn prune(&self, removed: &Path) {
        for folder in removed.ancestors().skip(1).take_while(|folder| *folder != self.out) {
            if self.disk.remove_dir(folder).or_else(missing).is_err() {
                break;
            }
        }
    }

    /// The names of the staged files are on the disk before any of them is moved.
    fn sync_staged(&self, journal: &Journal) -> Step {
        self.sync_folders(&self.staging.new_outputs(), journal)?;
        self.disk.sync_folder(&self.staging.path).map_err(at(&self.staging.path))
    }

    fn sync_placed(&self, journal: &Journal) -> Step {
        self.sync_folders(self.out, journal)
    }

    fn sync_folders(&self, top: &Path, journal: &Journal) -> Step {
        if !self.disk.is_durable() {
            return Ok(());
        }
        let mut folders = BTreeSet::from([top.to_owned()]);
        for change in &journal.changes {
            let place = top.join(change.path());
            let above = place.ancestors().skip(1).take_while(|folder| *folder != top);
            folders.extend(above.map(Path::to_owned));
        }
        let mut there = folders.iter().filter(|folder| folder.is_dir());
        there.try_for_each(|folder| self.disk.sync_folder(folder).map_err(at(folder)))
    }
}

fn missing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

/// What is said of a commit that could be neither completed nor taken back.
pub fn half_done(path: &Path, error: &io::Error) -> Failure {
    let path = path.display().to_string();
    Box::new(Diagnostic::error(Problem::CommitInterrupted { path, fault: error.into() }))
}
