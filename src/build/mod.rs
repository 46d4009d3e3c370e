//! One build, from the site's files to the output folder, and the builds that follow it.

pub mod incremental;
pub mod model;
pub mod output;
pub mod pipeline;
pub mod publish;
pub mod state;
pub mod watch;
