//! The limits of a site's size: `limits` in site.yaml. Exceeding one is an error that names the setting; without
//! limits, a build might take forever.

use std::time::Duration;

use crate::config::body_rules::{HtmlPolicy, Paragraphs};
use crate::config::yaml::{Bounds, Fields};
use crate::diagnostics::messages::ConfigProblem;
use crate::text::{KB, MB};

const KEYS: &[&str] = &[
    "file",
    "asset",
    "front_matter",
    "yaml_depth",
    "yaml_aliases",
    "nesting",
    "raw_html",
    "documents",
    "page_seconds",
];

/// The maximum number of sections.
pub const MAX_SECTIONS: usize = u16::MAX as usize;

/// `limits` in site.yaml.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    /// The maximum size of a text file (document, `_index.md`, template), in bytes.
    pub file: u64,
    /// The maximum size of a copied file (picture, PDF, video), in bytes. Each is read into memory.
    pub asset: u64,
    /// The limits of the YAML in front matter.
    pub front_matter: Bounds,
    /// The maximum nesting depth of elements in a body.
    pub nesting: usize,
    /// The maximum size of a body with raw HTML, in bytes: sanitizing takes quadratic time in the worst case.
    pub raw_html: u64,
    /// The maximum number of documents and pages.
    pub documents: usize,
    /// The time to render one page that causes a warning if exceeded.
    pub page: Duration,
    /// What happens to raw HTML (`html` in site.yaml); `raw_html` applies only if it is sanitized.
    pub html: HtmlPolicy,
    /// What ends a paragraph (`paragraphs` in site.yaml).
    pub paragraphs: Paragraphs,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            file: 10 * MB,
            asset: 512 * MB,
            front_matter: Bounds::FRONT_MATTER,
            nesting: 100,
            raw_html: 256 * KB,
            documents: 2_000_000,
            page: Duration::from_secs(60),
            html: HtmlPolicy::default(),
            paragraphs: Paragraphs::default(),
        }
    }
}

impl Limits {
    /// Reads `limits`.
    pub fn read(fields: &mut Fields) -> Limits {
        let default = Limits::default();
        let node = fields.node("limits");
        let Some(mut inner) = node.and_then(|node| fields.inner("limits", node, KEYS)) else {
            return default;
        };
        let number = |inner: &mut Fields, key, least, most, default: usize| {
            inner.integer(key, least, most).map_or(default, |number| number as usize)
        };
        let limits = Limits {
            file: size(&mut inner, "file").unwrap_or(default.file),
            asset: size(&mut inner, "asset").unwrap_or(default.asset),
            front_matter: Bounds {
                bytes: size(&mut inner, "front_matter")
                    .map_or(default.front_matter.bytes, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
                depth: number(&mut inner, "yaml_depth", 1, 64, default.front_matter.depth),
                aliases: number(&mut inner, "yaml_aliases", 0, 1000, default.front_matter.aliases),
            },
            nesting: number(&mut inner, "nesting", 10, 400, default.nesting),
            raw_html: size(&mut inner, "raw_html").unwrap_or(default.raw_html),
            documents: number(&mut inner, "documents", 1, 100_000_000, default.documents),
            page: inner
                .integer("page_seconds", 1, 3600)
                .map_or(default.page, |seconds| Duration::from_secs(seconds.unsigned_abs())),
            ..default
        };
        fields.absorb(inner);
        limits
    }
}

/// Reads a size: a number of bytes, or a number with the unit KB, MB or GB.
fn size(fields: &mut Fields, key: &'static str) -> Option<u64> {
    let text = fields.name(key)?;
    let size = parse_size(&text.value);
    if size.is_none() {
        fields.mistake(ConfigProblem::BadSize { key, value: text.value }, text.span);
    }
    size
}

fn parse_size(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => KB,
        "m" | "mb" | "mib" => MB,
        "g" | "gb" | "gib" => 1024 * MB,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit).filter(|size| *size > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_numbers_with_units() {
        for (text, size) in
            [("10 MB", Some(10 * MB)), ("64KiB", Some(64 * KB)), ("7", Some(7)), ("1g", Some(1024 * MB))]
        {
            assert_eq!(parse_size(text), size, "{text}");
        }
        for bad in ["", "0", "MB", "-1", "1.5 MB", "10 块", "99999999999999999999", "99999999999999999 GB"] {
            assert_eq!(parse_size(bad), None, "{bad}");
        }
    }
}
