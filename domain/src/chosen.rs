//! Rows under ids that clients choose, so that a call whose answer was lost can be made again.

use crate::error::{Error, Result};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel};

/// Inserts a row; none when its key is taken, also by somebody who does so at this very moment.
pub(crate) async fn insert<E, A>(
    conn: &impl ConnectionTrait,
    row: A,
    key: E::Column,
) -> Result<Option<E::Model>>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = E>,
{
    let free = OnConflict::column(key).do_nothing().to_owned();
    match E::insert(row).on_conflict(free).exec_with_returning(conn).await {
        Ok(row) => Ok(Some(row)),
        // What was not inserted was not found either, for this way of inserting.
        Err(DbErr::RecordNotInserted | DbErr::RecordNotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What has an id, when it is what was asked for.
///
/// # Errors
/// `object-already-exists` when it is something else.
pub(crate) fn same<T>(found: Option<T>, is_it: impl FnOnce(&T) -> bool) -> Result<Option<T>> {
    match found {
        Some(found) if !is_it(&found) => Err(Error::id_is_taken()),
        found => Ok(found),
    }
}
