//! What templates see: pages, listings, pictures, page tags, structured data.

pub mod json_ld;
pub mod page_tags;
pub mod view;
pub mod view_builder;
