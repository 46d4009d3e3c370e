//! The size of an SVG drawing, from its root element's `width` and `height`, else from its `viewBox` (SVG 2, section
//! 8.2).

use roxmltree::Node;

/// The longest side that is accepted, in pixels.
const LONGEST: f64 = 65_535.0;

/// The width and height in pixels that the root element states.
pub(super) fn size(root: Node) -> Option<(u32, u32)> {
    if root.tag_name().name() != "svg" {
        return None;
    }
    let (width, height) =
        (root.attribute("width").and_then(length), root.attribute("height").and_then(length));
    let view = root.attribute("viewBox").and_then(view_box);
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

/// An absolute length in pixels (CSS Values and Units, section 6.2).
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

/// The width and height of a `viewBox`.
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
    use super::*;

    #[test]
    fn sizes_are_those_that_browsers_take() {
        let cases: &[(&str, Option<(u32, u32)>)] = &[
            ("<svg width=\"300\" height='200.4px'/>", Some((300, 200))),
            ("<svg viewBox=\"0 0 24 12\"/>", Some((24, 12))),
            ("<svg viewBox=' -1,-1 , 24 12 ' width=\"48\"/>", Some((48, 24))),
            ("<svg height=\"6\" viewBox=\"0 0 24 12\"/>", Some((12, 6))),
            ("<svg width=\"100%\" height=\"100%\" viewBox=\"0 0 24 12\"/>", Some((24, 12))),
            ("<svg width=\"1in\" height=\"25.4mm\"/>", Some((96, 96))),
            ("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\" height=\"4\"/>", Some((3, 4))),
            ("<svg\n data-width=\"9\" width = \"3\" height=\"4\"/>", Some((3, 4))),
            ("<svg><rect width=\"3\" height=\"4\"/></svg>", None),
            ("<svg width=\"3\"><rect height=\"4\"/></svg>", None),
            ("<svg width=\"10em\" height=\"4\"/>", None),
            ("<svg width=\"-3\" height=\"4\"/>", None),
            ("<svg width=\"1e9\" height=\"4\"/>", None),
            ("<svg width=\"NaN\" height=\"inf\"/>", None),
            ("<svg viewBox=\"0 0 0 12\"/>", None),
            ("<html><svg width=\"3\" height=\"4\"/></html>", None),
        ];
        for (text, expected) in cases {
            let document = roxmltree::Document::parse(text).unwrap();
            assert_eq!(size(document.root_element()), *expected, "{text}");
        }
    }
}
