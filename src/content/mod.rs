//! The content folder: lists it, and parses documents and assets.

pub(crate) mod assets;
mod cache;
pub(crate) mod document;
mod load;
mod loaded;
pub(crate) mod markdown;
mod scan;

pub use self::cache::{ContentCache, Memo};
pub use self::load::{load, parse_document};
pub use self::loaded::{AssetInfo, HeldDocuments, Parsed};
pub use self::scan::{File, scan};
