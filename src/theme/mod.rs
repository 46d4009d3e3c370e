//! The theme: layers of templates, translations and static files, and the template engine.

mod engine;
mod layers;
mod static_files;

pub use self::layers::{Theme, embedded_files, load};
pub use self::static_files::StaticFile;
