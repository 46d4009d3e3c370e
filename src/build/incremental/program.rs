//! Which program wrote a cache: another one may make other pages of the same site.

use crate::world::Stamp;
use crate::world::fingerprint::Fingerprint;

/// The fingerprint of this program: its version, and the state of its file.
pub fn program() -> Fingerprint {
    let stamp = std::env::current_exe().and_then(std::fs::metadata).map(|metadata| Stamp::of(&metadata));
    Fingerprint::of_value(&(env!("CARGO_PKG_VERSION"), stamp.ok()))
}
