//! The functions that templates call, and the record of their answers.

mod functions;
mod query;
mod query_engine;
mod trace;

pub use self::functions::{recorded, register};
pub use self::query::Query;
pub use self::query_engine::QueryEngine;
pub use self::trace::{Inputs, Made, RecordedQueries, Traces, Verifier};
