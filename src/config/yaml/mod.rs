//! YAML files and front matter: parsed to a tree with source positions; syntax errors are explained by likely typos.

mod fields;
mod folding;
mod keys;
mod multiline;
mod parser;
mod reader;
mod scalars;
mod syntax_error;
mod tree;
mod typos;

pub use self::fields::{Fields, Located, Mistake, located};
pub use self::parser::Bounds;
pub use self::reader::{SETTINGS_LIMIT, Yaml};
pub use self::tree::{Node, Value, as_json};
pub use self::typos::{fence, in_mapping, invisible};
