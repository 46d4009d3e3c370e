//! Paths of the site: resolving, comparing, and mapping to output files.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The case-folded and normalized form of `path`: many file systems do not distinguish paths that differ only in case
/// or Unicode normalization.
pub fn fold(path: &str) -> Cow<'_, str> {
    if !path.is_ascii() {
        // Upper case first: a capital may have several lower-case forms, as σ and ς, ss and ß.
        return path.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    }
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return path.to_ascii_lowercase().into();
    }
    path.into()
}

/// The output file of a path of the site: `/a/` → `a/index.html`.
pub fn output_path(url: &str) -> String {
    let path = url.trim_start_matches('/');
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
}

/// The ending of the name of the file at `path`, without its dot; empty if there is none.
pub fn ending(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// Resolves `path` relative to the file `base`; `None` if it leads above the root.
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
    fn endings_are_those_of_names() {
        for (path, expected) in [("a.md", "md"), ("a.tar.gz", "gz"), ("b.d/a", ""), ("a.", ""), ("", "")] {
            assert_eq!(ending(path), expected);
        }
    }

    #[test]
    fn paths_are_relative_to_their_file() {
        assert_eq!(join("news/a.md", "../reports/b.md").as_deref(), Some("reports/b.md"));
        assert_eq!(join("news/a.md", "./b.md").as_deref(), Some("news/b.md"));
        assert_eq!(join("a.md", "../b.md"), None);
    }
}
