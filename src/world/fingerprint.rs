//! Fingerprints: 128 bits that stand for bytes or values. Equal fingerprints count as equal contents.

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// The fingerprint of some bytes or of a value (XXH3, 128 bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The fingerprint of `bytes`.
    pub fn of(bytes: &[u8]) -> Fingerprint {
        Fingerprint(xxh3_128(bytes))
    }

    /// The fingerprint of a value, by its `Hash`.
    pub fn of_value<T: Hash + ?Sized>(value: &T) -> Fingerprint {
        let mut hasher = Wide(Xxh3::new());
        value.hash(&mut hasher);
        Fingerprint(hasher.0.digest128())
    }

    /// Its bytes, lowest first.
    pub fn bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// The first 40 bits in hexadecimal digits: for names of files.
    pub fn short(self) -> String {
        format!("{:032x}", self.0)[..10].to_owned()
    }
}

/// A hasher that keeps all 128 bits.
struct Wide(Xxh3);

impl Hasher for Wide {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        self.0.digest()
    }
}
