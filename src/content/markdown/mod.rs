//! Markdown with amendments for Chinese. Loading reads a body's [`Digest`]: summary and links. Rendering produces the
//! HTML and the table of contents.

mod amended;
mod attributes;
mod autolinks;
mod body;
mod complexity;
mod cost;
mod destination;
mod emphasis;
mod events;
mod footnotes;
mod headings;
mod html;
mod html_slips;
mod lines;
mod links;
mod lints;
mod marks;
mod numbers;
mod paragraphs;
mod raw_html;
mod raw_links;
mod rows;
mod sanitize;
mod spans;
mod summary;
mod tab_tables;
mod tags;

pub use self::amended::Body;
pub use self::body::{Digest, Rendered, anchors, digest, is_empty, render};
pub use self::complexity::{COLUMNS_LIMIT, check};
pub use self::cost::{ComplexityKind, TooComplex};
pub use self::destination::LinkTarget;
pub use self::html::TocEntry;
pub use self::links::Link;
pub use self::lints::lints;
pub use self::raw_html::LossyHtml;
pub use self::tags::HtmlPiece;

#[cfg(feature = "internals")]
pub use self::summary::SUMMARY_LIMIT;
