//! What a build stores for the next one, and the work that the next one can skip because of it.

mod cache;
mod cache_file;
mod program;
mod up_to_date;
mod update;

pub use self::cache::Cache;
pub use self::cache_file::{read, write};
pub use self::program::program;
pub use self::up_to_date::UpToDate;
pub use self::update::update;
