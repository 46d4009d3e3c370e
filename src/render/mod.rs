//! Jobs and their bytes: what has to be made, what templates see and ask, and how an output is made.

mod dependencies;
mod navigation;
pub(crate) mod outputs;
mod page;
mod plan;
mod priority;
mod progress;
pub(crate) mod queries;
mod run;
pub(crate) mod views;

pub use self::page::Renderer;
pub use self::plan::{Plan, plan};
pub use self::priority::Priority;
pub use self::progress::Progress;
pub use self::run::{Counts, OutputSink, Rendered, render_all};

#[cfg(feature = "internals")]
pub use self::plan::JobKind;
