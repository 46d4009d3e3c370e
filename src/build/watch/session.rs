//! Watching: the same build with a warm cache, whenever the content or the theme changes, or when the
//! clock alone makes a document due or expired.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::event::ModifyKind;
use notify::{EventHandler, EventKind, RecommendedWatcher, RecursiveMode, Watcher, WatcherKind};
use notify_debouncer_full::{
    DebounceEventHandler, DebounceEventResult, DebouncedEvent, Debouncer, NoCache, new_debouncer_opt,
};

use crate::build::incremental::cache;
use crate::build::incremental::cache::{Cache, program};
use crate::build::incremental::store;
use crate::build::output::{Target, persist, remove};
use crate::build::publish::publish;
use crate::build::watch::schedule::Schedule;
use crate::threads::probe;
use crate::world::fingerprint::Fingerprint;
use crate::world::{Clock, DiskWorld, Entry, SOURCES, World};
use crate::{Build, Changes, Options, Progress};

/// How long the files must be quiet before a build starts: editors save in several steps.
const QUIET: Duration = Duration::from_millis(50);
/// How often files are looked at where the system cannot tell of changes.
const POLL: Duration = Duration::from_millis(800);
/// The longest wait before the clock is looked at again.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// A site that is built again and again.
pub struct Session {
    /// Its root and its output folder.
    pub target: Target,
    /// How to build.
    pub options: Options,
    world: DiskWorld,
    cache: Cache,
}

impl Session {
    /// A session; what earlier ones have kept is used if `use_cache`.
    pub fn new(target: Target, options: Options, use_cache: bool) -> Session {
        let world = DiskWorld::new(&target.root).building_into(&target.out);
        let mut cache = Cache::default();
        // Without an output folder there is nothing that a cache could know of.
        if let Some((name, seal)) =
            target.out.canonicalize().ok().map(|out| cache::names(&out)).filter(|_| use_cache)
        {
            let bytes = world.stamp(&seal).and_then(|_| world.read(&seal).ok());
            cache.seal = bytes.and_then(|bytes| store::read(&bytes, "seal", program()));
            cache.stored = Some(name);
        }
        Session { target, options, world, cache }
    }

    /// The same session by another clock.
    pub fn at(self, clock: Clock) -> Session {
        Session { world: self.world.at(clock), ..self }
    }

    /// Keeps the cache for later sessions, and ends this one.
    pub fn end(mut self) {
        self.cache.prepared = None;
        self.save();
        // The process ends: to free what it holds piece by piece takes longer than all of the above.
        std::mem::forget(self);
    }

    /// Keeps the cache for later sessions.
    pub fn save(&mut self) {
        let Cache { stored, traces, .. } = &mut self.cache;
        // What was not even read is as it was.
        if stored.is_some() {
            return;
        }
        traces.compact();
        let Target { root, out, disk, .. } = &self.target;
        let Ok(out) = out.canonicalize() else { return };
        let (name, seal) = cache::names(&out);
        let (name, seal) = (root.join(name), root.join(seal));
        persist(&**disk, &name, |file| store::write(file, "cache", program(), &self.cache));
        match &self.cache.seal {
            Some(kept) => persist(&**disk, &seal, |file| store::write(file, "seal", program(), kept)),
            None => remove(&**disk, &seal),
        }
    }

    /// Builds once after `changes`; gives the time it took in milliseconds as well.
    pub fn build(&mut self, changes: &Changes, progress: &Progress) -> (Build, u64) {
        let start = Instant::now();
        let Session { target, options, world, cache } = self;
        let build = publish(target, world, changes, options, cache, progress);
        (build, start.elapsed().as_millis() as u64)
    }

    /// Puts the site together, if nothing has asked for that yet: the next edit will. Gives the build if there
    /// was something to do: an edit since the one before.
    fn warm_up(&mut self, progress: &Progress) -> Option<(Build, u64)> {
        if self.cache.prepared.is_some() {
            return None;
        }
        self.cache.seal = None;
        let (build, elapsed_ms) = self.build(&Changes::Anything, progress);
        let idle = build.is_ok() && build.rendered.made.is_empty() && build.removed == 0;
        (!idle).then_some((build, elapsed_ms))
    }

    /// Builds, and then again after every change and whenever it is time, without end. `show` gets every build of which
    /// there is anything to say, and a message where changes can only be noticed by looking; `first` shows how far the
    /// first build is, and takes wishes.
    pub fn run(&mut self, first: Progress, show: &mut dyn FnMut(Event)) {
        // The watch begins before the first build, so that no change in between is missed.
        let mut watch = Watch::below(&self.target.root);
        let mut told = false;
        let mut edit = Some(Changes::Anything);
        let mut schedule = Schedule::default();
        let (mut progress, mut first) = (first, true);
        loop {
            if watch.is_polling() && !std::mem::replace(&mut told, true) {
                show(Event::Polling);
            }
            let begun = self.world.now();
            let (build, elapsed_ms) = self.build(edit.as_ref().unwrap_or(&Changes::Anything), &progress);
            progress = Progress { on_overdue: progress.on_overdue, ..Progress::default() };
            let ok = build.is_ok();
            if schedule.note(&build, edit.as_ref(), begun) {
                show(Event::Built(Box::new(build), elapsed_ms));
            }
            let first = ok && std::mem::take(&mut first);
            if first && let Some((build, elapsed_ms)) = self.warm_up(&progress) {
                schedule.note(&build, Some(&Changes::Anything), begun);
                show(Event::Built(Box::new(build), elapsed_ms));
            }
            if first || ok && edit.is_none() {
                // Later edits are made good by the next session: it finds other stamps.
                self.save();
            }
            edit = watch.wait(|| schedule.left(self.world.now()));
        }
    }
}

/// What a session has to say.
pub enum Event {
    /// A build is done, in so many milliseconds.
    Built(Box<Build>, u64),
    /// The system cannot tell of changes: files are looked at from time to time.
    Polling,
}

/// The watch over a site's sources.
struct Watch {
    root: PathBuf,
    /// None where the system cannot tell of changes: then files are looked at from time to time.
    system: Option<Debouncer<SystemWatcher, NoCache>>,
    events: Receiver<DebounceEventResult>,
    /// What the latest look at the files has given.
    seen: Option<Fingerprint>,
}

/// The system's watcher, if it is alive: where it has got no thread, the library says nothing, and whatever is asked of it
/// panics.
#[derive(Debug)]
struct SystemWatcher(RecommendedWatcher);

impl Watcher for SystemWatcher {
    fn new<F: EventHandler>(mut handler: F, config: notify::Config) -> notify::Result<SystemWatcher> {
        let alive = Arc::new(());
        // The thread has the handler; without a thread, it is gone.
        let held = Arc::clone(&alive);
        let handler = move |event| {
            let _ = &held;
            handler.handle_event(event);
        };
        let watcher = RecommendedWatcher::new(handler, config)?;
        if Arc::strong_count(&alive) == 1 {
            // Even to end it panics.
            std::mem::forget(watcher);
            return Err(notify::Error::generic("no thread"));
        }
        Ok(SystemWatcher(watcher))
    }

    fn watch(&mut self, path: &Path, mode: RecursiveMode) -> notify::Result<()> {
        self.0.watch(path, mode)
    }

    fn unwatch(&mut self, path: &Path) -> notify::Result<()> {
        self.0.unwatch(path)
    }

    fn configure(&mut self, config: notify::Config) -> notify::Result<bool> {
        self.0.configure(config)
    }

    fn kind() -> WatcherKind {
        RecommendedWatcher::kind()
    }
}

fn debouncer(handler: impl DebounceEventHandler) -> notify::Result<Debouncer<SystemWatcher, NoCache>> {
    new_debouncer_opt(QUIET, None, handler, NoCache, notify::Config::default())
}

impl Watch {
    fn below(root: &Path) -> Watch {
        let (sender, events) = channel();
        // Events name real paths, whatever links led here.
        let root = root.canonicalize().unwrap_or_else(|_| root.to_path_buf());
        // Two threads, and one that builds need.
        let system = probe(3).ok().and_then(|()| debouncer(sender).ok());
        let system = system.and_then(|mut system| watch_all(&mut system, &root).then_some(system));
        let mut watch = Watch { root, system, events, seen: None };
        if watch.system.is_none() {
            watch.poll();
        }
        watch
    }

    /// From now on files are looked at from time to time.
    fn poll(&mut self) {
        self.system = None;
        self.seen = Some(self.look());
    }

    fn is_polling(&self) -> bool {
        self.system.is_none()
    }

    /// The states of all sources. (The polling watchers of others compare whole seconds, and miss every second
    /// save of a quick hand.)
    fn look(&self) -> Fingerprint {
        let world = DiskWorld::new(&self.root);
        let entries = SOURCES.iter().flat_map(|folder| world.list(folder));
        let entries: Vec<Result<Entry, String>> =
            entries.map(|entry| entry.map_err(|error| error.path)).collect();
        Fingerprint::of_value(&entries)
    }

    /// Has anything changed since the latest look? If the system tells of changes, nobody has to look.
    fn has_changed(&mut self) -> bool {
        if !self.is_polling() {
            return false;
        }
        let now = Some(self.look());
        std::mem::replace(&mut self.seen, now) != now
    }

    /// Waits for the next change; `None` if the time that `until` counts down has come before.
    fn wait(&mut self, until: impl Fn() -> Option<Duration>) -> Option<Changes> {
        loop {
            let longest = if self.is_polling() { POLL } else { LONGEST_WAIT };
            let wait = until().unwrap_or(longest).min(longest);
            let received = self.events.recv_timeout(wait);
            if let Err(RecvTimeoutError::Disconnected) = received {
                std::thread::sleep(wait);
            }
            let Ok(events) = received else {
                if self.has_changed() {
                    return Some(Changes::Anything);
                }
                if until().is_some_and(|left| left.is_zero()) {
                    return None;
                }
                continue;
            };
            let mut files = BTreeSet::new();
            let mut known = self.take(events, &mut files);
            // What has come in meanwhile is answered by the same build.
            while let Ok(events) = self.events.try_recv() {
                known &= self.take(events, &mut files);
            }
            if !known {
                return Some(Changes::Anything);
            }
            if !files.is_empty() {
                return Some(Changes::Files(files));
            }
        }
    }

    /// Enters the content files that events name. Tells whether that is all that has changed.
    fn take(&mut self, events: DebounceEventResult, files: &mut BTreeSet<String>) -> bool {
        // The watcher has lost track: what changed is for the build to find out. A new folder that it could not
        // watch any more would go unnoticed from now on.
        let Ok(events) = events else {
            self.poll();
            return false;
        };
        // What changed before a new watch stood was not seen.
        let mut known = !self.watch_again(&events);
        for event in &events {
            if event.need_rescan() {
                known = false;
            }
            if event.kind.is_access() {
                continue;
            }
            for path in &event.paths {
                match self.source(path) {
                    Some(file) if file.starts_with("content/") => {
                        files.insert(file);
                    }
                    Some(_) => known = false,
                    None => {}
                }
            }
        }
        known
    }

    /// The path below the root of one of the sources; none of other files, and of hidden ones.
    fn source(&self, path: &Path) -> Option<String> {
        let below = path.strip_prefix(&self.root).ok()?;
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let aside = name.starts_with('.');
        let source = below.starts_with("content") || below.starts_with("themes");
        (source && !aside).then(|| below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"))
    }

    /// A content or theme folder that is new, or was put in place of the old one, is watched anew. Tells
    /// whether that was so. (Reading a folder is an event, too, and a build reads them all.)
    fn watch_again(&mut self, events: &[DebouncedEvent]) -> bool {
        let tops = [self.root.join("content"), self.root.join("themes")];
        let replaced = events
            .iter()
            .filter(|event| event.kind.is_create() || event.kind.is_remove() || is_rename(&event.kind))
            .flat_map(|event| &event.paths)
            .any(|path| tops.contains(path));
        if !replaced {
            return false;
        }
        let Some(system) = &mut self.system else { return true };
        tops.iter().for_each(|top| drop(system.unwatch(top)));
        if !watch_all(system, &self.root) {
            self.poll();
        }
        true
    }
}

fn is_rename(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Modify(ModifyKind::Name(_)))
}

/// Watches the root itself, and the sources with all their folders: folders, not files, for editors
/// save by putting a new file in the place of the old. Tells whether the system can do it.
fn watch_all(watcher: &mut Debouncer<SystemWatcher, NoCache>, root: &Path) -> bool {
    let mut done = watcher.watch(root, RecursiveMode::NonRecursive).is_ok();
    for top in SOURCES {
        let top = root.join(top);
        if top.is_dir() {
            done &= watcher.watch(&top, RecursiveMode::Recursive).is_ok();
        }
    }
    done
}
