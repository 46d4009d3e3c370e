//! What is wrong with a site, as data: severity, problem, place; the messages in two languages; the text for people.

mod collector;
mod diagnostic;
mod excerpt;
mod io_error;
mod lang;
pub(crate) mod messages;
mod obstacle;
mod problem;
mod render;
mod severity;
mod source;
mod stored;
mod stored_problem;

pub use self::collector::{DiagnosticSink, REPORTED, ReportCounts};
pub use self::diagnostic::{Diagnostic, Place, in_order};
pub use self::io_error::IoError;
pub use self::lang::Lang;
pub use self::obstacle::{Cause, Obstacle};
pub use self::problem::Problem;
pub use self::render::{human, visible};
pub use self::severity::Severity;
pub use self::source::{Source, Span, read_source, read_source_within, world_error};
pub use self::stored::StoredDiagnostic;
