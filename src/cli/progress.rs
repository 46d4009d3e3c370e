//! How far a build has come, what somebody waits for meanwhile, and the line on a terminal that shows it.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::diagnostics::Diagnostic;
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
    /// Who is told of a page that takes longer than it may; if nobody is, pages take as long as they take.
    pub on_overdue: OnOverdue,
}

/// Is told of a page that takes longer than it may. Nothing but the end of the program ends it.
#[derive(Clone, Default)]
pub struct OnOverdue(pub Option<Arc<dyn Fn(Diagnostic) + Send + Sync>>);

impl fmt::Debug for OnOverdue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OnOverdue").field(&self.0.is_some()).finish()
    }
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
    let mut error = std::io::stderr();
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
