//! Parses a document from its front matter and body. The result depends on the file's bytes alone, so unchanged files
//! come from the cache.

pub mod front_matter;
pub mod keys;
pub mod meta;
pub mod parse;
pub mod redirects;

pub use crate::content::document::meta::{Credit, Meta};
pub use crate::content::document::parse::{Document, SectionIndex, parse, parse_index};
