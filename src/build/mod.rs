//! One build, from the site's files to the output folder, and the builds that follow it.

mod changes;
mod held_back;
pub(crate) mod incremental;
mod model;
pub(crate) mod output;
mod pipeline;
mod publish;
mod state;
pub(crate) mod watch;

pub use self::model::{Build, Changes, Moved, Options, Prepared, Shown, SiteChanges};
pub use self::pipeline::{inspect, prepare};

#[cfg(feature = "internals")]
pub use self::pipeline::build;
#[cfg(feature = "internals")]
pub use self::publish::publish;
#[cfg(feature = "internals")]
pub use self::state::BuildState;
