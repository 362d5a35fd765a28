//! Photos of people and teams.

use super::picture::{self, Upload};
use crate::error::{Error, Result};
use crate::permission::Administered;
use crate::storage::bucket::PROFILE;
use crate::storage::put::{NewBlob, put, put_and_refer};
use crate::storage::reason::TouchReason;
use crate::{permission, storage};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use entities::ids::{ProfileId, StorageObjectId, TeamId};
use entities::{profile, team};
use platform::app::App;
use platform::db::{Tx, transaction};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, QuerySelect, Set};

/// Gives a person another photo: the middle of the picture, 256 × 256, in a transaction of its own.
///
/// # Errors
/// `media-type-not-allowed`, `media-max-file-size-reached`, `invalid-image`, `media-type-mismatch`, `too-busy`;
/// [`Error::NotFound`] when the account is gone.
pub async fn update_profile_photo(
    app: &App,
    person: ProfileId,
    upload: Upload,
    now: DateTime<Utc>,
) -> Result<()> {
    let bytes = picture::photo(app, upload).await?;
    put_and_refer(
        || store(app, bytes.clone(), now),
        |photo| transaction(&app.db, move |tx| Box::pin(set_profile_photo(tx, person, Some(photo), now))),
    )
    .await
}

/// Takes a person's photo away. Without one nothing happens.
///
/// # Errors
/// [`Error::NotFound`] when the account is gone.
pub async fn delete_profile_photo(tx: &Tx, person: ProfileId, now: DateTime<Utc>) -> Result<()> {
    set_profile_photo(tx, person, None, now).await
}

/// Gives a team another photo, as [`update_profile_photo`] does for a person; the team as it is then.
///
/// # Errors
/// As there.
pub async fn update_team_photo(
    app: &App,
    team: &Administered<team::Model>,
    upload: Upload,
    now: DateTime<Utc>,
) -> Result<team::Model> {
    let bytes = picture::photo(app, upload).await?;
    let (caller, id) = (team.caller(), team.id);
    put_and_refer(
        || store(app, bytes.clone(), now),
        |photo| transaction(&app.db, move |tx| Box::pin(set_team_photo(tx, caller, id, photo, now))),
    )
    .await
}

async fn store(app: &App, bytes: Bytes, now: DateTime<Utc>) -> Result<StorageObjectId> {
    let wanted =
        NewBlob { bucket: &PROFILE, content_type: "image/jpeg".to_owned(), expired_at: None, metadata: None };
    Ok(put(app, bytes, wanted, now).await?.id)
}

async fn set_profile_photo(
    tx: &Tx,
    person: ProfileId,
    photo: Option<StorageObjectId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = profile::Entity::find_by_id(person).lock_exclusive().one(tx).await?;
    let found = found.filter(|person| person.deleted_at.is_none()).ok_or(Error::NotFound)?;
    replace(tx, found.photo_id, photo, TouchReason::ProfilePhotoReplaced, now).await?;
    let row = profile::ActiveModel {
        id: Set(found.id),
        photo_id: Set(photo),
        modified_at: Set(now),
        ..Default::default()
    };
    row.update(tx).await?;
    Ok(())
}

async fn set_team_photo(
    tx: &Tx,
    caller: ProfileId,
    id: TeamId,
    photo: StorageObjectId,
    now: DateTime<Utc>,
) -> Result<team::Model> {
    // Asked again: the picture may have taken a while.
    permission::team_admin(tx, caller, id).await?;
    let found = team::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(Error::NotFound)?;
    replace(tx, found.photo_id, Some(photo), TouchReason::TeamPhotoReplaced, now).await?;
    let row = team::ActiveModel {
        id: Set(found.id),
        photo_id: Set(Some(photo)),
        modified_at: Set(now),
        ..Default::default()
    };
    Ok(row.update(tx).await?)
}

/// One reference begins and one ends. The same photo again is both at once, and nothing happens to it.
async fn replace(
    conn: &impl ConnectionTrait,
    old: Option<StorageObjectId>,
    new: Option<StorageObjectId>,
    reason: TouchReason,
    now: DateTime<Utc>,
) -> Result<()> {
    if let Some(new) = new {
        storage::hold(conn, &[new], now).await?;
    }
    match old {
        Some(old) if new != Some(old) => storage::touch(conn, &[old], &reason, now).await,
        _ => Ok(()),
    }
}
