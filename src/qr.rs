//! QR codes (ISO/IEC 18004) as inline SVG, for printed pages: whoever holds the paper finds the page.

use std::fmt::Write;

use fast_qr::{ECL, QRBuilder, QRCode};

use crate::xml::escape;

/// The light border, in modules (ISO/IEC 18004, section 6.3.8).
const QUIET: usize = 4;

/// An `<svg>` with the code of `text`, at error correction level M, in the colour of the text around it;
/// `label` tells what it is to those who do not see it. `None` if the text is too long for a code: 2331
/// bytes always fit in.
pub fn svg(text: &str, label: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let (side, label) = (code.size + 2 * QUIET, escape(label));
    let path = path(&code);
    Some(format!(
        "<svg class=\"qr\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><path fill=\"currentColor\" d=\"{path}\"/></svg>"
    ))
}

/// The dark modules, each stretch of a row as one rectangle. Steps from one to the next are shorter than
/// places, and compress better.
fn path(code: &QRCode) -> String {
    let mut path = String::new();
    let mut last = (0, 0);
    for y in 0..code.size {
        let dark = |x: usize| x < code.size && code[y][x].value();
        let mut x = 0;
        while x < code.size {
            let width = (x..).take_while(|x| dark(*x)).count();
            if width > 0 {
                let (right, down) = ((x + QUIET) as i32 - last.0, (y + QUIET) as i32 - last.1);
                // A path has to begin with a capital letter's place, which is the same from the origin.
                let step = if path.is_empty() { 'M' } else { 'm' };
                let _ = write!(path, "{step}{right} {down}h{width}v1h-{width}z");
                last = (last.0 + right, last.1 + down);
            }
            x += width.max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://www.example.gov.cn/reports/2025/hanyang-baogao.html";

    /// The text that an independent reader sees in the picture.
    fn read(svg: &str) -> String {
        let attribute = |name: &str| {
            let from = svg.split_once(&format!(" {name}=\"")).unwrap().1;
            from.split_once('"').unwrap().0
        };
        let side: usize = attribute("viewBox").rsplit(' ').next().unwrap().parse().unwrap();
        let (mut x, mut y, mut dark) = (0, 0, vec![false; side * side]);
        for rectangle in attribute("d").split_terminator('z') {
            let (step, rest) = rectangle[1..].split_once('h').unwrap();
            let (right, down) = step.split_once(' ').unwrap();
            (x, y) = (x + right.parse::<i32>().unwrap(), y + down.parse::<i32>().unwrap());
            let width: usize = rest.split_once('v').unwrap().0.parse().unwrap();
            dark[y as usize * side + x as usize..][..width].fill(true);
        }
        // Readers want some pixels a module.
        let light = |x: usize, y: usize| if dark[y / 4 * side + x / 4] { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(4 * side, 4 * side, light);
        let grids = picture.detect_grids();
        let [grid] = grids.as_slice() else { panic!("{} codes", grids.len()) };
        let (meta, text) = grid.decode().unwrap();
        assert_eq!(meta.ecc_level, 0, "level M");
        text
    }

    #[test]
    fn another_program_reads_the_code() {
        for text in [URL, "7", "江城人大，2025年工作报告", &"x".repeat(400)] {
            assert_eq!(read(&svg(text, "").unwrap()), text);
        }
    }

    #[test]
    fn the_picture_is_small_plain_and_labelled() {
        let svg = svg(URL, "扫码 <看> \"网页\"").unwrap();
        assert!(svg.contains("aria-label=\"扫码 &lt;看&gt; &quot;网页&quot;\""), "{svg}");
        assert!(!svg.contains("style"), "{svg}");
        assert!(svg.len() < 8000, "{}", svg.len());
    }

    #[test]
    fn a_text_that_is_too_long_has_no_code() {
        assert!(svg(&"x".repeat(2331), "").is_some());
        assert!(svg(&"x".repeat(2332), "").is_none());
        assert!(svg(&"x".repeat(1_000_000), "").is_none());
    }
}
