//! Web and mail addresses that stand in the text become links, as in GitHub Flavored Markdown (GFM 0.29, section 6.9). In
//! Chinese text an address may follow a hanzi, and ends before one and before full-width punctuation.

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::content::markdown::attributes::tags;

/// Elements in whose text addresses stay text.
const PLAIN: &[&str] = &["a", "code", "kbd", "pre", "samp", "script", "style", "textarea", "title"];

/// Makes links of the addresses in `events`, the events of `text`.
pub(super) fn link(text: &str, events: &mut Vec<Event>) {
    let bytes = text.as_bytes();
    let may_link = memchr::memchr3_iter(b':', b'.', b'@', bytes).any(|at| match bytes[at] {
        b':' => bytes[at..].starts_with(b"://"),
        b'.' => at >= 3 && bytes[at - 3..at].eq_ignore_ascii_case(b"www"),
        _ => true,
    });
    if !may_link {
        return;
    }
    // How many links, pictures, code blocks and elements of `PLAIN` are open.
    let mut plain = 0_usize;
    let mut result = Vec::with_capacity(events.len() + 8);
    for event in std::mem::take(events) {
        match &event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => plain += 1,
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => plain = plain.saturating_sub(1),
            Event::InlineHtml(html) => {
                for tag in tags(html).iter().filter(|tag| PLAIN.contains(&&*tag.name)) {
                    plain = if tag.closes { plain.saturating_sub(1) } else { plain + 1 };
                }
            }
            Event::Text(text) if plain == 0 => {
                if let Some(parts) = linked(text) {
                    result.extend(parts);
                    continue;
                }
            }
            _ => {}
        }
        result.push(event);
    }
    *events = result;
}

/// The longest name of a host, in bytes (RFC 1035, section 2.3.4).
const LONGEST_HOST: usize = 255;
/// The longest name before the `@` of a mail address, in bytes (RFC 5321, section 4.5.3.1.1).
const LONGEST_NAME: usize = 64;

/// The kind of an address.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Web,
    WithoutScheme,
    Mail,
}

/// `text` with its addresses as links, if there are any.
fn linked<'e>(text: &str) -> Option<Vec<Event<'e>>> {
    let bytes = text.as_bytes();
    let owned = |text: &str| CowStr::from(text.to_owned());
    let mut parts = Vec::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = memchr::memchr3(b':', b'.', b'@', &bytes[at..]) {
        let mark = at + found;
        at = mark + 1;
        let Some((start, end, kind)) = address(text, mark, copied) else { continue };
        let shown = &text[start..end];
        let (link_type, target) = match kind {
            Kind::Web => (LinkType::Autolink, owned(shown)),
            Kind::WithoutScheme => (LinkType::Autolink, format!("http://{shown}").into()),
            Kind::Mail => (LinkType::Email, owned(shown)),
        };
        if start > copied {
            parts.push(Event::Text(owned(&text[copied..start])));
        }
        let (title, id) = ("".into(), "".into());
        parts.push(Event::Start(Tag::Link { link_type, dest_url: target, title, id }));
        parts.push(Event::Text(owned(shown)));
        parts.push(Event::End(TagEnd::Link));
        (copied, at) = (end, end);
    }
    if parts.is_empty() {
        return None;
    }
    if copied < text.len() {
        parts.push(Event::Text(owned(&text[copied..])));
    }
    Some(parts)
}

/// The address around the mark at the byte `mark`, which begins at the byte `from` or later.
fn address(text: &str, mark: usize, from: usize) -> Option<(usize, usize, Kind)> {
    match text.as_bytes()[mark] {
        b':' => {
            let before = &text.as_bytes()[from..mark];
            let length = [&b"https"[..], b"http"]
                .into_iter()
                .find(|scheme| {
                    before.len() >= scheme.len()
                        && before[before.len() - scheme.len()..].eq_ignore_ascii_case(scheme)
                })?
                .len();
            let start = mark - length;
            let host = text[mark..].strip_prefix("://").filter(|_| may_begin(&text[..start]))?;
            Some((start, web_end(text, text.len() - host.len())?, Kind::Web))
        }
        b'.' => {
            let start = mark.checked_sub(3).filter(|start| *start >= from)?;
            text.get(start..mark).filter(|www| www.eq_ignore_ascii_case("www"))?;
            let end = may_begin(&text[..start]).then(|| web_end(text, mark + 1))??;
            Some((start, end, Kind::WithoutScheme))
        }
        _ => mail(text, mark, from).map(|(start, end)| (start, end, Kind::Mail)),
    }
}

/// Whether an address may begin after `before`.
fn may_begin(before: &str) -> bool {
    let last = before.chars().next_back();
    last.is_none_or(|c| {
        !c.is_ascii()
            || c.is_ascii_whitespace()
            || matches!(c, '*' | '_' | '~' | '(' | '[' | '"' | '\'' | ',' | ';' | ':' | '>' | '|')
    })
}

/// Where the web address ends whose host begins at the byte `host`.
fn web_end(text: &str, host: usize) -> Option<usize> {
    let rest = &text.as_bytes()[host..];
    let name = rest.iter().take(LONGEST_HOST + 1).take_while(|byte| is_of_host(**byte)).count();
    if name > LONGEST_HOST || !is_host(&text[host..host + name]) {
        return None;
    }
    let ends = |byte: &u8| !byte.is_ascii_graphic() || matches!(byte, b'<' | b'>' | b'"' | b'`' | b'|');
    let whole = rest.iter().position(ends).unwrap_or(rest.len());
    Some(host + without_punctuation(&text[host..host + whole]).len())
}

/// A web address without the punctuation at its end, which belongs to the sentence.
fn without_punctuation(address: &str) -> &str {
    let mut open = address.matches('(').count() as isize - address.matches(')').count() as isize;
    let mut end = address.len();
    for byte in address.bytes().rev() {
        match byte {
            b')' if open < 0 => open += 1,
            b'?' | b'!' | b'.' | b',' | b':' | b';' | b'*' | b'_' | b'~' | b'\'' => {}
            _ => break,
        }
        end -= 1;
    }
    &address[..end]
}

fn is_of_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

/// A valid domain: parts with periods between them, no underscores in the last two.
fn is_host(name: &str) -> bool {
    let name = name.trim_end_matches(['.', '_']);
    let mut parts = name.rsplit('.');
    let is_part = |part: &str| !part.is_empty() && !part.starts_with('-');
    let last = parts.next().is_some_and(|part| is_part(part) && !part.contains('_'));
    let second = parts.next().is_some_and(|part| is_part(part) && !part.contains('_'));
    last && second && parts.all(is_part)
}

/// The mail address around the `@` at the byte `at`.
fn mail(text: &str, at: usize, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    let local = bytes[from..at].iter().rev().take(LONGEST_NAME + 1).take_while(|byte| is_local(byte)).count();
    let start = at - local;
    if local == 0 || local > LONGEST_NAME || bytes[start] == b'.' || is_login(&bytes[from..start]) {
        return None;
    }
    let rest = &bytes[at + 1..];
    let name = rest.iter().take(LONGEST_HOST).take_while(|byte| is_of_host(**byte)).count();
    let host = text[at + 1..at + 1 + name].trim_end_matches('.');
    let goes_on = text[at + 1 + host.len()..].starts_with(['/', ':', '@'])
        && !text[at + 2 + host.len()..].starts_with(char::is_whitespace);
    let is_mail = is_host(host) && !host.ends_with(['-', '_']) && !goes_on;
    is_mail.then_some((start, at + 1 + host.len()))
}

/// Whether `before` ends within an address that names a user, or a path: `https://name:`, `a/`.
fn is_login(before: &[u8]) -> bool {
    match before {
        [.., b'@'] => true,
        [.., last, b'/'] => last.is_ascii_graphic(),
        [rest @ .., b':'] => {
            let name = rest.iter().rev().take(LONGEST_NAME).take_while(|byte| byte.is_ascii_graphic());
            name.collect::<Vec<_>>().windows(2).any(|pair| *pair[0] == b'/' && *pair[1] == b'/')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_before_the_punctuation_of_the_sentence() {
        for (text, expected) in [
            ("见https://www.npc.gov.cn/a?b=c。", "见[https://www.npc.gov.cn/a?b=c]。"),
            (
                "（http://a.cn/），http://b.cn；www.c.gov.cn、",
                "（[http://a.cn/]），[http://b.cn]；[www.c.gov.cn]、",
            ),
            (
                "http://a.cn/b.html. (http://a.cn/b_(c)) http://a.cn/d)!",
                "[http://a.cn/b.html]. ([http://a.cn/b_(c)]) [http://a.cn/d])!",
            ),
            (
                "网址:http://a.cn:8080/x,邮箱:a.b+c@d-e.gov.cn。",
                "网址:[http://a.cn:8080/x],邮箱:[a.b+c@d-e.gov.cn]。",
            ),
            ("HTTPS://A.CN和WWW.A.CN", "[HTTPS://A.CN]和[WWW.A.CN]"),
            ("http://localhost:80 ftp://a.cn xhttp://a.cn awww.a.cn www.a", "-"),
            ("a@b a@b.c_ .a@b.cn 甲@乙.cn @a.cn git@a.com:b/c http://u:p@a", "-"),
            ("a@b.cn.", "[a@b.cn]."),
            ("http://a.cn\u{3000}甲", "[http://a.cn]\u{3000}甲"),
        ] {
            let shown = linked(text).map_or("-".to_owned(), |events| {
                let shown = events.into_iter().map(|event| match event {
                    Event::Text(text) => text.to_string(),
                    Event::Start(_) => "[".to_owned(),
                    _ => "]".to_owned(),
                });
                shown.collect()
            });
            assert_eq!(shown, expected, "{text}");
        }
    }
}
