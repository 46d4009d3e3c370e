//! URLs and output paths: the table of everything that is written. What collides in it is reported by
//! [`check_paths`], links are looked up in it by [`resolve()`], and those that lead nowhere are reported by
//! [`check_links`].

pub mod collisions;
pub mod links;
pub mod resolve;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use crate::diagnostics::source::Span;
pub use crate::site::routes::collisions::{check_paths, is_reserved};
pub use crate::site::routes::links::{check_links, check_page};
pub use crate::site::routes::resolve::{LinkContext, LinkError, ResolvedLink, resolve};

/// The paths of outputs, shared by all who name them: a large site has hundreds of thousands.
pub type Outputs = BTreeSet<Arc<str>>;

/// What makes an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// How a message names it: a file, or what the program makes of itself.
    pub name: String,
    /// The file to correct, if it is a file's doing.
    pub file: Option<(String, Span)>,
    /// What kind of mistake a collision would be.
    pub kind: OriginKind,
}

/// What is to be mended where outputs collide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginKind {
    /// The name of a file, or a slug.
    Name,
    /// The name of a topic, in site.yaml.
    Topic,
    /// A file of the theme.
    Theme,
    /// A former URL, as written.
    Alias(String),
    /// A mistake that was reported where it was read.
    Reported,
}

impl Origin {
    /// An output of the file at `path`, by what stands at `span`.
    pub fn file(path: &str, span: Span) -> Origin {
        Origin { name: path.to_owned(), file: Some((path.to_owned(), span)), kind: OriginKind::Name }
    }

    /// Is there a file or a folder of the content to be mended?
    fn is_located(&self) -> bool {
        self.file.is_some() || self.name.starts_with("content/")
    }

    /// An output of the program's own.
    pub fn made(name: impl Into<String>) -> Origin {
        Origin { name: name.into(), file: None, kind: OriginKind::Name }
    }
}

/// All output paths of the site.
#[derive(Debug, Default)]
pub struct Routes(Arc<Outputs>);

/// Paths that differ only in case or in Unicode form are one file on many disks.
pub fn fold(path: &str) -> Cow<'_, str> {
    if !path.is_ascii() {
        // By way of capitals, for a capital may have several small letters: σ and ς, ss and ß.
        return path.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    }
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return path.to_ascii_lowercase().into();
    }
    path.into()
}

/// The output path of a path of the site: `/a/` → `a/index.html`.
pub fn output_path(url: &str) -> String {
    let path = url.trim_start_matches('/');
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
}

impl Routes {
    /// The routes to these outputs.
    pub fn new(outputs: Arc<Outputs>) -> Routes {
        Routes(outputs)
    }

    /// Is there an output for this path of the site?
    pub fn holds(&self, url: &str) -> bool {
        let path = output_path(url);
        self.0.contains(path.as_str()) || self.0.contains(format!("{path}/index.html").as_str())
    }
}

/// `path` as seen from the file `base`; `None` if it climbs above the top.
pub fn join(base: &str, path: &str) -> Option<String> {
    let folder = base.trim_start_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut segments: Vec<&str> = folder.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            segment => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_written_as_their_index() {
        assert_eq!(output_path("/"), "index.html");
        assert_eq!(output_path("/reports/"), "reports/index.html");
        assert_eq!(output_path("/a/b.html"), "a/b.html");
    }

    #[test]
    fn paths_are_seen_from_their_file() {
        assert_eq!(join("news/a.md", "../reports/b.md").as_deref(), Some("reports/b.md"));
        assert_eq!(join("news/a.md", "./b.md").as_deref(), Some("news/b.md"));
        assert_eq!(join("a.md", "../b.md"), None);
    }
}
