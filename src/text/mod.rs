//! Chinese text, dates, slugs and encodings: what needs neither a site nor a disk.

pub mod cjk;
pub mod date;
pub mod encoding;
pub mod slug;
