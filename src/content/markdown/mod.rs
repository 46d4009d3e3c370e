//! Markdown with amendments for Chinese. Loading reads a body's [`Digest`]: summary and links. Rendering produces the HTML
//! and the table of contents.

pub mod body;
pub mod complexity;
pub mod cost;
pub mod emphasis;
pub mod events;
pub mod footnotes;
pub mod html;
pub mod links;
pub mod lints;
pub mod raw_html;
pub mod sanitize;
pub mod summary;
pub mod tags;

pub use crate::content::markdown::body::{Digest, Rendered, anchors, digest, render};
pub use crate::content::markdown::complexity::{COLUMNS_LIMIT, check};
pub use crate::content::markdown::cost::{Kind, TooComplex};
pub use crate::content::markdown::html::TocEntry;
pub use crate::content::markdown::links::{Link, Target};
pub use crate::content::markdown::lints::lints;
pub use crate::content::markdown::raw_html::LossyHtml;
pub use crate::content::markdown::summary::SUMMARY_LIMIT;
pub use crate::content::markdown::tags::HtmlPiece;
