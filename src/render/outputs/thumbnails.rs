//! Thumbnails of large images: in the same format, rotated as EXIF says, with the colour profile and without other
//! metadata. The same bytes always give the same thumbnails.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::Arc;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngDecoder, PngEncoder};
use image::{
    DynamicImage, GrayImage, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageResult, RgbImage,
    RgbaImage,
};
use parking_lot::{Condvar, Mutex};
use rustc_hash::FxHashMap;

use crate::content::assets::{Picture, WIDTHS, is_sideways, orientation};

/// The quality of JPEG thumbnails, of 100.
const QUALITY: u8 = 82;
/// The memory for all images that are resized at one time, in bytes. A larger image waits until it is the only one.
const MEMORY: u64 = 512 * 1024 * 1024;

/// The thumbnails of the image file `bytes`, one for each of [`WIDTHS`]. If a thumbnail is no smaller than the file,
/// the file takes its place. `None` if the image cannot be decoded.
pub fn reduce(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let cursor = Cursor::new(bytes);
    match image::guess_format(bytes).ok()? {
        ImageFormat::Jpeg => reduce_from(JpegDecoder::new(cursor).ok()?, ImageFormat::Jpeg, bytes),
        ImageFormat::Png => reduce_from(PngDecoder::new(cursor).ok()?, ImageFormat::Png, bytes),
        _ => None,
    }
}

fn reduce_from(mut decoder: impl ImageDecoder, format: ImageFormat, bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let turn = orientation(&mut decoder);
    let profile = decoder.icc_profile().ok().flatten().unwrap_or_default();
    let mut image = eight_bits(DynamicImage::from_decoder(decoder).ok()?);
    let turned = |(width, height)| if is_sideways(turn) { (height, width) } else { (width, height) };
    let (width, height) = turned((image.width(), image.height()));
    let whole = Picture { width, height, reduced: true };
    let one = |width: &u32| {
        let (columns, rows) = turned((*width, whole.height_at(*width)));
        // Each thumbnail is made from the one before.
        image = resize(&image, columns, rows)?;
        let mut upright = image.clone();
        upright.apply_orientation(turn);
        let written = write(&upright, format, &profile).ok()?;
        Some(if written.len() < bytes.len() { written } else { bytes.to_vec() })
    };
    WIDTHS.iter().map(one).collect()
}

/// Converts to 8 bits a channel, and grey with transparency to RGBA.
fn eight_bits(image: DynamicImage) -> DynamicImage {
    use DynamicImage::{ImageLuma8, ImageLuma16, ImageRgb8, ImageRgb16, ImageRgba8};
    match image {
        ImageLuma8(_) | ImageRgb8(_) | ImageRgba8(_) => image,
        ImageLuma16(_) => ImageLuma8(image.into_luma8()),
        ImageRgb16(_) => ImageRgb8(image.into_rgb8()),
        _ => ImageRgba8(image.into_rgba8()),
    }
}

/// Resizes by Catmull-Rom, which is nearly as sharp as Lanczos and faster. Colours are weighted by their opacity.
/// All kinds of pixels are resized as RGBA, so that the resizer is compiled for one kind only.
fn resize(image: &DynamicImage, width: u32, height: u32) -> Option<DynamicImage> {
    let from = |pixels: &[u8]| {
        let whole = ImageRef::new(image.width(), image.height(), pixels, PixelType::U8x4).ok()?;
        let mut reduced = Image::new(width, height, PixelType::U8x4);
        let filter = ResizeAlg::Convolution(FilterType::CatmullRom);
        let options = ResizeOptions::new().resize_alg(filter).use_alpha(image.color().has_alpha());
        Resizer::new().resize(&whole, &mut reduced, &options).ok()?;
        Some(reduced.into_vec())
    };
    match image {
        DynamicImage::ImageLuma8(grey) => {
            let reduced = from(&grey.iter().flat_map(|&value| [value; 4]).collect::<Vec<_>>())?;
            let values = reduced.into_iter().step_by(4).collect();
            GrayImage::from_raw(width, height, values).map(DynamicImage::from)
        }
        DynamicImage::ImageRgb8(colours) => {
            let rgba =
                colours.as_chunks::<3>().0.iter().flat_map(|&[red, green, blue]| [red, green, blue, u8::MAX]);
            let reduced = from(&rgba.collect::<Vec<_>>())?;
            let rgb = reduced.as_chunks::<4>().0.iter().flat_map(|&[red, green, blue, _]| [red, green, blue]);
            RgbImage::from_raw(width, height, rgb.collect()).map(DynamicImage::from)
        }
        _ => RgbaImage::from_raw(width, height, from(image.as_bytes())?).map(DynamicImage::from),
    }
}

fn write(image: &DynamicImage, format: ImageFormat, profile: &[u8]) -> ImageResult<Vec<u8>> {
    let mut bytes = Vec::new();
    match format {
        ImageFormat::Jpeg => write_by(JpegEncoder::new_with_quality(&mut bytes, QUALITY), image, profile)?,
        _ => {
            let (compression, filter) = (CompressionType::Default, PngFilter::Adaptive);
            write_by(PngEncoder::new_with_quality(&mut bytes, compression, filter), image, profile)?;
        }
    }
    Ok(bytes)
}

fn write_by(mut encoder: impl ImageEncoder, image: &DynamicImage, profile: &[u8]) -> ImageResult<()> {
    // The profile must be for the colours that are written (ICC.1, 7.2: data colour space).
    let colours: &[u8] = if image.color().has_color() { b"RGB " } else { b"GRAY" };
    if profile.get(16..20) == Some(colours) {
        encoder.set_icc_profile(profile.to_vec()).map_err(ImageError::Unsupported)?;
    }
    encoder.write_image(image.as_bytes(), image.width(), image.height(), image.color().into())
}

/// Makes all thumbnails of an image at once and keeps them until they are fetched. Limits the memory in use.
#[derive(Debug, Default)]
pub struct ThumbnailCache {
    /// Thumbnails not fetched yet, with their widths, by the number of the asset.
    ready: Mutex<FxHashMap<usize, Ready>>,
    /// How much memory is in use.
    used: Mutex<u64>,
    /// Notified when memory is released.
    freed: Condvar,
    /// The assets that could not be decoded.
    damaged: Mutex<BTreeSet<usize>>,
}

type Ready = Arc<Mutex<Vec<(u32, Vec<u8>)>>>;

impl ThumbnailCache {
    /// The thumbnail, `width` pixels wide, of the `picture` with the number `asset`; `read` reads its file. For a
    /// damaged image this is the file itself: browsers show what can be shown.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn thumbnail<E>(
        &self,
        asset: usize,
        picture: &Picture,
        width: u32,
        read: impl FnOnce() -> Result<Vec<u8>, E>,
    ) -> Result<Vec<u8>, E> {
        let ready = Arc::clone(self.ready.lock().entry(asset).or_default());
        // Threads that want another width of the same image wait here until all are made.
        let mut ready = ready.lock();
        if let Some(at) = ready.iter().position(|(other, _)| *other == width) {
            return Ok(ready.swap_remove(at).1);
        }
        let bytes = read()?;
        let all = self.with_memory(picture, || reduce(&bytes)).unwrap_or_else(|| {
            self.damaged.lock().insert(asset);
            Vec::new()
        });
        *ready = WIDTHS.into_iter().zip(all).collect();
        let at = ready.iter().position(|(other, _)| *other == width);
        Ok(at.map_or(bytes, |at| ready.swap_remove(at).1))
    }

    /// The numbers of the assets that could not be decoded so far.
    pub fn damaged(&self) -> BTreeSet<usize> {
        self.damaged.lock().clone()
    }

    /// Runs `make` as soon as there is enough memory for the pixels of `picture`.
    fn with_memory<T>(&self, picture: &Picture, make: impl FnOnce() -> T) -> T {
        let (width, height) = (u64::from(picture.width), u64::from(picture.height));
        // Three bytes a pixel as decoded, four as resized.
        let wanted = 7 * width * height;
        let full = |used: &mut u64| *used > 0 && *used + wanted > MEMORY;
        let mut used = self.used.lock();
        self.freed.wait_while(&mut used, full);
        *used += wanted;
        drop(used);
        let made = make();
        *self.used.lock() -= wanted;
        self.freed.notify_all();
        made
    }
}
