//! Style sheets and scripts without what only their authors need: comments and white space. No token is
//! changed, merged or reordered, so that what a browser of any age makes of them stays the same.
//! Comments that begin with `/*!` stay: licences stand in them.

pub mod css;
pub mod js;

/// Where a text cannot be read, by bytes from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable(pub usize);

/// A function that makes a text smaller.
///
/// # Errors
/// The text is not what its name says, or cannot be told apart without a whole parser.
pub type Minifier = fn(&str) -> Result<String, Unreadable>;

/// How the static file `name` is made smaller; `None` for those that stay as they are: other kinds, and
/// what is minified already.
pub fn of(name: &str) -> Option<Minifier> {
    let (rest, ending) = name.rsplit_once('.')?;
    if rest.ends_with(".min") {
        return None;
    }
    match ending {
        "css" => Some(css::minify),
        "js" | "mjs" => Some(js::minify),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::minify::of;

    #[test]
    fn only_style_sheets_and_scripts_are_minified_and_not_twice() {
        for name in ["a.css", "js/a.js", "a.b.mjs"] {
            assert!(of(name).is_some(), "{name}");
        }
        for name in ["a.min.css", "js/a.min.js", "a.svg", "css", "a.css.map"] {
            assert!(of(name).is_none(), "{name}");
        }
    }
}
