//! Likely mistakes that are valid Markdown: text that was meant as a link, links without an address, and code blocks
//! that are not closed.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use crate::config::Paragraphs;
use crate::content::markdown::amended::Body;
use crate::content::markdown::numbers::{Jump, Numbers};
use crate::content::markdown::{events, numbers, paragraphs};
use crate::diagnostics::REPORTED;
use crate::diagnostics::messages::MarkdownProblem;

/// How many candidates are checked in one body.
const MOST: usize = 1000;

/// The mistakes in a body, each with the byte at which it stands.
pub fn lints(body: &Body) -> Vec<(MarkdownProblem, usize)> {
    let mut lints = links(body);
    lints.extend(unclosed_fence(body.written));
    lints.extend(jumping_numbers(body));
    if body.paragraphs == Paragraphs::Markdown {
        lints.extend(paragraphs::lints(body.written));
    }
    lints
}

/// Text that was meant as a link. Nearly every body has no candidate, and is not parsed.
fn links(body: &Body) -> Vec<(MarkdownProblem, usize)> {
    let candidates: Vec<(MarkdownProblem, usize)> = candidates(body.written).take(MOST).collect();
    if candidates.is_empty() {
        return candidates;
    }
    let whole = 0..body.text.len();
    let linked: Vec<Range<usize>> =
        events::links(body, whole).into_iter().map(|(_, _, range)| range).collect();
    let verbatim = verbatim(body);
    let inside = |ranges: &[Range<usize>], at: usize| ranges.iter().any(|range| range.contains(&at));
    candidates
        .into_iter()
        .filter(|(problem, at)| match problem {
            MarkdownProblem::LinkEmpty => inside(&linked, *at),
            MarkdownProblem::FullWidthMark { mark: '！' } => inside(&linked, at + '！'.len_utf8()),
            _ => !inside(&linked, *at),
        })
        .filter(|(_, at)| !inside(&verbatim, *at))
        .take(REPORTED)
        .collect()
}

fn candidates(body: &str) -> impl Iterator<Item = (MarkdownProblem, usize)> + '_ {
    memchr::memchr2_iter(b']', b'(', body.as_bytes())
        .flat_map(|at| match body.as_bytes()[at] {
            b'(' => [wide_brackets(body, at), None],
            _ => [after_bracket(body, at), wide_mark(body, at)],
        })
        .flatten()
}

/// How far from a mark the rest of a link is searched, in bytes.
const REACH: usize = 300;

/// The beginning of `text`.
fn head(text: &str) -> &str {
    let end = (0..=REACH.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

/// The end of `text`.
fn tail(text: &str) -> &str {
    let start = (text.len().saturating_sub(REACH)..=text.len()).find(|at| text.is_char_boundary(*at));
    &text[start.unwrap_or(0)..]
}

/// `【甲】(a.md)`, with the parenthesis at the byte `at`.
fn wide_brackets(body: &str, at: usize) -> Option<(MarkdownProblem, usize)> {
    let before = body[..at].strip_suffix('】')?;
    let start = before.len() - tail(before).len() + tail(before).rfind('【')?;
    is_path(head(&body[at + 1..])).then_some((MarkdownProblem::FullWidthMark { mark: '【' }, start))
}

/// `！[甲](a.jpg)`, a link instead of an image, with the `]` at the byte `at`.
fn wide_mark(body: &str, at: usize) -> Option<(MarkdownProblem, usize)> {
    let target = head(body[at..].strip_prefix("](")?).split(')').next()?.to_ascii_lowercase();
    let before = tail(&body[..at]);
    let before = &before[..before.rfind('[')?];
    let mark = at - tail(&body[..at]).len() + before.strip_suffix('！')?.len();
    let found = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg"].iter().any(|end| target.ends_with(end));
    found.then_some((MarkdownProblem::FullWidthMark { mark: '！' }, mark))
}

/// The mistake after the `]` at the byte `at`.
fn after_bracket(body: &str, at: usize) -> Option<(MarkdownProblem, usize)> {
    let rest = &body[at + 1..];
    if !rest.starts_with(['(', '（', ' ']) || body[..at].ends_with('\\') {
        return None;
    }
    let line = head(rest).lines().next().unwrap_or_default();
    if let Some(target) = line.strip_prefix('（') {
        return is_path(target).then_some((MarkdownProblem::FullWidthMark { mark: '（' }, at + 1));
    }
    if let Some(target) = line.trim_start_matches(' ').strip_prefix('(').filter(|_| line.starts_with(' ')) {
        return is_path(target).then_some((MarkdownProblem::LinkGap, at));
    }
    let target = line.strip_prefix('(')?;
    let Some((target, _)) = target.split_once(')') else {
        return is_path(target).then_some((MarkdownProblem::LinkUnclosed, at));
    };
    if target.is_empty() {
        return Some((MarkdownProblem::LinkEmpty, at));
    }
    let spaced = target.trim().contains(' ') && !target.contains(['"', '\'', '<']) && is_path(target);
    spaced.then(|| (MarkdownProblem::LinkSpace { target: target.trim().to_owned() }, at))
}

/// Whether `text` begins with the path of a file or an address, rather than a remark in parentheses.
fn is_path(text: &str) -> bool {
    let text = text.split([')', '）', '\n']).next().unwrap_or_default().trim_end_matches(['。', '，']);
    let path = text.split(['#', '?']).next().unwrap_or_default();
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let has_ending = (2..=5).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric());
    let remark = text.contains(['，', '。', '、', '；', '《']);
    !remark && (has_ending || text.contains("://") || text.starts_with("../") || text.starts_with("./"))
}

/// The items of numbered lists whose number does not follow that of the item before.
fn jumping_numbers(amended: &Body) -> Vec<(MarkdownProblem, usize)> {
    if !numbers::may_jump(&amended.text) {
        return Vec::new();
    }
    let mut numbers = Numbers::default();
    let mut jumps = Vec::new();
    for (event, range) in Parser::new_ext(&amended.text, events::options()).into_offset_iter() {
        if let Some(Jump { expected, written }) = numbers.next(&event, &amended.text[range.clone()]) {
            let at = amended.original(range.start);
            jumps.push((MarkdownProblem::NumberJumps { expected, written }, at));
        }
    }
    jumps.truncate(REPORTED);
    jumps
}

/// The ranges of code and raw HTML.
fn verbatim(amended: &Body) -> Vec<Range<usize>> {
    let parser = Parser::new_ext(&amended.text, events::options()).into_offset_iter();
    parser
        .filter(|(event, _)| {
            matches!(
                event,
                Event::Code(_) | Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::CodeBlock(_))
            )
        })
        .map(|(_, range)| amended.original(range.start)..amended.original(range.end))
        .collect()
}

/// The fence of a code block that is not closed (CommonMark 0.31, section 4.5), with text below it.
fn unclosed_fence(body: &str) -> Option<(MarkdownProblem, usize)> {
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
    (is_top && body[at..].lines().nth(1).is_some()).then_some((MarkdownProblem::FenceUnclosed, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Vec<MarkdownProblem> {
        lints(&Body::of(body, Paragraphs::Markdown)).into_iter().map(|(problem, _)| problem).collect()
    }

    #[test]
    fn remarks_in_brackets_code_and_links_are_no_mistakes() {
        for sound in [
            "[甲](a.md)和[乙](<a b.md>)，[丙](a.md \"题 目\")，[丁][1]\n\n[1]: a.md\n",
            "见附件[1] (共三页)，【通知】（见第 3 页），数组 a[0](从零起)。",
            "`[甲](a b.md)`\n\n    [甲](a b.md)\n\n```\n[甲](a b.md)\n```\n",
            "\\[甲\\](a b.md)",
            "> ```\n> 引文里的代码\n\n后文\n",
        ] {
            assert_eq!(found(sound), [], "{sound}");
        }
    }
}
