//! Output paths and URLs: collisions, where links lead, and links that lead nowhere.

mod collisions;
mod links;
mod resolve;
mod table;

pub use self::collisions::{check_paths, is_reserved};
pub use self::links::{check_links, check_page};
pub use self::resolve::{LinkContext, resolve};
pub use self::table::{Origin, OriginKind, Outputs, Routes};
