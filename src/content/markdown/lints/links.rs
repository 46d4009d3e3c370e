//! Text that was meant as a link, and links without an address.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::content::markdown::lints::candidate::{Candidate, Found};
use crate::diagnostics::messages::MarkdownProblem;

/// Where a link may have been meant.
pub(super) fn candidates(body: &str) -> impl Iterator<Item = Candidate> + '_ {
    let wide = WIDE.find_iter(body.as_bytes()).filter_map(|at| wide_link(body, at));
    let others = memchr::memchr2_iter(b']', b'(', body.as_bytes())
        .flat_map(|at| match body.as_bytes()[at] {
            b'(' => [wide_brackets(body, at), None],
            _ => [after_bracket(body, at), wide_mark(body, at)],
        })
        .flatten();
    wide.chain(others)
}

static WIDE: LazyLock<Finder> = LazyLock::new(|| Finder::new("］（"));

/// `［甲］（a.pdf）`, with the `］` at the byte `at`.
fn wide_link(body: &str, at: usize) -> Option<Candidate> {
    let before = tail(&body[..at]);
    let start = before.rfind('［')?;
    let label = &before[start + '［'.len_utf8()..];
    let is_number = label.bytes().all(|byte| byte.is_ascii_digit()) || label.contains('\n');
    let found = !is_number && is_path(head(&body[at + "］（".len()..]));
    found.then(|| wide('［', at - before.len() + start))
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

/// `【甲】(a.md)` or `［甲］(a.md)`, with the parenthesis at the byte `at`.
fn wide_brackets(body: &str, at: usize) -> Option<Candidate> {
    let before = body[..at].strip_suffix(['】', '］'])?;
    let opening = if body[..at].ends_with('】') { '【' } else { '［' };
    let start = before.len() - tail(before).len() + tail(before).rfind(opening)?;
    is_path(head(&body[at + 1..])).then(|| wide(opening, start))
}

/// `！[甲](a.jpg)`, a link instead of an image, with the `]` at the byte `at`.
fn wide_mark(body: &str, at: usize) -> Option<Candidate> {
    let target = head(body[at..].strip_prefix("](")?).split(')').next()?.to_ascii_lowercase();
    let before = tail(&body[..at]);
    let before = &before[..before.rfind('[')?];
    let mark = at - tail(&body[..at]).len() + before.strip_suffix('！')?.len();
    let found = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg"].iter().any(|end| target.ends_with(end));
    let inside = Found::LinkAfter('！'.len_utf8());
    found.then(|| Candidate { found: inside, ..wide('！', mark) })
}

/// The mistake after the `]` at the byte `at`.
fn after_bracket(body: &str, at: usize) -> Option<Candidate> {
    let rest = &body[at + 1..];
    if !rest.starts_with(['(', '（', ' ']) || body[..at].ends_with('\\') {
        return None;
    }
    let line = head(rest).lines().next().unwrap_or_default();
    if let Some(target) = line.strip_prefix('（') {
        // The bracket may end a link as well: `[甲][1]（https://…）`.
        let found = Found::Literal(at, at + 1);
        let is_link = is_path(target) && !is_mark(&body[..at]);
        return is_link.then(|| Candidate { found, ..wide('（', at + 1) });
    }
    if let Some(target) = line.trim_start_matches(' ').strip_prefix('(').filter(|_| line.starts_with(' ')) {
        return is_path(target).then_some(Candidate::text(MarkdownProblem::LinkGap, at));
    }
    let target = line.strip_prefix('(')?;
    let Some((target, _)) = target.split_once(')') else {
        return is_path(target).then_some(Candidate::text(MarkdownProblem::LinkUnclosed, at));
    };
    if target.is_empty() {
        let found = Found::LinkAfter(0);
        return Some(Candidate { problem: MarkdownProblem::LinkEmpty, at, found });
    }
    if let Some((before, mark)) = wide_quote(target) {
        return Some(wide(mark, at + 2 + before));
    }
    let spaced = target.trim().contains(' ') && !target.contains(['"', '\'', '<']) && is_path(target);
    let target = target.trim().to_owned();
    spaced.then_some(Candidate::text(MarkdownProblem::LinkSpace { target }, at))
}

fn wide(mark: char, at: usize) -> Candidate {
    Candidate::text(MarkdownProblem::FullWidthMark { mark }, at)
}

/// Whether `before` ends with the label of a note, of a reference or of a quotation: `[^1`, `[甲][1`, `[1`.
fn is_mark(before: &str) -> bool {
    let Some((front, label)) = tail(before).rsplit_once('[') else { return false };
    front.ends_with(']') || label.starts_with('^') || label.bytes().all(|byte| byte.is_ascii_digit())
}

/// The full-width quote with which the title of a link begins, and where: `a.png “图注”`.
fn wide_quote(target: &str) -> Option<(usize, char)> {
    // `a.png "图注”`: the ASCII quote is not closed.
    let (before, title) = target.split_once(" \"").unwrap_or((target, ""));
    if let Some(mark @ '”') = title.chars().next_back().filter(|_| is_path(before)) {
        return Some((target.len() - mark.len_utf8(), mark));
    }
    let (at, mark) =
        target.char_indices().find(|(_, c)| matches!(c, '“' | '”' | '‘' | '’' | '「' | '『' | '＂'))?;
    let path = target[..at].trim_end();
    (is_path(path) && !path.contains(' ')).then_some((at, mark))
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
