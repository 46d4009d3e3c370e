//! The settings of the site: `site.yaml` and `districts.yaml`. All errors are reported, including unknown keys.

mod base_url;
mod body_rules;
mod districts;
mod districts_file;
mod limits;
mod organization;
mod publish;
mod site_config;
pub(crate) mod yaml;

pub use self::base_url::{ADDRESS_LIMIT, BaseUrl, NOT_IN_PATH, is_link};
pub use self::body_rules::{HtmlPolicy, Paragraphs};
pub use self::districts::{District, DistrictId, Districts};
pub use self::districts_file::read_districts;
pub use self::limits::{Limits, MAX_SECTIONS};
pub use self::organization::{Badge, Organization, digits};
pub use self::publish::is_well_known;
pub use self::site_config::{Config, OnError, SiteName, read_site};
