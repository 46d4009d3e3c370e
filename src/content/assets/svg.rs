//! The size of an SVG picture, from the root element's `width` and `height`, else from its `viewBox`
//! (SVG 2, section 8.2). Nothing else of the picture is looked at, and whatever is odd tells no size.

/// How much of the file is looked at, in bytes.
const OPENING: usize = 64 * 1024;
/// The longest side that is believed, in pixels.
const LONGEST: f64 = 65_535.0;

/// The width and height in pixels, if it tells them.
pub fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(OPENING)]);
    let root = root(text.trim_start_matches('\u{FEFF}'))?;
    let (width, height) =
        (attribute(root, "width").and_then(length), attribute(root, "height").and_then(length));
    let view = attribute(root, "viewBox").and_then(view_box);
    let (width, height) = match (width, height, view) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some((w, h))) => (width, width * h / w),
        (None, Some(height), Some((w, h))) => (height * w / h, height),
        (None, None, Some(size)) => size,
        _ => return None,
    };
    Some((pixels(width)?, pixels(height)?))
}

fn pixels(length: f64) -> Option<u32> {
    (length.is_finite() && length > 0.0 && length <= LONGEST).then(|| (length.round() as u32).max(1))
}

/// The attributes of the root element: what stands between `<svg` and its `>`.
fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            // A document type may hold declarations of its own.
            _ if rest.starts_with("<!") => match rest.split('>').next()?.contains('[') {
                true => "]>",
                false => ">",
            },
            _ => break,
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
    let attributes = rest.strip_prefix("<svg")?;
    attributes.starts_with(char::is_whitespace).then_some(attributes)
}

/// The value of the attribute `name` among the attributes that `text` begins with.
fn attribute<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = text.trim_start();
    while !rest.starts_with(['>', '/']) {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        if key.trim_end() == name {
            return Some(value);
        }
        rest = after.trim_start();
    }
    None
}

/// A length in pixels (CSS Values and Units, section 6.2); those that depend on their surroundings are none.
fn length(value: &str) -> Option<f64> {
    let value = value.trim();
    let unit = value.find(|c: char| c.is_ascii_alphabetic() && !matches!(c, 'e' | 'E') || c == '%');
    let (number, unit) = value.split_at(unit.unwrap_or(value.len()));
    let factor = match unit {
        "" | "px" => 1.0,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        _ => return None,
    };
    number.parse::<f64>().ok().map(|number| number * factor).filter(|length| *length > 0.0)
}

/// The last two of four numbers.
fn view_box(value: &str) -> Option<(f64, f64)> {
    let numbers = value.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
    let numbers: Vec<f64> = numbers.map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match numbers[..] {
        [_, _, width, height] if width > 0.0 && height > 0.0 => Some((width, height)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_those_that_browsers_take() {
        let cases: &[(&str, Option<(u32, u32)>)] = &[
            ("<svg width=\"300\" height='200.4px'/>", Some((300, 200))),
            ("<svg viewBox=\"0 0 24 12\">", Some((24, 12))),
            ("<svg viewBox=' -1,-1 , 24 12 ' width=\"48\">", Some((48, 24))),
            ("<svg height=\"6\" viewBox=\"0 0 24 12\">", Some((12, 6))),
            ("<svg width=\"100%\" height=\"100%\" viewBox=\"0 0 24 12\">", Some((24, 12))),
            ("<svg width=\"1in\" height=\"25.4mm\">", Some((96, 96))),
            (
                "<?xml version=\"1.0\"?>\n<!-- <svg width=\"1\" height=\"1\"> -->\n<svg\n data-width=\"9\" width = \"3\" height=\"4\">",
                Some((3, 4)),
            ),
            ("<!DOCTYPE svg [<!ENTITY a \"<svg>\">]><svg width=\"3\" height=\"4\">", Some((3, 4))),
            ("<svg title='a > b' width=\"3\" height=\"4\">", Some((3, 4))),
            ("<svg><rect width=\"3\" height=\"4\"/></svg>", None),
            ("<svg width=\"3\"><rect height=\"4\"/></svg>", None),
            ("<svg width=\"10em\" height=\"4\"/>", None),
            ("<svg width=\"-3\" height=\"4\"/>", None),
            ("<svg width=\"1e9\" height=\"4\"/>", None),
            ("<svg width=\"NaN\" height=\"inf\"/>", None),
            ("<svg viewBox=\"0 0 0 12\"/>", None),
            ("<svg width=3 height=4>", None),
            ("<html><svg width=\"3\" height=\"4\">", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(size(text.as_bytes()), *expected, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_read_without_a_panic(text in r#"(<!--|-->|<\?|\?>|<!|\[|\]>|<svg| width| viewBox|=|"|'|[0-9.e% ,汉>]){0,20}"#) {
            let _ = size(text.as_bytes());
        }
    }
}
