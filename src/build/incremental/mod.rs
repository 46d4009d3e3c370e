//! What a build keeps for the next one, and what the next one need not do because of it.

pub mod cache;
pub mod cache_file;
pub mod program;
pub mod up_to_date;
pub mod update;
