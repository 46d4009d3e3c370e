//! The page that shows the site's errors in the browser.

use crate::build::Build;
use crate::diagnostics::{Lang, human};

/// The page for a build that has failed.
pub(super) fn error_page(build: &Build, lang: Lang) -> String {
    let mut items = String::new();
    for diagnostic in &build.diagnostics {
        let class = diagnostic.severity.name();
        let text = escape(&human(diagnostic, lang));
        items.push_str(&format!("<pre class=\"{class}\">{text}</pre>\n"));
    }
    let (tag, title, note) = match lang {
        Lang::Zh => ("zh-CN", "站点有错误", "改好并保存后，本页会自动恢复。"),
        Lang::En => ("en", "The site has errors", "This page reloads by itself once they are fixed."),
    };
    format!(
        "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
<style>body{{font:1.05rem/1.6 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;\
background:#fff;color:#222}}h1{{color:#a40000}}pre{{background:#f6f4f0;border-left:.3rem solid #a40000;\
padding:1rem;overflow:auto}}pre.warning{{border-color:#b8860b}}pre.notice{{border-color:#888}}</style></head>\
<body><main><h1>{title}</h1><p>{note}</p>\n{items}</main></body></html>\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
