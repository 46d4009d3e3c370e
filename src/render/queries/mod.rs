//! The functions that templates call, and the record of their answers.

pub mod functions;
pub mod query;
pub mod query_engine;
pub mod trace;
