//! What is being served, shared by all connections.

use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::diagnostics::Lang;
use crate::render::Priority;
use crate::serve::guard::Guard;
use crate::site::routes::Outputs;
use crate::world::DiskWorld;

/// What is served: the site after the latest build, or during the first.
#[derive(Debug, Clone, Default)]
pub(super) struct Served {
    /// During the first build: where to ask for single outputs.
    pub(super) priority: Option<Arc<Priority>>,
    /// Identifies the build, also across restarts of the server.
    pub(super) build: String,
    pub(super) outputs: Arc<Outputs>,
    /// Without percent-encoding.
    pub(super) base_path: String,
    /// The page that is shown while the site has errors.
    pub(super) errors: Option<Arc<String>>,
}

/// The latest state; `None` until the first build has planned its outputs.
pub(super) type State = watch::Receiver<Option<Served>>;

/// What all connections share.
pub(super) struct Shared {
    pub(super) state: State,
    /// The output folder.
    pub(super) out: Arc<DiskWorld>,
    pub(super) guard: Guard,
    pub(super) lang: Lang,
    /// A permit for every reload channel.
    pub(super) channels: Arc<Semaphore>,
}
