//! The published site: pages, sections, topics, listings and routes.

mod address;
mod assemble;
mod copies;
mod dates;
mod ids;
mod listing;
mod model;
mod references;
mod related;
pub(crate) mod routes;
mod scope;
mod topics;
mod validate;

pub use self::address::{address_of, address_of_name};
pub use self::assemble::assemble;
pub use self::ids::{PageId, SectionId, TopicId};
pub use self::listing::{page_count, page_of, page_range, page_url, page_window};
pub use self::model::{Asset, Named, Page, Publication, Section, Site};
pub use self::references::{file_names, files_of};
pub use self::scope::Scope;
pub use self::topics::Topic;
pub use self::validate::{check_descriptions, check_pictures};
