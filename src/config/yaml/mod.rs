//! YAML as a tree with places, and the typos that explain its errors.

pub mod fields;
pub mod keys;
pub mod multiline;
pub mod parser;
pub mod reader;
pub mod scalars;
pub mod syntax_error;
pub mod tree;
pub mod typos;

pub use crate::config::yaml::parser::Bounds;
pub use crate::config::yaml::reader::{SETTINGS_LIMIT, Yaml};
pub use crate::config::yaml::tree::{Key, Node, Value, as_json};
