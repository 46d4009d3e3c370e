//! The outputs of a build on their way to the output folder: changed ones wait in the staging folder until the
//! whole build has succeeded, and then take their places.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use crate::Outputs;
use crate::build::output::commit::{Commit, bring_back, half_done, identity};
use crate::build::output::guard::{is_like, is_one_file};
use crate::build::output::journal::{Change, Journal, List};
use crate::build::output::{
    Committed, Failure, Listed, MANIFEST, OutputDir, failure, is_same, read_manifest, stamp_of, unread,
};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::Problem;
use crate::render::Sink;
use crate::text::path::fold;
use crate::world::Stamp;

/// The outputs of a build on their way.
#[derive(Debug)]
pub struct Stage<'a> {
    out: &'a OutputDir,
    /// Where they wait.
    new: PathBuf,
    strategy: CommitStrategy,
    former: Arc<Outputs>,
    /// Is the list in the folder, byte for byte, what a build with those outputs leaves?
    listed_well: bool,
    /// The former outputs by their names as they are on disks that take no notice of case or Unicode form; made
    /// when it is asked for.
    folded: OnceLock<HashMap<String, Arc<str>>>,
    staged: Mutex<Vec<String>>,
}

/// How the outputs get to their places.
#[derive(Debug)]
enum CommitStrategy {
    /// There was no output folder: what is staged becomes it.
    Become,
    /// Everything is staged, what is unchanged as a second name of the former file, so that the whole folder can be
    /// exchanged.
    Exchange(Links),
    /// What changes is staged, and moved file by file.
    Move,
}

/// Outputs that are staged as second names.
#[derive(Debug, Default)]
struct Links {
    count: AtomicUsize,
    /// Did one fail? Then what is staged is not everything.
    failed: AtomicBool,
}

impl<'a> Stage<'a> {
    /// Prepares to write to `out`. What is `listed` there need not be read, if the list is still the same
    /// file. A `clean` build makes all outputs anew.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn new(out: &'a OutputDir, listed: Option<&Listed>, clean: bool) -> Result<Stage<'a>, Failure> {
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
        let is_beside = !new.starts_with(&out.path);
        let strategy = if !out.path.exists() {
            CommitStrategy::Become
        } else if clean && is_beside && is_like(&out.path, &new) {
            CommitStrategy::Exchange(Links::default())
        } else {
            CommitStrategy::Move
        };
        Ok(Stage {
            out,
            new,
            strategy,
            former,
            listed_well,
            folded: OnceLock::new(),
            staged: Mutex::default(),
        })
    }

    /// Was there no output folder?
    fn is_first(&self) -> bool {
        matches!(self.strategy, CommitStrategy::Become)
    }

    /// Is what stands in the output folder what the list says?
    pub fn is_as_listed(&self, listed: Option<&Listed>) -> bool {
        !self.is_first() && listed.is_some_and(|listed| Arc::ptr_eq(&listed.paths, &self.former))
    }

    /// Puts what was staged in place, and removes what is stale. `paths` are all outputs of the build.
    ///
    /// # Errors
    /// Whatever the operating system says; the output folder is then as it was.
    pub fn commit(&self, paths: &Arc<Outputs>) -> Result<Committed, Failure> {
        let staged = std::mem::take(&mut *lock(&self.staged));
        let same = self.listed_well && (Arc::ptr_eq(&self.former, paths) || self.former == *paths);
        if !self.is_first() && staged.is_empty() && same {
            self.drop_links();
            return Ok(self.committed(0, self.out.generation.clone(), paths));
        }
        // Before anything changes: whoever trusts what it left there must learn of this build even if it fails.
        let generation = self.out.bump_generation()?;
        let stale: Vec<&str> = self.former.difference(paths).map(|path| &**path).collect();
        if self.is_first() {
            self.take_the_place(paths)?;
        } else if !self.exchange(staged.len(), paths)? {
            let changes = self.changes(staged, &stale)?;
            self.put_in_place(changes, paths, same)?;
        }
        self.drop_links();
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
        self.write_list(paths)?;
        self.sync_whole()?;
        disk.rename(&self.new, path).map_err(|error| failure(path, &error))?;
        self.sync_above(|| disk.rename(path, &self.new))
    }

    /// Exchanges the whole folder, if it can be: all of it is staged, and it holds nothing of somebody else's
    /// but a few files that can be taken along.
    fn exchange(&self, staged: usize, paths: &Outputs) -> Result<bool, Failure> {
        let OutputDir { path, disk, .. } = self.out;
        let CommitStrategy::Exchange(links) = &self.strategy else { return Ok(false) };
        let all = staged + links.count.load(Ordering::Relaxed) == paths.len();
        if links.failed.load(Ordering::Relaxed) || !all {
            return Ok(false);
        }
        let Some(foreign) = self.foreign_files() else { return Ok(false) };
        self.write_list(paths)?;
        let taken = foreign.iter().all(|name| {
            let new = self.new.join(name);
            fs::symlink_metadata(&new).is_err() && disk.link(&path.join(name), &new).is_ok()
        });
        if !taken || self.copy_permissions().is_err() {
            return Ok(false);
        }
        self.sync_whole()?;
        // Whoever finds the staging folder later has to know which of the two it holds.
        let note = identity(&self.new).map(|identity| identity + "\n").unwrap_or_default();
        if disk.write(&self.out.staging()?.exchange_note(), note.as_bytes()).is_err() {
            return Ok(false);
        }
        if disk.exchange(&self.new, path).is_err() {
            return Ok(false);
        }
        self.sync_above(|| disk.exchange(&self.new, path))?;
        bring_back(&**disk, &self.new, path).map_err(|error| failure(&self.new, &error))?;
        let _ = disk.remove_all(&self.new);
        Ok(true)
    }

    /// Removes second names now, for that changes what the system says of the files, and what it says is
    /// about to be noted.
    fn drop_links(&self) {
        if matches!(&self.strategy, CommitStrategy::Exchange(links) if links.count.load(Ordering::Relaxed) > 0)
        {
            let _ = self.out.disk.remove_all(&self.new);
        }
    }

    /// Gives the staged folders the permissions of those that they take the place of.
    fn copy_permissions(&self) -> io::Result<()> {
        let OutputDir { path, disk, .. } = self.out;
        let mut folders = vec![PathBuf::new()];
        while let Some(folder) = folders.pop() {
            let (old, new) = (path.join(&folder), self.new.join(&folder));
            if !old.is_dir() {
                continue;
            }
            disk.copy_permissions(&old, &new)?;
            let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
            let inner = fs::read_dir(&new)?.flatten().filter(is_folder);
            folders.extend(inner.map(|entry| folder.join(entry.file_name())));
        }
        Ok(())
    }

    /// The names of files in the output folder that are not outputs; `None` if there is more of somebody
    /// else's than some files at its top.
    fn foreign_files(&self) -> Option<Vec<String>> {
        let mut foreign = Vec::new();
        for entry in fs::read_dir(&self.out.path).ok()? {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let kind = entry.file_type().ok()?;
            let own = if kind.is_dir() {
                self.is_own(&entry.path(), &name) && !has_empty_folder(&entry.path())
            } else {
                self.former.contains(name.as_str()) || name == MANIFEST
            };
            match own {
                true => {}
                false if kind.is_file() => foreign.push(name),
                false => return None,
            }
        }
        Some(foreign)
    }

    /// The former output that is the same file as `path`, though its name is another: on disks that take no notice
    /// of case or of the Unicode form, `A.html` has to go before `a.html` comes.
    fn case_alias(&self, path: &str) -> Option<&str> {
        if self.is_first() || self.former.contains(path) {
            return None;
        }
        let folded = self.folded.get_or_init(|| {
            self.former.iter().map(|path| (fold(path).into_owned(), Arc::clone(path))).collect()
        });
        let case_alias = folded.get(&*fold(path))?;
        is_one_file(&self.out.path.join(&**case_alias), &self.out.path.join(path)).then_some(&**case_alias)
    }

    fn write_list(&self, paths: &Outputs) -> Result<(), Failure> {
        let list = self.new.join(MANIFEST);
        self.out.disk.write(&list, lines(paths).as_bytes()).map_err(|error| failure(&list, &error))
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
        let (strategy, later): (Vec<&str>, Vec<&str>) = {
            let staged: BTreeSet<&str> = staged.iter().map(String::as_str).collect();
            stale.iter().partition(|path| case_aliases.contains(**path) || is_in_the_way(path, &staged))
        };
        let rank = |path: &String| (there.contains(path), path.ends_with(".html"));
        let mut staged = staged;
        staged.sort_by(|one, other| (rank(one), one).cmp(&(rank(other), other)));
        let remove = |path: &str| Change::Remove(path.to_owned());
        let place =
            |path: String| if there.contains(&path) { Change::Replace(path) } else { Change::Add(path) };
        let changes = strategy.into_iter().map(remove).chain(staged.into_iter().map(place));
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

    /// The name of the folder is on the disk. Where that cannot be had, `take_back` undoes what gave it that name.
    fn sync_above(&self, take_back: impl FnOnce() -> io::Result<()>) -> Result<(), Failure> {
        let above = self.out.path.parent().unwrap_or(&self.out.path);
        self.out.disk.sync_folder(above).map_err(|error| match take_back() {
            Ok(()) => failure(above, &error),
            Err(_) => half_done(above, &error),
        })
    }
}

impl Sink for Stage<'_> {
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<bool, Failure> {
        let (place, target) = (self.out.path.join(path), self.new.join(path));
        if !self.is_first() && self.case_alias(path).is_none() && is_same(&place, &bytes) {
            if let CommitStrategy::Exchange(links) = &self.strategy
                && !links.failed.load(Ordering::Relaxed)
            {
                match self.out.disk.link_below(&place, &target) {
                    Ok(()) => drop(links.count.fetch_add(1, Ordering::Relaxed)),
                    Err(_) => links.failed.store(true, Ordering::Relaxed),
                }
            }
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

/// Is a folder empty, or one below it? No output is in such a one: it is somebody else's.
fn has_empty_folder(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else { return true };
    let mut empty = true;
    let below = entries.flatten().any(|entry| {
        empty = false;
        entry.file_type().is_ok_and(|kind| kind.is_dir()) && has_empty_folder(&entry.path())
    });
    below || empty
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
