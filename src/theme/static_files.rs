//! The theme's static files. Their URLs contain a fingerprint of their content, so that browsers can cache them
//! permanently, and references in style sheets are rewritten to these URLs. Otherwise files are published unchanged.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use sha2::{Digest, Sha384};

use crate::diagnostics::messages::{FileProblem, ThemeProblem};
use crate::diagnostics::{Diagnostic, Place, Source};
use crate::text::{Decoded, decode, join};
use crate::world::{Fingerprint, STATIC};

/// A static file of the theme.
#[derive(Debug)]
pub struct StaticFile {
    /// Its path below `static/`, by which templates refer to it.
    pub name: String,
    /// Its path on the site, with its fingerprint: `/static/css/site.0123456789.css`.
    pub url: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its source file, for messages.
    pub origin: String,
}

impl StaticFile {
    /// The fingerprint of its content.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.bytes)
    }

    /// Its digest for an `integrity` attribute (Subresource Integrity, section 3.1).
    pub fn integrity(&self) -> String {
        format!("sha384-{}", STANDARD.encode(Sha384::digest(&self.bytes)))
    }
}

/// Contents and source files of static files, by name.
pub(super) type Files<'a> = BTreeMap<&'a str, (&'a [u8], String)>;

/// Adds fingerprints to the files, and rewrites references in style sheets. The result is sorted by name.
pub(super) fn fingerprinted(files: Files<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<StaticFile> {
    let names: Vec<&str> = files.keys().copied().collect();
    let mut fingerprinter =
        Fingerprinter { files, done: BTreeMap::new(), in_progress: Vec::new(), diagnostics };
    for name in names {
        fingerprinter.url(name);
    }
    fingerprinter.done.into_values().collect()
}

/// Whether the file is text that browsers decode with the encoding of the page by default.
fn is_text(name: &str) -> bool {
    [".css", ".js", ".mjs"].iter().any(|extension| name.ends_with(extension))
}

/// Computes the URLs of files, those of referenced files first.
struct Fingerprinter<'a, 'd> {
    files: Files<'a>,
    done: BTreeMap<&'a str, StaticFile>,
    /// The style sheets being processed: a reference back to one of them is left unchanged.
    in_progress: Vec<&'a str>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl<'a> Fingerprinter<'a, '_> {
    /// The path on the site of the file `name`; `None` if there is no such file, or if it is in progress.
    fn url(&mut self, name: &str) -> Option<String> {
        if let Some(done) = self.done.get(name) {
            return Some(done.url.clone());
        }
        let (name, (bytes, origin)) = self.files.get_key_value(name)?;
        let (name, bytes, origin) = (*name, *bytes, origin.clone());
        if self.in_progress.contains(&name) {
            return None;
        }
        let bytes = match decode(bytes) {
            Ok(decoded) if is_text(name) => self.decoded(name, &origin, &decoded).into_bytes(),
            Err(error) if is_text(name) => {
                let place = Place { line: error.line, ..Place::file(&*origin) };
                self.diagnostics.push(Diagnostic::new(ThemeProblem::StaticUnreadable).at(place));
                bytes.to_vec()
            }
            _ => bytes.to_vec(),
        };
        let url = url(name, &bytes);
        self.done.insert(name, StaticFile { name: name.to_owned(), url: url.clone(), bytes, origin });
        Some(url)
    }

    /// The published text of a style sheet or script: in UTF-8, like the pages that use it, without a byte order mark.
    fn decoded(&mut self, name: &'a str, origin: &str, decoded: &Decoded) -> String {
        if !decoded.converted {
            return self.text(name, origin, &decoded.text);
        }
        self.diagnostics.push(Diagnostic::new(FileProblem::Converted).at(Place::file(origin)));
        // `@charset` (CSS Syntax 3, section 3.2) would declare the former encoding.
        let rule = |text: &str| text.strip_prefix("@charset \"")?.find("\";").map(|end| end + 12);
        let start = rule(&decoded.text).filter(|_| name.ends_with(".css")).unwrap_or(0);
        self.text(name, origin, &decoded.text[start..])
    }

    /// The published text of the file `name`.
    fn text(&mut self, name: &'a str, origin: &str, text: &str) -> String {
        if !name.ends_with(".css") {
            return text.to_owned();
        }
        self.in_progress.push(name);
        let sheet = self.sheet(name, origin, text);
        self.in_progress.pop();
        sheet
    }

    /// The style sheet `name` with its `url(…)` and `@import` references rewritten.
    fn sheet(&mut self, name: &'a str, origin: &str, sheet: &str) -> String {
        let mut result = String::with_capacity(sheet.len());
        let mut copied = 0;
        for (start, end) in references(sheet) {
            let written = &sheet[start..end];
            let target = written.trim().trim_matches(['"', '\'']);
            let Some((path, suffix)) = relative(target) else { continue };
            match join(name, path).and_then(|wanted| self.url(&wanted)) {
                Some(url) => {
                    let up = "../".repeat(name.matches('/').count());
                    let below = url.strip_prefix(STATIC).unwrap_or(&url);
                    result.push_str(&sheet[copied..start]);
                    result.push_str(&format!("\"{up}{below}{suffix}\""));
                    copied = end;
                }
                None => self.missing(origin, sheet, start, target),
            }
        }
        result.push_str(&sheet[copied..]);
        result
    }

    fn missing(&mut self, origin: &str, sheet: &str, at: usize, target: &str) {
        let source = Source::of(origin, sheet);
        let place = source.place_at(at, target.chars().count() as u32);
        let problem = ThemeProblem::StaticMissing { target: target.to_owned() };
        self.diagnostics.push(Diagnostic::new(problem).at(place));
    }
}

/// The path on the site of a file: its stem, a fingerprint and its extension.
fn url(name: &str, bytes: &[u8]) -> String {
    let fingerprint = Fingerprint::of(bytes).short();
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let slash = if folder.is_empty() { "" } else { "/" };
    match file.rsplit_once('.') {
        Some((stem, extension)) => format!("{STATIC}{folder}{slash}{stem}.{fingerprint}.{extension}"),
        None => format!("{STATIC}{folder}{slash}{file}.{fingerprint}"),
    }
}

/// The byte ranges of references to other files in a style sheet: the contents of `url(…)`, and the strings after
/// `@import`.
fn references(sheet: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, opening) in sheet.match_indices("url(") {
        let start = at + opening.len();
        found.extend(sheet[start..].find(')').map(|end| (start, start + end)));
    }
    for (at, rule) in sheet.match_indices("@import") {
        let rest = &sheet[at + rule.len()..];
        let start = at + rule.len() + (rest.len() - rest.trim_start().len());
        let Some(quote) = sheet[start..].chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        found.extend(sheet[start + 1..].find(quote).map(|end| (start, start + end + 2)));
    }
    found.sort_unstable();
    found
}

/// The path and the suffix (`#part`, `?query`) of a relative reference; `None` for other references.
fn relative(target: &str) -> Option<(&str, &str)> {
    let (path, suffix) = target.split_at(target.find(['?', '#']).unwrap_or(target.len()));
    let is_other = path.is_empty() || path.starts_with('/') || path.contains(':');
    (!is_other).then_some((path, suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(files: &[(&'static str, &'static str)]) -> (BTreeMap<String, String>, usize) {
        let files = files.iter().map(|(name, text)| (*name, (text.as_bytes(), format!("t/{name}"))));
        let mut diagnostics = Vec::new();
        let done = fingerprinted(files.collect(), &mut diagnostics);
        let texts = done.into_iter().map(|file| (file.name, String::from_utf8(file.bytes).unwrap()));
        (texts.collect(), diagnostics.len())
    }

    #[test]
    fn references_in_style_sheets_have_fingerprints() {
        let (texts, wrong) = publish(&[
            ("css/a.css", "@import \"b.css\"; p { background: url(../img/c.svg#x) }"),
            ("css/b.css", "p { background: url('../img/c.svg') }"),
            ("img/c.svg", "<svg/>"),
        ]);
        assert_eq!(wrong, 0);
        assert!(texts["css/b.css"].starts_with("p { background: url(\"../img/c."), "{texts:?}");
        assert!(texts["css/a.css"].starts_with("@import \"../css/b."), "{texts:?}");
        assert!(texts["css/a.css"].contains(".svg#x\")"), "{texts:?}");
    }

    #[test]
    fn other_addresses_stay_and_missing_files_are_reported() {
        let sheet = "a{b:url(data:image/png,x) url(https://a.example/) url(/x.png) url(#p) url(no.png)}";
        let (texts, wrong) = publish(&[("a.css", sheet)]);
        assert_eq!((texts["a.css"].as_str(), wrong), (sheet, 1));
    }

    #[test]
    fn nothing_but_references_in_style_sheets_is_changed() {
        let script = "let a = { } /b/g; // x\nfor (const x of /y/) { }\n";
        let (texts, wrong) = publish(&[
            ("a.css", "/* x */ p { b: url(i.svg); c: \"d\n }"),
            ("a.js", script),
            ("i.svg", "<svg> </svg>"),
        ]);
        assert_eq!((texts["a.js"].as_str(), texts["i.svg"].as_str(), wrong), (script, "<svg> </svg>", 0));
        assert!(texts["a.css"].starts_with("/* x */ p { b: url(\"i."), "{texts:?}");
        assert!(texts["a.css"].ends_with(".svg\"); c: \"d\n }"), "{texts:?}");
    }

    #[test]
    fn the_digest_is_what_browsers_compute() {
        // The example of the specification, section 1.2.1.
        let bytes = b"alert('Hello, world.');".to_vec();
        let file = StaticFile { name: String::new(), url: String::new(), bytes, origin: String::new() };
        let expected = "sha384-H8BRh8j48O9oYatfu5AZzq6A9RINhZO5H16dQZngK7T62em8MUt1FLm52t+eX6xO";
        assert_eq!(file.integrity(), expected);
    }

    #[test]
    fn style_sheets_may_import_each_other() {
        let (texts, _) = publish(&[("a.css", "@import 'b.css';"), ("b.css", "@import 'a.css';")]);
        assert_eq!(texts.len(), 2);
    }
}
