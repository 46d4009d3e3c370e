//! What is published and how it hangs together.

pub mod assemble;
pub mod ids;
pub mod listing;
pub mod model;
pub mod related;
pub mod routes;
pub mod scope;
pub mod validate;
