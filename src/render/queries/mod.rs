//! What templates ask for beyond their own page, and the traces of what they were answered.

pub mod functions;
pub mod query;
pub mod query_engine;
pub mod trace;
