//! Scaling to a thumbnail and encoding it as JPEG.

use ::image::codecs::jpeg::JpegEncoder;
use ::image::metadata::Orientation;
use ::image::{DynamicImage, ExtendedColorType, RgbImage};
use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::error::ImageError;

/// How a thumbnail fills its box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The whole picture within the box; a smaller picture is not enlarged.
    Inside,
    /// Exactly the box: scaled, centred, what stands out is cut off.
    Fill,
}

/// The thumbnail wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Pixels, at least 1.
    pub width: u32,
    /// Pixels, at least 1.
    pub height: u32,
    /// How the box is filled.
    pub fit: Fit,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
}

impl Thumbnail {
    /// Of a picture in a file: inside 100 × 100, quality 85.
    pub const MEDIA: Thumbnail = Thumbnail { width: 100, height: 100, fit: Fit::Inside, quality: 85 };
    /// Of a profile or team: 256 × 256, quality 85.
    pub const PHOTO: Thumbnail = Thumbnail { width: 256, height: 256, fit: Fit::Fill, quality: 85 };
}

/// Scales first and turns after: turning the small picture is cheap.
pub(super) fn jpeg(
    picture: DynamicImage,
    orientation: Orientation,
    wanted: Thumbnail,
) -> Result<Vec<u8>, ImageError> {
    let (box_width, box_height) = (wanted.width.max(1), wanted.height.max(1));
    let lying = lies(orientation);
    let (across, down) = if lying { (box_height, box_width) } else { (box_width, box_height) };
    let (width, height) = match wanted.fit {
        Fit::Fill => (across, down),
        Fit::Inside => inside(picture.width(), picture.height(), across, down),
    };
    let mut small = DynamicImage::ImageRgb8(scale(picture, width, height)?);
    small.apply_orientation(orientation);
    let small = small.into_rgb8();
    let mut encoded = Vec::new();
    JpegEncoder::new_with_quality(&mut encoded, wanted.quality.clamp(1, 100))
        .encode(small.as_raw(), small.width(), small.height(), ExtendedColorType::Rgb8)
        .map_err(failed)?;
    Ok(encoded)
}

/// The largest size of the same proportions within the box, never larger than the picture.
fn inside(width: u32, height: u32, box_width: u32, box_height: u32) -> (u32, u32) {
    let ratio = f64::from(box_width) / f64::from(width);
    let ratio = ratio.min(f64::from(box_height) / f64::from(height)).min(1.0);
    let side = |length: u32, max: u32| ((f64::from(length) * ratio).round() as u32).clamp(1, max);
    (side(width, box_width), side(height, box_height))
}

/// Scales, cutting to the new proportions around the centre, and lays transparency on white.
fn scale(picture: DynamicImage, width: u32, height: u32) -> Result<RgbImage, ImageError> {
    let alpha = picture.color().has_alpha();
    let (from_width, from_height) = (picture.width(), picture.height());
    let (pixels, kind) = if alpha {
        (picture.into_rgba8().into_raw(), PixelType::U8x4)
    } else {
        (picture.into_rgb8().into_raw(), PixelType::U8x3)
    };
    let from = Image::from_vec_u8(from_width, from_height, pixels, kind).map_err(failed)?;
    let mut to = Image::new(width, height, kind);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
        .fit_into_destination(Some((0.5, 0.5)));
    Resizer::new().resize(&from, &mut to, &options).map_err(failed)?;
    let pixels = if alpha { on_white(to.buffer()) } else { to.into_vec() };
    RgbImage::from_raw(width, height, pixels).ok_or_else(|| failed("wrong length"))
}

fn on_white(rgba: &[u8]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(rgba.len() / 4 * 3);
    for pixel in rgba.chunks_exact(4) {
        let alpha = u32::from(pixel[3]);
        let blend = |part: u8| ((u32::from(part) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        rgb.extend(pixel[..3].iter().map(|part| blend(*part)));
    }
    rgb
}

fn failed(error: impl std::fmt::Display) -> ImageError {
    ImageError::Invalid(format!("cannot be scaled: {error}"))
}

/// Whether the stored picture lies on its side.
pub(super) fn lies(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}
