//! Takes back the steps of a commit that one step has stopped. Only steps that were taken are taken back: what could not
//! be replaced cannot be put back either.

use std::io;
use std::path::PathBuf;

use crate::build::output::commit::{Commit, exists};
use crate::build::output::files::{MANIFEST, at, sync_folders};
use crate::build::output::journal::{Change, Journal, List};

/// Whether something was undone, or where that failed and why.
type Undone = Result<bool, (PathBuf, io::Error)>;

impl Commit<'_> {
    /// Undoes the steps of a commit after one has failed.
    pub(super) fn roll_back(&self, journal: &Journal) -> Undone {
        let (name, undo) = (self.staging.journal(), self.staging.undo());
        self.disk.rename(&name, &undo).map_err(at(&undo))?;
        self.undo(journal)
    }

    /// Undoes all steps that were taken, also beyond one for which that fails. The first such failure is the error, and
    /// the journal is kept for the next run.
    pub(super) fn undo(&self, journal: &Journal) -> Undone {
        let (mut undone, mut failed) = (false, None);
        for (number, change) in journal.changes.iter().enumerate().rev() {
            match self.undo_change(number, change) {
                Ok(was_taken) => undone |= was_taken,
                Err(error) => drop(failed.get_or_insert(error)),
            }
        }
        // Until all is undone, the list has to name the new outputs, too.
        if let Some(error) = failed {
            return Err(error);
        }
        undone |= self.undo_list(journal.list)?;
        // If the journal stays, the next run finds that all is undone.
        if sync_folders(self.disk, self.out, journal.paths()).is_ok() {
            let _ = self.disk.remove_file(&self.staging.undo());
        }
        Ok(undone)
    }

    fn undo_change(&self, number: usize, change: &Change) -> Undone {
        let (new, place, old) = self.places(number, change);
        let was_taken = match change {
            change if self.is_below_link(change.path()) => false,
            Change::Add(_) => !exists(&new) && exists(&place),
            // Where the old file could only be moved to its backup, nothing is in its place.
            Change::Replace(_) => exists(&old) && (!exists(&new) || !exists(&place)),
            Change::Remove(_) => exists(&old),
        };
        match change {
            _ if !was_taken => return Ok(false),
            Change::Add(_) => {
                self.disk.rename_below(&self.staging.path, &place, &new).map_err(at(&place))?;
                self.prune(&place);
            }
            Change::Replace(_) | Change::Remove(_) => {
                // A folder may have been made here for a new output.
                self.remove_empty(&place)?;
                self.disk.rename_below(self.out, &old, &place).map_err(at(&place))?;
            }
        }
        Ok(true)
    }

    fn undo_list(&self, change: List) -> Undone {
        let (before, list) = (self.staging.list_before(), self.out.join(MANIFEST));
        let undone = match change {
            _ if exists(&self.staging.list_during()) => return Ok(false),
            List::Changed if exists(&before) => self.disk.rename(&before, &list),
            List::First if exists(&list) => self.disk.remove_file(&list),
            _ => return Ok(false),
        };
        undone.map(|()| true).map_err(at(&list))
    }

    /// Removes the folders of added outputs that are empty: undoing may have been interrupted before it did.
    pub(super) fn prune_added(&self, journal: &Journal) {
        for change in &journal.changes {
            if let Change::Add(path) = change
                && !self.is_below_link(path)
            {
                self.prune(&self.out.join(path));
            }
        }
    }
}
