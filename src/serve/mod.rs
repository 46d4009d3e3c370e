//! The preview server.

pub mod connection;
pub mod content;
pub mod error_page;
pub mod guard;
pub mod listen;
pub mod lookup;
pub mod range;
pub mod reload;
pub mod reply;
pub mod server;
pub mod state;
