//! Checking a picture before anything of it is stored.

use crate::error::{Error, Result};
use crate::storage::put::{Content, busy_or_broken};
use bytes::Bytes;
use platform::app::App;
use platform::image::{self, ImageError, Thumbnail};
use platform::step;
use platform::svg::{self, Removed, SvgError};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use tracing::Instrument as _;

/// The media types that are taken into files.
pub const MEDIA_TYPES: [&str; 5] = ["image/jpeg", "image/png", "image/webp", "image/gif", SVG];

/// The media types that are taken as photos of people and teams.
pub const PHOTO_TYPES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

const SVG: &str = "image/svg+xml";
/// How much of a file is read at a time while it is decoded.
const PIECE_BYTES: usize = 64 * 1024;

/// A picture as it arrived.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Where its bytes lie for now; they stay there until the call ends.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Media type as declared by the client.
    pub mtype: String,
}

/// A picture that was checked and made harmless.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub(super) content: Content,
    pub(super) mtype: String,
    pub(super) width: i32,
    pub(super) height: i32,
    /// A small JPEG, when one was wanted and the picture is larger.
    pub(super) thumbnail: Option<Bytes>,
    /// What went from a drawing, because it acts or loads from outside.
    pub(super) removed: Removed,
}

/// Everything that can be wrong with an upload is found here, before anything is stored.
///
/// # Errors
/// `media-type-not-allowed`, `media-max-file-size-reached`, `invalid-image`, `media-type-mismatch`,
/// `unable-to-parse-svg`, `too-busy`.
pub(super) async fn accept(
    app: &App,
    upload: Upload,
    allowed: &[&str],
    thumbnail: Option<Thumbnail>,
) -> Result<Picture> {
    let declared = checked_type(&upload.mtype, allowed)?;
    check_size(app, upload.size)?;
    if declared == SVG {
        let limits = app.config.limits.svg();
        let work = move || accept_svg(upload, &limits);
        return app.cpu.run(work).instrument(step!("clean picture")).await.map_err(busy_or_broken)?;
    }
    let limits = app.config.limits.image();
    let (path, mtype) = (upload.path.clone(), declared.clone());
    let inspect = move || image::inspect(open(&path)?, &mtype, &limits).map_err(refused_image);
    let info = app.cpu.run(inspect).instrument(step!("inspect picture")).await.map_err(busy_or_broken)??;
    // Many large pictures at once wait for memory here, not in it.
    let room = app.decoding.room(info.decode_bytes).await;
    let (path, mtype) = (upload.path.clone(), declared.clone());
    let decode = move || {
        let _room = room;
        image::accept(open(&path)?, &mtype, &limits, thumbnail).map_err(refused_image)
    };
    let accepted =
        app.cpu.run(decode).instrument(step!("decode picture")).await.map_err(busy_or_broken)??;
    Ok(Picture {
        content: Content::File { path: upload.path, size: upload.size },
        mtype: declared,
        width: pixels(info.width),
        height: pixels(info.height),
        thumbnail: accepted.thumbnail.map(Bytes::from),
        removed: Removed::default(),
    })
}

/// A square JPEG of a photo, cut to its middle.
///
/// # Errors
/// `media-type-not-allowed`, `media-max-file-size-reached`, `invalid-image`, `media-type-mismatch`, `too-busy`.
pub(super) async fn photo(app: &App, upload: Upload) -> Result<Bytes> {
    let declared = checked_type(&upload.mtype, &PHOTO_TYPES)?;
    check_size(app, upload.size)?;
    let limits = app.config.limits.image();
    let path = upload.path.clone();
    let inspect = move || image::inspect(open(&path)?, &declared, &limits).map_err(refused_image);
    let info = app.cpu.run(inspect).instrument(step!("inspect picture")).await.map_err(busy_or_broken)??;
    let room = app.decoding.room(info.decode_bytes).await;
    let scale = move || {
        let _room = room;
        image::thumbnail(open(&upload.path)?, &limits, Thumbnail::PHOTO).map_err(refused_image)
    };
    Ok(app.cpu.run(scale).instrument(step!("scale picture")).await.map_err(busy_or_broken)??.into())
}

/// The declared media type without its params, if it is one of these.
///
/// # Errors
/// `media-type-not-allowed`.
pub(super) fn checked_type(declared: &str, allowed: &[&str]) -> Result<String> {
    let mtype = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if allowed.contains(&mtype.as_str()) {
        return Ok(mtype);
    }
    let hint = format!("pictures are {}", allowed.join(", "));
    Err(Error::validation("media-type-not-allowed").hint(hint))
}

/// # Errors
/// `media-max-file-size-reached`.
pub(super) fn check_size(app: &App, bytes: u64) -> Result<()> {
    let bytes_max = app.config.limits.media_bytes_max;
    if bytes <= bytes_max {
        return Ok(());
    }
    let hint = format!("a picture has at most {bytes_max} bytes");
    Err(Error::restriction("media-max-file-size-reached").hint(hint))
}

fn open(path: &Path) -> Result<BufReader<File>> {
    Ok(BufReader::with_capacity(PIECE_BYTES, File::open(path).map_err(Error::platform)?))
}

/// A drawing is stored without anything that acts or loads, and gets no thumbnail.
fn accept_svg(upload: Upload, limits: &svg::Limits) -> Result<Picture> {
    let bytes = std::fs::read(&upload.path).map_err(Error::platform)?;
    let clean = svg::clean(&bytes, limits).map_err(refused_svg)?;
    Ok(Picture {
        content: match clean.bytes {
            Some(bytes) => Content::Bytes(bytes.into()),
            None => Content::File { path: upload.path, size: upload.size },
        },
        mtype: SVG.to_owned(),
        width: pixels(clean.size.width),
        height: pixels(clean.size.height),
        thumbnail: None,
        removed: clean.removed,
    })
}

/// What a refused picture means to whoever sent it.
pub(super) fn refused_image(error: ImageError) -> Error {
    match error {
        ImageError::TypeMismatch { found: Some(_), .. } => Error::validation("media-type-mismatch"),
        _ => Error::validation("invalid-image"),
    }
    .hint(error.to_string())
}

fn refused_svg(error: SvgError) -> Error {
    match error {
        SvgError::TooLarge(_) => Error::restriction("media-max-file-size-reached"),
        _ => Error::validation("unable-to-parse-svg"),
    }
    .hint(error.to_string())
}

fn pixels(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
