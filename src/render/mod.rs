//! Jobs and their bytes: what has to be made, what templates see and ask, and how an output is made.

pub mod dependencies;
pub mod outputs;
pub mod page;
pub mod plan;
pub mod priority;
pub mod progress;
pub mod queries;
pub mod run;
pub mod views;

pub use crate::render::run::{Counts, Rendered, Sink, render_all};
