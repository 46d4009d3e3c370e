//! URLs and output paths: the table of everything that is written. What collides in it is reported by
//! [`check_paths`], links are looked up in it by [`resolve()`], and those that lead nowhere are reported by
//! [`check_links`].

mod collisions;
mod links;
mod resolve;
mod table;

pub use self::collisions::{check_paths, is_reserved};
pub use self::links::{check_links, check_page};
pub use self::resolve::{LinkContext, resolve};
pub use self::table::{Origin, OriginKind, Outputs, Routes};
