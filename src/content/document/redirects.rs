//! Former URLs: which of them a page can stand at.

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

use crate::config::yaml::fields::{Fields, Located};
use crate::diagnostics::problem::Problem;

/// The former URLs that `fields` give; what is wrong with others is noted there.
pub fn read(fields: &mut Fields) -> Vec<Located<String>> {
    let mut aliases = Vec::new();
    for alias in fields.texts("aliases") {
        match decoded_alias(&alias.value) {
            Some(value) => aliases.push(Located { value, span: alias.span }),
            None => fields.mistake(Problem::BadAlias { value: alias.value }, alias.span),
        }
    }
    aliases
}

/// A former URL is often copied from an address bar, with its hanzi percent-encoded.
fn decoded_alias(path: &str) -> Option<String> {
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    let decoded: String = decoded.nfc().collect();
    is_alias(&decoded).then_some(decoded)
}

fn is_alias(path: &str) -> bool {
    let bad = |c: char| c.is_control() || matches!(c, '\\' | '?' | '#' | '<' | '>' | '"' | '|' | '*' | ':');
    path.starts_with('/')
        && path.len() > 1
        && !path.contains("//")
        && !path.chars().any(bad)
        // Hidden files are the server's, or this program's own: `/.htaccess`, `/.tribune-files`.
        && path.split('/').all(|segment| !segment.starts_with('.') && !segment.ends_with(['.', ' ']))
        && !names_a_setting(path)
        && is_shown_as_page(path.rsplit('/').next().unwrap_or_default())
}

/// Endings that addresses of pages have had. Where a server runs such files, it finds no program in what is written
/// there: PHP and ASP begin theirs with `<?` or `<%`, server-side includes with `<!--#`, and every `<` of a title is
/// escaped. JSP is not among them: it also computes `${…}`. Browsers take XHTML for XML, which the page is not.
const ADDRESSES: &[&str] = &["html", "htm", "shtml", "shtm", "php", "asp", "aspx", "do", "action"];

/// What stands at a former URL is a web page: would browsers take it for another kind of file by its name?
fn is_shown_as_page(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_none_or(|ending| ADDRESSES.contains(&ending.as_str()))
}

/// Do servers look for their settings there? `/_redirects`, `/_worker.js`, `/CNAME`, `/web.config`.
fn names_a_setting(path: &str) -> bool {
    path.starts_with("/_")
        || path.split('/').any(|segment| segment.eq_ignore_ascii_case("web.config"))
        || path.trim_end_matches('/').eq_ignore_ascii_case("/cname")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_cannot_climb() {
        assert!(is_alias("/old/path.html") && is_alias("/old/"));
        for bad in ["old", "/", "//a", "/../a", "/a/../b", "/a\\b", "/a?b", "/a\0", "/.htaccess", "/a /b"] {
            assert!(!is_alias(bad), "{bad:?}");
        }
    }
}
