//! Outputs that no template makes: feeds, sitemaps, headers, QR codes, thumbnails.

pub mod feeds;
pub mod headers;
pub mod manifest;
pub mod qr;
pub mod thumbnails;
