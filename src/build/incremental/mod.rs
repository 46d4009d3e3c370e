//! What a build stores for the next one, and the work that the next one can skip because of it.

pub mod cache;
pub mod cache_file;
pub mod program;
pub mod up_to_date;
pub mod update;
