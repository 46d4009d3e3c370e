//! The sanitizer: removes from HTML whatever could become active.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::content::markdown::destination::{SCHEMES, is_unsafe};

/// Removes scripts, styles, frames, forms, event handlers and the like.
pub(super) fn sanitize(html: &str) -> String {
    CLEANER.clean(html).to_string()
}

/// Keeps the HTML that Markdown produces, and other harmless HTML.
static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .add_tags(["section", "u"])
        .add_tag_attributes("a", ["role", "aria-label", "name"])
        .add_tag_attributes("div", ["role"])
        .add_tag_attributes("th", ["scope"])
        .add_tag_attributes("img", ["srcset", "sizes", "loading", "decoding"])
        .add_tag_attributes("ol", ["start"])
        .add_tag_attributes("li", ["value"])
        .add_generic_attributes(["id", "class"])
        .url_schemes(SCHEMES.into())
        .attribute_filter(|_, name, value| is_harmless(name, value).then_some(value.into()))
        .link_rel(None);
    cleaner
});

static KEPT: LazyLock<HashSet<&'static str>> = LazyLock::new(|| CLEANER.clone_tags());

/// Whether an element (in lower case) is kept.
pub(super) fn is_kept(element: &str) -> bool {
    KEPT.contains(element)
}

/// Whether an element (in lower case) is removed together with its content.
pub(super) fn is_dropped(element: &str) -> bool {
    !is_kept(element) && !CLEANER.clean(&format!("<{element}>文</{element}>")).to_string().contains('文')
}

/// Whether the addresses in an attribute are allowed. `ammonia` does not check `cite` and `srcset`, and checks the
/// others without removing the control characters in them.
fn is_harmless(name: &str, value: &str) -> bool {
    match name {
        "cite" | "href" | "src" => !is_unsafe(value),
        // A comma may stand in an address, but no address begins after anything else.
        "srcset" => value.split(',').all(|part| !is_unsafe(part)),
        _ => true,
    }
}
