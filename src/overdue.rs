//! Templates that come to no end. Nothing stops one from inside the engine, and no thread can be stopped from
//! outside: what can be done is to tell which it is, and whoever is told ends the program. The output folder is
//! then as it was, for a build touches it only when all of it has succeeded.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How often the pages in the making are looked at.
const TICK: Duration = Duration::from_millis(250);

/// What is being made at the moment.
#[derive(Debug)]
pub struct InFlight<T> {
    all: Mutex<Vec<Making<T>>>,
    begun: AtomicUsize,
    done: AtomicBool,
}

#[derive(Debug)]
struct Making<T> {
    what: T,
    number: usize,
    /// For how long, in ticks and not by a clock: while the process is held up, nobody's time runs out.
    ticks: u32,
}

/// Ends the watch when it goes, also when the build panics.
struct End<'a, T>(&'a InFlight<T>, thread::Thread);

impl<T> Drop for End<'_, T> {
    fn drop(&mut self) {
        self.0.done.store(true, Ordering::Release);
        self.1.unpark();
    }
}

impl<T> Default for InFlight<T> {
    fn default() -> Self {
        InFlight { all: Mutex::default(), begun: AtomicUsize::default(), done: AtomicBool::default() }
    }
}

impl<T: Copy + Send> InFlight<T> {
    /// Runs `build`, which says with [`InFlight::make`] what it makes, and meanwhile tells of the first thing that
    /// takes longer than `limit`.
    ///
    /// # Errors
    /// There is no thread for the watch; nothing is run without it.
    pub fn watched<R>(
        limit: Duration,
        tell: impl FnOnce(T) + Send,
        build: impl FnOnce(&Self) -> R,
    ) -> io::Result<R> {
        let all = InFlight::default();
        thread::scope(|scope| {
            let watch = || {
                if let Some(overdue) = all.overdue(limit) {
                    tell(overdue);
                }
            };
            let watch = thread::Builder::new().spawn_scoped(scope, watch)?;
            let _end = End(&all, watch.thread().clone());
            Ok(build(&all))
        })
    }

    /// Makes `what`.
    pub fn make<R>(&self, what: T, make: impl FnOnce() -> R) -> R {
        let number = self.begun.fetch_add(1, Ordering::Relaxed);
        self.lock().push(Making { what, number, ticks: 0 });
        let made = make();
        self.lock().retain(|making| making.number != number);
        made
    }

    /// Waits for something to take longer than `limit`; `None` if the build ends before.
    fn overdue(&self, limit: Duration) -> Option<T> {
        let most = u32::try_from(limit.as_millis() / TICK.as_millis()).unwrap_or(u32::MAX);
        while !self.done.load(Ordering::Acquire) {
            thread::park_timeout(TICK);
            for making in &mut *self.lock() {
                making.ticks += 1;
                if making.ticks > most {
                    return Some(making.what);
                }
            }
        }
        None
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Making<T>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
