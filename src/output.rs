//! The only writer. Outputs are staged beside the output folder while the build runs; only when all of
//! it has succeeded do the changed ones take their places. What is deleted is only what an earlier
//! build wrote, by the list it left in the folder.
#![expect(clippy::disallowed_methods, reason = "this is the writer")]

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::Outputs;
use crate::diagnostic::Diagnostic;
use crate::problem::{Problem, Refusal};
use crate::render::Sink;
use crate::world::Stamp;

/// The list of what was written, one path a line, in the output folder itself: it goes where the
/// folder goes.
pub const MANIFEST: &str = ".tribune-files";

/// The list of what was written, as it was left.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The state of its file.
    stamp: Stamp,
    /// Whose build it was.
    turn: String,
    /// The paths.
    pub paths: Arc<Outputs>,
}

/// What a commit has done.
#[derive(Debug)]
pub struct Committed {
    /// How many files were removed.
    pub removed: usize,
    /// The list that it left, for a later [`Stage::new`].
    pub listed: Option<Listed>,
}

/// The output folder of a site, while a build has it to itself.
#[derive(Debug)]
pub struct Out {
    path: PathBuf,
    /// Held as long as the build runs: two builds of one site take turns.
    lock: Option<fs::File>,
    /// What the lock says of the latest build of the site that changed outputs.
    turn: String,
}

impl Out {
    /// Waits for other builds of the site at `root`, and then has its output folder `out` to itself.
    ///
    /// # Errors
    /// Folders that hold other things than outputs, and whatever the operating system says.
    pub fn open(root: &Path, out: &Path) -> Result<Out, Failure> {
        let path = match out.canonicalize() {
            Ok(real) => real,
            Err(_) => std::path::absolute(out).map_err(|error| failure(out, &error))?,
        };
        refuse(root, &path)?;
        let mut lock = lock_site(root);
        let mut turn = String::new();
        if let Some(lock) = &mut lock {
            // What is no text is nobody's turn that we know of.
            let _ = io::Read::read_to_string(lock, &mut turn);
        }
        Ok(Out { path, lock, turn })
    }

    /// Notes in the lock that this build changes outputs, and gives the note.
    fn sign(&self) -> String {
        // The lock makes turns follow each other; the process tells them from those of a lock that was deleted.
        let last = self.turn.rsplit(' ').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
        let turn = format!("{} {}", std::process::id(), last.wrapping_add(1));
        if let Some(mut lock) = self.lock.as_ref() {
            let written = lock.set_len(0).and_then(|()| io::Seek::rewind(&mut lock));
            let _ = written.and_then(|()| io::Write::write_all(&mut lock, turn.as_bytes()));
        }
        turn
    }

    /// The state of the file at `path` in the folder.
    pub fn stamp(&self, path: &str) -> Option<Stamp> {
        stamp_of(&self.path.join(path))
    }
}

/// The outputs of a build on their way to the output folder.
#[derive(Debug)]
pub struct Stage {
    out: PathBuf,
    staging: PathBuf,
    /// Was there no output folder? Then the staging folder becomes it.
    fresh: bool,
    former: Arc<Outputs>,
    staged: Mutex<Vec<String>>,
}

type Failure = Box<Diagnostic>;

fn failure(path: &Path, error: &io::Error) -> Failure {
    let path = path.display().to_string();
    Box::new(Diagnostic::error(Problem::WriteFailed { path, detail: error.to_string() }))
}

impl Stage {
    /// Prepares to write to `out`. What is `listed` there need not be read, if the list is still the same
    /// file.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn new(out: &Out, listed: Option<&Listed>) -> Result<Stage, Failure> {
        let (out, turn) = (out.path.clone(), &out.turn);
        // Only now: the build before may just have put the folder there.
        let fresh = !out.exists();
        let staging = make_staging(&out)?;
        let same =
            |listed: &&Listed| listed.turn == *turn && Some(listed.stamp) == stamp_of(&out.join(MANIFEST));
        let known = listed.filter(same);
        let former = known.map_or_else(|| Arc::new(read_manifest(&out)), |known| Arc::clone(&known.paths));
        Ok(Stage { out, staging, fresh, former, staged: Mutex::default() })
    }

    /// Is what stands in the output folder what the list says?
    pub fn is_as_listed(&self, listed: Option<&Listed>) -> bool {
        !self.fresh && listed.is_some_and(|listed| Arc::ptr_eq(&listed.paths, &self.former))
    }

    /// Puts what was staged in place, and removes what is stale. `paths` are all outputs of the build.
    ///
    /// # Errors
    /// Whatever the operating system says.
    pub fn commit(&self, out: &Out, paths: &Arc<Outputs>) -> Result<Committed, Failure> {
        let staged = std::mem::take(&mut *lock(&self.staged));
        let same = Arc::ptr_eq(&self.former, paths) || self.former == *paths;
        // Before anything changes: whoever trusts what it left there must learn of this build even if it fails.
        let turn = if staged.is_empty() && same { out.turn.clone() } else { out.sign() };
        let mut removed = 0;
        if self.fresh {
            write_manifest(&self.staging, paths)?;
            fs::rename(&self.staging, &self.out).map_err(|error| failure(&self.out, &error))?;
        } else {
            self.check_places(&staged)?;
            if !same {
                write_manifest(&self.staging, paths)?;
                // Whatever happens from here on, the next build knows what is ours.
                write_manifest(&self.out, &self.former.union(paths).cloned().collect())?;
                removed = self.remove_stale(paths)?;
            }
            for path in staged.iter().map(String::as_str).chain((!same).then_some(MANIFEST)) {
                self.place(path)?;
            }
        }
        let listed = self.stamp(MANIFEST).map(|stamp| Listed { stamp, turn, paths: Arc::clone(paths) });
        Ok(Committed { removed, listed })
    }

    /// Refuses, before anything is changed, to put outputs where foreign things are: another file, a folder
    /// in the place of a file, a file in the place of a folder, a link that leads elsewhere.
    fn check_places(&self, staged: &[String]) -> Result<(), Failure> {
        let mut taken = Vec::new();
        let mut folders = BTreeSet::new();
        for path in staged {
            let place = self.out.join(path);
            let own = match fs::symlink_metadata(&place) {
                Ok(metadata) if metadata.is_dir() => self.is_own(&place, path),
                Ok(_) => self.former.contains(path.as_str()),
                Err(_) => true,
            };
            if !own {
                taken.push(place);
            }
            folders.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
        }
        for folder in folders {
            let place = self.out.join(folder);
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

    /// Does the folder at `path` hold nothing but outputs of the former build, so that it may give way?
    fn is_own(&self, folder: &Path, path: &str) -> bool {
        let Ok(entries) = fs::read_dir(folder) else { return false };
        entries.flatten().all(|entry| {
            let Ok(name) = entry.file_name().into_string() else { return false };
            let path = format!("{path}/{name}");
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_folder { self.is_own(&entry.path(), &path) } else { self.former.contains(path.as_str()) }
        })
    }

    fn remove_stale(&self, paths: &Outputs) -> Result<usize, Failure> {
        let mut removed = 0;
        for path in self.former.difference(paths) {
            let stale = self.out.join(&**path);
            match fs::remove_file(&stale) {
                Ok(()) => removed += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(failure(&stale, &error)),
            }
            self.prune(&stale);
        }
        Ok(removed)
    }

    /// Removes the folders that a removed file leaves empty; one that is not empty stays.
    fn prune(&self, removed: &Path) {
        for folder in removed.ancestors().skip(1).take_while(|folder| *folder != self.out) {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }

    fn place(&self, path: &str) -> Result<(), Failure> {
        let (from, to) = (self.staging.join(path), self.out.join(path));
        let placed = match fs::rename(&from, &to) {
            // The folder may be missing; most often it is not.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = to.parent().unwrap_or(&self.out);
                fs::create_dir_all(folder).and_then(|()| fs::rename(&from, &to))
            }
            placed => placed,
        };
        placed.map_err(|error| failure(&to, &error))
    }
}

impl Sink for Stage {
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<bool, Failure> {
        if !self.fresh && is_same(&self.out.join(path), &bytes) {
            return Ok(false);
        }
        let target = self.staging.join(path);
        let folder = target.parent().unwrap_or(&self.staging);
        let written = match fs::write(&target, &bytes) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(folder).and_then(|()| fs::write(&target, &bytes))
            }
            written => written,
        };
        written.map_err(|error| failure(&target, &error))?;
        lock(&self.staged).push(path.to_owned());
        Ok(true)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        stamp_of(&self.out.join(path))
    }
}

fn stamp_of(path: &Path) -> Option<Stamp> {
    let metadata = fs::symlink_metadata(path).ok()?;
    metadata.is_file().then(|| Stamp::of(&metadata))
}

impl Drop for Stage {
    fn drop(&mut self) {
        // After a failure the staged files are of no use, and after success there are none.
        let _ = remove_all(&self.staging);
    }
}

/// Waits for other builds of the site. Where no lock can be had (a read-only site), there is none.
fn lock_site(root: &Path) -> Option<fs::File> {
    let folder = root.join(crate::cache::FOLDER);
    fs::create_dir_all(&folder).ok()?;
    let mut options = fs::OpenOptions::new();
    let file = options.read(true).write(true).create(true).truncate(false).open(folder.join("lock")).ok()?;
    file.lock().ok()?;
    Some(file)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Makes the staging folder: beside the output folder, or inside it where that is a file system of its
/// own, so that putting a file in place is a rename.
fn make_staging(out: &Path) -> Result<PathBuf, Failure> {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let beside = out.with_file_name(format!(".{name}.tribune-staging"));
    let inside = out.join(".tribune-staging");
    let make = |folder: &Path| remove_all(folder).and_then(|()| fs::create_dir_all(folder));
    if !out.exists() || is_same_device(out, beside.parent().unwrap_or(out)) {
        match make(&beside) {
            Ok(()) => return Ok(beside),
            Err(error) if !out.exists() => return Err(failure(&beside, &error)),
            Err(_) => {}
        }
    }
    make(&inside).map_err(|error| failure(&inside, &error))?;
    Ok(inside)
}

#[cfg(unix)]
fn is_same_device(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    device(one) == device(other)
}

#[cfg(not(unix))]
fn is_same_device(_: &Path, _: &Path) -> bool {
    true
}

/// Refuses output folders that hold what must not be mixed with outputs.
fn refuse(root: &Path, out: &Path) -> Result<(), Failure> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let (root, real_out) = (real(root), real(out));
    let sources = [root.join("content"), root.join("themes")].map(|path| real(&path));
    let why = if real_out.parent().is_none() {
        Refusal::Root
    } else if std::env::home_dir().is_some_and(|home| real(&home) == real_out) {
        Refusal::Home
    } else if root.starts_with(&real_out) || sources.iter().any(|source| real_out.starts_with(source)) {
        Refusal::Sources
    } else if real_out.exists() && !real_out.is_dir() {
        Refusal::NotAFolder
    } else {
        return Ok(());
    };
    Err(Box::new(Diagnostic::error(Problem::OutRefused { path: out.display().to_string(), why })))
}

/// Leaves the list of what is ours in `folder`, whole or not at all.
fn write_manifest(folder: &Path, paths: &Outputs) -> Result<(), Failure> {
    let manifest = folder.join(MANIFEST);
    let aside = folder.join(format!("{MANIFEST}.new"));
    let lines: String = paths.iter().flat_map(|path| [&**path, "\n"]).collect();
    let written = fs::write(&aside, lines).and_then(|()| fs::rename(&aside, &manifest));
    written.map_err(|error| failure(&manifest, &error))
}

/// The outputs of the former build. Lines that are not paths below the folder are ignored, for the
/// list decides what may be deleted.
fn read_manifest(out: &Path) -> Outputs {
    let text = fs::read_to_string(out.join(MANIFEST)).unwrap_or_default();
    let inside = |path: &&str| {
        !path.is_empty()
            && !path.contains(['\\', '\0'])
            && path.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
            && !path.contains(':')
    };
    text.lines().filter(inside).map(Arc::from).collect()
}

fn is_same(path: &Path, bytes: &[u8]) -> bool {
    let same_length = fs::symlink_metadata(path)
        .is_ok_and(|metadata| metadata.is_file() && metadata.len() == bytes.len() as u64);
    same_length && fs::read(path).is_ok_and(|there| there == bytes)
}

fn remove_all(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes what is kept for the next build, whole or not at all. Where that cannot be, the next build is
/// slower, and that is all.
pub fn keep(path: &Path, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) {
    let mut aside = path.to_owned().into_os_string();
    aside.push(".new");
    let aside = PathBuf::from(aside);
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = made.and_then(|()| fs::File::create(&aside)).and_then(|mut file| write(&mut file));
    if written.and_then(|()| fs::rename(&aside, path)).is_err() {
        let _ = fs::remove_file(&aside);
    }
}

/// Forgets what was kept.
pub fn forget(path: &Path) {
    let _ = fs::remove_file(path);
}

/// Writes a new file for an editor (`new`, `init`); an existing one is left alone.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`], and whatever else the operating system says.
pub fn create_file(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    io::Write::write_all(&mut file, text)
}
