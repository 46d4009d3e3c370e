//! Images: the size on the screen, read from the head of the file, and the thumbnails that a page offers.

use std::io::Cursor;

use image::codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{ImageDecoder, ImageError, ImageFormat, ImageResult};
use serde::{Deserialize, Serialize};

use crate::config::BaseUrl;
use crate::text::ending;

/// The widths of thumbnails in pixels, widest first. An image no wider than the first has none.
pub const WIDTHS: [u32; 2] = [1600, 800];
/// The `sizes` attribute: at what width pages show an image, for the browser to choose a thumbnail.
pub const SIZES: &str = "(min-width: 44rem) 40rem, 100vw";

/// The longest side of an image that is decoded, in pixels.
const LONGEST: u32 = 12_000;
/// The most pixels of an image that is decoded.
const MOST_PIXELS: u64 = 100_000_000;
/// The most memory for those pixels, in bytes.
const MOST_BYTES: u64 = 4 * MOST_PIXELS;
/// The longest side that is accepted as true, in pixels: that of JPEG.
const LONGEST_CLAIMED: u32 = u16::MAX as u32;

/// The size of an image.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Picture {
    /// Its width in pixels after the EXIF rotation.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Whether it gets thumbnails of these [`WIDTHS`].
    pub reduced: bool,
}

impl Picture {
    /// The widths of its thumbnails.
    pub fn widths(&self) -> &'static [u32] {
        if self.reduced { &WIDTHS } else { &[] }
    }

    /// Its height when it is `width` wide, at least 1.
    pub fn height_at(&self, width: u32) -> u32 {
        let (own, height, width) = (u64::from(self.width.max(1)), u64::from(self.height), u64::from(width));
        u32::try_from((height * width + own / 2) / own).unwrap_or(u32::MAX).max(1)
    }
}

/// An image as templates and HTML show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct ImageView {
    /// The link to its widest thumbnail, or to itself.
    pub url: String,
    /// The same as an absolute URL.
    pub permalink: String,
    /// The width in pixels; absent where it is not known, as for images of other sites.
    pub width: Option<u32>,
    /// The height in pixels.
    pub height: Option<u32>,
    /// The `srcset` attribute: its thumbnails, narrowest first; absent where there are none.
    pub srcset: Option<String>,
}

impl ImageView {
    /// The image at `path` on the site.
    pub fn of(picture: &Picture, path: &str, base: &BaseUrl) -> ImageView {
        let source = |width: &u32| format!("{} {width}w", base.link(&thumbnail_path(path, *width)));
        let srcset: Vec<String> = picture.widths().iter().rev().map(source).collect();
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
}

/// The path of a thumbnail: `/news/a.jpg` → `/news/a.w800.jpg`.
pub fn thumbnail_path(url: &str, width: u32) -> String {
    let (stem, ending) = url.rsplit_once('.').unwrap_or((url, ""));
    format!("{stem}.w{width}.{ending}")
}

/// A file that is named like an image, and is none or is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

/// The size of the bitmap image `name` with these bytes; `None` if its name is not that of one.
///
/// # Errors
/// It cannot be read.
pub fn measure(name: &str, bytes: &[u8]) -> Result<Option<Picture>, Unreadable> {
    match ending(name).to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" | "png" | "gif" | "webp" => raster(bytes).map(Some).map_err(|_| Unreadable),
        _ => Ok(None),
    }
}

/// Reads the head of an image. Its format is told by its content, as browsers do.
fn raster(bytes: &[u8]) -> ImageResult<Picture> {
    let cursor = Cursor::new(bytes);
    match image::guess_format(bytes)? {
        ImageFormat::Jpeg if !has_end(bytes) => {
            Err(ImageError::IoError(std::io::ErrorKind::UnexpectedEof.into()))
        }
        // CMYK colours are left to the browser.
        ImageFormat::Jpeg => head(JpegDecoder::new(cursor)?, !is_cmyk(bytes)),
        ImageFormat::Png => {
            let decoder = PngDecoder::new(cursor)?;
            let is_animated = decoder.is_apng()?;
            head(decoder, !is_animated)
        }
        ImageFormat::Gif => head(GifDecoder::new(cursor)?, false),
        ImageFormat::WebP => head(WebPDecoder::new(cursor)?, false),
        other => Err(ImageError::Unsupported(image::error::ImageFormatHint::Exact(other).into())),
    }
}

fn head(mut decoder: impl ImageDecoder, reducible: bool) -> ImageResult<Picture> {
    let (width, height) = decoder.dimensions();
    if width.min(height) == 0 || width.max(height) > LONGEST_CLAIMED {
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

/// The EXIF orientation; damaged EXIF data are ignored.
pub fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    decoder.orientation().unwrap_or(Orientation::NoTransforms)
}

/// EXIF orientations 5 to 8: the rows of the file are columns on the screen.
pub fn is_sideways(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate90FlipH | Rotate270 | Rotate270FlipH)
}

/// Whether a JPEG is in CMYK (ITU-T T.81, B.2.2: four components in its frame).
fn is_cmyk(bytes: &[u8]) -> bool {
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

/// Whether a JPEG is complete (ITU-T T.81, B.1.1.3: the marker EOI after the first scan). Decoders fill up the rest
/// with grey and report no error.
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
    fn thumbnails_are_named_after_their_image() {
        assert_eq!(thumbnail_path("/news/2025/a.b.JPG", 800), "/news/2025/a.b.w800.JPG");
    }

    #[test]
    fn heights_are_rounded_and_at_least_one() {
        let at = |width, height| Picture { width, height, reduced: true }.height_at(1600);
        assert_eq!(
            (at(4000, 3000), at(4001, 3000), at(12_000, 1), at(1, u32::MAX)),
            (1200, 1200, 1, u32::MAX)
        );
    }
}
