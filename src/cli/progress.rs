//! How far a build has come, what somebody waits for meanwhile, and the line on a terminal that shows it.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::diagnostics::problem::Lang;
use crate::render::priority::Priority;

/// How far a build has come; it may be read from another thread.
#[derive(Debug, Default)]
pub struct Progress {
    /// Outputs to make; 0 until they are planned.
    pub total: AtomicUsize,
    /// Outputs made.
    pub done: AtomicUsize,
    /// What is waited for.
    pub priority: Arc<Priority>,
}

/// A line of progress on a terminal, once a build takes more than a second.
pub struct ProgressLine {
    finished: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl ProgressLine {
    /// Begins to draw, if standard error is a terminal.
    pub fn start(progress: &Arc<Progress>, lang: Lang) -> ProgressLine {
        let finished = Arc::new(AtomicBool::new(false));
        let thread = std::io::stderr().is_terminal().then(|| {
            let (finished, progress) = (Arc::clone(&finished), Arc::clone(progress));
            let draw = move || draw_progress(&finished, &progress, lang);
            // Without a thread of its own there is no line, and that is all.
            std::thread::Builder::new().spawn(draw).ok()
        });
        ProgressLine { finished, thread: thread.flatten() }
    }

    /// Takes the line away.
    pub fn stop(self) {
        self.finished.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn draw_progress(finished: &AtomicBool, progress: &Progress, lang: Lang) {
    let mut error = anstream::stderr();
    let mut drawn = false;
    std::thread::park_timeout(Duration::from_secs(1));
    while !finished.load(Ordering::Relaxed) {
        let (done, total) = (progress.done.load(Ordering::Relaxed), progress.total.load(Ordering::Relaxed));
        let text = match (total, lang) {
            (0, Lang::Zh) => "正在读取……".to_owned(),
            (0, Lang::En) => "reading …".to_owned(),
            (_, Lang::Zh) => format!("正在生成 {done}/{total}（{}%）", done * 100 / total),
            (_, Lang::En) => format!("rendering {done}/{total} ({}%)", done * 100 / total),
        };
        let _ = write!(error, "\r\x1b[K{text}");
        let _ = error.flush();
        drawn = true;
        std::thread::park_timeout(Duration::from_millis(100));
    }
    if drawn {
        let _ = write!(error, "\r\x1b[K");
        let _ = error.flush();
    }
}
