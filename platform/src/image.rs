//! Pictures: the real format, the size before decoding, and JPEG thumbnails. Run it on the [`crate::cpu`] pool.

mod marker;
mod resize;

use std::io::{BufRead, Read as _, Seek, SeekFrom};

use ::image::error::LimitErrorKind;
use ::image::metadata::Orientation;
use ::image::{ColorType, DynamicImage, ImageDecoder, ImageError as DecodeError, ImageFormat, ImageReader};

/// The picture formats we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
    /// GIF, animated or not.
    Gif,
}

/// Enough to recognise every format.
const HEAD_BYTES: u64 = 16;

impl Format {
    /// The media type.
    pub fn mtype(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::Webp => "image/webp",
            Format::Gif => "image/gif",
        }
    }

    /// Recognises a format by the first bytes, whatever the name or the declared type say.
    pub fn sniff(bytes: &[u8]) -> Option<Format> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Format::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Format::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::Webp),
            _ => None,
        }
    }

    fn decoder(self) -> ImageFormat {
        match self {
            Format::Jpeg => ImageFormat::Jpeg,
            Format::Png => ImageFormat::Png,
            Format::Webp => ImageFormat::WebP,
            Format::Gif => ImageFormat::Gif,
        }
    }
}

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

/// A picture taken in: what it is and, if it was wanted and is smaller than the picture, its thumbnail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Format and size.
    pub info: Info,
    /// JPEG bytes.
    pub thumbnail: Option<Vec<u8>>,
}

/// Why a picture is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The bytes are something else than declared, or no picture we know.
    #[error("declared as {declared} but is {}", found.map_or("something else", Format::mtype))]
    TypeMismatch {
        /// As the client said.
        declared: String,
        /// As the bytes say.
        found: Option<Format>,
    },
    /// More pixels than allowed; nothing was decoded.
    #[error("{width} × {height} pixels are more than the {pixels_max} allowed")]
    TooManyPixels {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// The limit.
        pixels_max: u64,
    },
    /// Decoding would take more memory than allowed.
    #[error("the picture takes too much memory to decode")]
    TooMuchMemory,
    /// Broken, cut off or empty.
    #[error("not a valid picture: {0}")]
    Invalid(String),
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
    let (width, height) = if lies(orientation) { (height, width) } else { (width, height) };
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

/// Whether the stored picture lies on its side.
fn lies(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
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
