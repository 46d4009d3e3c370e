//! Heads of pictures.

use tribune::internals::content::assets::inspect;
use tribune::internals::content::assets::measure;

use super::{Done, Input, Make, each, rows};

fn svg(file: &[u8]) -> Done {
    inspect("a.svg", file);
    Done::Accepted
}

fn jpeg(file: &[u8]) -> Done {
    let _ = measure("a.jpg", file);
    Done::Accepted
}

fn png(file: &[u8]) -> Done {
    let _ = measure("a.png", file);
    Done::Accepted
}

fn gif(file: &[u8]) -> Done {
    let _ = measure("a.gif", file);
    Done::Accepted
}

pub fn inputs() -> Vec<Input> {
    [rows(svg, SVG), rows(jpeg, JPEG), rows(png, PNG), rows(gif, GIF)].into_iter().flatten().collect()
}

/// A whole drawing with `n` attributes.
fn svg_with(n: usize, attribute: fn(usize) -> String) -> Vec<u8> {
    format!("<svg {}/>", each(n, attribute)).into_bytes()
}

fn repeated(part: &str, count: usize) -> Vec<u8> {
    part.repeat(count).into_bytes()
}

const SVG: &[(&str, Make)] = &[
    ("attributes of an SVG", |n| svg_with(n, |at| format!("a{at}=\"b\" "))),
    ("an attribute of an SVG again and again", |n| svg_with(n, |_| "a=\"b\" ".into())),
    ("namespaces of an SVG", |n| svg_with(n, |at| format!("xmlns:a{at}=\"b\" "))),
    ("namespaces of an SVG in one another", |n| {
        let tags = each(n, |at| format!("<g xmlns:a{at}=\"b\">"));
        format!("<svg>{tags}{}</svg>", "</g>".repeat(n)).into_bytes()
    }),
    ("namespaces of an SVG, each with many elements", |n| {
        let prefixes = each(100, |at| format!("xmlns:a{at}=\"b\" "));
        format!("<svg {prefixes}>{}</svg>", "<a0:g/>".repeat(n)).into_bytes()
    }),
    ("comments of an SVG", |n| repeated("<!-- -->", n)),
    ("declarations of an SVG", |n| repeated("<!a>", n)),
    ("declarations of an SVG without an end", |n| repeated("<!", n)),
    ("a view box of many numbers", |n| format!("<svg viewBox=\"{}\">", "1 ".repeat(n)).into_bytes()),
    ("a long length of an SVG", |n| format!("<svg width=\"{}\">", "9".repeat(n)).into_bytes()),
];

const JPEG: &[(&str, Make)] = &[
    ("markers of a JPEG", |n| [vec![0xFF, 0xD8], vec![0xFF; n]].concat()),
    ("empty segments of a JPEG", |n| [vec![0xFF, 0xD8], [0xFF, 0xE0, 0, 2].repeat(n)].concat()),
    ("EXIF segments of a JPEG", |n| {
        [vec![0xFF, 0xD8], b"\xFF\xE1\0\x0AExif\0\0MM".repeat(n), b"\xFF\xDA\xFF\xD9".to_vec()].concat()
    }),
    ("a JPEG with many ends", |n| [vec![0xFF, 0xD8, 0xFF, 0xDA, 0, 2], [0xFF, 0xD9].repeat(n)].concat()),
];

const PNG: &[(&str, Make)] = &[("chunks of a PNG", |n| {
    let head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x03\0\0\0\x04\x08\0\0\0\0\x43\xdc\x1d\xd7".to_vec();
    [head, b"\0\0\0\0tEXt\0\0\0\0".repeat(n)].concat()
})];

const GIF: &[(&str, Make)] = &[("extensions of a GIF", |n| {
    [b"GIF89a\x03\0\x04\0\0\0\0".to_vec(), b"!\xfe\x01a\0".repeat(n)].concat()
})];
