//! Files and the clock: all reading from the disk happens here.

mod disk;
mod fingerprint;
mod layout;
#[cfg(feature = "internals")]
mod memory;
mod model;
mod snapshot;
mod symlinks;

pub use self::disk::{DiskWorld, OpenFile, display_path, is_there, program_stamp};
pub use self::fingerprint::Fingerprint;
pub use self::layout::{
    CONTENT, DISTRICTS_FILE, INDEX_FILE, OWN_FOLDER, SITE_FILE, SOURCES, STATIC, THEMES, is_hidden,
};
pub use self::model::{
    CLOCK_RESOLUTION, Clock, Entry, Stamp, World, WorldError, WorldErrorKind, nanoseconds,
};
pub use self::snapshot::Snapshot;

#[cfg(feature = "internals")]
pub use self::memory::MemoryWorld;
