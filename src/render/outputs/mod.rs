//! Outputs that are not made by templates: feeds, sitemaps, headers, QR codes, thumbnails.

mod feeds;
mod headers;
mod manifest;
mod qr;
mod sitemap;
mod thumbnails;
mod xml;

pub use self::feeds::{feed, newest};
pub use self::headers::{nginx, plain};
pub use self::manifest::{icon, manifest};
pub use self::qr::svg;
pub use self::sitemap::{part_of_sitemap, robots, sitemap, sitemap_of_part};
pub use self::thumbnails::ThumbnailCache;

#[cfg(feature = "internals")]
pub use self::thumbnails::reduce;
