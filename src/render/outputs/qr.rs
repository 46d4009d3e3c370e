//! QR codes (ISO/IEC 18004) of page addresses as inline SVG, for printed pages.

use std::fmt::Write;

use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

use crate::render::outputs::xml::escape;

/// The light border, in modules (ISO/IEC 18004, section 6.3.8).
const QUIET: i32 = 4;
/// The mask of all codes. Readers accept any; choosing the best one (section 7.8.3) would take as long as rendering the
/// rest of a page.
const MASK: u8 = 0;

/// An `<svg>` with the code of `text`, at error correction level M or better, in the colour of the surrounding text;
/// `label` is for screen readers. `None` if the text is too long: 2331 bytes always fit.
pub fn svg(text: &str, label: &str) -> Option<String> {
    let segments = QrSegment::make_segments(text);
    let (level, mask) = (QrCodeEcc::Medium, Some(Mask::new(MASK)));
    let code =
        QrCode::encode_segments_advanced(&segments, level, Version::MIN, Version::MAX, mask, true).ok()?;
    let (side, label, path) = (code.size() + 2 * QUIET, escape(label), path(&code));
    Some(format!(
        "<svg class=\"qr\" role=\"img\" aria-label=\"{label}\" viewBox=\"0 0 {side} {side}\" \
         shape-rendering=\"crispEdges\"><path stroke=\"currentColor\" d=\"{path}\"/></svg>"
    ))
}

/// The dark modules: each run in a row as a line of width 1.
fn path(code: &QrCode) -> String {
    let size = code.size();
    let mut path = String::with_capacity(4096);
    for y in 0..size {
        // Where the last line of this row ended.
        let mut pen = None;
        let mut x = 0;
        while x < size {
            let width = (x..size).take_while(|x| code.get_module(*x, y)).count() as i32;
            if width > 0 {
                let _ = match pen {
                    None => write!(path, "M{} {}.5h{width}", x + QUIET, y + QUIET),
                    Some(pen) => write!(path, "m{} 0h{width}", x - pen),
                };
                pen = Some(x + width);
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

    /// The text that another program reads from the code.
    fn read(svg: &str) -> String {
        let attribute = |name: &str| {
            let from = svg.split_once(&format!(" {name}=\"")).unwrap().1;
            from.split_once('"').unwrap().0
        };
        let side: usize = attribute("viewBox").rsplit(' ').next().unwrap().parse().unwrap();
        let mut dark = vec![false; side * side];
        for row in attribute("d").split('M').skip(1) {
            let (place, lines) = row.split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let (mut x, y): (usize, usize) = (x.parse().unwrap(), y.trim_end_matches(".5").parse().unwrap());
            for line in lines.split('m') {
                let (gap, width) = line.split_once('h').unwrap_or(("0 0", line));
                x += gap.split(' ').next().unwrap().parse::<usize>().unwrap();
                let width: usize = width.parse().unwrap();
                dark[y * side + x..][..width].fill(true);
                x += width;
            }
        }
        // Readers want some pixels a module.
        let light = |x: usize, y: usize| if dark[y / 4 * side + x / 4] { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(4 * side, 4 * side, light);
        let grids = picture.detect_grids();
        let [grid] = grids.as_slice() else { panic!("{} codes", grids.len()) };
        let (meta, text) = grid.decode().unwrap();
        assert!([0, 2, 3].contains(&meta.ecc_level.into()), "level M, Q or H: {}", meta.ecc_level);
        text
    }

    #[test]
    fn another_program_reads_the_code() {
        for text in [URL, "7", "江城人大，2025年工作报告", &"x".repeat(400), &"0".repeat(300)] {
            assert_eq!(read(&svg(text, "").unwrap()), text);
        }
    }

    #[test]
    fn one_mask_serves_all_addresses() {
        for number in 0..300 {
            let host = ["www.hanyang.gov.cn", "rd.example.cn/renda", "xn--fiqs8s.gov.cn:8443"][number % 3];
            let name = ["dai-biao", "%E6%B1%89%E9%98%B3", "aaaaaaaaaaaaaaaaaaaa", "0000000000"][number % 4];
            let url = format!("https://{host}/news/{}/{name}-{number}.html", 1990 + number % 40);
            assert_eq!(read(&svg(&url, "").unwrap()), url);
        }
    }

    #[test]
    fn the_qr_code_svg_is_small_and_labelled() {
        let svg = svg(URL, "扫码 <看> \"网页\"").unwrap();
        assert!(svg.contains("aria-label=\"扫码 &lt;看&gt; &quot;网页&quot;\""), "{svg}");
        assert!(!svg.contains("style"), "{svg}");
        assert!(svg.len() < 8000, "{}", svg.len());
    }

    #[test]
    fn overlong_texts_have_no_qr_code() {
        assert!(svg(&"x".repeat(2331), "").is_some());
        assert!(svg(&"x".repeat(2332), "").is_none());
        assert!(svg(&"x".repeat(1_000_000), "").is_none());
    }
}
