//! Files and the clock: all reading from the disk happens here.

mod disk;
mod fingerprint;
mod folder_id;
mod layout;
#[cfg(feature = "internals")]
mod memory;
mod model;
#[cfg(not(unix))]
mod open_other;
#[cfg(unix)]
mod open_unix;
mod reader;
mod snapshot;
mod source_file;
mod symlinks;
mod walk;

pub use self::disk::{DiskWorld, OpenFile, display_path, is_there, program_stamp};
pub use self::fingerprint::{Fingerprint, Fingerprinter};
pub use self::folder_id::{FolderId, is_same_mount};
pub use self::layout::{
    CONTENT, DISTRICTS_FILE, INDEX_FILE, OWN_FOLDER, SITE_FILE, SOURCES, STATIC, THEMES, is_hidden,
};
pub use self::model::{Clock, Entry, Stamp, WorldError, WorldErrorKind, nanoseconds};
pub use self::reader::World;
pub use self::snapshot::Snapshot;
pub use self::source_file::{Content, CopyError, Expected, SourceFile};

#[cfg(feature = "internals")]
pub use self::memory::MemoryWorld;
