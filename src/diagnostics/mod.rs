//! What is wrong with a site, as data: severity, problem, place; the messages in two languages; the text for people.

pub mod collector;
pub mod diagnostic;
pub mod io_error;
pub mod lang;
pub mod messages;
pub mod problem;
pub mod render;
pub mod severity;
pub mod source;

pub use crate::diagnostics::diagnostic::{Diagnostic, Place, in_order};
pub use crate::diagnostics::severity::Severity;
