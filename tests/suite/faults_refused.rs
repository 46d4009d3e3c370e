//! Files that cannot be replaced, moved or removed for as long as something protects them. Whichever of the output it
//! is, a build leaves the old site or gives the new one, and the next build succeeds as soon as the protection ends.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tribune::internals::build::Build;
use tribune::internals::build::output::{Created, Disk, MANIFEST, SystemDisk};

use crate::faults::{Place, Ready, Trees, all_cases, cases};
use crate::faulty_disk::Fault;
use crate::site_test::tree;

/// A disk on which one file or folder can be neither replaced nor moved nor removed.
#[derive(Debug)]
struct RefusingDisk {
    links: bool,
    refused: PathBuf,
    /// The same of this one as soon as the first has been refused.
    then: Option<PathBuf>,
    was_refused: Arc<AtomicBool>,
}

impl RefusingDisk {
    fn new(ready: &Ready, refused: PathBuf, then: Option<PathBuf>) -> RefusingDisk {
        RefusingDisk { links: ready.case.links, refused, then, was_refused: Arc::default() }
    }

    fn check(&self, paths: &[&Path]) -> io::Result<()> {
        let then = self.then.as_deref().filter(|_| self.was_refused.load(Ordering::Relaxed));
        if paths.contains(&&*self.refused) {
            self.was_refused.store(true, Ordering::Relaxed);
        } else if !then.is_some_and(|then| paths.contains(&then)) {
            return Ok(());
        }
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

const SYSTEM: SystemDisk = SystemDisk { durable: false };

impl Disk for RefusingDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        SYSTEM.create_dir(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Created>> {
        SYSTEM.create(path)
    }

    fn open_lock(&self, path: &Path) -> io::Result<File> {
        SYSTEM.open_lock(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.check(&[from, to])?;
        SYSTEM.rename(from, to)
    }

    fn link(&self, file: &Path, name: &Path) -> io::Result<()> {
        self.check(&[name])?;
        if self.links { SYSTEM.link(file, name) } else { Err(io::ErrorKind::Unsupported.into()) }
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.check(&[path])?;
        SYSTEM.remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.check(&[path])?;
        SYSTEM.remove_dir(path)
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        self.check(&[path])?;
        SYSTEM.remove_dir_all(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        SYSTEM.sync_folder(path)
    }

    fn is_durable(&self) -> bool {
        false
    }
}

/// The outputs before and after with the folders above them, and the list of outputs.
fn refusable(trees: &Trees) -> BTreeSet<String> {
    let paths = trees.old.keys().chain(trees.new.keys());
    let folders = paths.clone().flat_map(|path| path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
    folders.chain(paths.cloned()).chain([MANIFEST.to_owned()]).collect()
}

fn codes(build: &Build) -> Vec<&str> {
    let errors = build.diagnostics.iter().filter(|found| found.is_error());
    errors.map(|found| found.problem.code()).collect()
}

fn is_named(build: &Build, path: &Path) -> bool {
    format!("{:?}", build.diagnostics).contains(&format!("{:?}", path.display().to_string()))
}

/// The empty folders in `folder`, also `folder` itself.
pub fn empty_folders(folder: &Path) -> Vec<PathBuf> {
    let entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    if entries.is_empty() {
        return vec![folder.to_owned()];
    }
    entries.iter().filter(|path| path.is_dir()).flat_map(|path| empty_folders(path)).collect()
}

/// Nothing but the output folder and what is kept for the next build.
fn check_nothing_left(place: &Place, refused: &Path, what: &str) {
    let names = std::fs::read_dir(place.folder.path().join("site")).unwrap();
    let names: BTreeSet<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [".tribune".into(), "public".into()].into(), "{what}");
    let empty: Vec<_> = empty_folders(&place.out()).into_iter().filter(|path| path != refused).collect();
    assert!(empty.is_empty(), "{what}: {empty:?}");
}

/// Cases with an output folder. Whether they are durable makes no difference here.
fn ready() -> impl Iterator<Item = Ready> {
    cases().into_iter().filter(|case| case.exists && !case.durable).map(Ready::new)
}

/// Which paths are tried, by the number of the case: all, or another sample in each.
fn tried(case: usize, trees: &Trees) -> impl Iterator<Item = String> + use<> {
    let every = all_cases(7, 1) as usize;
    refusable(trees).into_iter().skip(case % every).step_by(every)
}

#[test]
fn faults_a_path_that_cannot_be_replaced_leaves_the_old_site_until_it_can() {
    let (mut refused, mut built) = (0, 0);
    for (number, ready) in ready().enumerate() {
        for path in tried(number, &ready.trees) {
            let what = format!("{}, {path} is refused", ready.case.name);
            let place = ready.place();
            let former = tree(&place.out());
            let path = place.out().join(path);
            // Twice: a failed build must not leave anything that is in the way of the next.
            for _ in 0..2 {
                let disk = RefusingDisk::new(&ready, path.clone(), None);
                let build = place.publish(disk, &ready.case.after, &mut ready.state());
                if build.is_ok() {
                    assert!(place.outputs() == ready.trees.new, "{what}: success without the new site");
                    built += 1;
                } else {
                    assert_eq!(codes(&build), ["write-failed"], "{what}: {:?}", build.diagnostics);
                    assert!(is_named(&build, &path), "{what}: not named: {:?}", build.diagnostics);
                    assert!(tree(&place.out()) == former, "{what}: not as it was");
                    refused += 1;
                }
                check_nothing_left(&place, &path, &what);
            }
            ready.check_next(&place, &what, false);
        }
    }
    println!("{refused} refused, {built} built");
    assert!(refused > 10 && built > 10);
}

/// While one step cannot be undone, all others are, and the next run does not begin before that one is.
#[test]
fn faults_a_step_that_cannot_be_undone_does_not_stop_the_undoing_of_the_others() {
    let (mut kept, mut whole) = (0, 0);
    for (number, ready) in ready().enumerate() {
        // The last changes are removals.
        let last = ready.trees.old.keys().rfind(|path| !ready.trees.new.contains_key(*path)).unwrap();
        for path in tried(number, &ready.trees).filter(|path| path != last) {
            let what = format!("{}, {last} and then {path} are refused", ready.case.name);
            let place = ready.place();
            let (last, stuck) = (place.out().join(last), place.out().join(&path));
            for _ in 0..2 {
                let disk = RefusingDisk::new(&ready, last.clone(), Some(stuck.clone()));
                if place.folder.path().join("site/.public.tribune-staging").exists() {
                    disk.was_refused.store(true, Ordering::Relaxed);
                }
                let build = place.publish(disk, &ready.case.after, &mut ready.state());
                let there = place.outputs();
                if codes(&build) == ["write-failed"] {
                    assert!(there == ready.trees.old, "{what}: not as it was");
                    check_nothing_left(&place, &stuck, &what);
                    whole += 1;
                } else {
                    assert_eq!(codes(&build), ["commit-interrupted"], "{what}: {:?}", build.diagnostics);
                    assert!(is_named(&build, &stuck), "{what}: not named: {:?}", build.diagnostics);
                    let mut expected = ready.trees.old.clone();
                    if let Some(new) = ready.trees.new.get(&path) {
                        expected.insert(path.clone(), new.clone());
                    } else {
                        expected.remove(&path);
                    }
                    // A folder of new outputs that stays is in the way of the old file of that name.
                    let below = format!("{path}/");
                    expected
                        .retain(|old, _| !old.starts_with(&below) && !path.starts_with(&format!("{old}/")));
                    let there_too = there.iter().filter(|(name, _)| !name.starts_with(&below));
                    assert!(there_too.eq(expected.iter()), "{what}: other steps were not undone");
                    kept += 1;
                }
            }
            ready.check_next(&place, &what, false);
        }
    }
    println!("{kept} kept, {whole} whole");
    assert!(kept > 10 && whole > 10);
}

/// A killed build could have gone on, but the next one cannot: then the old site comes back.
#[test]
fn faults_a_killed_build_that_cannot_be_completed_is_undone() {
    let (mut refused, mut built) = (0, 0);
    for ready in ready() {
        let steps = ready.steps();
        for (number, path) in refusable(&ready.trees).into_iter().enumerate() {
            // Most steps of the commit are in the last third.
            let at = steps - 1 - number * 7 % (steps / 3);
            if !(number as u64).is_multiple_of(all_cases(5, 1)) {
                continue;
            }
            let what = format!("{}, killed at step {at}, then {path} is refused", ready.case.name);
            let place = ready.place();
            place.publish(ready.disk(Fault::Kill, at), &ready.case.after, &mut ready.state());
            let is_list = path == MANIFEST;
            let path = place.out().join(path);
            let disk = RefusingDisk::new(&ready, path.clone(), None);
            let build = place.publish(disk, &ready.case.after, &mut ready.state());
            match codes(&build)[..] {
                [] => {
                    assert!(place.outputs() == ready.trees.new, "{what}: success without the new site");
                    built += 1;
                }
                // The list had been replaced before.
                ["commit-interrupted"] if is_list => refused += 1,
                ["write-failed"] => {
                    assert!(place.outputs() == ready.trees.old, "{what}: not as it was");
                    check_nothing_left(&place, &path, &what);
                    refused += 1;
                }
                _ => panic!("{what}: {:?}", build.diagnostics),
            }
            ready.check_next(&place, &what, false);
        }
    }
    println!("{refused} refused, {built} built");
    assert!(refused > 5 && built > 5);
}
