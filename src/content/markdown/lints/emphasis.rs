//! Emphasis that does not come about: `** 重要 **`, `＊＊重要＊＊`.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::content::markdown::lints::candidate::{Candidate, Found};
use crate::diagnostics::messages::MarkdownProblem;
use crate::text::{is_cjk, is_punctuation};

static WIDE: LazyLock<Finder> = LazyLock::new(|| Finder::new("＊＊"));

/// Where emphasis may have been meant.
pub(super) fn candidates(body: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    let bytes = body.as_bytes();
    each_line(body, spaced(bytes), |line, at| spaced_runs(line, at, &mut found));
    each_line(body, WIDE.find_iter(bytes), |line, at| wide_runs(line, at, &mut found));
    found
}

/// The places of runs of two asterisks or more beside a space.
fn spaced(body: &[u8]) -> impl Iterator<Item = usize> {
    let is_space = |at: Option<usize>| at.and_then(|at| body.get(at)) == Some(&b' ');
    let mut end = 0;
    let runs = std::iter::from_fn(move || {
        let start = end + memchr::memchr(b'*', &body[end..])?;
        end = start + body[start..].iter().take_while(|byte| **byte == b'*').count();
        Some(start..end)
    });
    let spaced = move |run: &Range<usize>| {
        run.len() > 1 && (is_space(run.start.checked_sub(1)) || is_space(Some(run.end)))
    };
    runs.filter(spaced).map(|run| run.start)
}

/// Calls `look` once for each line that holds one of the bytes `places`.
fn each_line(body: &str, places: impl Iterator<Item = usize>, mut look: impl FnMut(&str, usize)) {
    let bytes = body.as_bytes();
    let mut done = 0;
    for place in places {
        if place < done {
            continue;
        }
        let start = memchr::memrchr(b'\n', &bytes[..place]).map_or(0, |at| at + 1);
        let end = memchr::memchr(b'\n', &bytes[place..]).map_or(body.len(), |at| place + at);
        look(&body[start..end], start);
        done = end;
    }
}

/// The places of all runs of exactly two `mark`s in a line; nothing if any run is longer.
fn pairs(line: &str, mark: char) -> Option<Vec<usize>> {
    let width = mark.len_utf8();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in line.match_indices(mark) {
        match runs.last_mut() {
            Some((start, count)) if *start + *count * width == at => *count += 1,
            _ => runs.push((at, 1)),
        }
    }
    if runs.iter().any(|(_, count)| *count > 2) {
        return None;
    }
    Some(runs.into_iter().filter(|(_, count)| *count == 2).map(|(at, _)| at).collect())
}

/// Two runs of asterisks that stay literal because of the spaces inside of them.
fn spaced_runs(line: &str, start: usize, found: &mut Vec<Candidate>) {
    let Some(runs) = pairs(line, '*') else { return };
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let mut literal: Vec<usize> = Vec::new();
    let mut open: Option<usize> = None;
    for at in runs {
        let closes = !is_space(line[..at].chars().next_back());
        let opens = !is_space(line[at + 2..].chars().next());
        if closes && open.take().is_some() {
            continue;
        }
        literal.extend(open.take());
        match opens {
            true => open = Some(at),
            false => literal.push(at),
        }
    }
    literal.extend(open);
    let mut at = 0;
    while let [first, second] = *literal.get(at..at + 2).unwrap_or_default() {
        if is_meant(&line[..first], &line[first + 2..second], &line[second + 2..]) {
            let (first, second) = (start + first, start + second);
            let found_there = Found::Literal(first, second);
            found.push(Candidate { problem: MarkdownProblem::EmphasisSpace, at: first, found: found_there });
            at += 1;
        }
        at += 1;
    }
}

/// Whether emphasis was meant by `before**inside**after`. Asterisks also stand for letters of names: `张** 李**`.
fn is_meant(before: &str, inside: &str, after: &str) -> bool {
    let stands_alone = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || is_punctuation(c));
    if !inside.chars().any(|c| is_cjk(c) && !is_punctuation(c)) {
        return false;
    }
    match (inside.starts_with(char::is_whitespace), inside.ends_with(char::is_whitespace)) {
        (true, true) => true,
        (true, false) => stands_alone(before.chars().next_back()),
        (false, true) => stands_alone(after.chars().next()) && stands_alone(before.chars().next_back()),
        (false, false) => false,
    }
}

/// Common family names: asterisks after them stand for the rest of a person's name.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤某";

/// `＊＊重要＊＊`
fn wide_runs(line: &str, start: usize, found: &mut Vec<Candidate>) {
    let Some(runs) = pairs(line, '＊') else { return };
    let width = 2 * '＊'.len_utf8();
    let mut at = 0;
    while let [first, second] = *runs.get(at..at + 2).unwrap_or_default() {
        at += 2;
        let inside = &line[first + width..second];
        let is_name = |text: &str| text.chars().next_back().is_some_and(|c| SURNAMES.contains(c));
        let are_names = is_name(&line[..first]) && is_name(inside);
        let begins = inside.chars().next().is_some_and(|c| !matches!(c, '、' | '，' | '。' | ' '));
        // Those of two cells are not a pair.
        if begins && !are_names && !inside.contains('|') {
            found.push(Candidate::wide('＊', start + first));
        }
    }
}
