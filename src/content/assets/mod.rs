//! Files that are published unchanged: sizes of images, and files that must not be published.

mod active_content;
mod image;
mod media_types;
mod svg;

pub use self::active_content::{Findings, inspect};
pub use self::image::{ImageView, Picture, SIZES, WIDTHS, is_sideways, measure, orientation, thumbnail_path};
pub use self::media_types::{is_page, is_xml, mentions};
