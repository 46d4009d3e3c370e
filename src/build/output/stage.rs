//! The outputs of a build on their way to the output folder: changed ones wait in the staging folder until the
//! whole build has succeeded, and then take their places.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use crate::Outputs;
use crate::build::output::commit::{Commit, half_done};
use crate::build::output::guard::is_one_file;
use crate::build::output::journal::{Change, Journal, List};
use crate::build::output::{
    Committed, Failure, Listed, MANIFEST, OutputDir, failure, is_same, read_manifest, stamp_of, unread,
};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::Problem;
use crate::render::Sink;
use crate::site::routes::fold;
use crate::world::Stamp;

/// The outputs of a build on their way.
#[derive(Debug)]
pub struct Stage<'a> {
    out: &'a OutputDir,
    /// Where they wait.
    new: PathBuf,
    /// Was there no output folder? Then the staged one becomes it.
    is_first: bool,
    former: Arc<Outputs>,
    /// Is the list in the folder, byte for byte, what a build with those outputs leaves?
    listed_well: bool,
    /// The former outputs by their names as they are on disks that take no notice of case or Unicode form; made
    /// when it is asked for.
    folded: OnceLock<HashMap<String, Arc<str>>>,
    staged: Mutex<Vec<String>>,
}

impl<'a> Stage<'a> {
    /// Prepares to write to `out`. The list there need not be read if it is still the file that is `listed`.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn new(out: &'a OutputDir, listed: Option<&Listed>) -> Result<Stage<'a>, Failure> {
        let new = out.staging()?.new_outputs();
        let made = out.disk.remove_all(&new).and_then(|()| out.disk.create_dir(&new));
        made.map_err(|error| failure(&new, &error))?;
        let same = |listed: &&Listed| {
            listed.generation == out.generation && Some(listed.stamp) == out.stamp(MANIFEST)
        };
        let (former, listed_well) = match listed.filter(same) {
            Some(known) => (Arc::clone(&known.paths), true),
            None => {
                let list = out.path.join(MANIFEST);
                let former = read_manifest(&out.path).map_err(|error| unread(&list, &error))?;
                let listed_well = is_same(&list, lines(&former).as_bytes());
                (Arc::new(former), listed_well)
            }
        };
        Ok(Stage {
            out,
            new,
            is_first: !out.path.exists(),
            former,
            listed_well,
            folded: OnceLock::new(),
            staged: Mutex::default(),
        })
    }

    /// Is what stands in the output folder what the list says?
    pub fn is_as_listed(&self, listed: Option<&Listed>) -> bool {
        !self.is_first && listed.is_some_and(|listed| Arc::ptr_eq(&listed.paths, &self.former))
    }

    /// Puts what was staged in place, and removes what is stale. `paths` are all outputs of the build.
    ///
    /// # Errors
    /// Whatever the operating system says; the output folder is then as it was.
    pub fn commit(&self, paths: &Arc<Outputs>) -> Result<Committed, Failure> {
        let staged = std::mem::take(&mut *lock(&self.staged));
        let same = self.listed_well && (Arc::ptr_eq(&self.former, paths) || self.former == *paths);
        if !self.is_first && staged.is_empty() && same {
            return Ok(self.committed(0, self.out.generation.clone(), paths));
        }
        // Before anything changes: whoever trusts what it left there must learn of this build even if it fails.
        let generation = self.out.bump_generation()?;
        let stale: Vec<&str> = self.former.difference(paths).map(|path| &**path).collect();
        if self.is_first {
            self.take_the_place(paths)?;
        } else {
            let changes = self.changes(staged, &stale)?;
            self.put_in_place(changes, paths, same)?;
        }
        Ok(self.committed(stale.len(), generation, paths))
    }

    fn committed(&self, removed: usize, generation: String, paths: &Arc<Outputs>) -> Committed {
        let listed = self.out.stamp(MANIFEST);
        Committed {
            removed,
            listed: listed.map(|stamp| Listed { stamp, generation, paths: Arc::clone(paths) }),
        }
    }

    /// There was no output folder: the staged one becomes it.
    fn take_the_place(&self, paths: &Outputs) -> Result<(), Failure> {
        let OutputDir { path, disk, .. } = self.out;
        let list = self.new.join(MANIFEST);
        disk.write(&list, lines(paths).as_bytes()).map_err(|error| failure(&list, &error))?;
        self.sync_whole()?;
        disk.rename(&self.new, path).map_err(|error| failure(path, &error))?;
        let above = path.parent().unwrap_or(path);
        disk.sync_folder(above).map_err(|error| match disk.rename(path, &self.new) {
            Ok(()) => failure(above, &error),
            Err(_) => half_done(above, &error),
        })
    }

    /// The former output that is the same file as `path`, though its name is another: on disks that take no notice
    /// of case or of the Unicode form, `A.html` has to go before `a.html` comes.
    fn case_alias(&self, path: &str) -> Option<&str> {
        if self.is_first || self.former.contains(path) {
            return None;
        }
        let folded = self.folded.get_or_init(|| {
            self.former.iter().map(|path| (fold(path).into_owned(), Arc::clone(path))).collect()
        });
        let case_alias = folded.get(&*fold(path))?;
        is_one_file(&self.out.path.join(&**case_alias), &self.out.path.join(path)).then_some(&**case_alias)
    }

    /// What is to be done, in an order in which no page leads to what is not there yet, as far as can be: first
    /// what gives way to something else, then what is new, files before pages, then what changes, and at
    /// last what goes.
    fn changes(&self, staged: Vec<String>, stale: &[&str]) -> Result<Vec<Change>, Failure> {
        self.check_places(&staged)?;
        let is_there = |path: &&String| {
            fs::symlink_metadata(self.out.path.join(path)).is_ok_and(|metadata| !metadata.is_dir())
        };
        let there: BTreeSet<String> =
            staged.iter().filter(is_there).filter(|path| self.case_alias(path).is_none()).cloned().collect();
        let case_aliases: BTreeSet<&str> = staged.iter().filter_map(|path| self.case_alias(path)).collect();
        let (first, later): (Vec<&str>, Vec<&str>) = {
            let staged: BTreeSet<&str> = staged.iter().map(String::as_str).collect();
            stale.iter().partition(|path| case_aliases.contains(**path) || is_in_the_way(path, &staged))
        };
        let rank = |path: &String| (there.contains(path), path.ends_with(".html"));
        let mut staged = staged;
        staged.sort_by(|one, other| (rank(one), one).cmp(&(rank(other), other)));
        let remove = |path: &str| Change::Remove(path.to_owned());
        let place =
            |path: String| if there.contains(&path) { Change::Replace(path) } else { Change::Add(path) };
        let changes = first.into_iter().map(remove).chain(staged.into_iter().map(place));
        Ok(changes.chain(later.into_iter().map(remove)).collect())
    }

    fn put_in_place(&self, changes: Vec<Change>, paths: &Outputs, same: bool) -> Result<(), Failure> {
        let list = match (same, self.out.stamp(MANIFEST)) {
            (true, _) => List::Same,
            (false, Some(_)) => List::Changed,
            (false, None) => List::First,
        };
        let union = || self.former.union(paths).cloned().collect();
        let lists = (!same).then(|| [lines(&union()), lines(paths)]);
        let OutputDir { path, disk, .. } = self.out;
        let commit = Commit { out: path, staging: self.out.staging()?, disk: &**disk };
        commit.run(&Journal { list, changes }, lists)
    }

    /// Refuses, before anything is changed, to put outputs where foreign things are: another file, a folder
    /// in the place of a file, a file in the place of a folder, a link that leads elsewhere.
    fn check_places(&self, staged: &[String]) -> Result<(), Failure> {
        let mut taken = Vec::new();
        let mut folders = BTreeSet::new();
        for path in staged {
            let place = self.out.path.join(path);
            let own = match fs::symlink_metadata(&place) {
                Ok(metadata) if metadata.is_dir() => self.is_own(&place, path),
                Ok(_) => self.former.contains(path.as_str()) || self.case_alias(path).is_some(),
                Err(_) => true,
            };
            if !own {
                taken.push(place);
            }
            folders.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
        }
        for folder in folders {
            let place = self.out.path.join(folder);
            let foreign = fs::symlink_metadata(&place).is_ok_and(|metadata| !metadata.is_dir());
            if foreign && !self.former.contains(folder) {
                taken.push(place);
            }
        }
        taken.sort();
        match taken.first() {
            None => Ok(()),
            Some(first) => {
                let problem =
                    Problem::PlaceTaken { path: first.display().to_string(), more: taken.len() - 1 };
                Err(Box::new(Diagnostic::error(problem)))
            }
        }
    }

    /// Does the folder at `path` hold no file but outputs of the former build, so that it may give way?
    fn is_own(&self, folder: &Path, path: &str) -> bool {
        let Ok(entries) = fs::read_dir(folder) else { return false };
        entries.flatten().all(|entry| {
            let Ok(name) = entry.file_name().into_string() else { return false };
            let path = format!("{path}/{name}");
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder { self.is_own(&entry.path(), &path) } else { self.former.contains(path.as_str()) }
        })
    }

    /// All that is staged is on the disk before it is moved.
    fn sync_whole(&self) -> Result<(), Failure> {
        if !self.out.disk.is_durable() {
            return Ok(());
        }
        let mut folders = vec![self.new.clone()];
        while let Some(folder) = folders.pop() {
            let synced = self.out.disk.sync_folder(&folder).and_then(|()| fs::read_dir(&folder));
            let entries = synced.map_err(|error| failure(&folder, &error))?;
            let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
            folders.extend(entries.flatten().filter(is_folder).map(|entry| entry.path()));
        }
        Ok(())
    }
}

impl Sink for Stage<'_> {
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<bool, Failure> {
        let (place, target) = (self.out.path.join(path), self.new.join(path));
        if !self.is_first && self.case_alias(path).is_none() && is_same(&place, &bytes) {
            return Ok(false);
        }
        self.out.disk.write_below(&target, &bytes).map_err(|error| failure(&target, &error))?;
        lock(&self.staged).push(path.to_owned());
        Ok(true)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        stamp_of(&self.out.path.join(path))
    }
}

/// Is the file at `path` where one of `staged` needs a folder, or below where one of them is to be?
fn is_in_the_way(path: &str, staged: &BTreeSet<&str>) -> bool {
    let below = format!("{path}/");
    staged.range(below.as_str()..).next().is_some_and(|new| new.starts_with(&below))
        || path.match_indices('/').any(|(at, _)| staged.contains(&path[..at]))
}

/// A list of outputs, one a line.
fn lines(paths: &Outputs) -> String {
    paths.iter().flat_map(|path| [&**path, "\n"]).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
