//! The settings of the site: `site.yaml`, read into types. Every mistake is reported, and unknown keys are refused.

pub mod base_url;
pub mod districts;
pub mod districts_file;
pub mod limits;
pub mod organization;
pub mod site_config;
pub mod yaml;

pub use crate::config::site_config::{Config, HtmlPolicy, NavItem, read_site};
