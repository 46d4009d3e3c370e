//! Files that are published as they are: pictures, their sizes, and what may not be published.

pub mod active_content;
pub mod image;
pub mod media_types;
pub mod svg;
