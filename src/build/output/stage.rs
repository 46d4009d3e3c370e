//! The outputs of one build: changed ones wait in the staging folder until the whole build has succeeded, and are
//! then put in place.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::build::output::commit::Commit;
use crate::build::output::files::{
    Failure, MANIFEST, has_content, interrupted, is_same, read_failed, read_own, stamp_of, sync_folders,
    write_failed,
};
use crate::build::output::folder::{Committed, Listed, OutputDir};
use crate::build::output::journal::{Change, Journal, List};
use crate::build::output::owner;
use crate::config::SiteName;
use crate::diagnostics::messages::BuildProblem;
use crate::diagnostics::{Diagnostic, world_error};
use crate::render::OutputSink;
use crate::site::routes::Outputs;
use crate::text::fold;
use crate::world::{CopyError, Expected, SourceFile, Stamp, display_path};

/// The outputs of one build.
#[derive(Debug)]
pub struct Stage<'a> {
    out: &'a OutputDir,
    /// Where outputs are staged; nowhere in a rehearsal.
    new: Option<PathBuf>,
    /// Whether there is no output folder yet, so that the folder of staged outputs becomes it.
    is_first: bool,
    /// The site that the list in the folder names.
    owner: Option<SiteName>,
    /// The outputs of the previous build.
    former: Arc<Outputs>,
    /// Whether the list in the folder is, byte for byte, that of `former`.
    is_list_exact: bool,
    /// The former outputs by their folded names.
    folded: OnceLock<HashMap<String, Arc<str>>>,
    staged: Mutex<Vec<String>>,
    /// The names in output folders.
    listings: Mutex<Listings>,
}

impl<'a> Stage<'a> {
    /// Prepares to write to `out`. The list there need not be read if it is still the file that is `listed`.
    ///
    /// # Errors
    /// Whatever the operating system reports.
    pub fn new(out: &'a OutputDir, listed: Option<&Listed>) -> Result<Stage<'a>, Failure> {
        let new = match out.staging() {
            Some(staging) => {
                let new = staging?.new_outputs();
                let made = out.disk.remove_all(&new).and_then(|()| out.disk.create_dir(&new));
                made.map_err(|error| write_failed(&out.path, &new, &error))?;
                Some(new)
            }
            None => None,
        };
        let is_same_list = |listed: &&Listed| {
            listed.generation == out.generation && Some(listed.stamp) == out.stamp(MANIFEST)
        };
        let (owner, former, is_list_exact) = match listed.filter(is_same_list) {
            Some(listed) => (Some(listed.site.clone()), Arc::clone(&listed.paths), true),
            None => {
                let list = out.path.join(MANIFEST);
                let (owner, former) =
                    owner::read_manifest(&out.path).map_err(|error| read_failed(&out.path, &list, &error))?;
                let text = owner.as_ref().map(|owner| lines(owner, &former));
                let is_exact = text.is_some_and(|text| is_same(&list, text.as_bytes()));
                (owner, Arc::new(former), is_exact)
            }
        };
        let is_first = !out.path.exists();
        let (folded, staged, listings) = Default::default();
        Ok(Stage { out, new, is_first, owner, former, is_list_exact, folded, staged, listings })
    }

    /// Whether the list in the output folder is the one that is `listed`.
    pub fn is_as_listed(&self, listed: Option<&Listed>) -> bool {
        !self.is_first && listed.is_some_and(|listed| Arc::ptr_eq(&listed.paths, &self.former))
    }

    /// Puts the staged outputs of `site` in place, and removes stale ones. `paths` are all outputs of the build.
    ///
    /// # Errors
    /// Another site has written the folder, or whatever the operating system reports; the output folder is as it was
    /// then.
    pub fn commit(&self, site: &SiteName, paths: &Arc<Outputs>) -> Result<Committed, Failure> {
        let former = (self.owner.as_ref(), &*self.former);
        self.out.names.check(&self.out.path, former, (site, paths))?;
        let Some(new) = &self.new else { return self.rehearse(site, paths) };
        let staged = std::mem::take(&mut *self.staged.lock());
        let is_named = self.owner.as_ref() == Some(site);
        let same =
            self.is_list_exact && is_named && (Arc::ptr_eq(&self.former, paths) || self.former == *paths);
        if !self.is_first && staged.is_empty() && same {
            return Ok(self.committed(0, self.out.generation.clone(), site, paths));
        }
        // First of all: another session that trusts its list must learn of this build, even if it fails.
        let generation = self.out.bump_generation()?;
        self.out.names.note(&*self.out.disk, site);
        let stale: Vec<&str> = self.former.difference(paths).map(|path| &**path).collect();
        if self.is_first {
            self.become_output(new, site, paths)?;
        } else {
            let changes = self.changes(staged, &stale)?;
            self.put_in_place(changes, site, paths, same)?;
        }
        Ok(self.committed(stale.len(), generation, site, paths))
    }

    /// Finds out what [`Stage::commit`] would come to, without writing.
    fn rehearse(&self, site: &SiteName, paths: &Arc<Outputs>) -> Result<Committed, Failure> {
        if !self.is_first {
            self.check_places(&self.staged.lock())?;
        }
        let removed = self.former.difference(paths).count();
        Ok(Committed { listed: None, ..self.committed(removed, self.out.generation.clone(), site, paths) })
    }

    fn committed(
        &self,
        removed: usize,
        generation: String,
        site: &SiteName,
        paths: &Arc<Outputs>,
    ) -> Committed {
        let stamp = self.out.stamp(MANIFEST);
        let listed =
            stamp.map(|stamp| Listed { stamp, generation, site: site.clone(), paths: Arc::clone(paths) });
        Committed { removed, listed }
    }

    /// There is no output folder: the folder of staged outputs is renamed to it.
    fn become_output(&self, new: &Path, site: &SiteName, paths: &Outputs) -> Result<(), Failure> {
        let OutputDir { path, disk, .. } = self.out;
        let list = new.join(MANIFEST);
        disk.write(&list, lines(site, paths).as_bytes())
            .map_err(|error| write_failed(path, &list, &error))?;
        let synced = sync_folders(&**disk, new, paths.iter().map(|path| &**path));
        synced.map_err(|(folder, error)| write_failed(path, &folder, &error))?;
        disk.rename(new, path).map_err(|error| write_failed(path, path, &error))?;
        let above = path.parent().unwrap_or(path);
        disk.sync_folder(above).map_err(|error| match disk.rename(path, new) {
            Ok(()) => write_failed(path, above, &error),
            Err(_) => interrupted(path, above, &error),
        })
    }

    fn put_in_place(
        &self,
        changes: Vec<Change>,
        site: &SiteName,
        paths: &Outputs,
        same: bool,
    ) -> Result<(), Failure> {
        let list = match (same, self.out.stamp(MANIFEST)) {
            (true, _) => List::Same,
            (false, Some(_)) => List::Changed,
            (false, None) => List::First,
        };
        let union = || self.former.union(paths).cloned().collect();
        let lists = (!same).then(|| [lines(site, &union()), lines(site, paths)]);
        let OutputDir { path, disk, .. } = self.out;
        let Some(staging) = self.out.staging() else { return Ok(()) };
        let commit = Commit { out: path, staging: staging?, disk: &**disk };
        commit.run(&Journal { list, changes }, lists)
    }

    /// The changes, in an order in which no page links to what is not there yet, as far as possible: first removals
    /// that make room for something else, then new files, new pages, changed files, changed pages, and removals.
    fn changes(&self, mut staged: Vec<String>, stale: &[&str]) -> Result<Vec<Change>, Failure> {
        self.check_places(&staged)?;
        let exists = |path: &&String| {
            fs::symlink_metadata(self.out.path.join(path)).is_ok_and(|metadata| !metadata.is_dir())
        };
        let replaced: BTreeSet<String> =
            staged.iter().filter(exists).filter(|path| self.case_alias(path).is_none()).cloned().collect();
        let aliases: BTreeSet<&str> = staged.iter().filter_map(|path| self.case_alias(path)).collect();
        let (first, last): (Vec<&str>, Vec<&str>) = {
            let staged: BTreeSet<&str> = staged.iter().map(String::as_str).collect();
            stale.iter().partition(|path| aliases.contains(**path) || is_in_the_way(path, &staged))
        };
        staged.sort_by_cached_key(|path| (replaced.contains(path), path.ends_with(".html"), path.clone()));
        let remove = |path: &str| Change::Remove(path.to_owned());
        let place =
            |path: String| if replaced.contains(&path) { Change::Replace(path) } else { Change::Add(path) };
        let changes = first.into_iter().map(remove).chain(staged.into_iter().map(place));
        Ok(changes.chain(last.into_iter().map(remove)).collect())
    }

    /// The former output that the disk takes for `path`, although it is spelled otherwise. Disks that ignore case or the
    /// Unicode form take `A.html` and `a.html` for one: the one has to be removed before the other is added.
    fn case_alias(&self, path: &str) -> Option<&str> {
        if self.is_first || self.former.contains(path) {
            return None;
        }
        let folded = self.folded.get_or_init(|| {
            self.former.iter().map(|path| (fold(path).into_owned(), Arc::clone(path))).collect()
        });
        let alias = folded.get(&*fold(path))?;
        let is_there = fs::symlink_metadata(self.out.path.join(path)).is_ok();
        (is_there && !self.listings.lock().has(&self.out.path, path)).then_some(&**alias)
    }

    /// Whether an existing file at `path` can stay if it has the right content.
    fn may_stay(&self, path: &str) -> bool {
        !self.is_first && self.case_alias(path).is_none()
    }

    /// Refuses to put outputs in the place of what is not the program's: files, folders, links.
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
        let Some(first) = taken.iter().min() else { return Ok(()) };
        let problem = BuildProblem::PlaceTaken { path: display_path(first), more: taken.len() - 1 };
        Err(Box::new(Diagnostic::new(problem)))
    }

    /// Whether the folder at `path` holds only outputs of the previous build, so that it may be removed.
    fn is_own(&self, folder: &Path, path: &str) -> bool {
        let Ok(entries) = fs::read_dir(folder) else { return false };
        entries.flatten().all(|entry| {
            let Ok(name) = entry.file_name().into_string() else { return false };
            let path = format!("{path}/{name}");
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder { self.is_own(&entry.path(), &path) } else { self.former.contains(path.as_str()) }
        })
    }
}

impl OutputSink for Stage<'_> {
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<bool, Failure> {
        if self.may_stay(path) && is_same(&self.out.path.join(path), &bytes) {
            return Ok(false);
        }
        let OutputDir { path: out, disk, .. } = self.out;
        if let Some(new) = &self.new {
            let staged = new.join(path);
            disk.write_below(new, &staged, &bytes).map_err(|error| write_failed(out, &staged, &error))?;
        }
        self.staged.lock().push(path.to_owned());
        Ok(true)
    }

    fn copy(&self, path: &str, source: SourceFile, expected: Expected) -> Result<bool, Failure> {
        let OutputDir { path: out, disk, .. } = self.out;
        if self.may_stay(path) && has_content(&out.join(path), expected) {
            return Ok(false);
        }
        let Some(new) = &self.new else {
            self.staged.lock().push(path.to_owned());
            return Ok(true);
        };
        let staged = new.join(path);
        let failed = |error| write_failed(out, &staged, &error);
        let mut copy = disk.create_below(new, &staged).map_err(failed)?;
        source.copy(expected, |piece| copy.write_all(piece)).map_err(|error| match error {
            CopyError::Source(error) => Box::new(world_error(&error)),
            CopyError::Receiver(error) => failed(error),
        })?;
        copy.finish().map_err(failed)?;
        self.staged.lock().push(path.to_owned());
        Ok(true)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        stamp_of(&self.out.path.join(path))
    }

    fn former(&self) -> Arc<Outputs> {
        Arc::clone(&self.former)
    }

    fn has(&self, path: &str) -> bool {
        self.former.contains(path)
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        read_own(&self.out.path.join(path)).ok().flatten()
    }
}

/// The names in folders, each listed once. The numbers of inodes do not tell whether two spellings are one file: exFAT has
/// none, and its drivers make them up.
#[derive(Debug, Default)]
struct Listings(HashMap<PathBuf, HashSet<OsString>>);

impl Listings {
    /// Whether the folders below `top` list `path` by this spelling.
    fn has(&mut self, top: &Path, path: &str) -> bool {
        let mut folder = top.to_owned();
        path.split('/').all(|name| {
            let names = self.0.entry(folder.clone()).or_insert_with(|| {
                let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
                entries.map(|entry| entry.file_name()).collect()
            });
            folder.push(name);
            names.contains(OsStr::new(name))
        })
    }
}

/// Whether the file at `path` is where one of `staged` needs a folder, or below where one of them is to be.
fn is_in_the_way(path: &str, staged: &BTreeSet<&str>) -> bool {
    let below = format!("{path}/");
    staged.range(below.as_str()..).next().is_some_and(|new| new.starts_with(&below))
        || path.match_indices('/').any(|(at, _)| staged.contains(&path[..at]))
}

/// A list of outputs, one a line, with the name of the site at its head.
fn lines(site: &SiteName, paths: &Outputs) -> String {
    let head = owner::line(site);
    let paths = paths.iter().flat_map(|path| [&**path, "\n"]);
    std::iter::once(head.as_str()).chain(paths).collect()
}
