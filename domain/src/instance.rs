//! One installation and its parts: whether a process that joins it has its secret and its blobs.
//!
//! A worker with another secret would send links that nobody can open, and one with another blob directory would
//! "delete" bytes that are not there. Both would call it done.

use crate::error::{Error, Result};
use crate::permission::Operator;
use entities::{server_prop, storage_object};
use platform::app::App;
use platform::ids::random_id;
use platform::storage::Backend;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::Value;
use std::path::PathBuf;

/// Names the secret key without telling anything about it.
const SECRET: &str = "secret-fingerprint";
/// Names the directory of blobs: the same text stands in a file there.
const DIRECTORY: &str = "storage-directory";
/// A directory without the file is ours all the same when one of so many blobs is in it.
const SAMPLE_MAX: u64 = 20;

/// Names the installation by chance, for reports: it says nothing about it.
const ID: &str = "instance-id";

/// How a process takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Participation {
    /// It stays, as API, worker or dashboard: the first one makes the marks.
    LongRunning,
    /// It does a job or two and ends: the marks must be right if there are any.
    OneOff,
}

/// Why a process may not take part.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// It has no secret key: its jobs would send links that nobody can open.
    #[error("no-secret")]
    NoSecret,
    /// Its secret key is another than the one the installation was started with.
    #[error("wrong-secret")]
    WrongSecret,
    /// The blobs of the installation are not in its directory, this one.
    #[error("wrong-directory")]
    WrongDirectory(PathBuf),
    /// The database or the directory does not answer.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Before a process does jobs: whether it has the installation's secret key and blob directory.
///
/// # Errors
/// It has no secret key, or one of them is another; those of the database and the directory.
pub async fn join(app: &App, participation: Participation) -> Result<(), JoinError> {
    if app.config.auth.secret_key.is_none() {
        return Err(JoinError::NoSecret);
    }
    if !has_secret(app, participation).await? {
        return Err(JoinError::WrongSecret);
    }
    if !has_directory(app, participation).await? {
        return Err(JoinError::WrongDirectory(app.config.storage.fs_directory.clone()));
    }
    Ok(())
}

/// From now on, the secret of this process is the right one. Sessions and links of the one before end.
///
/// # Errors
/// Those of the database.
pub async fn accept_secret(app: &App, _: &Operator) -> Result<()> {
    let row = prop(SECRET, fingerprint(app));
    let replaced =
        OnConflict::column(server_prop::Column::Id).update_column(server_prop::Column::Content).to_owned();
    server_prop::Entity::insert(row).on_conflict(replaced).exec_without_returning(&app.db).await?;
    Ok(())
}

/// The id of the installation, the same for all its processes. Made when it is first asked for.
///
/// # Errors
/// Those of the database.
pub async fn id(conn: &impl ConnectionTrait) -> Result<String> {
    first(conn, ID, &random_id().to_string()).await
}

async fn has_secret(app: &App, participation: Participation) -> Result<bool> {
    let own = fingerprint(app);
    let known = match participation {
        Participation::LongRunning => Some(first(&app.db, SECRET, &own).await?),
        Participation::OneOff => known(&app.db, SECRET).await?,
    };
    Ok(known.is_none_or(|known| known == own))
}

async fn has_directory(app: &App, participation: Participation) -> Result<bool> {
    let Some(found) = app.blobs.mark().map_err(Error::platform)? else { return Ok(true) };
    let new = random_id().to_string();
    let known = match participation {
        Participation::LongRunning => Some(first(&app.db, DIRECTORY, &new).await?),
        Participation::OneOff => known(&app.db, DIRECTORY).await?,
    };
    let Some(known) = known.filter(|known| found.as_ref() != Some(known)) else { return Ok(true) };
    // The first directory of all, or one whose mark was lost.
    let is_first = known == new && nothing_stored(app).await?;
    if found.is_none() && (is_first || holds_some(app).await?) {
        if participation == Participation::LongRunning {
            app.blobs.set_mark(&known).map_err(Error::platform)?;
        }
        return Ok(true);
    }
    Ok(false)
}

fn fingerprint(app: &App) -> String {
    let bytes = app.secrets.derive("fingerprint", 8);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn prop(id: &str, content: String) -> server_prop::ActiveModel {
    server_prop::ActiveModel {
        id: Set(id.to_owned()),
        content: Set(Value::String(content)),
        preload: Set(false),
    }
}

/// What is known under this name; `content` from now on, when nothing is.
async fn first(conn: &impl ConnectionTrait, id: &str, content: &str) -> Result<String> {
    let once = OnConflict::column(server_prop::Column::Id).do_nothing().to_owned();
    server_prop::Entity::insert(prop(id, content.to_owned()))
        .on_conflict(once)
        .exec_without_returning(conn)
        .await?;
    known(conn, id).await?.ok_or_else(|| Error::platform("a fact about the installation vanished"))
}

async fn known(conn: &impl ConnectionTrait, id: &str) -> Result<Option<String>> {
    let row = server_prop::Entity::find_by_id(id).one(conn).await?;
    Ok(row.and_then(|row| row.content.as_str().map(str::to_owned)))
}

fn stored() -> sea_orm::Select<storage_object::Entity> {
    let backend = storage_object::Column::Backend.is_in(Backend::Fs.names());
    storage_object::Entity::find()
        .filter(backend)
        .filter(storage_object::Column::State.eq(storage_object::State::Valid))
}

async fn nothing_stored(app: &App) -> Result<bool> {
    Ok(stored().limit(1).count(&app.db).await? == 0)
}

async fn holds_some(app: &App) -> Result<bool> {
    for object in
        stored().order_by_desc(storage_object::Column::CreatedAt).limit(SAMPLE_MAX).all(&app.db).await?
    {
        if app.blobs.exists(object.backend.as_str(), object.id.0).await.map_err(Error::platform)? {
            return Ok(true);
        }
    }
    Ok(false)
}
