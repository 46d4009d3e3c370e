//! Where the parts of a site are: folders and files by their paths below the site's root, and one path on the site.

/// The folder of documents, pages and assets.
pub const CONTENT: &str = "content";

/// The folder of the site's own themes.
pub const THEMES: &str = "themes";

/// The folders that a build reads, in the order of names.
pub const SOURCES: [&str; 2] = [CONTENT, THEMES];

/// The site's settings.
pub const SITE_FILE: &str = "content/site.yaml";

/// The districts that the site covers.
pub const DISTRICTS_FILE: &str = "content/districts.yaml";

/// The folder for what the program keeps between builds.
pub const OWN_FOLDER: &str = ".tribune";

/// The theme's static files on the site. Browsers keep what is below it forever, so nothing else may be there.
pub const STATIC: &str = "/static/";
