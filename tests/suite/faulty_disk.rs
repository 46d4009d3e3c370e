//! A simulated disk that fails: from a given step on as if the process had been killed, or with a system error in one
//! step or in every later step.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tribune::internals::build::output::{Created, Disk, SystemDisk};

/// What goes wrong at the step with the number that [`FaultyDisk`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The process ends; of what it was writing, half is written.
    Kill,
    /// The step fails with this error number.
    Once(i32),
    /// It and every later one.
    FromThenOn(i32),
}

/// No space left on the device.
pub const ENOSPC: i32 = 28;
/// Input or output error.
pub const EIO: i32 = 5;
/// Permission denied.
pub const EACCES: i32 = 13;
/// Too many open files.
pub const EMFILE: i32 = 24;

/// What a disk was asked for.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it is called.
    pub name: &'static str,
    /// The file or folder that it makes, changes or removes.
    pub path: PathBuf,
    /// What it was called before, or is called besides.
    pub from: Option<PathBuf>,
}

impl Step {
    /// Does `text` hold the whole path of the file or the folder, and not only one that begins like it? A folder may
    /// be named by what it is made for.
    pub fn is_named(&self, text: &str) -> bool {
        let paths = [Some(&self.path), self.from.as_ref()].into_iter().flatten();
        let more = if self.name == "create_dir" { ".-_" } else { "/.-_" };
        let ends =
            |next: Option<char>| next.is_none_or(|next| !next.is_alphanumeric() && !more.contains(next));
        paths
            .map(|path| path.display().to_string())
            .any(|path| text.match_indices(&path).any(|(at, _)| ends(text[at + path.len()..].chars().next())))
    }
}

/// Steps, in their order.
pub type Log = Arc<Mutex<Vec<Step>>>;

/// The disk, and what it was asked for.
#[derive(Debug)]
pub struct FaultyDisk {
    system: SystemDisk,
    fault: Fault,
    at: usize,
    /// Can files have second names?
    links: bool,
    /// The steps so far, with the paths that they touch.
    steps: Log,
}

impl FaultyDisk {
    /// A disk on which the step with the number `at` meets `fault`.
    pub fn new(fault: Fault, at: usize) -> FaultyDisk {
        FaultyDisk { system: SystemDisk::default(), fault, at, links: true, steps: Arc::default() }
    }

    /// The same on a file system on which files can have second names, or cannot.
    pub fn with_links(self, links: bool) -> FaultyDisk {
        FaultyDisk { links, ..self }
    }

    /// The same, waiting or not waiting until all is on the disk.
    pub fn durable(mut self, durable: bool) -> FaultyDisk {
        self.system.durable = durable;
        self
    }

    /// The steps that are asked for.
    pub fn log(&self) -> Log {
        Arc::clone(&self.steps)
    }

    /// What becomes of the next step.
    fn step(&self, name: &'static str, path: &Path) -> io::Result<()> {
        take(&self.steps, self.fault, self.at, Step { name, path: path.to_owned(), from: None })
    }

    fn step_from(&self, name: &'static str, from: &Path, to: &Path) -> io::Result<()> {
        let step = Step { name, path: to.to_owned(), from: Some(from.to_owned()) };
        take(&self.steps, self.fault, self.at, step)
    }
}

fn take(steps: &Log, fault: Fault, at: usize, step: Step) -> io::Result<()> {
    let mut steps = steps.lock().unwrap();
    let number = steps.len();
    steps.push(step);
    match fault {
        Fault::Kill if number >= at => Err(io::Error::other("killed")),
        Fault::Once(error) if number == at => Err(io::Error::from_raw_os_error(error)),
        Fault::FromThenOn(error) if number >= at => Err(io::Error::from_raw_os_error(error)),
        _ => Ok(()),
    }
}

struct FaultyFile {
    file: Box<dyn Created>,
    path: PathBuf,
    fault: Fault,
    at: usize,
    steps: Log,
}

impl FaultyFile {
    fn step(&self, name: &'static str) -> io::Result<()> {
        take(&self.steps, self.fault, self.at, Step { name, path: self.path.clone(), from: None })
    }
}

impl Write for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Err(error) = self.step("write") {
            // A full disk, like a kill, comes in the middle.
            if self.steps.lock().unwrap().len() - 1 == self.at {
                let _ = self.file.write(&bytes[..bytes.len() / 2]);
            }
            return Err(error);
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Created for FaultyFile {
    fn finish(self: Box<Self>) -> io::Result<()> {
        self.step("finish")?;
        self.file.finish()
    }
}

impl Disk for FaultyDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.step("create_dir", path)?;
        self.system.create_dir(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn Created>> {
        self.step("create", path)?;
        let file = self.system.create(path)?;
        let (path, steps) = (path.to_owned(), Arc::clone(&self.steps));
        Ok(Box::new(FaultyFile { file, path, fault: self.fault, at: self.at, steps }))
    }

    fn open_lock(&self, path: &Path) -> io::Result<File> {
        self.step("open_lock", path)?;
        self.system.open_lock(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step_from("rename", from, to)?;
        self.system.rename(from, to)
    }

    fn link(&self, file: &Path, name: &Path) -> io::Result<()> {
        self.step_from("link", file, name)?;
        if self.links { self.system.link(file, name) } else { Err(io::ErrorKind::Unsupported.into()) }
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step("remove_file", path)?;
        self.system.remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.step("remove_dir", path)?;
        self.system.remove_dir(path)
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        if let Err(error) = self.step("remove_dir_all", path) {
            // It stops in the middle.
            if self.steps.lock().unwrap().len() - 1 == self.at {
                let entries: Vec<_> = std::fs::read_dir(path)?.flatten().collect();
                for entry in &entries[..entries.len() / 2] {
                    self.system
                        .remove_dir_all(&entry.path())
                        .or_else(|_| self.system.remove_file(&entry.path()))?;
                }
            }
            return Err(error);
        }
        self.system.remove_dir_all(path)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        if self.system.durable {
            self.step("sync_folder", path)?;
        }
        self.system.sync_folder(path)
    }

    fn is_durable(&self) -> bool {
        self.system.durable
    }
}
