//! The command line.

mod args;
mod build;
mod changes;
mod completions;
mod draft;
mod init;
mod list;
mod new;
mod problems;
mod progress;
mod report;
mod root;
mod run;
mod serve;
mod terminal;
mod watch;

pub use self::run::run;
