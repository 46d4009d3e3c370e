//! Which program wrote a cache: another one may make other pages of the same site.

use crate::world::{Fingerprint, program_stamp};

/// The fingerprint of this program: its version, and the state of its file.
pub fn program() -> Fingerprint {
    Fingerprint::of_value(&(env!("CARGO_PKG_VERSION"), program_stamp()))
}
