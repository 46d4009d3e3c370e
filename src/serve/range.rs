//! Conditions and ranges of requests (RFC 9110, sections 13 and 14).

use hyper::Method;
use hyper::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH, IF_RANGE, RANGE};

/// The part of an output that is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// All of it.
    Whole,
    /// An offset and a number of bytes, at least one.
    Range(u64, u64),
    /// Nothing: the client has it already.
    NotModified,
    /// Nothing: the precondition failed.
    Failed,
    /// Nothing: the range begins after the end.
    Unsatisfiable,
}

/// The part that a request with these `headers` gets of an output of `length` bytes.
pub(super) fn part(method: &Method, headers: &HeaderMap, etag: &str, length: u64) -> Part {
    if headers.contains_key(IF_MATCH) && !lists(headers, IF_MATCH, etag, false) {
        return Part::Failed;
    }
    if lists(headers, IF_NONE_MATCH, etag, true) {
        return Part::NotModified;
    }
    // Ranges are defined for GET only, and an output that has changed meanwhile is sent as a whole.
    let same = headers.get(IF_RANGE).is_none_or(|value| value == etag);
    let mut ranges = headers.get_all(RANGE).iter();
    match (ranges.next().and_then(|range| range.to_str().ok()), ranges.next()) {
        (Some(range), None) if *method == Method::GET && same => range_of(range, length),
        _ => Part::Whole,
    }
}

/// Whether the header `name` lists `etag`, or, if `weak`, a weak one that equals it.
fn lists(headers: &HeaderMap, name: HeaderName, etag: &str, weak: bool) -> bool {
    let values = headers.get_all(name).iter().filter_map(|list| list.to_str().ok());
    values.flat_map(|list| list.split(',')).map(str::trim).any(|item| {
        let bare = if weak { item.strip_prefix("W/").unwrap_or(item) } else { item };
        item == "*" || bare == etag
    })
}

/// Parses a range header. Several ranges, other units and invalid ones get the whole output.
fn range_of(range: &str, length: u64) -> Part {
    let numbers = |range: &str| {
        let (unit, range) = range.split_once('=')?;
        let (from, to) = range.trim().split_once('-')?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        (unit.eq_ignore_ascii_case("bytes") && digits(from) && digits(to)).then_some(())?;
        // Too large for a number: beyond every end.
        let number = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap_or(u64::MAX));
        Some((number(from), number(to)))
    };
    match numbers(range) {
        Some((Some(from), Some(to))) if to < from => Part::Whole,
        Some((Some(from), _)) if from >= length => Part::Unsatisfiable,
        Some((Some(from), to)) => Part::Range(from, to.unwrap_or(u64::MAX).min(length - 1) - from + 1),
        Some((None, Some(last))) if last == 0 || length == 0 => Part::Unsatisfiable,
        Some((None, Some(last))) => Part::Range(length.saturating_sub(last), last.min(length)),
        Some((None, None)) | None => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_a_part_and_anything_else_the_whole() {
        let cases = [
            ("bytes=0-0", Part::Range(0, 1)),
            ("bytes=2-4", Part::Range(2, 3)),
            ("bytes=8-", Part::Range(8, 2)),
            ("bytes=8-99999999999999999999999", Part::Range(8, 2)),
            ("bytes=-3", Part::Range(7, 3)),
            ("bytes=-99", Part::Range(0, 10)),
            ("bytes=10-", Part::Unsatisfiable),
            ("bytes=99999999999999999999999-", Part::Unsatisfiable),
            ("bytes=-0", Part::Unsatisfiable),
            ("bytes=5-2", Part::Whole),
            ("bytes=0-1,4-5", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("lines=0-1", Part::Whole),
            ("", Part::Whole),
        ];
        for (range, part) in cases {
            assert_eq!(range_of(range, 10), part, "{range}");
        }
        assert_eq!(range_of("bytes=0-0", 0), Part::Unsatisfiable);
        assert_eq!(range_of("bytes=-1", 0), Part::Unsatisfiable);
    }
}
