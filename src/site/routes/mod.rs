//! URLs and output paths: the table of everything that is written. What collides in it is reported by
//! [`check_paths`], links are looked up in it by [`resolve()`], and those that lead nowhere are reported by
//! [`check_links`].

pub mod collisions;
pub mod links;
pub mod resolve;
pub mod table;

pub use crate::site::routes::collisions::{check_paths, is_reserved};
pub use crate::site::routes::links::{check_links, check_page};
pub use crate::site::routes::resolve::{LinkContext, LinkError, ResolvedLink, resolve};
pub use crate::site::routes::table::{Origin, OriginKind, Outputs, Routes};
