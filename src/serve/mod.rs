//! `serve`: the built site over HTTP, with live reload. Requests are looked up in the table of outputs;
//! a path that is not an output is a 404, whatever lies on the disk. While the site has errors, pages
//! show them, and come back by themselves when they are mended.

mod connection;
mod error_page;
mod lookup;
mod mime;
mod reload;
mod reply;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use tokio::net::TcpListener;
use tokio::sync::watch;

use self::connection::accept;
use self::error_page::error_page;
use crate::demand::Demand;
use crate::problem::Lang;
use crate::{Build, Outputs, Progress};

/// What is served: the state after the latest build, or during the first.
#[derive(Debug, Clone, Default)]
struct Served {
    /// While the first build runs: where to ask for single outputs.
    demand: Option<Arc<Demand>>,
    /// Tells builds apart, over restarts of the server, too.
    build: String,
    outputs: Arc<Outputs>,
    base_path: String,
    /// The page to show while the site has errors.
    errors: Option<Arc<String>>,
}

/// A server; it answers as soon as the first build has put the site together.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    state: watch::Sender<Option<Served>>,
    builds: u64,
    lang: Lang,
}

impl Server {
    /// Listens on `host`:`port` (0 picks a free one) and serves the folder `out` from a thread of its own.
    ///
    /// # Errors
    /// The address cannot be had.
    pub fn start(host: &str, port: u16, out: PathBuf, lang: Lang) -> std::io::Result<Server> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((host, port)))?;
        let address = listener.local_addr()?;
        let (state, receiver) = watch::channel(None);
        std::thread::spawn(move || runtime.block_on(accept(listener, receiver, out)));
        Ok(Server { address, state, builds: 0, lang })
    }

    /// The progress of the first build: whatever is asked for before it is over, it makes first.
    pub fn progress(&self) -> Progress {
        let state = self.state.clone();
        let demand = Arc::new_cyclic(|own: &Weak<Demand>| {
            let own = own.clone();
            Demand::new(move |outputs, base_path| {
                let (outputs, base_path) = (Arc::clone(outputs), base_path.to_owned());
                let served = Served { demand: own.upgrade(), outputs, base_path, ..Served::default() };
                state.send_replace(Some(served));
            })
        });
        Progress { demand, ..Progress::default() }
    }

    /// Serves what a build made, or its errors, from now on; open pages reload.
    pub fn publish(&mut self, build: &Build) {
        self.builds += 1;
        let former = self.state.borrow().clone().unwrap_or_default();
        let number = format!("{}-{}", std::process::id(), self.builds);
        let served = if build.is_ok() {
            // Nothing changed: nothing reloads, unless errors were being shown.
            let quiet = build.rendered.counts.written == 0 && build.removed == 0 && former.errors.is_none();
            Served {
                demand: None,
                build: if quiet && !former.build.is_empty() { former.build } else { number },
                outputs: Arc::clone(&build.outputs),
                base_path: build.base_path.clone(),
                errors: None,
            }
        } else {
            let errors = Some(Arc::new(error_page(build, self.lang)));
            Served { demand: None, build: number, errors, ..former }
        };
        self.state.send_replace(Some(served));
    }
}

type State = watch::Receiver<Option<Served>>;
