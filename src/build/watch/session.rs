//! A site that is built again and again, by the same build with a warm cache: after every change of its sources, and
//! whenever the schedule says so.

use std::time::Instant;

use crate::build::model::{Build, Changes, Options};
use crate::build::output::BuildTarget;
use crate::build::publish::publish;
use crate::build::state::BuildState;
use crate::build::watch::schedule::Schedule;
use crate::build::watch::watcher::{Wakeup, Watcher};
use crate::render::Progress;
use crate::world::{Clock, DiskWorld, World};

/// A site that is built again and again.
pub struct Session {
    /// Its root and its output folder.
    pub target: BuildTarget,
    /// How to build.
    pub options: Options,
    world: DiskWorld,
    state: BuildState,
}

/// What a session reports.
pub enum Event {
    /// The result of a build, and the time it took in milliseconds.
    Built(Box<Build>, u64),
    /// There are no file events: the files are polled from now on.
    Polling,
}

impl Session {
    /// Starts a session; `use_cache`: with what earlier ones have stored.
    pub fn new(target: BuildTarget, options: Options, use_cache: bool) -> Session {
        let world = DiskWorld::new(&target.root).building_into(&target.out);
        let state = if use_cache { BuildState::stored(&world, &target.out) } else { BuildState::default() };
        Session { target, options, world, state }
    }

    /// The same session with another clock.
    pub fn at(self, clock: Clock) -> Session {
        Session { world: self.world.at(clock), ..self }
    }

    /// Stores the cache for later sessions, and ends this one.
    pub fn end(mut self) {
        self.state.prepared = None;
        self.save();
        // The process ends now: freeing all that memory would only take time.
        std::mem::forget(self);
    }

    /// Stores the cache for later sessions.
    pub fn save(&mut self) {
        self.state.save(&self.target);
    }

    /// Builds once after `changes`. Returns the time it took in milliseconds, too.
    pub fn build(&mut self, changes: &Changes, progress: &Progress) -> (Build, u64) {
        let start = Instant::now();
        let Session { target, options, world, state } = self;
        let build = publish(target, &world.reopened(), changes, options, state, progress);
        (build, start.elapsed().as_millis() as u64)
    }

    /// Builds again without end. `show` gets every build that brings news. `first` is the progress of the first build.
    pub fn run(&mut self, first: Progress, show: &mut dyn FnMut(Event)) {
        // Before the first build, so that no change is missed meanwhile.
        let mut watcher = Watcher::new(&self.target.root);
        let mut schedule = Schedule::default();
        let (mut said_polling, mut warm) = (false, false);
        let (mut edit, mut progress) = (Some(Changes::Anything), first);
        loop {
            if watcher.is_polling() && !std::mem::replace(&mut said_polling, true) {
                show(Event::Polling);
            }
            watcher.note_files();
            let begun = self.world.now();
            let (build, elapsed_ms) = self.build(edit.as_ref().unwrap_or(&Changes::Anything), &progress);
            progress = Progress::default();
            let ok = build.is_ok();
            if schedule.note(&build, edit.as_ref(), [begun, self.world.now()]) {
                show(Event::Built(Box::new(build), elapsed_ms));
            }
            let warms_up = ok && !warm;
            warm |= ok;
            if warms_up && let Some((build, elapsed_ms)) = self.warm_up(&progress) {
                schedule.note(&build, Some(&Changes::Anything), [begun, self.world.now()]);
                show(Event::Built(Box::new(build), elapsed_ms));
            }
            if let Some(prepared) = &self.state.prepared {
                watcher.set_linked(prepared.linked);
            }
            // Not after every edit: the next session notices edits that this one did not store.
            if warms_up || ok && edit.is_none() {
                self.save();
            }
            edit = match watcher.wait(|| schedule.left(self.world.now())) {
                Wakeup::Edited(changes) => Some(changes),
                Wakeup::Replaced => {
                    // What is known was learned from other files. On another disk, they may even have the same stamps.
                    self.state = BuildState::default();
                    Some(Changes::Anything)
                }
                Wakeup::Due => None,
            };
        }
    }

    /// Loads the site into memory, where the first build was up to date and did not: the next edit needs it. Returns
    /// the build if it had something to do, because of an edit meanwhile.
    fn warm_up(&mut self, progress: &Progress) -> Option<(Build, u64)> {
        if self.state.prepared.is_some() {
            return None;
        }
        self.state.up_to_date = None;
        let (build, elapsed_ms) = self.build(&Changes::Anything, progress);
        let idle = build.is_ok() && build.rendered.made.is_empty() && build.removed == 0;
        (!idle).then_some((build, elapsed_ms))
    }
}
