//! The progress line on a terminal.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::diagnostics::Lang;
use crate::render::Progress;

/// Shorter builds show no progress.
const DELAY: Duration = Duration::from_secs(1);
const INTERVAL: Duration = Duration::from_millis(100);

/// Moves to the start of the line and clears it (ECMA-48).
const CLEAR_LINE: &str = "\r\x1b[K";

/// A progress line, drawn by a thread of its own.
pub(super) struct ProgressLine {
    finished: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ProgressLine {
    /// Starts to draw, if standard error is a terminal.
    pub(super) fn start(progress: &Arc<Progress>, lang: Lang) -> ProgressLine {
        let finished = Arc::new(AtomicBool::new(false));
        let thread = std::io::stderr().is_terminal().then(|| {
            let (finished, progress) = (Arc::clone(&finished), Arc::clone(progress));
            // Without a thread there is no line; the build does not depend on it.
            thread::Builder::new().spawn(move || draw(&finished, &progress, lang)).ok()
        });
        ProgressLine { finished, thread: thread.flatten() }
    }

    /// Clears the line.
    pub(super) fn stop(self) {
        self.finished.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn draw(finished: &AtomicBool, progress: &Progress, lang: Lang) {
    let mut stderr = anstream::stderr();
    let mut drawn = false;
    thread::park_timeout(DELAY);
    while !finished.load(Ordering::Relaxed) {
        let (done, total) = (progress.done.load(Ordering::Relaxed), progress.total.load(Ordering::Relaxed));
        let text = match (total, lang) {
            (0, Lang::Zh) => "正在读取……".to_owned(),
            (0, Lang::En) => "reading …".to_owned(),
            (_, Lang::Zh) => format!("正在生成 {done}/{total}（{}%）", done * 100 / total),
            (_, Lang::En) => format!("rendering {done}/{total} ({}%)", done * 100 / total),
        };
        let _ = write!(stderr, "{CLEAR_LINE}{text}");
        let _ = stderr.flush();
        drawn = true;
        thread::park_timeout(INTERVAL);
    }
    if drawn {
        let _ = write!(stderr, "{CLEAR_LINE}");
        let _ = stderr.flush();
    }
}
