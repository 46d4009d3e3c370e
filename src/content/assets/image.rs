//! Pictures: how large each is on the screen, read from its first bytes, and which smaller ones are made of it.

use std::io::Cursor;

use image::codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{ImageDecoder, ImageError, ImageFormat, ImageResult};
use serde::{Deserialize, Serialize};

use crate::config::base_url::BaseUrl;
use crate::content::assets::svg;

/// The widths of derivatives, in pixels, the widest first. What is no wider than the first has none.
pub const WIDTHS: [u32; 2] = [1600, 800];
/// What a page tells browsers of the width at which it shows a picture, for their choice among the derivatives.
pub const SIZES: &str = "(min-width: 44rem) 40rem, 100vw";

/// The longest side of a picture that is decoded, in pixels.
const LONGEST: u32 = 12_000;
/// The most pixels of a picture that is decoded.
const MOST_PIXELS: u64 = 100_000_000;
/// The most memory that its pixels may take, in bytes: four for each of them.
const MOST_BYTES: u64 = 4 * MOST_PIXELS;
/// The longest side that is believed, in pixels: JPEG knows no longer one.
const BELIEVED: u32 = u16::MAX as u32;

/// What a picture's file says of itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Picture {
    /// Its width in pixels, as browsers show it: turned as its EXIF data want.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Are smaller ones made of it, of these [`WIDTHS`]?
    pub reduced: bool,
}

impl Picture {
    /// The widths of its derivatives.
    pub fn widths(&self) -> &'static [u32] {
        if self.reduced { &WIDTHS } else { &[] }
    }

    /// Its height when it is `width` wide, at least 1.
    pub fn height_at(&self, width: u32) -> u32 {
        let (own, height, width) = (u64::from(self.width.max(1)), u64::from(self.height), u64::from(width));
        u32::try_from((height * width + own / 2) / own).unwrap_or(u32::MAX).max(1)
    }
}

/// `picture`: a picture as pages show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct ImageView {
    /// Its link: that of its widest derivative, if it has any.
    pub url: String,
    /// Its whole URL.
    pub permalink: String,
    /// The width of what is there, in pixels; absent where it is not known, as of other sites' pictures.
    pub width: Option<u32>,
    /// The height of what is there, in pixels.
    pub height: Option<u32>,
    /// The links of its derivatives with their widths, the narrowest first, for `srcset`; absent where there
    /// are none.
    pub srcset: Option<String>,
}

/// The picture at `path` of the site as pages show it.
pub fn shown(picture: &Picture, path: &str, base: &BaseUrl) -> ImageView {
    let one = |width: &u32| format!("{} {width}w", base.link(&thumbnail_path(path, *width)));
    let srcset: Vec<String> = picture.widths().iter().rev().map(one).collect();
    let (path, width, height) = match picture.widths().first() {
        Some(widest) => (thumbnail_path(path, *widest), *widest, picture.height_at(*widest)),
        None => (path.to_owned(), picture.width, picture.height),
    };
    ImageView {
        url: base.link(&path),
        permalink: base.absolute(&path),
        width: Some(width),
        height: Some(height),
        srcset: (!srcset.is_empty()).then(|| srcset.join(", ")),
    }
}

/// The path of a derivative: `/news/a.jpg` → `/news/a.w800.jpg`.
pub fn thumbnail_path(url: &str, width: u32) -> String {
    let (stem, ending) = url.rsplit_once('.').unwrap_or((url, ""));
    format!("{stem}.w{width}.{ending}")
}

/// A file that is no picture, or a damaged one, although its name says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

/// What the file `name` with these bytes says of itself; nothing if it is no picture by its name, or an SVG
/// that does not tell its size.
///
/// # Errors
/// It cannot be read.
pub fn measure(name: &str, bytes: &[u8]) -> Result<Option<Picture>, Unreadable> {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "jpg" | "jpeg" | "png" | "gif" | "webp" => raster(bytes).map(Some).map_err(|_| Unreadable),
        "svg" => Ok(svg::size(bytes).map(|(width, height)| Picture { width, height, reduced: false })),
        _ => Ok(None),
    }
}

/// Reads the head of a picture, by what it is and not by what its name says, as browsers do.
fn raster(bytes: &[u8]) -> ImageResult<Picture> {
    let cursor = Cursor::new(bytes);
    match image::guess_format(bytes)? {
        // What to make of inks is for the browser to say.
        ImageFormat::Jpeg if !has_end(bytes) => {
            Err(ImageError::IoError(std::io::ErrorKind::UnexpectedEof.into()))
        }
        ImageFormat::Jpeg => head(JpegDecoder::new(cursor)?, !has_inks(bytes)),
        ImageFormat::Png => {
            let decoder = PngDecoder::new(cursor)?;
            let moves = decoder.is_apng()?;
            head(decoder, !moves)
        }
        ImageFormat::Gif => head(GifDecoder::new(cursor)?, false),
        ImageFormat::WebP => head(WebPDecoder::new(cursor)?, false),
        other => Err(ImageError::Unsupported(image::error::ImageFormatHint::Exact(other).into())),
    }
}

fn head(mut decoder: impl ImageDecoder, reducible: bool) -> ImageResult<Picture> {
    let (width, height) = decoder.dimensions();
    if width.min(height) == 0 || width.max(height) > BELIEVED {
        return Err(ImageError::IoError(std::io::ErrorKind::InvalidData.into()));
    }
    let (width, height) =
        if is_sideways(orientation(&mut decoder)) { (height, width) } else { (width, height) };
    let reduced = reducible
        && width > WIDTHS[0]
        && width.max(height) <= LONGEST
        && u64::from(width) * u64::from(height) <= MOST_PIXELS
        && decoder.total_bytes() <= MOST_BYTES;
    Ok(Picture { width, height, reduced })
}

/// How a picture is to be turned; damaged EXIF data count for nothing.
pub fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    decoder.orientation().unwrap_or(Orientation::NoTransforms)
}

/// EXIF orientations 5 to 8: the rows of the file are columns on the screen.
pub fn is_sideways(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate90FlipH | Rotate270 | Rotate270FlipH)
}

/// Does a JPEG hold the four inks of a printer (ITU-T T.81, B.2.2: the number of components in its frame)?
fn has_inks(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xFF, marker, high, low, rest @ ..]) = bytes.get(at..) {
        match marker {
            0xFF => at += 1,
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => return rest.get(5) == Some(&4),
            0xDA => break,
            _ => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
        }
    }
    false
}

/// Is a JPEG there to its end (ITU-T T.81, B.1.1.3: the marker EOI after the first scan)? Decoders make grey of
/// what is missing, and say nothing.
fn has_end(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xFF, marker, high, low, ..]) = bytes.get(at..) {
        match marker {
            0xFF => at += 1,
            0xDA => return memchr::memmem::rfind(&bytes[at..], &[0xFF, 0xD9]).is_some(),
            _ => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbnails_stand_beside_their_picture() {
        assert_eq!(thumbnail_path("/news/2025/a.b.JPG", 800), "/news/2025/a.b.w800.JPG");
    }

    #[test]
    fn heights_are_rounded_and_never_nothing() {
        let at = |width, height| Picture { width, height, reduced: true }.height_at(1600);
        assert_eq!(
            (at(4000, 3000), at(4001, 3000), at(12_000, 1), at(1, u32::MAX)),
            (1200, 1200, 1, u32::MAX)
        );
    }
}
