//! Inputs that have made other programs slow, or might make this one so: of any size.

mod bodies;
mod settings;
mod sites;
mod statics;
mod texts;

use tribune::internals::config::Limits;
use tribune::internals::config::{HtmlPolicy, Paragraphs};
use tribune::internals::content::markdown::{Body, LinkTarget, anchors, render};
use tribune::internals::content::parse_document;
use tribune::internals::diagnostics::Diagnostic;
use tribune::internals::diagnostics::read_source;
use tribune::internals::text::SlugStyle;
use tribune::internals::world::MemoryWorld;

use crate::memory;

/// What became of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Accepted,
    /// It is too much, and it is said where.
    Refused,
}

/// Makes an input of this size.
type Make = fn(usize) -> Vec<u8>;

/// An input of any size, and what is done with it.
pub struct Input {
    pub name: &'static str,
    /// How large it is at least: what is the same for all sizes is not to hide what is not.
    pub least: usize,
    pub make: Make,
    pub run: fn(&[u8]) -> Done,
}

/// The least size of most inputs.
const SMALL: usize = 64;
/// The least number of a site's files.
pub const LARGE: usize = 1024;

/// All inputs.
pub fn all() -> Vec<Input> {
    [bodies::inputs(), settings::inputs(), statics::inputs(), texts::inputs(), sites::inputs()]
        .into_iter()
        .flatten()
        .collect()
}

/// Inputs that are text, and treated alike.
fn rows(run: fn(&[u8]) -> Done, rows: &[(&'static str, Make)]) -> Vec<Input> {
    rows.iter().map(|(name, make)| Input { name, least: SMALL, make: *make, run }).collect()
}

/// The document of a file, whose body is rendered as its page would be.
pub fn document(file: &[u8]) -> Done {
    let path = "content/news/a.md";
    let world = MemoryWorld::new(memory::now(), [(path, file)]);
    let (document, diagnostics) = parse_document(&world, path, "news/a.md", &Limits::default());
    if diagnostics.iter().any(Diagnostic::is_error) {
        for found in &diagnostics {
            assert!(found.place.as_ref().is_some_and(|place| place.line > 0), "{found:?}");
        }
        return Done::Refused;
    }
    let (Some(document), Ok(source)) = (document, read_source(&world, path)) else { return Done::Refused };
    let body = &source.text[document.value.body_start..];
    render(&Body::of(body, Paragraphs::Markdown), SlugStyle::Pinyin, HtmlPolicy::Sanitize, &|target| {
        LinkTarget::Href(target.to_owned())
    });
    anchors(&Body::of(body, Paragraphs::Markdown), SlugStyle::Pinyin, HtmlPolicy::Sanitize);
    Done::Accepted
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The numbers from 0, each in its place of a text.
fn each(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}
