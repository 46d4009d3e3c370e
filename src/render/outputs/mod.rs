//! Outputs that are not made by templates: feeds, sitemaps, headers, QR codes, thumbnails.

pub mod feeds;
pub mod headers;
pub mod manifest;
pub mod qr;
pub mod sitemap;
pub mod thumbnails;
pub mod xml;
