//! Serves the built site over HTTP, with live reload. Only outputs are served, whatever else is in the folder. While
//! the site has errors, all pages show them.
//!
//! | file | purpose |
//! | --- | --- |
//! | `listen` | the address, and why it cannot be used |
//! | `state` | what is served |
//! | `connection` | limits and time-outs |
//! | `guard` | which requests are allowed: hosts and origins |
//! | `lookup` | from the path to the output |
//! | `content` | the bytes of an output |
//! | `range` | which of them are sent |
//! | `reply` | the response |
//! | `reload`, `error_page` | what the server adds to the site |

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, watch};

use crate::build::Build;
use crate::diagnostics::Lang;
use crate::render::{Priority, Progress};
use crate::serve::connection::accept;
use crate::serve::error_page::error_page;
use crate::serve::guard::Guard;

pub(super) use crate::serve::listen::ListenError;
use crate::serve::listen::addresses;
use crate::serve::reload::MOST_CHANNELS;
use crate::serve::state::{Served, Shared};
use crate::world::DiskWorld;

/// Threads that read files: a slow disk must not hold up other requests.
const DISK_THREADS: usize = 16;

/// Where to listen.
#[derive(Debug, Clone, Copy)]
pub struct Listen<'a> {
    /// A name or address of this machine.
    pub host: &'a str,
    /// The port; 0 picks a free one.
    pub port: u16,
    /// Further host names to answer, as `allowed_name` returns them.
    pub allowed: &'a [String],
}

/// A server; it answers as soon as the first build has planned its outputs.
pub struct Server {
    /// The address it listens on.
    pub address: SocketAddr,
    state: watch::Sender<Option<Served>>,
    builds: u64,
    lang: Lang,
}

impl Server {
    /// Starts to serve the folder `out`, on a thread of its own.
    ///
    /// # Errors
    /// The address cannot be used, or the system lacks resources.
    pub fn start(listen: Listen, out: PathBuf, lang: Lang) -> Result<Server, ListenError> {
        let addresses = addresses(listen.host, listen.port)?;
        let mut runtime = Builder::new_current_thread();
        let runtime = runtime.enable_all().max_blocking_threads(DISK_THREADS).build();
        let runtime = runtime.map_err(ListenError::NoResources)?;
        let listener =
            runtime.block_on(TcpListener::bind(&addresses[..])).map_err(ListenError::BindFailed)?;
        let address = listener.local_addr().map_err(ListenError::BindFailed)?;
        let (state, receiver) = watch::channel(None);
        let shared = Shared {
            state: receiver,
            out: Arc::new(DiskWorld::new(out)),
            guard: Guard::new(listen.host, address.ip(), listen.allowed),
            lang,
            channels: Arc::new(Semaphore::new(MOST_CHANNELS)),
        };
        let serve = move || runtime.block_on(accept(listener, Arc::new(shared)));
        std::thread::Builder::new().spawn(serve).map_err(ListenError::NoResources)?;
        Ok(Server { address, state, builds: 0, lang })
    }

    /// The address to open in a browser on this machine.
    pub fn url(&self) -> String {
        format!("http://{}", reachable(self.address))
    }

    /// The progress of the first build, which renders first what is requested meanwhile.
    pub fn progress(&self) -> Progress {
        let state = self.state.clone();
        let priority = Arc::new_cyclic(|own: &Weak<Priority>| {
            let own = own.clone();
            Priority::new(move |outputs, base_path| {
                let (outputs, base_path) = (Arc::clone(outputs), decoded(base_path));
                let served = Served { priority: own.upgrade(), outputs, base_path, ..Served::default() };
                state.send_replace(Some(served));
            })
        });
        Progress { priority, ..Progress::default() }
    }

    /// Serves the result of a build from now on; open pages reload.
    pub fn publish(&mut self, build: &Build) {
        self.builds += 1;
        let former = self.state.borrow().clone().unwrap_or_default();
        let number = format!("{}-{}", std::process::id(), self.builds);
        let served = if build.is_ok() {
            let base_path = decoded(&build.base_path);
            // Pages reload only if something has changed, or errors were shown.
            let quiet = build.rendered.counts.written == 0
                && !build.replaced
                && former.outputs == build.outputs
                && former.base_path == base_path
                && former.errors.is_none();
            Served {
                priority: None,
                build: if quiet && !former.build.is_empty() { former.build } else { number },
                outputs: Arc::clone(&build.outputs),
                base_path,
                errors: None,
            }
        } else {
            let errors = Some(Arc::new(error_page(build, self.lang)));
            Served { priority: None, build: number, errors, ..former }
        };
        self.state.send_replace(Some(served));
    }
}

/// A server that listens on all addresses is reached by the loopback address: browsers on Windows do not open 0.0.0.0.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) if v4.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, v4.port()).into(),
        SocketAddr::V6(v6) if v6.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, v6.port()).into(),
        _ => address,
    }
}

fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_sent_to_an_address_that_they_can_open() {
        for (address, url) in [
            ("0.0.0.0:1111", "127.0.0.1:1111"),
            ("[::]:1111", "[::1]:1111"),
            ("192.168.1.2:1111", "192.168.1.2:1111"),
            ("[::1]:80", "[::1]:80"),
        ] {
            assert_eq!(reachable(address.parse().unwrap()).to_string(), url);
        }
    }
}
