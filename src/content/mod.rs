//! The content folder: which file is what, and what is read from each.

pub mod assets;
pub mod cache;
pub mod document;
pub mod load;
pub mod loaded;
pub mod markdown;
pub mod scan;
