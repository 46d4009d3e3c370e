//! Parses a document from its front matter and body. The result depends on the file's bytes alone, so unchanged files
//! come from the cache.

mod front_matter;
mod keys;
mod meta;
mod parse;
mod redirects;

pub use self::front_matter::{is_document, is_draft};
pub use self::meta::Meta;
pub use self::parse::{Document, SectionIndex, parse, parse_index};
