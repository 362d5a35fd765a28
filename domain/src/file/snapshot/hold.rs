//! Being alone with a file.

use crate::error::{Error, Result};
use crate::file::parts::{lock, unpack};
use entities::file;
use entities::ids::FileId;
use platform::app::App;
use platform::db::Tx;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};

/// The file once nobody else changes it, until the end of the transaction. Its document is rows then.
///
/// # Errors
/// [`Error::NotFound`] when it was deleted meanwhile; [`Error::Platform`] when its document cannot be read.
pub(super) async fn hold(app: &App, tx: &Tx, id: FileId) -> Result<file::Model> {
    lock::hold(tx, id).await?;
    let file = file::Entity::alive().filter(file::Column::Id.eq(id)).lock(LockType::NoKeyUpdate);
    let file = file.one(tx).await?.ok_or(Error::NotFound)?;
    let root = unpack::root(app, tx, id, file.root_container_id, file.revn).await?;
    Ok(file::Model { root_container_id: Some(root), ..file })
}
