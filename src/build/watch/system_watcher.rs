//! The file events of the operating system.

use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Weak};
use std::thread::sleep;
use std::time::{Duration, Instant};

use notify::{Config, ErrorKind, Event, RecommendedWatcher, RecursiveMode};

use crate::world::SOURCES;

/// The longest wait for the end of the thread of a watcher that is replaced.
const LONGEST_END: Duration = Duration::from_millis(500);

/// The watcher of the operating system. Where its thread has ended or could not start, `notify` panics when it is used;
/// its handler is dropped then, and with it the sender of the events.
pub(super) struct SystemWatcher {
    /// `None` only while it is dropped.
    inner: Option<RecommendedWatcher>,
    pub(super) events: Receiver<notify::Result<Event>>,
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

    /// Watches the site with the real path `root`.
    pub(super) fn of(root: &Path) -> notify::Result<SystemWatcher> {
        let mut system = SystemWatcher::new()?;
        system.watch_all(root)?;
        Ok(system)
    }

    fn watch(&mut self, path: &Path, mode: RecursiveMode) -> notify::Result<()> {
        match self.inner.as_mut().filter(|_| self.handler.strong_count() > 0) {
            Some(inner) => notify::Watcher::watch(inner, path, mode),
            None => Err(notify::Error::generic("the thread has ended")),
        }
    }

    /// Watches the root itself and the sources with all their folders. Not files: editors save by replacing them.
    fn watch_all(&mut self, root: &Path) -> notify::Result<()> {
        self.watch(root, RecursiveMode::NonRecursive)?;
        for top in SOURCES.map(|folder| root.join(folder)) {
            if top.is_dir() {
                self.watch(&top, RecursiveMode::Recursive)?;
            }
        }
        Ok(())
    }
}

impl Drop for SystemWatcher {
    fn drop(&mut self) {
        let inner = self.inner.take();
        if self.handler.strong_count() == 0 {
            std::mem::forget(inner);
            return;
        }
        drop(inner);
        // The thread ends by itself, soon; until then its watches count for the limits of the system.
        let deadline = Instant::now() + LONGEST_END;
        while self.handler.strong_count() > 0 && Instant::now() < deadline {
            sleep(Duration::from_millis(1));
        }
    }
}

/// Whether a watch could not begin because its folder is not there any more.
pub(super) fn is_gone(error: &notify::Error) -> bool {
    match &error.kind {
        ErrorKind::PathNotFound => true,
        ErrorKind::Io(error) => {
            matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_watcher_whose_thread_has_ended_is_not_used() {
        let mut system = SystemWatcher::new().unwrap();
        system.handler = Weak::new();
        assert!(system.watch_all(Path::new(".")).is_err());
    }
}
