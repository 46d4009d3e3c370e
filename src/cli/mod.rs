//! The command line.

pub mod args;
pub mod build;
pub mod completions;
pub mod draft;
pub mod init;
pub mod list;
pub mod new;
pub mod progress;
pub mod report;
pub mod root;
pub mod run;
pub mod serve;
pub mod terminal;
pub mod watch;

pub use crate::cli::run::run;
