//! `/manifest.webmanifest` (Web Application Manifest): name, icon and colours of the site, for home screens.

use serde_json::{Map, Value, json};

use crate::render::views::site_view;
use crate::site::Site;
use crate::theme::{StaticFile, Theme};

/// The static file that is the site's icon.
const ICON: &str = "img/favicon.svg";
/// The colours of the default theme.
const THEME_COLOR: &str = "#8c1b1f";
const BACKGROUND_COLOR: &str = "#fbf7ef";

/// The theme's icon, if it has one.
pub fn icon(theme: &Theme) -> Option<&StaticFile> {
    theme.statics.iter().map(|file| &**file).find(|file| file.name == ICON)
}

/// The manifest. `extra` may say `short_name`, `theme_color` and `background_color`.
pub fn manifest(site: &Site, theme: &Theme) -> String {
    let base_url = &site.config.base_url;
    let site = site_view(site, &theme.extra);
    let extra = |key: &str, default: &str| match site.extra.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Value::from(text.as_str()),
        _ => Value::from(default),
    };
    let mut map = Map::new();
    let mut put = |key: &str, value: Value| drop(map.insert(key.to_owned(), value));
    put("name", site.title.as_str().into());
    put("short_name", extra("short_name", &site.title));
    if !site.description.is_empty() {
        put("description", site.description.as_str().into());
    }
    put("lang", site.language.as_str().into());
    put("start_url", site.url.as_str().into());
    put("scope", site.url.as_str().into());
    put("display", "browser".into());
    put("background_color", extra("background_color", BACKGROUND_COLOR));
    put("theme_color", extra("theme_color", THEME_COLOR));
    if let Some(icon) = icon(theme) {
        let src = base_url.link(&icon.url);
        put("icons", json!([{ "src": src, "sizes": "any", "type": "image/svg+xml" }]));
    }
    format!("{:#}\n", Value::Object(map))
}
