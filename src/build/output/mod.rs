//! The only writer of output folders. A build stages its outputs; once all of it has succeeded, they are put in
//! place, all or none. Only what the list of outputs ([`MANIFEST`]) in the folder names is ever deleted.
#![expect(clippy::disallowed_methods, reason = "this is the writer")]

pub mod commit;
pub mod disk;
pub mod files;
pub mod folder;
pub mod guard;
pub mod journal;
pub mod lock;
pub mod platform;
pub mod stage;
pub mod staging;

pub use crate::build::output::files::{Failure, MANIFEST, create_file, persist, remove, take_back};
pub use crate::build::output::folder::{Committed, Listed, OutputDir, Target};
pub use crate::build::output::lock::{Holder, OnWait};
pub use crate::build::output::stage::Stage;
