//! Waits for changes of a site's sources: by the operating system's file events, or by polling where there are none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Weak};
use std::thread::sleep;
use std::time::{Duration, Instant};

use notify::event::ModifyKind;
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode};

use crate::build::model::Changes;
use crate::world::{CONTENT, DiskWorld, Entry, Fingerprint, SOURCES, World, is_hidden};

/// How long the files must be quiet before changes are reported: editors save in several steps.
const QUIET: Duration = Duration::from_millis(50);
/// How long that may delay the report while changes keep coming.
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// The interval of polling.
const POLL: Duration = Duration::from_millis(800);
/// The longest wait before the clock is read again.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Watches the sources of a site.
pub(super) struct Watcher {
    root: PathBuf,
    /// `None` while polling.
    system: Option<SystemWatcher>,
    /// The state of the files at the latest poll.
    polled: Fingerprint,
}

impl Watcher {
    /// Watches the site at `root` from now on.
    pub(super) fn new(root: &Path) -> Watcher {
        // File events have real paths, without symbolic links.
        let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
        let system = SystemWatcher::new().ok();
        let system = system.and_then(|mut system| system.watch_all(&root).then_some(system));
        let mut watcher = Watcher { root, system, polled: Fingerprint::default() };
        if watcher.system.is_none() {
            watcher.start_polling();
        }
        watcher
    }

    /// Whether the files are polled, because there are no file events.
    pub(super) fn is_polling(&self) -> bool {
        self.system.is_none()
    }

    fn start_polling(&mut self) {
        self.system = None;
        self.polled = self.poll();
    }

    /// The state of all sources. (The polling watcher of `notify` compares whole seconds, and would miss quick saves.)
    fn poll(&self) -> Fingerprint {
        let world = DiskWorld::new(&self.root);
        let entries = SOURCES.iter().flat_map(|folder| world.list(folder));
        let entries: Vec<Result<Entry, String>> = entries
            .map(|entry| entry.map_err(|error| error.path))
            .filter(|entry| !entry.as_ref().is_ok_and(|entry| is_ignored(Path::new(&entry.path))))
            .collect();
        Fingerprint::of_value(&entries)
    }

    /// Waits for the next change; `None` once the time that `until` counts down is over.
    pub(super) fn wait(&mut self, until: impl Fn() -> Option<Duration>) -> Option<Changes> {
        loop {
            let longest = if self.is_polling() { POLL } else { LONGEST_WAIT };
            let changes = self.wait_for(until().unwrap_or(longest).min(longest));
            if changes.is_some() {
                return changes;
            }
            if until().is_some_and(|left| left.is_zero()) {
                return None;
            }
        }
    }

    fn wait_for(&mut self, time: Duration) -> Option<Changes> {
        let Some(system) = &self.system else {
            sleep(time);
            let now = self.poll();
            return (std::mem::replace(&mut self.polled, now) != now).then_some(Changes::Anything);
        };
        match system.events.recv_timeout(time) {
            Ok(event) => self.collect(event),
            Err(RecvTimeoutError::Timeout) => None,
            // The thread that sends the events has ended: anything may have changed since.
            Err(RecvTimeoutError::Disconnected) => {
                self.start_polling();
                Some(Changes::Anything)
            }
        }
    }

    /// Collects events until the files are quiet; `None` if no source has changed.
    fn collect(&mut self, first: notify::Result<Event>) -> Option<Changes> {
        let deadline = Instant::now() + LONGEST_DELAY;
        let (mut files, mut anything) = (BTreeSet::new(), false);
        let mut next = Some(first);
        while let Some(event) = next {
            anything |= !self.take(event, &mut files);
            let patience = QUIET.min(deadline.saturating_duration_since(Instant::now()));
            next = self.system.as_ref().and_then(|system| system.events.recv_timeout(patience).ok());
        }
        match anything {
            true => Some(Changes::Anything),
            false => (!files.is_empty()).then_some(Changes::Files(files)),
        }
    }

    /// Adds the content files that an event names. Returns whether nothing else has changed.
    fn take(&mut self, event: notify::Result<Event>, files: &mut BTreeSet<String>) -> bool {
        // Some changes were missed, and a new folder that could not be watched would be missed from now on.
        let Ok(event) = event else {
            self.start_polling();
            return false;
        };
        // Changes before the new watch were missed.
        let mut known = !event.need_rescan() && !self.watch_again(&event);
        for path in &event.paths {
            match self.source(path) {
                Some(file) if Path::new(&file).starts_with(CONTENT) => {
                    files.insert(file);
                }
                Some(_) => known = false,
                None => {}
            }
        }
        known
    }

    /// The path below the root of a source that builds read; `None` for other files.
    fn source(&self, path: &Path) -> Option<String> {
        let below = path.strip_prefix(&self.root).ok()?;
        let is_source = SOURCES.iter().any(|folder| below.starts_with(folder)) && !is_ignored(below);
        is_source.then(|| below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"))
    }

    /// Watches a content or theme folder that is new or has been replaced. Returns whether there was one.
    fn watch_again(&mut self, event: &Event) -> bool {
        let is_replacing = matches!(
            event.kind,
            EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_))
        );
        let tops = SOURCES.map(|folder| self.root.join(folder));
        if !is_replacing || !event.paths.iter().any(|path| tops.contains(path)) {
            return false;
        }
        if let Some(system) = &mut self.system {
            tops.iter().for_each(|top| system.unwatch(top));
            if !system.watch_all(&self.root) {
                self.start_polling();
            }
        }
        true
    }
}

/// Whether builds ignore this file, by its path below the root.
fn is_ignored(below: &Path) -> bool {
    is_hidden(below, below.starts_with(CONTENT))
}

/// The watcher of the operating system. Where its thread has ended or could not start, `notify` panics when it is used;
/// its handler is dropped then, and with it the sender of the events.
struct SystemWatcher {
    /// `None` only while it is dropped.
    inner: Option<RecommendedWatcher>,
    events: Receiver<notify::Result<Event>>,
    handler: Weak<()>,
}

impl SystemWatcher {
    fn new() -> notify::Result<SystemWatcher> {
        let (sender, events) = channel();
        let held = Arc::new(());
        let handler = Arc::downgrade(&held);
        let handle = move |event: notify::Result<Event>| {
            let _ = &held;
            // Builds read all sources.
            if !event.as_ref().is_ok_and(|event| event.kind.is_access()) {
                let _ = sender.send(event);
            }
        };
        let inner = notify::Watcher::new(handle, Config::default())?;
        Ok(SystemWatcher { inner: Some(inner), events, handler })
    }

    fn inner(&mut self) -> Option<&mut RecommendedWatcher> {
        self.inner.as_mut().filter(|_| self.handler.strong_count() > 0)
    }

    fn watch(&mut self, path: &Path, mode: RecursiveMode) -> bool {
        self.inner().is_some_and(|inner| notify::Watcher::watch(inner, path, mode).is_ok())
    }

    /// A folder that is not watched, because it is gone, needs nothing.
    fn unwatch(&mut self, path: &Path) {
        let _ = self.inner().map(|inner| notify::Watcher::unwatch(inner, path));
    }

    /// Watches the root itself and the sources with all their folders. Not files: editors save by replacing them.
    /// Returns whether all could be watched.
    fn watch_all(&mut self, root: &Path) -> bool {
        let mut done = self.watch(root, RecursiveMode::NonRecursive);
        for top in SOURCES.map(|folder| root.join(folder)) {
            if top.is_dir() {
                done &= self.watch(&top, RecursiveMode::Recursive);
            }
        }
        done
    }
}

impl Drop for SystemWatcher {
    fn drop(&mut self) {
        if self.handler.strong_count() == 0 {
            std::mem::forget(self.inner.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watcher_whose_thread_has_ended_polls() {
        let site = tempfile::tempdir().unwrap();
        let mut watcher = Watcher::new(site.path());
        assert!(!watcher.is_polling());
        watcher.system.as_mut().unwrap().events = channel().1;
        assert_eq!(watcher.wait(|| None), Some(Changes::Anything));
        assert!(watcher.is_polling());
    }

    #[test]
    fn a_system_watcher_whose_thread_has_ended_is_not_used() {
        let mut system = SystemWatcher::new().unwrap();
        system.handler = Weak::new();
        assert!(!system.watch_all(Path::new(".")));
        system.unwatch(Path::new("."));
    }

    #[test]
    fn what_builds_ignore_is_ignored() {
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
