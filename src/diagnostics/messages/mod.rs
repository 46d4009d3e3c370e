//! What can be wrong with a site, and the messages in Chinese and English: one file for each folder that reports
//! problems, one block for each problem. To add a problem, copy a block and give it an example in `tests/diagnostics`.
//!
//! ```text
//! LeavesRoot { path: String } = Error "leaves-root" {
//!     zh: "链接“{path}”指向站点文件夹之外",
//!     hint: "请把文件复制进来，不要用指向外面的链接",
//!     en: "the link `{path}` points outside the site's folder",
//!     hint: "copy the file in instead of linking to it",
//! }
//! ```
//!
//! A text is a literal as for `format!`, or an expression in braces, in which the fields are references.

pub mod build;
pub mod config;
pub mod content;
pub mod describe;
pub mod files;
pub mod links;
pub mod markdown;
pub mod site;
pub mod theme;
pub mod yaml;

pub use crate::diagnostics::messages::describe::Message;
