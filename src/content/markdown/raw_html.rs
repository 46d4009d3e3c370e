//! Checks a body's raw HTML in one pass over its tags: can it be sanitized in reasonable time, and does it make text
//! disappear from the page?

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};

use crate::config::{HtmlPolicy, Limits};
use crate::content::markdown::amended::Body;
use crate::content::markdown::attributes::RawPieces;
use crate::content::markdown::cost::{ComplexityKind, TooComplex};
use crate::content::markdown::events::options;
use crate::content::markdown::html_slips::HtmlSlips;
use crate::content::markdown::tags::{HtmlPiece, Tags};
use crate::text::in_markup;

/// Raw HTML that makes text disappear from the page: the first piece of each kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LossyHtml {
    /// A comment, an element or a tag that is not closed, so that all that follows is part of it.
    pub unclosed: Option<HtmlPiece>,
    /// An element of SVG or MathML outside of both: the sanitizer removes it with its content.
    pub foreign: Option<HtmlPiece>,
    /// Elements that the sanitizer removes, the first of each name.
    pub left_out: Vec<HtmlPiece>,
    /// Tags that are none, the first of each name: `List<String>`.
    pub unknown: Vec<HtmlPiece>,
    /// Alignment and colour that the sanitizer removes, each kind once.
    pub styled: Vec<HtmlPiece>,
}

/// Looks at the raw HTML of a body. Returns the files that it mentions, too.
///
/// # Errors
/// There is too much of it, or it nests too deep.
pub(super) fn check(amended: &Body, limits: &Limits) -> Result<(LossyHtml, Vec<String>), TooComplex> {
    let body = amended.written;
    if memchr::memchr(b'<', body.as_bytes()).is_none() {
        return Ok(Default::default());
    }
    // Browsers' rules for HTML, and the search for `&` when HTML is written, take the square of the length.
    let most = match limits.html {
        HtmlPolicy::Sanitize => usize::try_from(limits.raw_html).unwrap_or(usize::MAX),
        _ => usize::MAX,
    };
    let is_too_long = body.len() > most;
    let mut tags = Tags::new(limits.nesting, most.saturating_sub(body.len()));
    let mut found: Option<LossyHtml> = None;
    let mut raw = String::new();
    let (mut pieces, mut slips) = (RawPieces::default(), HtmlSlips::default());
    for (event, range) in Parser::new_ext(&amended.text, options()).into_offset_iter() {
        let range = amended.original(range.start)..amended.original(range.end);
        let offset = range.start;
        let mut unclosed = None;
        let event = amended.clean(event);
        if let Some(piece) = pieces.next(&event, offset) {
            slips.read(&piece);
        }
        let too_complex = match event {
            Event::Html(_) | Event::InlineHtml(_) if is_too_long => Some(ComplexityKind::Html),
            Event::Html(html) | Event::InlineHtml(html) => {
                raw.push_str(&html);
                let too_complex = tags.read(&html, offset);
                unclosed = tags.nested_comment();
                too_complex
            }
            Event::Start(Tag::HtmlBlock) => {
                unclosed = unclosed_block(body, range);
                None
            }
            Event::Start(_) => tags.markdown(),
            // The HTML that Markdown produces next would be part of that tag.
            Event::End(TagEnd::HtmlBlock) if tags.is_in_tag() => {
                unclosed = tags.unclosed();
                None
            }
            _ => None,
        };
        if let Some(kind) = too_complex {
            return Err(TooComplex { kind, offset });
        }
        if found.is_none() && unclosed.is_some() {
            found = Some(findings(&tags, unclosed));
        }
    }
    let found = found.unwrap_or_else(|| findings(&tags, tags.unclosed()));
    Ok((LossyHtml { unknown: slips.unknown, styled: slips.styled, ..found }, in_markup(&raw)))
}

fn findings(tags: &Tags, unclosed: Option<HtmlPiece>) -> LossyHtml {
    let (foreign, left_out) = (tags.foreign.clone(), tags.left_out.clone());
    LossyHtml { unclosed, foreign, left_out, ..LossyHtml::default() }
}

/// Processing instructions, declarations and CDATA sections without an end (CommonMark 0.31, section 4.6, conditions 3
/// to 5).
fn unclosed_block(body: &str, range: Range<usize>) -> Option<HtmlPiece> {
    let block = body.get(range.clone())?;
    let text = block.trim_start_matches(' ');
    let (what, _) = [("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">")]
        .into_iter()
        .find(|(what, _)| text.starts_with(what))
        .filter(|(_, end)| !text.contains(end))?;
    let what = if text.starts_with("<!--") { "<!--" } else { what };
    Some(HtmlPiece { what: what.to_owned(), offset: range.start + block.len() - text.len() })
}
