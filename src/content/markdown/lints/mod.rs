//! Slips in bodies: text that is valid Markdown but not what its author meant. Cheap scans of the body find candidates; only
//! if there are any, the body is parsed, once, and the parser says which of them stand.

mod candidate;
mod check;
mod emphasis;
mod fences;
mod headings;
mod line;
mod links;
mod notes;
mod structure;
mod tables;

pub use self::check::lints;
