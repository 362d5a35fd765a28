//! Pictures: the real format, the size before decoding, and JPEG thumbnails. Run it on the [`crate::cpu`] pool.

mod error;
mod format;
mod marker;
mod resize;

use std::io::{BufRead, Read as _, Seek, SeekFrom};

use ::image::error::LimitErrorKind;
use ::image::metadata::Orientation;
use ::image::{ColorType, DynamicImage, ImageDecoder, ImageError as DecodeError, ImageReader};

pub use error::ImageError;
pub use format::Format;
pub use resize::{Fit, Thumbnail};

/// Enough to recognise every format.
const HEAD_BYTES: u64 = 16;

/// What a picture may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Width times height, looked at before decoding.
    pub pixels_max: u64,
    /// Memory of decoding and scaling, bytes.
    pub decode_bytes_max: u64,
}

impl Default for Limits {
    /// 128 million pixels in at most 512 MiB.
    fn default() -> Limits {
        Limits { pixels_max: 128_000_000, decode_bytes_max: 512 * 1024 * 1024 }
    }
}

/// What a picture is, as one sees it: turned upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// The real format.
    pub format: Format,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Memory of decoding and scaling it, bytes.
    pub decode_bytes: u64,
}

/// A picture taken in: what it is and, if it was wanted and is smaller than the picture, its thumbnail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Format and size.
    pub info: Info,
    /// JPEG bytes.
    pub thumbnail: Option<Vec<u8>>,
}

/// Looks at the header only: type, pixel cap, upright size, and that the end of the file is there.
///
/// Whether the pixels are sound is known only after decoding: see [`accept`].
///
/// # Errors
/// Any [`ImageError`].
pub fn inspect(
    source: impl BufRead + Seek,
    declared_mtype: &str,
    limits: &Limits,
) -> Result<Info, ImageError> {
    let (source, format) = declared(source, declared_mtype)?;
    let (info, _, _) = open(source, format, limits)?;
    Ok(info)
}

/// Checks and decodes a picture once; makes the thumbnail when the picture is larger than its box.
///
/// # Errors
/// Any [`ImageError`].
pub fn accept(
    source: impl BufRead + Seek,
    declared_mtype: &str,
    limits: &Limits,
    thumbnail: Option<Thumbnail>,
) -> Result<Accepted, ImageError> {
    let (source, format) = declared(source, declared_mtype)?;
    let (info, picture, orientation) = decode(source, format, limits)?;
    let wanted = thumbnail.filter(|wanted| info.width > wanted.width || info.height > wanted.height);
    let thumbnail = wanted.map(|wanted| resize::jpeg(picture, orientation, wanted)).transpose()?;
    Ok(Accepted { info, thumbnail })
}

/// A JPEG of the upright picture, on white where it is transparent; of the first frame when animated.
///
/// # Errors
/// Any [`ImageError`].
pub fn thumbnail(
    mut source: impl BufRead + Seek,
    limits: &Limits,
    wanted: Thumbnail,
) -> Result<Vec<u8>, ImageError> {
    let unknown = || ImageError::Invalid("unknown format".to_owned());
    let format = sniff(&mut source)?.ok_or_else(unknown)?;
    let (_, picture, orientation) = decode(source, format, limits)?;
    resize::jpeg(picture, orientation, wanted)
}

/// Where the picture ends in its source; what follows belongs to something else. `None` when it is cut off.
///
/// # Errors
/// [`ImageError::Invalid`] when the source cannot be read.
pub fn end(mut source: impl BufRead + Seek) -> Result<Option<u64>, ImageError> {
    let Some(format) = sniff(&mut source)? else { return Ok(None) };
    marker::end(&mut source, format).map_err(unreadable)
}

/// The format by the first bytes; the source is at its start afterwards.
fn sniff(source: &mut (impl BufRead + Seek)) -> Result<Option<Format>, ImageError> {
    let mut head = Vec::with_capacity(HEAD_BYTES as usize);
    source.rewind().map_err(unreadable)?;
    source.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(unreadable)?;
    source.rewind().map_err(unreadable)?;
    Ok(Format::sniff(&head))
}

fn declared<R: BufRead + Seek>(mut source: R, declared_mtype: &str) -> Result<(R, Format), ImageError> {
    let found = sniff(&mut source)?;
    let declared = declared_mtype.trim().to_ascii_lowercase();
    match found {
        Some(format) if format.mtype() == declared => Ok((source, format)),
        _ => Err(ImageError::TypeMismatch { declared, found }),
    }
}

type Opened<'a> = (Info, Box<dyn ImageDecoder + 'a>, Orientation);

fn open<'a, R>(mut source: R, format: Format, limits: &Limits) -> Result<Opened<'a>, ImageError>
where
    R: BufRead + Seek + 'a,
{
    if marker::end(&mut source, format).map_err(unreadable)?.is_none() {
        return Err(ImageError::Invalid("cut off".to_owned()));
    }
    let file_bytes = source.seek(SeekFrom::End(0)).map_err(unreadable)?;
    source.rewind().map_err(unreadable)?;
    let mut reader = ImageReader::with_format(source, format.decoder());
    let mut caps = ::image::Limits::no_limits();
    caps.max_alloc = Some(limits.decode_bytes_max);
    reader.limits(caps);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let pixels_max = limits.pixels_max;
    if u64::from(width) * u64::from(height) > pixels_max {
        return Err(ImageError::TooManyPixels { width, height, pixels_max });
    }
    if width == 0 || height == 0 {
        return Err(ImageError::Invalid("no pixels".to_owned()));
    }
    // The decoder of JPEG reads the whole file first.
    let read_bytes = if format == Format::Jpeg { file_bytes } else { 0 };
    let decode_bytes = decoder.total_bytes() + converted_bytes(&decoder) + read_bytes;
    if decode_bytes > limits.decode_bytes_max {
        return Err(ImageError::TooMuchMemory);
    }
    // A broken orientation says nothing about the pixels.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let (width, height) = if resize::lies(orientation) { (height, width) } else { (width, height) };
    Ok((Info { format, width, height, decode_bytes }, Box::new(decoder), orientation))
}

fn decode(
    source: impl BufRead + Seek,
    format: Format,
    limits: &Limits,
) -> Result<(Info, DynamicImage, Orientation), ImageError> {
    let (info, decoder, orientation) = open(source, format, limits)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    Ok((info, picture, orientation))
}

fn unreadable(error: std::io::Error) -> ImageError {
    ImageError::Invalid(error.to_string())
}

/// What scaling adds while the decoded picture is still there: a copy in eight bits per part, unless it is that.
fn converted_bytes(decoder: &impl ImageDecoder) -> u64 {
    let (width, height) = decoder.dimensions();
    let per_pixel = match decoder.color_type() {
        ColorType::Rgb8 | ColorType::Rgba8 => 0,
        other if other.has_alpha() => 4,
        _ => 3,
    };
    u64::from(width) * u64::from(height) * per_pixel
}

fn refused(error: DecodeError) -> ImageError {
    match error {
        DecodeError::Limits(limit) if matches!(limit.kind(), LimitErrorKind::InsufficientMemory) => {
            ImageError::TooMuchMemory
        }
        other => ImageError::Invalid(other.to_string()),
    }
}

#[cfg(test)]
mod tests;
