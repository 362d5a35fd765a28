//! What mail servers and people reported about addresses: mail that came back, and complaints. Who was reported gets no
//! more of it.

use crate::error::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use entities::profile::Model;
use platform::config::{MailConfig, ReportLimit};
use sea_orm::ConnectionTrait;
use transit::value::Value;

/// Refuses an address that mail came back from, or that complained. `shown` stands for it in the refusal.
///
/// # Errors
/// `email-has-permanent-bounces`, `email-has-complaints`.
pub(crate) async fn check_address(conn: &impl ConnectionTrait, email: &str, shown: &str) -> Result<()> {
    let refused = |code, hint: &str| {
        Err(Error::restriction(code).hint(hint.to_owned()).with("email", Value::text(shown)))
    };
    match of_address(conn, email).await? {
        Reported { bounced: true, .. } => {
            refused("email-has-permanent-bounces", "mail to this address came back")
        }
        Reported { complained: true, .. } => {
            refused("email-has-complaints", "whoever reads this address does not want our mail")
        }
        _ => Ok(()),
    }
}

/// Whether mail may go to a person: not muted, and not reported too often of late.
pub(crate) async fn may_get_mail(
    conn: &impl ConnectionTrait,
    config: &MailConfig,
    person: &Model,
    now: DateTime<Utc>,
) -> Result<bool> {
    if person.is_muted {
        return Ok(false);
    }
    let since = |limit: ReportLimit| {
        let age = TimeDelta::from_std(limit.age_max).unwrap_or(TimeDelta::MAX);
        now.checked_sub_signed(age).unwrap_or(DateTime::<Utc>::MIN_UTC)
    };
    let values = [person.id.0.into(), since(config.bounces).into(), since(config.complaints).into()];
    let query = platform::db::sql(OF_PERSON, values);
    let Some(row) = conn.query_one_raw(query).await? else { return Ok(true) };
    let fewer = |found: i64, limit: ReportLimit| u64::try_from(found).unwrap_or(0) < limit.threshold;
    Ok(fewer(row.try_get("", "bounces")?, config.bounces)
        && fewer(row.try_get("", "complaints")?, config.complaints))
}

/// Whether mail may go to an address that somebody has, as [`may_get_mail`], and none ever came back from it.
pub(crate) async fn is_reachable(
    conn: &impl ConnectionTrait,
    config: &MailConfig,
    person: &Model,
    now: DateTime<Utc>,
) -> Result<bool> {
    let reported = of_address(conn, &person.email).await?;
    Ok(!reported.bounced && !reported.complained && may_get_mail(conn, config, person, now).await?)
}

/// What was ever reported about an address.
struct Reported {
    bounced: bool,
    complained: bool,
}

async fn of_address(conn: &impl ConnectionTrait, email: &str) -> Result<Reported> {
    let query = platform::db::sql(OF_ADDRESS, [email.into()]);
    let Some(row) = conn.query_one_raw(query).await? else {
        return Ok(Reported { bounced: false, complained: false });
    };
    let flag = |name| row.try_get::<Option<bool>>("", name).map(|found| found == Some(true));
    Ok(Reported { bounced: flag("bounced")?, complained: flag("complained")? })
}

const OF_ADDRESS: &str = "
    SELECT bool_or(type = 'bounce') AS bounced, bool_or(type = 'complaint') AS complained
      FROM global_complaint_report WHERE email = $1";

const OF_PERSON: &str = "
    SELECT count(*) FILTER (WHERE type = 'bounce' AND created_at > $2) AS bounces,
           count(*) FILTER (WHERE type = 'complaint' AND created_at > $3) AS complaints
      FROM profile_complaint_report WHERE profile_id = $1";
