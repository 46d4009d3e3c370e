//! What a build keeps for the next one, and what the next one need not do because of it.

pub mod cache;
pub mod store;
pub mod up_to_date;
pub mod update;
