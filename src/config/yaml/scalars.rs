//! Resolves unquoted scalars to null, booleans, numbers or text: by the core schema of YAML 1.2, with `yes` and `no`,
//! `0b…` and `1_000` as in YAML 1.1.

use crate::config::yaml::tree::Value;

/// Whether this is a spelling of `null`.
pub(super) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// The value of an unquoted scalar; `None` for a number that is not finite: `.inf`, `1e999`.
pub(super) fn value(text: &str) -> Option<Value> {
    if is_null(text) {
        return Some(Value::Null);
    }
    if let Some(value) = boolean(text) {
        return Some(Value::Bool(value));
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Some(Value::Text(text.to_owned()));
    }
    if let Some(number) = integer(text) {
        let spelling = text.to_owned();
        return Some(match i64::try_from(number) {
            Ok(number) => Value::Integer(number, spelling),
            Err(_) => Value::Float(number as f64, spelling),
        });
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF") {
        return None;
    }
    // Rust also parses `inf` and `nan`, which are text in YAML.
    let is_number = unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    match text.parse::<f64>().ok().filter(|_| is_number) {
        Some(number) => number.is_finite().then(|| Value::Float(number, text.to_owned())),
        None => Some(Value::Text(text.to_owned())),
    }
}

fn boolean(text: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match text.len() {
        0 | 6.. => None,
        _ if is(["true", "yes", "y", "on"]) => Some(true),
        _ if is(["false", "no", "n", "off"]) => Some(false),
        _ => None,
    }
}

/// Parses `12`, `-0x1F`, `1_000`. Digits after a leading zero are a code, not an integer.
fn integer(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some("0o" | "0O") => (8, &digits[2..]),
        Some("0b" | "0B") => (2, &digits[2..]),
        _ => (10, digits),
    };
    let is_code = radix == 10 && digits.len() > 1 && digits.starts_with('0');
    if is_code || digits.split('_').any(|group| group.is_empty() || !group.starts_with(char::is_alphanumeric))
    {
        return None;
    }
    i128::from_str_radix(&digits.replace('_', ""), radix).ok().map(|number| sign * number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_booleans_are_distinguished_from_text() {
        let whole = |number: i64| move |text: &str| Value::Integer(number, text.to_owned());
        let text = |text: &str| Value::Text(text.to_owned());
        for (spelling, number) in [
            ("12", 12),
            ("+7", 7),
            ("-0", 0),
            ("0x1F", 31),
            ("-0X1f", -31),
            ("0o17", 15),
            ("0b101", 5),
            ("1_000", 1000),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(value(spelling), Some(whole(number)(spelling)), "{spelling}");
        }
        for (spelling, number) in
            [("1.10", 1.1), ("0127", 127.0), ("-01", -1.0), ("1e3", 1000.0), (".5", 0.5), ("5.", 5.0)]
        {
            assert_eq!(value(spelling), Some(Value::Float(number, spelling.to_owned())), "{spelling}");
        }
        for (spelling, truth) in [("true", true), ("Yes", true), ("ON", true), ("n", false), ("off", false)] {
            assert_eq!(value(spelling), Some(Value::Bool(truth)), "{spelling}");
        }
        for spelling in [
            "甲",
            "2025-01-08",
            "1_",
            "1__0",
            "_1",
            "--1",
            "++1",
            "0x",
            "0xG",
            "inf",
            "-nan",
            "infinity",
            "-",
            "+",
            ".",
            "12条",
            "NuLL",
            "1 000",
        ] {
            assert_eq!(value(spelling), Some(text(spelling)), "{spelling}");
        }
        for spelling in ["", "~", "null", "NULL"] {
            assert_eq!(value(spelling), Some(Value::Null), "{spelling:?}");
        }
        for spelling in [".inf", "-.INF", "+.nan", "1e999", "-1e999"] {
            assert_eq!(value(spelling), None, "{spelling}");
        }
    }
}
