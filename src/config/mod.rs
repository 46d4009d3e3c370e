//! `site.yaml`: typed, every mistake reported, unknown keys refused.

pub mod base_url;
pub mod districts;
pub mod limits;
pub mod organization;
pub mod site_config;
pub mod yaml;

pub use crate::config::site_config::{Config, HtmlPolicy, NavItem, read_site};
