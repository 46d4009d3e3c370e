//! `publish` in site.yaml: patterns of files that are published although nothing refers to them.

use globset::{GlobBuilder, GlobMatcher};
use unicode_normalization::UnicodeNormalization;

use crate::config::yaml::{Fields, Located};
use crate::diagnostics::Span;
use crate::diagnostics::messages::ConfigProblem;

/// Files in the content folder itself that browsers, search engines and others fetch although no page refers to them.
const WELL_KNOWN: &[&str] = &[
    "favicon.ico",
    "robots.txt",
    "sitemap.html",
    "manifest.webmanifest",
    "browserconfig.xml",
    "crossdomain.xml",
    "web.config",
    "CNAME",
    "ads.txt",
    "humans.txt",
    "llms.txt",
    "security.txt",
];

/// A pattern of files: `downloads/**`.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As written.
    pub text: String,
    /// Where it is written.
    pub span: Span,
    glob: GlobMatcher,
}

impl Pattern {
    /// Whether it names a folder or a file, and not only a kind of files.
    pub fn is_definite(&self) -> bool {
        !self.text.trim_start_matches('/').starts_with('*')
    }

    /// Whether it matches the file `name`, or a folder that holds it.
    pub fn matches(&self, name: &str) -> bool {
        let folders = name.match_indices('/').map(|(at, _)| &name[..at]);
        folders.chain([name]).any(|path| self.glob.is_match(path))
    }
}

/// Reads `publish`.
pub(super) fn publish(fields: &mut Fields) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    for Located { value, span } in fields.texts("publish") {
        let path: String = value.trim_matches('/').nfc().collect();
        match GlobBuilder::new(&path).literal_separator(true).backslash_escape(true).build() {
            Ok(glob) if !path.is_empty() => {
                patterns.push(Pattern { text: value, span, glob: glob.compile_matcher() });
            }
            _ => fields.mistake(ConfigProblem::BadPattern { value }, span),
        }
    }
    patterns
}

/// Whether the file `name` is fetched by browsers, search engines and others without a link: icons, settings of servers,
/// and files by which the owner of a site proves to be that.
pub fn is_well_known(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let proves = (lower.contains("verif") || lower.contains("siteauth")) && ends(&[".txt", ".html", ".xml"]);
    let is_icon = lower.starts_with("favicon.") || lower.starts_with("apple-touch-icon") && ends(&[".png"]);
    !name.contains('/') && (WELL_KNOWN.contains(&name) || proves || is_icon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_prove_who_owns_the_site_are_well_known() {
        for name in [
            "favicon.ico",
            "MP_verify_aB1.txt",
            "baidu_verify_codeva-x.html",
            "BingSiteAuth.xml",
            "apple-touch-icon.png",
        ] {
            assert!(is_well_known(name), "{name}");
        }
        for name in ["名单.txt", "a/robots.txt", "verification.docx", "Robots.xlsx"] {
            assert!(!is_well_known(name), "{name}");
        }
    }
}
