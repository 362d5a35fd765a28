//! What changes on the dashboard begin and commit with.

use crate::{error::Result, look::Look};
use domain::deletion::Deleted;
use jobs::{Enqueue, Job, Origin, all::delete_object::DeleteObject};
use platform::db::Tx;

/// Begins a change.
///
/// # Errors
/// The database is away.
pub(crate) async fn begin(look: &Look<'_>) -> Result<Tx> {
    Ok(platform::db::begin(&look.state.app.db).await?)
}

/// Commits a change.
///
/// # Errors
/// The database refuses; nothing was changed then.
pub(crate) async fn commit(tx: Tx) -> Result<()> {
    Ok(tx.commit().await?)
}

/// Commits a change with the job that it makes necessary.
///
/// # Errors
/// As [`commit`].
pub(crate) async fn commit_with<J: Job>(look: &Look<'_>, tx: Tx, job: &J) -> Result<()> {
    let origin = Origin { profile_id: Some(look.visitor.profile.0), ..Origin::default() };
    jobs::enqueue(&tx, job, Enqueue { origin, ..Enqueue::default() }).await?;
    commit(tx).await?;
    look.state.waker.wake();
    Ok(())
}

/// Commits a deletion with the job that deletes what lies inside.
///
/// # Errors
/// As [`commit`].
pub(crate) async fn commit_deletion(look: &Look<'_>, tx: Tx, deleted: Deleted) -> Result<()> {
    commit_with(look, tx, &DeleteObject::from(deleted)).await
}
