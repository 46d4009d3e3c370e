//! The content folder: lists it, and parses documents and assets.

pub mod assets;
pub mod cache;
pub mod document;
pub mod load;
pub mod loaded;
pub mod markdown;
pub mod scan;
