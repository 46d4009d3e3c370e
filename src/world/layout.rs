//! The folders and files of a site, as paths below its root, and the URL path of static files.

use std::path::Path;

/// The folder of documents, pages and assets.
pub const CONTENT: &str = "content";

/// The folder of the site's own themes.
pub const THEMES: &str = "themes";

/// The folders that a build reads, sorted by name.
pub const SOURCES: [&str; 2] = [CONTENT, THEMES];

/// The site's settings.
pub const SITE_FILE: &str = "content/site.yaml";

/// The districts that the site covers.
pub const DISTRICTS_FILE: &str = "content/districts.yaml";

/// The introduction of a section: the only name with a leading `_` that is read.
pub const INDEX_FILE: &str = "_index.md";

/// The folder for data that the program keeps between builds.
pub const OWN_FOLDER: &str = ".tribune";

/// The URL path of the theme's static files. Browsers cache everything below it permanently, so no other outputs are
/// allowed there.
pub const STATIC: &str = "/static/";

/// Whether a file or folder in `path` is hidden: its name begins with `.`, or with `_` if `underscores` hide, too.
pub fn is_hidden(path: &Path, underscores: bool) -> bool {
    let path = if path.ends_with(INDEX_FILE) { path.parent().unwrap_or(path) } else { path };
    path.iter().any(|name| match name.as_encoded_bytes().first() {
        Some(b'.') => true,
        Some(b'_') => underscores,
        _ => false,
    })
}
