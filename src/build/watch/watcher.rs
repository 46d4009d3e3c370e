//! Waits for changes of a site's sources: by the operating system's file events, or by polling where there are none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::RecvTimeoutError;
use std::thread::sleep;
use std::time::{Duration, Instant};

use notify::event::ModifyKind;
use notify::{Event, EventKind};

use crate::build::model::Changes;
use crate::build::watch::identity::Identity;
use crate::build::watch::system_watcher::{SystemWatcher, is_gone};
use crate::world::{CONTENT, DiskWorld, Entry, Fingerprint, SOURCES, World, is_hidden};

/// How long the files must be quiet before changes are reported: editors save in several steps.
const QUIET: Duration = Duration::from_millis(50);
/// How long that may delay the report while changes keep coming.
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// The interval of polling.
const POLL: Duration = Duration::from_millis(800);
/// How often a watch is begun again because a folder has just gone.
const ATTEMPTS: usize = 5;
/// How long the files of a root that has just come must be quiet before it is built: a copy may still be being made, and
/// what a build wrote would be in its way.
const STILL: Duration = Duration::from_secs(1);
/// How long that may delay the build.
const LONGEST_COPY: Duration = Duration::from_secs(30);
/// The longest wait before the clock is read again, and before the folders are looked at: no event tells of a new mount,
/// of a link that leads elsewhere, or of a folder above that is moved.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Watches the sources of a site.
pub(super) struct Watcher {
    /// The root by its name, which may lead to another folder later.
    root: PathBuf,
    /// The folders that are watched; none while there is no site.
    identity: Identity,
    /// `None` while polling, and while there is no site.
    system: Option<SystemWatcher>,
    /// Whether sources are behind links: these may be switched, and files behind them changed, without an event.
    linked: bool,
    /// The state of the files at the latest poll.
    polled: Fingerprint,
}

/// Why a wait is over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wakeup {
    /// Sources have changed.
    Edited(Changes),
    /// The root, or a folder of sources, is another one or is gone.
    Replaced,
    /// The time is over.
    Due,
}

impl Watcher {
    /// Watches the site at `root`, an absolute path, from now on.
    pub(super) fn new(root: &Path) -> Watcher {
        let (identity, polled) = Default::default();
        let mut watcher = Watcher { root: root.to_owned(), identity, system: None, linked: true, polled };
        watcher.start();
        watcher
    }

    /// Watches the folders that the root leads to now.
    fn start(&mut self) {
        for _ in 0..ATTEMPTS {
            // The former one ends first, because the system limits how many watches there are.
            self.system = None;
            // Before the watch begins, so that folders that are replaced meanwhile are noticed afterwards.
            self.identity = Identity::of(&self.root);
            // File events have real paths, without symbolic links.
            let Some(root) = &self.identity.root else { return };
            match SystemWatcher::of(root) {
                Ok(system) => {
                    self.system = Some(system);
                    return;
                }
                // Folders are being moved or removed.
                Err(error) if is_gone(&error) => sleep(QUIET),
                Err(_) => break,
            }
        }
        self.start_polling();
    }

    /// Whether the files are polled, because there are no file events.
    pub(super) fn is_polling(&self) -> bool {
        self.system.is_none() && self.identity.root.is_some()
    }

    fn start_polling(&mut self) {
        self.system = None;
        self.polled = self.poll(&SOURCES);
    }

    /// The state of all files in these folders. (The polling watcher of `notify` compares whole seconds, and would miss
    /// quick saves.)
    fn poll(&self, folders: &[&str]) -> Fingerprint {
        let world = DiskWorld::new(&self.root);
        let entries = folders.iter().flat_map(|folder| world.list(folder));
        let entries: Vec<Result<Entry, String>> = entries
            .map(|entry| entry.map_err(|error| error.path))
            .filter(|entry| !entry.as_ref().is_ok_and(|entry| is_ignored(Path::new(&entry.path))))
            .collect();
        Fingerprint::of_value(&entries)
    }

    /// Notes the state of the files before a build, as far as it has to be compared later.
    pub(super) fn note_files(&mut self) {
        if self.linked {
            self.polled = self.poll(&SOURCES);
        }
    }

    /// Tells whether sources are behind links, as the latest build has found.
    pub(super) fn set_linked(&mut self, linked: bool) {
        self.linked = linked;
    }

    /// Whether the files have changed since they were noted.
    fn has_changed(&mut self) -> bool {
        let now = self.poll(&SOURCES);
        std::mem::replace(&mut self.polled, now) != now
    }

    /// Waits for the next change, until the time that `until` counts down is over.
    pub(super) fn wait(&mut self, until: impl Fn() -> Option<Duration>) -> Wakeup {
        loop {
            if self.is_replaced() {
                return self.start_anew();
            }
            let longest = if self.is_polling() { POLL } else { LONGEST_WAIT };
            if let Some(wakeup) = self.wait_for(until().unwrap_or(longest).min(longest)) {
                return wakeup;
            }
            if until().is_some_and(|left| left.is_zero()) && !self.is_replaced() {
                return Wakeup::Due;
            }
        }
    }

    /// Watches the folders that the root leads to now, once their files are quiet.
    fn start_anew(&mut self) -> Wakeup {
        let begun = Instant::now();
        let mut former = None;
        loop {
            let identity = Identity::of(&self.root);
            // Of a new root all files count: a build also writes into folders that hold no sources.
            let (folders, quiet, longest) = match identity.is_same_root(&self.identity) {
                true => (&SOURCES[..], QUIET, LONGEST_DELAY),
                false => (&[""][..], STILL, LONGEST_COPY),
            };
            let now = Some((self.poll(folders), identity));
            if now == former || begun.elapsed() > longest {
                break;
            }
            former = now;
            sleep(quiet);
        }
        self.start();
        Wakeup::Replaced
    }

    fn is_replaced(&self) -> bool {
        Identity::of(&self.root) != self.identity
    }

    fn wait_for(&mut self, time: Duration) -> Option<Wakeup> {
        let Some(system) = &self.system else {
            sleep(time);
            if !self.is_polling() || self.is_replaced() {
                return None;
            }
            return self.has_changed().then_some(Wakeup::Edited(Changes::Anything));
        };
        match system.events.recv_timeout(time) {
            Ok(event) => self.collect(event),
            Err(RecvTimeoutError::Timeout) => {
                (self.linked && self.has_changed()).then_some(Wakeup::Edited(Changes::Anything))
            }
            // The thread that sends the events has ended: anything may have changed since.
            Err(RecvTimeoutError::Disconnected) => {
                self.start_polling();
                Some(Wakeup::Edited(Changes::Anything))
            }
        }
    }

    /// Collects events until the files are quiet; `None` if no source has changed.
    fn collect(&mut self, first: notify::Result<Event>) -> Option<Wakeup> {
        let deadline = Instant::now() + LONGEST_DELAY;
        let (mut files, mut anything) = (BTreeSet::new(), false);
        let mut next = Some(first);
        while let Some(event) = next {
            match self.take(event, &mut files) {
                Seen::Files => {}
                Seen::Anything => anything = true,
                Seen::Replaced => return Some(self.start_anew()),
            }
            let patience = QUIET.min(deadline.saturating_duration_since(Instant::now()));
            next = self.system.as_ref().and_then(|system| system.events.recv_timeout(patience).ok());
        }
        match anything {
            true => Some(Wakeup::Edited(Changes::Anything)),
            false => (!files.is_empty()).then_some(Wakeup::Edited(Changes::Files(files))),
        }
    }

    /// Adds the content files that an event names.
    fn take(&mut self, event: notify::Result<Event>, files: &mut BTreeSet<String>) -> Seen {
        // Some changes were missed, and a new folder that could not be watched would be missed from now on.
        let Ok(event) = event else {
            self.start_polling();
            return Seen::Anything;
        };
        if self.is_of_folders(&event) {
            return Seen::Replaced;
        }
        let mut seen = if event.need_rescan() { Seen::Anything } else { Seen::Files };
        for path in &event.paths {
            match self.source(path) {
                Some(file) if Path::new(&file).starts_with(CONTENT) => {
                    files.insert(file);
                }
                Some(_) => seen = Seen::Anything,
                None => {}
            }
        }
        seen
    }

    /// The path below the root of a source that builds read; `None` for other files.
    fn source(&self, path: &Path) -> Option<String> {
        let below = path.strip_prefix(self.identity.root.as_ref()?).ok()?;
        let is_source = SOURCES.iter().any(|folder| below.starts_with(folder)) && !is_ignored(below);
        is_source.then(|| below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"))
    }

    /// Whether the root or a folder of sources is new, was moved or removed: the watch may have ended with it.
    fn is_of_folders(&self, event: &Event) -> bool {
        let is_replacing = || match event.kind {
            // The system may tell of an earlier creation once more.
            EventKind::Create(_) => self.is_replaced(),
            kind => matches!(kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))),
        };
        let is_folder = |path: &PathBuf| {
            let below = self.identity.root.as_ref().and_then(|root| path.strip_prefix(root).ok());
            below.is_some_and(|below| below == "" || SOURCES.iter().any(|folder| below == *folder))
        };
        event.paths.iter().any(is_folder) && is_replacing()
    }
}

/// What an event tells of.
enum Seen {
    /// Of content files, or of nothing that builds read.
    Files,
    /// Of other sources, or of changes that are not named.
    Anything,
    /// Of the root or of a folder of sources itself.
    Replaced,
}

/// Whether builds ignore this file, by its path below the root.
fn is_ignored(below: &Path) -> bool {
    is_hidden(below, below.starts_with(CONTENT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watcher_whose_thread_has_ended_polls() {
        let site = tempfile::tempdir().unwrap();
        let mut watcher = Watcher::new(site.path());
        assert!(!watcher.is_polling());
        watcher.system.as_mut().unwrap().events = std::sync::mpsc::channel().1;
        assert_eq!(watcher.wait(|| None), Wakeup::Edited(Changes::Anything));
        assert!(watcher.is_polling());
    }

    #[test]
    fn files_that_builds_ignore_are_ignored() {
        for ignored in [
            "content/.obsidian/workspace.json",
            "content/news/.a.md.swp",
            "content/_drafts/a.md",
            "content/_drafts/_index.md",
            "content/news/_a.md",
            "themes/mine/.git/index",
        ] {
            assert!(is_ignored(Path::new(ignored)), "{ignored}");
        }
        for read in [
            "content/news/_index.md",
            "content/a.b/c_d.md",
            "themes/mine/templates/_macros.html",
            "themes/_mine/a.css",
        ] {
            assert!(!is_ignored(Path::new(read)), "{read}");
        }
    }
}
