//! Outputs that the preview server waits for during the first build: they are made first.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;

use crate::site::routes::Outputs;

/// Receives the bytes of an output, or `None` if it was not made before the end of the build.
pub(super) type Answer = Box<dyn FnOnce(Option<Vec<u8>>) + Send>;

/// The queue of requested outputs. It is open while the build renders.
#[derive(Default)]
pub struct Priority {
    /// Called when the queue opens.
    listener: Option<Listener>,
    opened: OnceLock<()>,
    queue: Mutex<Queue>,
    /// The length of the queue, to avoid locking it when it is empty.
    waiting: AtomicUsize,
}

type Listener = Box<dyn Fn(&Arc<Outputs>, &str) + Send + Sync>;

#[derive(Default)]
struct Queue {
    closed: bool,
    waiting: VecDeque<(String, Answer)>,
}

impl Priority {
    /// A queue that calls `listener` with the outputs and the base path of the site when it opens.
    pub fn new(listener: impl Fn(&Arc<Outputs>, &str) + Send + Sync + 'static) -> Priority {
        Priority { listener: Some(Box::new(listener)), ..Priority::default() }
    }

    /// Opens the queue and calls the listener, once.
    pub fn open(&self, outputs: &Arc<Outputs>, base_path: &str) {
        if let Some(listener) = &self.listener
            && self.opened.set(()).is_ok()
        {
            listener(outputs, base_path);
        }
    }

    /// Requests the output at `path`.
    pub fn ask(&self, path: String, answer: Answer) {
        let mut queue = self.queue.lock();
        if queue.closed {
            drop(queue);
            return answer(None);
        }
        queue.waiting.push_back((path, answer));
        self.waiting.store(queue.waiting.len(), Ordering::Release);
    }

    /// The next requested output.
    pub fn next(&self) -> Option<(String, Answer)> {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut queue = self.queue.lock();
        let next = queue.waiting.pop_front();
        self.waiting.store(queue.waiting.len(), Ordering::Release);
        next
    }

    /// Closes the queue: all waiting and later requests are answered with `None`.
    pub fn close(&self) {
        let mut queue = self.queue.lock();
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
