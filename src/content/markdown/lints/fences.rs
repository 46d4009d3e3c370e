//! Code blocks that are not closed.

use crate::content::markdown::links::Slip;
use crate::diagnostics::messages::MarkdownProblem;

/// The fence of a code block that is not closed (CommonMark 0.31, section 4.5), with text below it.
pub(super) fn unclosed(body: &str) -> Option<Slip> {
    memchr::memchr2(b'`', b'~', body.as_bytes())?;
    let mut open: Option<(char, usize, usize)> = None;
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let text = line.trim();
        let mark = text.chars().next().filter(|c| matches!(c, '`' | '~')).unwrap_or(' ');
        let rest = text.trim_start_matches(mark);
        let length = text.len() - rest.len();
        match open {
            _ if length < 3 => {}
            Some((fence, least, _)) if fence == mark && length >= least && rest.is_empty() => open = None,
            None if mark == '~' || !rest.contains('`') => open = Some((mark, length, at)),
            _ => {}
        }
        at += line.len();
    }
    let (_, _, at) = open?;
    // The end of a quotation or a list closes it.
    let is_top = body[..at].ends_with('\n') || at == 0;
    let slip = Slip { problem: MarkdownProblem::FenceUnclosed.into(), offset: at, width: 1 };
    (is_top && body[at..].lines().nth(1).is_some()).then_some(slip)
}
