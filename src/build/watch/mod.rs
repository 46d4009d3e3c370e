//! Builds that follow changes: the watcher, the session of builds, and the schedule of dates.

mod schedule;
mod session;
mod watcher;

pub use self::session::{Event, Session};
