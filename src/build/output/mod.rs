//! The only writer of output folders. A build stages its outputs; once all of it has succeeded, they are put in
//! place, all or none. Only what the list of outputs ([`MANIFEST`]) in the folder names is ever deleted.
#![expect(clippy::disallowed_methods, reason = "this is the writer")]

mod commit;
mod disk;
mod files;
mod find_obstacle;
mod folder;
mod guard;
mod journal;
mod lock;
mod owner;
mod platform;
mod stage;
mod staging;
mod undo;

pub use self::disk::SystemDisk;
pub use self::files::{MANIFEST, create_file, persist, remove, remove_created};
pub use self::folder::{BuildTarget, Committed, Listed, OutputDir};
pub use self::lock::{Holder, OnWait};
pub use self::stage::Stage;

#[cfg(feature = "internals")]
pub use self::disk::{Created, Disk};
#[cfg(feature = "internals")]
pub use self::journal::Journal;
