//! A theme: its layers of templates, words and static files, and the template engine.

pub mod engine;
pub mod layers;
pub mod static_files;

pub use crate::theme::layers::{DEFAULT_THEME, Theme, load};
