//! Finds typos in settings: full-width punctuation, invisible characters, unusual spaces, list marks, indentation. The
//! errors of a YAML parser have other positions and messages, and some typos are valid YAML.

use crate::config::yaml::keys::english;
use crate::diagnostics::Span;
use crate::diagnostics::messages::YamlProblem;
use crate::text::{changes_direction, is_cjk, is_invisible, split_list};

/// A typo and its position in the text.
pub(super) type Typo = (YamlProblem, Span);

/// The position of the character after `before` in the line `line`.
fn span(line: u32, before: &str) -> Span {
    Span { line, column: 1 + before.chars().count() as u32, width: 1 }
}

/// Whether the joiner or mark `c` is needed after `before`: in composed emoji, and in scripts with joined letters.
fn joins(before: Option<char>, c: char) -> bool {
    let other = |before: char| !before.is_ascii() && !is_cjk(before) && !is_invisible(before);
    matches!(c, '\u{200C}'..='\u{200F}') && before.is_some_and(other)
}

/// Whether `text` may contain an invisible character, by their few lead bytes in UTF-8.
fn may_have_invisible(text: &str) -> bool {
    memchr::memchr3(0xE2, 0xEF, 0xC2, text.as_bytes()).is_some()
}

/// The first character in `text` that changes its direction, and so shows readers another text than editors wrote.
pub(super) fn turning(text: &str) -> Option<YamlProblem> {
    let found = if may_have_invisible(text) { text.chars().find(|c| changes_direction(*c)) } else { None };
    found.map(|c| YamlProblem::InvisibleCharacter { code: c as u32 })
}

/// `text` without its invisible characters, and a warning about the first of them; `None` if it has none. Otherwise two
/// different names could look the same.
pub(super) fn without_invisible(text: &str) -> Option<(String, YamlProblem)> {
    if !may_have_invisible(text) {
        return None;
    }
    let (mut kept, mut first) = (String::with_capacity(text.len()), None);
    for c in text.chars() {
        match is_invisible(c) && !joins(kept.chars().next_back(), c) {
            true => first = first.or(Some(c)),
            false => kept.push(c),
        }
    }
    first.map(|c| (kept, YamlProblem::InvisibleLeftOut { code: c as u32 }))
}

/// The problem for a full-width colon after `key`, which may be a translated key.
pub(super) fn full_width_colon(key: String) -> YamlProblem {
    YamlProblem::FullWidthColon { ascii: english(&key).to_owned(), key }
}

/// Whether `c` is non-ASCII white space.
fn is_odd_space(c: char) -> bool {
    c.is_whitespace() && !c.is_ascii()
}

/// The first invisible character in `text`.
pub fn invisible(text: &str) -> Option<YamlProblem> {
    text.chars().find(|c| is_invisible(*c)).map(|c| YamlProblem::InvisibleCharacter { code: c as u32 })
}

/// `text` without invisible characters and surrounding spaces.
pub(super) fn bare(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect::<String>().trim().to_owned()
}

/// The typo in an unknown key that would be a known one without it.
pub(super) fn in_key(key: &str, known: &[&str]) -> Option<YamlProblem> {
    let is_known = |name: &str| known.contains(&name);
    let odd_space = |text: &str| text.chars().find(|c| is_odd_space(*c));
    if is_known(&bare(key)) {
        let space = odd_space(key).map(|c| YamlProblem::OddSpace { code: c as u32 });
        return invisible(key).or(space);
    }
    let (name, colon) = key.char_indices().find_map(|(at, c)| match c {
        '：' | ':' => Some((key[..at].trim(), c)),
        _ => None,
    })?;
    let name = name.to_owned();
    match colon {
        _ if !is_known(&name) => None,
        ':' => Some(YamlProblem::NoSpaceAfterColon { key: name }),
        _ => Some(full_width_colon(name)),
    }
}

/// The typo in a text where a mapping is expected: `name：甲`. `known` are its keys; if empty, all are allowed.
pub fn in_mapping(text: &str, known: &[&str]) -> Option<YamlProblem> {
    let (name, _) = text.split_once('：')?;
    let name = bare(name);
    let is_known = known.iter().any(|key| *key == name || *key == english(&name));
    (is_known || (known.is_empty() && is_label(&name))).then_some(full_width_colon(name))
}

/// `name：甲` in the indented block that ends with the line `line` (from 1), where the parser stopped. To YAML, this is
/// text.
pub(super) fn nested(text: &str, line: u32) -> Option<Typo> {
    // The column of an entry, after the hyphen of a list item.
    let start = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let lines: Vec<&str> = text.lines().take(line as usize).collect();
    let own = start(lines.last()?);
    let block = lines.iter().rposition(|line| start(line) < own).filter(|_| own > 0)? + 1;
    // Without a key above it, the block continues a text.
    let parent = Some(lines[block - 1].trim()).filter(|parent| parent.ends_with(':'))?;
    lines.iter().zip(1..).skip(block).filter(|(line, _)| start(line) == own).find_map(|(line, number)| {
        let (key, _) = line[own..].split_once('：')?;
        let is_key = is_word(key) || english(key) != key || (parent == "extra:" && is_label(key));
        let at = span(number, &line[..own + key.len()]);
        is_key.then(|| (full_width_colon(key.to_owned()), at))
    })
}

/// Whether `text` looks like a key of a mapping without fixed keys.
fn is_label(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.chars().all(fits) && (1..=12).contains(&text.chars().count())
}

/// The typo in a text that begins like a list with an invalid mark: `-监督`, `• 监督`.
pub(super) fn in_list(text: &str) -> Option<YamlProblem> {
    let rest = text.strip_prefix(['-', '－', '–', '—', '•', '·', '●', '▪', '*'])?;
    let rest = rest.trim_start();
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let is_item = rest.chars().next().is_some_and(char::is_alphabetic);
    is_item.then(|| YamlProblem::ListMark { item: rest[..end].to_owned() })
}

/// The full-width bracket of a text that is probably a list of one item: `【监督】`.
pub(super) fn bracketed(text: &str) -> Option<char> {
    let mark = text.chars().next().filter(|c| matches!(c, '【' | '［' | '〔'))?;
    (text.ends_with(['】', '］', '〕']) && split_list(text).len() == 1).then_some(mark)
}

/// The first typo in an invalid YAML text, to explain the error. `known` are its keys; if empty, all are allowed.
pub(super) fn first(text: &str, known: &[&str]) -> Option<Typo> {
    let mut above = Vec::new();
    text.lines()
        .zip(1..)
        .filter(|(line, _)| !continues(line, &mut above))
        .find_map(|(line, number)| {
            in_line(line, known).map(|(problem, at)| (problem, span(number, &line[..at])))
        })
        .or_else(|| dash_before_key(text, known))
        .or_else(|| brace_without_dash(text))
}

/// Whether `line` continues a text that began after a key. `above` are the lines with less indentation that enclose it:
/// their columns, and whether they have such a text.
fn continues(line: &str, above: &mut Vec<(usize, bool)>) -> bool {
    let content = line.trim_start_matches([' ', '-']);
    if content.is_empty() {
        return false;
    }
    let start = line.len() - content.len();
    above.truncate(above.partition_point(|(other, _)| *other < start));
    let continues = above.last().is_some_and(|(_, text)| *text);
    let value = content.split_once(": ").map_or("", |(_, value)| value.trim());
    above.push((
        start,
        continues || !(value.is_empty() || value.starts_with(['#', '|', '>', '&', '!', '{', '['])),
    ));
    continues
}

/// The typo in a line, and its byte offset.
fn in_line(line: &str, known: &[&str]) -> Option<(YamlProblem, usize)> {
    let indent = line.len() - line.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c)).len();
    for (at, c) in line[..indent].char_indices() {
        match c {
            _ if is_odd_space(c) => return Some((YamlProblem::OddSpace { code: c as u32 }, at)),
            _ if is_invisible(c) => return Some((YamlProblem::InvisibleCharacter { code: c as u32 }, at)),
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
        // Hyphens alone are not an item: `－－－`.
        return (!item.is_empty()).then(|| (YamlProblem::ListMark { item: shortened(item) }, indent));
    }
    let (colon_at, colon) = begins.char_indices().find(|(_, c)| matches!(c, '：' | ':'))?;
    let after = &begins[colon_at + colon.len_utf8()..];
    in_entry(&begins[..colon_at], colon, after, known).map(|problem| (problem, start + colon_at))
}

/// Whether `text` is spelled like the keys of settings.
fn is_word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !text.is_empty()
}

/// The typo in `key: after`, with an ASCII or a full-width colon.
fn in_entry(key: &str, colon: char, after: &str, known: &[&str]) -> Option<YamlProblem> {
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
        ('：', _) => Some(full_width_colon(name)),
        (_, Some(c)) if is_odd_space(c) => Some(YamlProblem::OddSpace { code: c as u32 }),
        (_, Some(c)) if !c.is_whitespace() => Some(YamlProblem::NoSpaceAfterColon { key: name }),
        _ => None,
    }
}

/// The typo in a line `- {key: value, key: value}` whose brace is at `start`.
fn in_flow(line: &str, start: usize) -> Option<(YamlProblem, usize)> {
    let mark = |mark: char, at: usize| Some((YamlProblem::FullWidthMark { mark }, at));
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
                return Some((full_width_colon(before().to_owned()), at));
            }
            _ => {}
        }
    }
    let open = line.matches('{').count() > line.matches('}').count();
    match line.rfind('｝').filter(|_| open) {
        Some(at) => mark('｝', at),
        None if open && line.ends_with('}') => None,
        None => open.then_some((YamlProblem::Unclosed, start)),
    }
}

/// A key with a hyphen, `- title: 甲`, if other keys have none.
fn dash_before_key(text: &str, known: &[&str]) -> Option<Typo> {
    let key_of = |line: &str| {
        let key = line.split(':').next().unwrap_or_default().trim();
        known.contains(&key).then(|| key.to_owned())
    };
    let plain = text.lines().any(|line| !line.starts_with([' ', '\t', '-']) && key_of(line).is_some());
    let dashed = text.lines().zip(1..).find_map(|(line, number)| {
        let key = key_of(line.strip_prefix("- ")?)?;
        Some((YamlProblem::DashBeforeKey { key }, span(number, "")))
    });
    dashed.filter(|_| plain)
}

/// An item without a hyphen, `{code: …}`, if other items have one.
fn brace_without_dash(text: &str) -> Option<Typo> {
    let is_list = text.lines().any(|line| line.starts_with("- "));
    let braced = text.lines().zip(1..).find(|(line, _)| line.starts_with('{'));
    braced
        .filter(|_| is_list)
        .map(|(line, number)| (YamlProblem::ListMark { item: shortened(line) }, span(number, "")))
}

/// Whether the indentation of the line `line` (from 1) is wrong: deeper than the entry before it, which already has a
/// value, or less deep without matching any line above.
pub(super) fn is_indented_wrongly(text: &str, line: u32) -> bool {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let is_entry = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ");
        line.split_once(": ").is_some_and(|(key, value)| {
            !key.contains(['"', '\'', ' ', '{', '['])
                && !value.trim().is_empty()
                && !value.starts_with(['|', '>'])
        })
    };
    let lines: Vec<&str> = text.lines().take(line as usize).collect();
    let Some((last, before)) = lines.split_last() else { return false };
    let is_content = |line: &&&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let Some(previous) = before.iter().rfind(is_content) else { return false };
    let (own, above) =
        (indent(last), indent(previous) + if previous.trim_start().starts_with("- ") { 2 } else { 0 });
    let fits = own < above && before.iter().any(|line| indent(line) == own);
    let first_is_deeper = own < above && !fits;
    let deeper = own > above && is_entry(previous);
    last.contains(':') && (deeper || first_is_deeper)
}

/// The typo in a line that is probably meant as `---`.
pub fn fence(line: &str) -> Option<YamlProblem> {
    if line.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        // Most lines begin with a key.
        return None;
    }
    let (found, bare) = (line.trim_end(), bare(line));
    let dash = |c: char| "-—–－―─ー−‐‑‒﹣".contains(c);
    if found == "---" {
        return None;
    }
    if line.trim() == "---" || line.strip_prefix("---").is_some_and(|rest| rest.starts_with(is_after_fence)) {
        return Some(YamlProblem::FrontMatterFence { found: shortened(found) });
    }
    let is_dashes = bare.chars().all(dash) && bare.len() > 1;
    let dashes = || YamlProblem::FrontMatterDashes { found: found.to_owned() };
    is_dashes.then(|| invisible(line).unwrap_or_else(dashes))
}

/// Whether `c` may follow a `---` that is meant to end the settings. In tables, `|` follows.
fn is_after_fence(c: char) -> bool {
    c.is_whitespace() || c.is_alphanumeric() || matches!(c, '#' | '。' | '，')
}

/// The first 12 characters of `text`, for a message.
pub(super) fn shortened(text: &str) -> String {
    let head: String = text.chars().take(12).collect();
    if head.len() < text.len() { format!("{head}…") } else { head }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_removed_but_joiners_are_kept() {
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
