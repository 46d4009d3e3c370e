//! Slips of the pen in settings: full-width marks, spaces and characters that only look like others or like
//! nothing, list marks, indentation. YAML's own messages explain them least, and some it takes as they are.

use crate::config::yaml::fields::english;
use crate::diagnostics::problem::{Problem, split_list};
use crate::text::cjk::is_cjk;

/// A slip in a line: what it is, in which line (from 1), at which column (from 1), how wide.
pub type Slip = (Problem, usize, usize);

/// Is `c` a character that nobody can see: joiners, marks of direction, byte order marks?
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{AD}'
    )
}

/// Does `c` turn the direction in which the text after it is shown (UAX #9: embeddings, overrides, isolates)?
pub fn is_turning(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Does `c`, after `before`, belong to what is written: in emoji of several parts, in scripts whose letters join?
fn joins(before: Option<char>, c: char) -> bool {
    let other = |before: char| !before.is_ascii() && !is_cjk(before) && !is_invisible(before);
    matches!(c, '\u{200C}'..='\u{200F}') && before.is_some_and(other)
}

/// May one of the characters above be in `text`? Their first bytes are few.
fn may_hide(text: &str) -> bool {
    memchr::memchr3(0xE2, 0xEF, 0xC2, text.as_bytes()).is_some()
}

/// The problem of the first character in `text` that turns the direction: readers would see another text than
/// editors wrote.
pub fn turning(text: &str) -> Option<Problem> {
    let found = if may_hide(text) { text.chars().find(|c| is_turning(*c)) } else { None };
    found.map(|c| Problem::InvisibleCharacter { code: c as u32 })
}

/// `text` without the characters that cannot be seen and say nothing, and the first of them; nothing if there is
/// none. Two names that differ in them only would look the same.
pub fn without_invisible(text: &str) -> Option<(String, Problem)> {
    if !may_hide(text) {
        return None;
    }
    let (mut kept, mut first) = (String::with_capacity(text.len()), None);
    for c in text.chars() {
        match is_invisible(c) && !joins(kept.chars().next_back(), c) {
            true => first = first.or(Some(c)),
            false => kept.push(c),
        }
    }
    first.map(|c| (kept, Problem::InvisibleLeftOut { code: c as u32 }))
}

/// Is `c` a space that is not the ASCII one?
fn is_odd_space(c: char) -> bool {
    c.is_whitespace() && !c.is_ascii()
}

/// The problem of the first character that cannot be seen in `text`.
pub fn invisible(text: &str) -> Option<Problem> {
    text.chars().find(|c| is_invisible(*c)).map(|c| Problem::InvisibleCharacter { code: c as u32 })
}

/// `text` without the characters that cannot be seen and without the spaces around it.
pub fn bare(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect::<String>().trim().to_owned()
}

/// What is wrong with a key that is not known, if it is a known one with a slip in it.
pub fn in_key(key: &str, known: &[&str]) -> Option<Problem> {
    let is_known = |name: &str| known.contains(&name);
    let odd_space = |text: &str| text.chars().find(|c| is_odd_space(*c));
    if is_known(&bare(key)) {
        let space = odd_space(key).map(|c| Problem::OddSpace { code: c as u32 });
        return invisible(key).or(space);
    }
    let (name, colon) = key.char_indices().find_map(|(at, c)| match c {
        '：' | ':' => Some((key[..at].trim(), c)),
        _ => None,
    })?;
    let name = name.to_owned();
    match colon {
        _ if !is_known(&name) => None,
        ':' => Some(Problem::NoSpaceAfterColon { key: name }),
        _ => Some(Problem::FullWidthColon { key: name }),
    }
}

/// Is this text, in place of a mapping with `known` keys (none: any), the beginning of one: `name：甲`?
pub fn in_mapping(text: &str, known: &[&str]) -> Option<Problem> {
    let (name, _) = text.split_once('：')?;
    let name = bare(name);
    let is_known = known.iter().any(|key| *key == name || *key == english(&name));
    (is_known || (known.is_empty() && is_label(&name))).then_some(Problem::FullWidthColon { key: name })
}

/// `name：甲` in the block that ends with the line `line` (from 1), at which the parser stumbled: an entry that is
/// indented, and that YAML takes for a text.
pub fn nested(text: &str, line: usize) -> Option<Slip> {
    // Where an entry stands, behind the hyphen of an item.
    let start = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let lines: Vec<&str> = text.lines().take(line).collect();
    let own = start(lines.last()?);
    let block = lines.iter().rposition(|line| start(line) < own).filter(|_| own > 0)? + 1;
    // Otherwise it is a text that goes on.
    let parent = Some(lines[block - 1].trim()).filter(|parent| parent.ends_with(':'))?;
    lines.iter().zip(1..).skip(block).filter(|(line, _)| start(line) == own).find_map(|(line, number)| {
        let (key, _) = line[own..].split_once('：')?;
        let is_key = is_word(key) || english(key) != key || (parent == "extra:" && is_label(key));
        let column = line[..own].chars().count() + key.chars().count() + 1;
        is_key.then(|| (Problem::FullWidthColon { key: key.to_owned() }, number, column))
    })
}

/// Can `text` be a key that is data?
fn is_label(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.chars().all(fits) && (1..=12).contains(&text.chars().count())
}

/// Is this text a list whose marks YAML does not know: `-监督`, `• 监督`?
pub fn in_list(text: &str) -> Option<Problem> {
    let rest = text.strip_prefix(['-', '－', '–', '—', '•', '·', '●', '▪', '*'])?;
    let rest = rest.trim_start();
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let is_item = rest.chars().next().is_some_and(char::is_alphabetic);
    is_item.then(|| Problem::ListMark { item: rest[..end].to_owned() })
}

/// The bracket at the beginning of a text that was meant for a list of one item: `【监督】`.
pub fn bracketed(text: &str) -> Option<char> {
    let mark = text.chars().next().filter(|c| matches!(c, '【' | '［' | '〔'))?;
    (text.ends_with(['】', '］', '〕']) && split_list(text).len() == 1).then_some(mark)
}

/// The first slip in a text that is not valid YAML; `known` are the keys that it may have, none if they are
/// data. Only what would explain the error is looked for.
pub fn first(text: &str, known: &[&str]) -> Option<Slip> {
    let mut above = Vec::new();
    text.lines()
        .zip(1..)
        .filter(|(line, _)| !goes_on(line, &mut above))
        .find_map(|(line, number)| in_line(line, known).map(|(problem, at)| (problem, number, at)))
        .map(|(problem, number, at)| {
            let line = text.lines().nth(number - 1).unwrap_or_default();
            (problem, number, 1 + line[..at].chars().count())
        })
        .or_else(|| dash_before_key(text, known))
        .or_else(|| brace_without_dash(text))
}

/// Is `line` one on which a text goes on that began behind a key? `above` are the lines that it may stand below, each
/// with where it begins and whether such a text does.
fn goes_on(line: &str, above: &mut Vec<(usize, bool)>) -> bool {
    let content = line.trim_start_matches([' ', '-']);
    if content.is_empty() {
        return false;
    }
    let start = line.len() - content.len();
    above.truncate(above.partition_point(|(other, _)| *other < start));
    let goes_on = above.last().is_some_and(|(_, text)| *text);
    let value = content.split_once(": ").map_or("", |(_, value)| value.trim());
    above.push((
        start,
        goes_on || !(value.is_empty() || value.starts_with(['#', '|', '>', '&', '!', '{', '['])),
    ));
    goes_on
}

/// The slip in a line, and the byte where it stands.
fn in_line(line: &str, known: &[&str]) -> Option<(Problem, usize)> {
    let indent = line.len() - line.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c)).len();
    for (at, c) in line[..indent].char_indices() {
        match c {
            _ if is_odd_space(c) => return Some((Problem::OddSpace { code: c as u32 }, at)),
            _ if is_invisible(c) => return Some((Problem::InvisibleCharacter { code: c as u32 }, at)),
            _ => {}
        }
    }
    let begins = line[indent..].trim_start_matches("- ").trim_start();
    let start = line.len() - begins.len();
    if begins.starts_with(['{', '｛']) {
        return in_flow(line, start);
    }
    if line[indent..].starts_with("-{") || line[indent..].starts_with("－") {
        let item = line[indent..].trim_start_matches(['-', '－']).trim();
        // Nothing but hyphens is no item: `－－－`.
        return (!item.is_empty()).then(|| (Problem::ListMark { item: shortened(item) }, indent));
    }
    let (colon_at, colon) = begins.char_indices().find(|(_, c)| matches!(c, '：' | ':'))?;
    let after = &begins[colon_at + colon.len_utf8()..];
    in_entry(&begins[..colon_at], colon, after, known).map(|problem| (problem, start + colon_at))
}

/// Can `text` be a key that is not data?
fn is_word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !text.is_empty()
}

/// The slip in `key: after`, where `colon` is one of two kinds.
fn in_entry(key: &str, colon: char, after: &str, known: &[&str]) -> Option<Problem> {
    let name = bare(key);
    let is_key = known.contains(&name.as_str())
        || known.contains(&english(&name))
        || (known.is_empty() && is_word(&name));
    if !is_key {
        return None;
    }
    if name != key.trim_end_matches(' ') {
        return in_key(key, &[name.as_str()]);
    }
    match (colon, after.chars().next()) {
        ('：', _) => Some(Problem::FullWidthColon { key: name }),
        (_, Some(c)) if is_odd_space(c) => Some(Problem::OddSpace { code: c as u32 }),
        (_, Some(c)) if !c.is_whitespace() => Some(Problem::NoSpaceAfterColon { key: name }),
        _ => None,
    }
}

/// The slip in a line `- {key: value, key: value}` whose brace stands at `start`.
fn in_flow(line: &str, start: usize) -> Option<(Problem, usize)> {
    let mark = |mark: char, at: usize| Some((Problem::FullWidthMark { mark }, at));
    if line[start..].starts_with('｛') {
        return mark('｛', start);
    }
    for (at, c) in line.char_indices().skip_while(|(at, _)| *at < start) {
        let before = || line[start..at].rsplit(['{', ',', '，', ' ']).next().unwrap_or_default();
        let after = &line[at + c.len_utf8()..];
        let key_follows = || {
            let end = after.find(['：', ':']);
            end.is_some_and(|end| is_word(after[..end].trim()))
        };
        match c {
            '，' if key_follows() => return mark('，', at),
            '：' if is_word(before()) => {
                return Some((Problem::FullWidthColon { key: before().to_owned() }, at));
            }
            _ => {}
        }
    }
    let open = line.matches('{').count() > line.matches('}').count();
    match line.rfind('｝').filter(|_| open) {
        Some(at) => mark('｝', at),
        None if open && line.ends_with('}') => None,
        None => open.then_some((Problem::YamlUnclosed, start)),
    }
}

/// `- title: 甲` where the lines below have no hyphen.
fn dash_before_key(text: &str, known: &[&str]) -> Option<Slip> {
    let key_of = |line: &str| {
        let key = line.split(':').next().unwrap_or_default().trim();
        known.contains(&key).then(|| key.to_owned())
    };
    let plain = text.lines().any(|line| !line.starts_with([' ', '\t', '-']) && key_of(line).is_some());
    let dashed = text.lines().zip(1..).find_map(|(line, number)| {
        let key = key_of(line.strip_prefix("- ")?)?;
        Some((Problem::DashBeforeKey { key }, number, 1))
    });
    dashed.filter(|_| plain)
}

/// `{code: …}` where the lines above have a hyphen.
fn brace_without_dash(text: &str) -> Option<Slip> {
    let is_list = text.lines().any(|line| line.starts_with("- "));
    let braced = text.lines().zip(1..).find(|(line, _)| line.starts_with('{'));
    braced.filter(|_| is_list).map(|(line, number)| (Problem::ListMark { item: shortened(line) }, number, 1))
}

/// The line, up to `line` (from 1), where the indentation does not fit: it has more than the entry before it,
/// which has a value already, or less without being that of any line above.
pub fn indentation(text: &str, line: usize) -> Option<usize> {
    let of = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let is_entry = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ");
        line.split_once(": ").is_some_and(|(key, value)| {
            !key.contains(['"', '\'', ' ', '{', '['])
                && !value.trim().is_empty()
                && !value.starts_with(['|', '>'])
        })
    };
    let lines: Vec<&str> = text.lines().take(line).collect();
    let (last, before) = lines.split_last()?;
    let previous =
        before.iter().rfind(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))?;
    let (own, above) = (of(last), of(previous) + if previous.trim_start().starts_with("- ") { 2 } else { 0 });
    let fits = own < above && before.iter().any(|line| of(line) == own);
    let first_is_deeper = own < above && !fits;
    let deeper = own > above && is_entry(previous);
    let is_setting = last.trim_start().contains(':');
    (is_setting && (deeper || first_is_deeper)).then_some(lines.len())
}

/// What is wrong with a line that was meant for `---`; nothing if it was not, or is right.
pub fn fence(line: &str) -> Option<Problem> {
    let (found, bare) = (line.trim_end(), bare(line));
    let dash = |c: char| "-—–－―─ー−‐‑‒﹣".contains(c);
    if found == "---" {
        return None;
    }
    if line.trim() == "---" || line.strip_prefix("---").is_some_and(|rest| rest.starts_with(is_after_fence)) {
        return Some(Problem::FrontMatterFence { found: shortened(found) });
    }
    let is_dashes = bare.chars().all(dash) && bare.len() > 1;
    let dashes = || Problem::FrontMatterDashes { found: found.to_owned() };
    is_dashes.then(|| invisible(line).unwrap_or_else(dashes))
}

/// Can `c` stand right behind `---` where that was meant to part settings and text? Tables have `---|`.
fn is_after_fence(c: char) -> bool {
    c.is_whitespace() || c.is_alphanumeric() || matches!(c, '#' | '。' | '，')
}

/// The beginning of an item, for a message.
pub fn shortened(text: &str) -> String {
    let head: String = text.chars().take(12).collect();
    if head.len() < text.len() { format!("{head}…") } else { head }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_left_out_but_what_joins_is_kept() {
        let kept = |text: &str| without_invisible(text).map(|(kept, _)| kept);
        for (text, expected) in [
            ("监\u{200B}督", "监督"),
            ("\u{FEFF}监督\u{2060}", "监督"),
            ("监\u{200D}督", "监督"),
            ("co\u{AD}operate", "cooperate"),
            ("a\u{200D}b", "ab"),
        ] {
            assert_eq!(kept(text).as_deref(), Some(expected), "{text:?}");
        }
        for text in ["“监督”——：", "一家👨\u{200D}👩\u{200D}👧", "می\u{200C}خواهم", "ٱ\u{200F}", "监督"]
        {
            assert_eq!(kept(text), None, "{text:?}");
        }
    }
}
