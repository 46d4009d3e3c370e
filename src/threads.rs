//! The threads that builds run on. A system may have none to give any more (`ulimit -u`, the limits of a container):
//! that is known before anything is begun, and is no reason to panic.

use std::io;
use std::sync::mpsc::channel;
use std::thread::{self, Builder, JoinHandle};
use std::time::Duration;

use rayon::{ThreadBuilder, ThreadPoolBuilder};

use crate::diagnostics::problem::Problem;

/// For how long threads that have ended may still be counted.
const PASSING: Duration = Duration::from_millis(50);

/// What builds run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// As many threads as were asked for, or one for each core.
    All,
    /// The current one alone, because there were no more.
    Current,
}

/// Starts as many threads as are `wanted`, or one for each core; where there are not so many, all is done on the
/// current one. Only the first call counts.
///
/// # Errors
/// There are not as many as were asked for.
pub fn start(wanted: Option<u16>) -> Result<Threads, Problem> {
    let count = match wanted {
        // Whoever asks for one has it already.
        Some(1) => return Ok(on_current(Threads::All)),
        Some(wanted) => usize::from(wanted),
        None => thread::available_parallelism().map_or(1, usize::from),
    };
    match have(count + 1) {
        Ok(mut waiting) => {
            // The watch over the pages in the making needs one, too.
            waiting.pop().into_iter().for_each(Waiting::end);
            let mut waiting = waiting.into_iter();
            let hand_over = |worker: ThreadBuilder| match waiting.next() {
                Some(waiting) => waiting.begin(worker),
                None => Err(io::ErrorKind::WouldBlock.into()),
            };
            let _ = ThreadPoolBuilder::new().num_threads(count).spawn_handler(hand_over).build_global();
            Ok(Threads::All)
        }
        Err(error) => match wanted {
            Some(_) => Err(Problem::ThreadsRefused { wanted: count, fault: (&error).into() }),
            None => {
                thread::sleep(PASSING);
                Ok(on_current(Threads::Current))
            }
        },
    }
}

fn on_current(threads: Threads) -> Threads {
    let _ = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build_global();
    threads
}

/// A thread that is there, and waits for its work.
struct Waiting {
    sender: std::sync::mpsc::Sender<ThreadBuilder>,
    thread: JoinHandle<()>,
}

impl Waiting {
    fn start() -> io::Result<Waiting> {
        let (sender, work) = channel::<ThreadBuilder>();
        let thread = Builder::new().spawn(move || {
            if let Ok(worker) = work.recv() {
                worker.run();
            }
        })?;
        Ok(Waiting { sender, thread })
    }

    fn begin(self, worker: ThreadBuilder) -> io::Result<()> {
        self.sender.send(worker).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    /// Lets it go without any.
    fn end(self) {
        drop(self.sender);
        let _ = self.thread.join();
    }
}

/// So many threads, or none: a pool that fails half-way cannot be begun again.
fn have(count: usize) -> io::Result<Vec<Waiting>> {
    let mut had = Vec::with_capacity(count);
    for _ in 0..count {
        match Waiting::start() {
            Ok(waiting) => had.push(waiting),
            Err(error) => {
                had.into_iter().for_each(Waiting::end);
                return Err(error);
            }
        }
    }
    Ok(had)
}

/// Are there so many threads to be had at the moment?
///
/// # Errors
/// There are not.
pub fn probe(count: usize) -> io::Result<()> {
    let had = have(count).inspect_err(|_| thread::sleep(PASSING))?;
    had.into_iter().for_each(Waiting::end);
    Ok(())
}
