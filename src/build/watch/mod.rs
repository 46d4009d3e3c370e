//! Builds that follow changes: the watcher, the session of builds, and the schedule of dates.

pub mod schedule;
pub mod session;
pub mod watcher;
