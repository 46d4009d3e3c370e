//! Outputs that somebody waits for while a build makes them all: they are made first.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::site::routes::Outputs;

/// Takes the bytes of an output, or nothing if they cannot be had before the build is over.
pub type Answer = Box<dyn FnOnce(Option<Vec<u8>>) + Send>;

/// What a build can be asked for: from when the site is put together until all is made.
#[derive(Default)]
pub struct Priority {
    /// Whom to tell that it can be asked now.
    listener: Option<Listener>,
    opened: OnceLock<()>,
    queue: Mutex<Queue>,
    /// The length of the queue: nobody waiting costs nobody a lock.
    waiting: AtomicUsize,
}

type Listener = Box<dyn Fn(&Arc<Outputs>, &str) + Send + Sync>;

#[derive(Default)]
struct Queue {
    closed: bool,
    waiting: VecDeque<(String, Answer)>,
}

impl Priority {
    /// `listener` is told the outputs and the base path of the site as soon as single outputs can be asked for.
    pub fn new(listener: impl Fn(&Arc<Outputs>, &str) + Send + Sync + 'static) -> Priority {
        Priority { listener: Some(Box::new(listener)), ..Priority::default() }
    }

    /// Tells the listener, once, that it may ask.
    pub fn open(&self, outputs: &Arc<Outputs>, base_path: &str) {
        if let Some(listener) = &self.listener
            && self.opened.set(()).is_ok()
        {
            listener(outputs, base_path);
        }
    }

    /// Asks for the output at `path`.
    pub fn ask(&self, path: String, answer: Answer) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.closed {
            drop(queue);
            return answer(None);
        }
        queue.waiting.push_back((path, answer));
        self.waiting.store(queue.waiting.len(), Ordering::Release);
    }

    /// The next output that somebody waits for.
    pub fn next(&self) -> Option<(String, Answer)> {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let next = queue.waiting.pop_front();
        self.waiting.store(queue.waiting.len(), Ordering::Release);
        next
    }

    /// Ends it: whoever waits still, or asks later, gets nothing.
    pub fn close(&self) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.closed = true;
        let waiting = std::mem::take(&mut queue.waiting);
        drop(queue);
        waiting.into_iter().for_each(|(_, answer)| answer(None));
    }
}

impl fmt::Debug for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Priority").finish_non_exhaustive()
    }
}
