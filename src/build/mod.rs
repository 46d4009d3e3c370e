//! One build, from the site's files to the output folder, and the builds that follow it.

pub mod incremental;
pub mod output;
pub mod publish;
pub mod watch;
