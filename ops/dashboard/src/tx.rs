//! What changes on the dashboard begin and commit with.

use crate::{error::Result, page_context::PageContext};
use domain::{follow_up::FollowUps, permission::Operator};
use platform::db::Tx;

/// Begins a change.
///
/// # Errors
/// The database is away.
pub(crate) async fn begin(ctx: &PageContext<'_>) -> Result<Tx> {
    Ok(platform::db::begin(&ctx.state.app.db).await?)
}

/// Commits a change with what has to follow it.
///
/// # Errors
/// A job that it makes necessary cannot be, or the database refuses; nothing was changed then.
pub(crate) async fn commit(
    ctx: &PageContext<'_>,
    operator: &Operator,
    tx: Tx,
    follow_ups: FollowUps,
) -> Result<()> {
    let state = ctx.state;
    Ok(jobs::commit(&state.app, &state.waker, operator, tx, follow_ups).await?)
}
