//! Who may read a blob by its address.

use super::bucket::{Bucket, Readers};
use crate::deletion::uses::ByBucket;
use crate::error::Result;
use crate::permission::FILE_IS_SEEN;
use entities::ids::ProfileId;
use entities::storage_object::Model;
use platform::db::sql;
use sea_orm::ConnectionTrait;
use std::sync::LazyLock;
use uuid::Uuid;

/// Who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewer {
    /// The person, if it is somebody.
    pub profile: Option<ProfileId>,
    /// The share link that the request names.
    pub share: Option<Uuid>,
}

/// What the rule of a bucket says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everyone may read it.
    Open,
    /// This viewer may read it.
    Granted,
    /// This viewer may not.
    Denied,
}

/// Whether the viewer may read the blob. With `media_is_open` the pictures of files are read by everyone who knows
/// their id.
pub async fn of_object(
    conn: &impl ConnectionTrait,
    object: &Model,
    viewer: Viewer,
    media_is_open: bool,
) -> Result<Verdict> {
    let Some(bucket) = Bucket::find(&object.bucket) else { return Ok(Verdict::Denied) };
    let granted = match bucket.readers {
        Readers::Everybody => return Ok(Verdict::Open),
        Readers::OfItsFiles if media_is_open => return Ok(Verdict::Open),
        Readers::OfItsFiles => is_in_seen_file(conn, bucket, object, viewer).await?,
        Readers::SignedIn => viewer.profile.is_some(),
        Readers::ItsMaker => {
            viewer.profile.is_some_and(|person| maker(object).is_none_or(|one| one == person))
        }
        Readers::Nobody => false,
    };
    Ok(if granted { Verdict::Granted } else { Verdict::Denied })
}

/// Who stored it, where its row says so.
fn maker(object: &Model) -> Option<ProfileId> {
    object.metadata.as_ref()?.get("profile-id")?.as_str()?.parse().ok()
}

async fn is_in_seen_file(
    conn: &impl ConnectionTrait,
    bucket: &Bucket,
    object: &Model,
    viewer: Viewer,
) -> Result<bool> {
    if viewer == Viewer::default() {
        return Ok(false);
    }
    let values = [vec![object.id.0].into(), viewer.profile.map(Uuid::from).into(), viewer.share.into()];
    let row = conn.query_one_raw(sql(IS_SEEN.of(bucket.name), values)).await?;
    Ok(row.map_or(Ok(false), |row| row.try_get("", "is_seen"))?)
}

/// Whether one of the blobs `$1` is used by a file that the person `$2`, or the share link `$3`, may see.
pub(super) static IS_SEEN: LazyLock<ByBucket> = LazyLock::new(|| {
    ByBucket::new(|_, uses| {
        format!(
            "SELECT EXISTS (
    SELECT 1 FROM (\n{uses}) u
      JOIN file f ON f.id = u.file_id AND f.deleted_at IS NULL
      JOIN project p ON p.id = f.project_id AND p.deleted_at IS NULL
      JOIN team t ON t.id = p.team_id AND t.deleted_at IS NULL
     WHERE u.gone_at IS NULL AND {FILE_IS_SEEN}) AS is_seen"
        )
    })
});
