//! Quotas that only warn, with the flag `soft-quotes`: what was passed is written down, and told once a day.

use crate::error::Result;
use crate::follow_up::FollowUps;
use crate::mail::request::Mail;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use platform::db::Tx;
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

/// Kept so long for a mail that cannot be sent.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Most notices that are told at a time.
const BATCH_MAX: i64 = 100;

/// One quota that was passed on one day.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Notice {
    /// Which.
    pub target: String,
    /// The person, team or project that is counted in.
    pub within: Uuid,
    /// When.
    pub day: NaiveDate,
    /// The most that is meant to be.
    pub quote: i64,
    /// The most that was seen.
    pub count: i64,
    /// Who or what that is, for people; empty when it is gone.
    pub what: String,
}

/// Writes it down, in the transaction that passes it.
pub(super) async fn leave(
    tx: &Tx,
    target: &str,
    within: Uuid,
    (quote, count): (u64, u64),
    now: DateTime<Utc>,
) -> Result<()> {
    tracing::warn!(quota = target, %within, quote, count, "a quota that only warns was passed");
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let values =
        [target.into(), within.into(), now.date_naive().into(), number(quote).into(), number(count).into()];
    tx.execute_raw(platform::db::sql(LEAVE, values)).await?;
    Ok(())
}

/// Notices that are told now.
#[derive(Clone, Debug)]
pub struct Told {
    /// How many; none when nothing is left to tell.
    pub count: u64,
    /// A mail about each to each administrator.
    pub follow_ups: FollowUps,
}

/// Tells administrators of those that they were not told of yet, at most 100; they count as told when the
/// transaction is committed. Without administrators only the log has them.
///
/// # Errors
/// Those of the database.
pub async fn tell(tx: &Tx, admins: &[String], now: DateTime<Utc>) -> Result<Told> {
    let values = [now.into(), BATCH_MAX.into()];
    let query = platform::db::sql(TELL, values);
    let due = Notice::find_by_statement(query).all(tx).await?;
    let mut follow_ups = FollowUps::default();
    for notice in &due {
        for admin in admins {
            let (to, target) = (admin.clone(), notice.target.clone());
            let mail = Mail::QuotaReached { to, target, within: notice.within, day: notice.day };
            follow_ups = follow_ups.mail(mail);
        }
    }
    Ok(Told { count: due.len() as u64, follow_ups })
}

/// One of them.
///
/// # Errors
/// Those of the database.
pub async fn find(
    conn: &impl ConnectionTrait,
    target: &str,
    within: Uuid,
    day: NaiveDate,
) -> Result<Option<Notice>> {
    let query = platform::db::sql(FIND, [target.into(), within.into(), day.into()]);
    Ok(Notice::find_by_statement(query).one(conn).await?)
}

/// Forgets those of more than 30 days ago; how many.
///
/// # Errors
/// Those of the database.
pub async fn forget(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    let before = now.checked_sub_signed(KEPT).unwrap_or(DateTime::<Utc>::MIN_UTC).date_naive();
    let sql = "DELETE FROM quote_notice WHERE day < $1";
    let query = platform::db::sql(sql, [before.into()]);
    Ok(conn.execute_raw(query).await?.rows_affected())
}

const LEAVE: &str = "
    INSERT INTO quote_notice (target, within, day, quote, count) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (day, target, within) DO UPDATE
       SET count = greatest(quote_notice.count, excluded.count), quote = excluded.quote";

const TELL: &str = "
    UPDATE quote_notice n SET told_at = $1
      FROM (SELECT day, target, within FROM quote_notice WHERE told_at IS NULL
             ORDER BY day, target, within LIMIT $2 FOR UPDATE SKIP LOCKED) due
     WHERE n.day = due.day AND n.target = due.target AND n.within = due.within
    RETURNING n.target, n.within, n.day, n.quote, n.count, '' AS what";

const FIND: &str = "
    SELECT n.target, n.within, n.day, n.quote, n.count,
           coalesce((SELECT 'Team ' || name FROM team WHERE id = n.within),
                    (SELECT 'Project ' || name FROM project WHERE id = n.within),
                    (SELECT fullname || ' <' || email || '>' FROM profile WHERE id = n.within), '') AS what
      FROM quote_notice n WHERE n.target = $1 AND n.within = $2 AND n.day = $3";
