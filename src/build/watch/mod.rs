//! Builds that follow changes: the watcher, the session of builds, and the schedule of dates.

mod identity;
mod schedule;
mod session;
mod system_watcher;
mod watcher;

pub use self::session::{Event, Session};
