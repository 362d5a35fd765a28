//! How long the log of changes remembers.

use crate::error::Result;
use chrono::{DateTime, TimeDelta, Utc};
use platform::db::sql;
use sea_orm::ConnectionTrait;

/// A change is remembered at least so long: to know it again when it is sent again within an hour, and then to tell
/// what its editor had not seen of the hour before it.
pub const KEPT: TimeDelta = TimeDelta::hours(2);

/// Most changes that are forgotten in one statement.
const BATCH_MAX: i64 = 5000;

/// Forgets some changes that are older at `now`, however many there are of a file. How many they were; call it again
/// until there are none.
///
/// # Errors
/// Those of the database.
pub async fn forget(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let since = now.checked_sub_signed(KEPT).unwrap_or(DateTime::<Utc>::MIN_UTC);
    Ok(conn.execute_raw(sql(FORGET, [since.into(), BATCH_MAX.into()])).await?.rows_affected())
}

const FORGET: &str = "
    DELETE FROM file_change WHERE ctid = ANY(ARRAY(SELECT ctid FROM file_change WHERE created_at < $1 LIMIT $2))";
