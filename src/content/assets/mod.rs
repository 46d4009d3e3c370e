//! Files that are published unchanged: sizes of images, and files that must not be published.

pub mod active_content;
pub mod image;
pub mod media_types;
pub mod svg;
