//! What changes on the dashboard begin and commit with.

use crate::{error::Result, look::Look};
use domain::{follow_up::FollowUps, permission::Operator};
use platform::db::Tx;

/// Begins a change.
///
/// # Errors
/// The database is away.
pub(crate) async fn begin(look: &Look<'_>) -> Result<Tx> {
    Ok(platform::db::begin(&look.state.app.db).await?)
}

/// Commits a change with what has to follow it.
///
/// # Errors
/// A job that it makes necessary cannot be, or the database refuses; nothing was changed then.
pub(crate) async fn commit(
    look: &Look<'_>,
    operator: &Operator,
    tx: Tx,
    follow_ups: FollowUps,
) -> Result<()> {
    let state = look.state;
    Ok(jobs::commit(&state.app, &state.waker, operator, tx, follow_ups).await?)
}
