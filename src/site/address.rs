//! The addresses of documents: the folders are the address.

use crate::config::Config;
use crate::content::document::Document;
use crate::text::segment;

/// The path on the site: the folders, then the slug or else the file's name.
pub fn address_of(document: &Document, config: &Config) -> String {
    address_of_name(&document.source, document.meta.slug.as_ref().map(|slug| slug.value.as_str()), config)
}

/// The path on the site of the document `name`: the folders, then the slug or else the file's name.
pub fn address_of_name(name: &str, slug: Option<&str>, config: &Config) -> String {
    let stem = &name[..name.len().saturating_sub(".md".len())];
    let mut url = String::new();
    let (folders, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
        url.push('/');
        url.push_str(&segment(folder, config.slugs));
    }
    url.push('/');
    match slug {
        Some(slug) => url.push_str(slug),
        None => url.push_str(&segment(name, config.slugs)),
    }
    url.push_str(".html");
    url
}
