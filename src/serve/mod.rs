//! The preview server.

mod connection;
mod content;
mod error_page;
mod guard;
mod listen;
mod lookup;
mod range;
mod reload;
mod reply;
mod server;
mod state;

pub use self::guard::allowed_name;
pub use self::server::{Listen, Server};

#[cfg(feature = "internals")]
pub use self::lookup::{RequestTarget, find};
