//! The folders and files of a site, as paths below its root, and the URL path of static files.

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

/// The folder for data that the program keeps between builds.
pub const OWN_FOLDER: &str = ".tribune";

/// The URL path of the theme's static files. Browsers cache everything below it permanently, so no other outputs are
/// allowed there.
pub const STATIC: &str = "/static/";
