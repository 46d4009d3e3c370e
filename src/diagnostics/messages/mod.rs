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

mod build;
mod config;
mod content;
mod describe;
mod files;
mod links;
mod markdown;
mod shorten;
mod site;
mod theme;
mod yaml;

pub use self::build::{BuildProblem, Refusal};
pub use self::config::ConfigProblem;
pub use self::content::ContentProblem;
pub(crate) use self::describe::Describe;
pub use self::describe::Message;
pub use self::files::FileProblem;
pub use self::links::LinkProblem;
pub use self::markdown::MarkdownProblem;
pub use self::shorten::Detail;
pub(crate) use self::shorten::Shorten;
pub use self::site::SiteProblem;
pub use self::theme::ThemeProblem;
pub use self::yaml::{Shape, YamlProblem};
