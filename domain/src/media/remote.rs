//! Pictures fetched from the web.

use super::picture::{MEDIA_TYPES, Upload, checked_type, refused_image};
use super::{NewMedia, Taken, upload_file_media_object};
use crate::error::{Error, Result};
use crate::permission::Editable;
use crate::storage::put::busy_or_broken;
use chrono::{DateTime, Utc};
use entities::file;
use platform::app::App;
use platform::fetch::{FetchError, Fetched};
use platform::image;
use std::io::BufReader;

/// Fetches a picture from an address on the public network into a file, as [`upload_file_media_object`] does with one
/// that was sent.
///
/// # Errors
/// As there; `ssrf-blocked-target` for an address that is not public, `unknown-size` when the server does not say how
/// large it is, `unable-to-download-image` for everything else that goes wrong on the way.
pub async fn create_from_url(
    app: &App,
    file: &Editable<file::Model>,
    wanted: NewMedia,
    url: &str,
    now: DateTime<Utc>,
) -> Result<Taken> {
    let is_allowed = |mtype: &str| checked_type(mtype, &MEDIA_TYPES).is_ok();
    let bytes_max = app.config.limits.media_bytes_max;
    let fetched = app.fetcher.get(url, &app.uploads, is_allowed, bytes_max).await.map_err(refused)?;
    let Fetched { file: kept, mtype, size } = fetched;
    let size = if mtype == "image/svg+xml" {
        size
    } else {
        cut(app, kept.reopen().map_err(Error::platform)?).await?
    };
    let upload = Upload { path: kept.path().to_owned(), size, mtype };
    upload_file_media_object(app, file, wanted, upload, now).await
}

/// What follows the end of a picture is not the picture: other servers' bytes are cut there. Its size then.
async fn cut(app: &App, file: std::fs::File) -> Result<u64> {
    let work = move || {
        let end = image::end(BufReader::new(&file)).map_err(refused_image)?;
        let end = end.ok_or_else(|| Error::validation("invalid-image").hint("the picture has no end"))?;
        file.set_len(end).map_err(Error::platform)?;
        Ok(end)
    };
    app.cpu.run(work).await.map_err(busy_or_broken)?
}

fn refused(error: FetchError) -> Error {
    match &error {
        FetchError::Blocked { .. } => Error::validation("ssrf-blocked-target"),
        FetchError::UnknownSize => Error::validation("unknown-size"),
        FetchError::NotAllowedType { .. } => Error::validation("media-type-not-allowed"),
        FetchError::TooLarge { .. } => Error::restriction("media-max-file-size-reached"),
        FetchError::Failed { .. } => Error::validation("unable-to-download-image"),
        FetchError::Io(_) => return Error::platform(error),
    }
    .hint(error.to_string())
}
