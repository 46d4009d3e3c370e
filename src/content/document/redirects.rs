//! Former URLs (`aliases`), and which of them a redirect page can be written to.

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

use crate::config::yaml::{Fields, Located};
use crate::diagnostics::messages::ContentProblem;

/// Reads the former URLs. Invalid ones are noted in `fields`.
pub(super) fn read(fields: &mut Fields) -> Vec<Located<String>> {
    let mut aliases = Vec::new();
    for alias in fields.texts("aliases") {
        match decoded_alias(&alias.value) {
            Some(value) => aliases.push(Located { value, span: alias.span }),
            None => fields.mistake(ContentProblem::BadAlias { value: alias.value }, alias.span),
        }
    }
    aliases
}

/// Former URLs are often copied from the address bar, where hanzi are percent-encoded.
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
        // Hidden files belong to the server or to this program: `/.htaccess`, `/.tribune-files`.
        && path.split('/').all(|segment| !segment.starts_with('.') && !segment.ends_with(['.', ' ']))
        && !names_a_setting(path)
        && is_shown_as_page(path.rsplit('/').next().unwrap_or_default())
}

/// Endings of page addresses. A server that runs such files finds no code in a redirect page: PHP and ASP code begins
/// with `<?` or `<%`, server-side includes with `<!--#`, and every `<` of a title is escaped. JSP is left out, as it
/// also evaluates `${…}`, and XHTML, as browsers parse it as XML.
const ADDRESSES: &[&str] = &["html", "htm", "shtml", "shtm", "php", "asp", "aspx", "do", "action"];

/// Whether browsers show a file of this name as a web page.
fn is_shown_as_page(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_none_or(|ending| ADDRESSES.contains(&ending.as_str()))
}

/// Whether it is a settings file of a server: `/_redirects`, `/_worker.js`, `/CNAME`, `/web.config`.
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
