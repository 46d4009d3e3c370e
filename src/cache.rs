//! What a build keeps for the next one: parsed documents by the fingerprint of their bytes.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_128;

use crate::diagnostic::Diagnostic;
use crate::slug::SlugStyle;

/// The fingerprint of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The fingerprint of `bytes`.
    pub fn of(bytes: &[u8]) -> Fingerprint {
        Fingerprint(xxh3_128(bytes))
    }
}

/// A parsed file: what came of it, and what was wrong with it.
#[derive(Debug, Clone)]
pub struct Memo<T> {
    /// The fingerprint of the bytes it was parsed from.
    pub fingerprint: Fingerprint,
    /// What came of it.
    pub parsed: Option<T>,
    /// What was wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

/// What is kept between builds; empty for the first.
#[derive(Debug, Default)]
pub struct Cache {
    /// Documents by path.
    pub documents: HashMap<String, Memo<crate::document::Document>>,
    /// What documents were parsed with: another style gives other heading ids.
    pub slugs: SlugStyle,
}
