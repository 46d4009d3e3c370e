//! Files and the clock: the only reader of the disk.

pub mod disk;
pub mod fingerprint;
pub mod layout;
pub mod memory;
pub mod model;
pub mod snapshot;
pub mod symlinks;

pub use crate::world::disk::{DiskWorld, display_path};
pub use crate::world::layout::SOURCES;
pub use crate::world::memory::MemoryWorld;
pub use crate::world::model::{
    CLOCK_RESOLUTION, Clock, Entry, Stamp, World, WorldError, WorldErrorKind, nanoseconds,
};
pub use crate::world::snapshot::Snapshot;
