//! Code blocks that are not closed.

use memchr::memmem;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use crate::content::markdown::amended::Body;
use crate::content::markdown::events;
use crate::content::markdown::links::Slip;
use crate::diagnostics::messages::MarkdownProblem;

/// The fence of a code block that is not closed (CommonMark 0.31, section 4.5), with text below it. The end of a quote
/// or a list closes those in it.
pub(super) fn unclosed(body: &Body) -> Option<Slip> {
    // Few bodies have code; only the parser knows which lines are fences.
    let may_be = |fence: &str| memmem::find(body.text.as_bytes(), fence.as_bytes()).is_some();
    if !may_be("```") && !may_be("~~~") {
        return None;
    }
    let mut depth = 0;
    let mut last = None;
    for (event, range) in Parser::new_ext(&body.text, events::options()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                let is_fenced = matches!(tag, Tag::CodeBlock(CodeBlockKind::Fenced(_)));
                last = if is_fenced && depth == 0 { Some(range) } else { last };
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    let block = last.filter(|block| body.text[block.end..].trim().is_empty())?;
    let code = &body.text[block.clone()];
    let is_open = code.trim_end().lines().nth(1).is_some() && !is_closed(code);
    let offset = body.original(block.start);
    is_open.then(|| Slip { problem: MarkdownProblem::FenceUnclosed.into(), offset, width: 1 })
}

/// Whether the last line of a code block ends it.
fn is_closed(code: &str) -> bool {
    let Some(mark) = code.chars().next() else { return false };
    let least = code.len() - code.trim_start_matches(mark).len();
    let last = code.trim_end().lines().next_back().unwrap_or_default().trim();
    last.len() >= least && last.chars().all(|c| c == mark)
}
