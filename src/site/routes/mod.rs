//! The table of all output paths. [`check_paths`] reports collisions in it, [`resolve()`] looks up links in it, and
//! [`check_links`] reports broken links.

mod collisions;
mod links;
mod resolve;
mod table;

pub use self::collisions::{check_paths, is_reserved};
pub use self::links::{check_links, check_page};
pub use self::resolve::{LinkContext, resolve};
pub use self::table::{Origin, OriginKind, Outputs, Routes};
