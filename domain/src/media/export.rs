//! Files that somebody had made and comes for soon: exports.

use super::picture::Upload;
use crate::error::Result;
use crate::storage::bucket::TEMPFILE;
use crate::storage::put::{Content, NewBlob, put};
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::{ProfileId, StorageObjectId};
use platform::app::App;
use serde_json::json;

/// How long such a file is given out.
pub const LIFE: TimeDelta = TimeDelta::hours(1);
/// What exporters make. Whatever else it is called is given out as bytes that mean nothing.
const MEDIA_TYPES: [&str; 6] =
    ["image/png", "image/jpeg", "image/webp", "image/svg+xml", "application/pdf", "application/zip"];

/// Keeps a file for somebody. Nothing refers to it: the sweeps take it once its time is over.
///
/// # Errors
/// As [`put`].
pub async fn keep(app: &App, owner: ProfileId, file: Upload, now: DateTime<Utc>) -> Result<StorageObjectId> {
    let told = file.mtype.split(';').next().unwrap_or_default().trim();
    let known = MEDIA_TYPES.into_iter().find(|known| told.eq_ignore_ascii_case(known));
    let wanted = NewBlob {
        bucket: &TEMPFILE,
        content_type: known.unwrap_or("application/octet-stream").to_owned(),
        expired_at: Some(now + LIFE),
        metadata: Some(json!({"profile-id": owner})),
    };
    let content = Content::File { path: file.path, size: file.size };
    Ok(put(app, content, wanted, now).await?.id)
}
