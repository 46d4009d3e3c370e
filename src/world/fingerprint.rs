//! Fingerprints: 128-bit hashes of bytes or values. Equal fingerprints are taken as equal contents.

use std::hash::{Hash, Hasher};
use std::io;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// The 128-bit XXH3 hash of bytes or of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The fingerprint of `bytes`.
    pub fn of(bytes: &[u8]) -> Fingerprint {
        Fingerprint(xxh3_128(bytes))
    }

    /// The fingerprint of a value, by its `Hash`.
    pub fn of_value<T: Hash + ?Sized>(value: &T) -> Fingerprint {
        let mut hasher = Hasher128(Xxh3::new());
        value.hash(&mut hasher);
        Fingerprint(hasher.0.digest128())
    }

    /// The bytes in little-endian order.
    pub fn bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// The first 40 bits in hexadecimal digits, for file names.
    pub fn short(self) -> String {
        format!("{:032x}", self.0)[..10].to_owned()
    }
}

/// Computes the fingerprint of bytes that come piece by piece.
#[derive(Default)]
pub struct Fingerprinter(Xxh3);

impl Fingerprinter {
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The fingerprint of all bytes so far, the same as [`Fingerprint::of`] gives.
    pub fn finish(&self) -> Fingerprint {
        Fingerprint(self.0.digest128())
    }
}

impl io::Write for Fingerprinter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A [`Hasher`] whose result can be read with all 128 bits.
struct Hasher128(Xxh3);

impl Hasher for Hasher128 {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        self.0.digest()
    }
}
