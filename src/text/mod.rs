//! Chinese text, dates, slugs, paths and encodings: what needs neither a site nor a disk.

pub mod cjk;
pub mod date;
pub mod encoding;
pub mod path;
pub mod size;
pub mod slug;
pub mod unicode;
