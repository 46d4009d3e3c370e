//! How far a build has come. Another thread may read it, and ask for single outputs, while the build runs.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use crate::render::priority::Priority;

/// How far a build has come.
#[derive(Debug, Default)]
pub struct Progress {
    /// Outputs to make; 0 until they are planned.
    pub total: AtomicUsize,
    /// Outputs made so far.
    pub done: AtomicUsize,
    /// Outputs that a request waits for.
    pub priority: Arc<Priority>,
}
