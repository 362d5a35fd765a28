//! What mail servers and people reported about addresses: mail that came back, and complaints.

use crate::error::{Error, Result};
use document::value::Value;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Refuses an address that mail came back from, or that complained. `shown` stands for it in the refusal.
///
/// # Errors
/// `email-has-permanent-bounces`, `email-has-complaints`.
pub(crate) async fn check_address(conn: &impl ConnectionTrait, email: &str, shown: &str) -> Result<()> {
    let query = Statement::from_sql_and_values(DbBackend::Postgres, REPORTS, [email.into()]);
    let Some(row) = conn.query_one_raw(query).await? else { return Ok(()) };
    let refused = |code, hint: &str| {
        Err(Error::restriction(code).hint(hint.to_owned()).with("email", Value::text(shown)))
    };
    if row.try_get::<Option<bool>>("", "bounced")? == Some(true) {
        return refused("email-has-permanent-bounces", "mail to this address came back");
    }
    if row.try_get::<Option<bool>>("", "complained")? == Some(true) {
        return refused("email-has-complaints", "whoever reads this address does not want our mail");
    }
    Ok(())
}

const REPORTS: &str = "
    SELECT bool_or(type = 'bounce') AS bounced, bool_or(type = 'complaint') AS complained
      FROM global_complaint_report WHERE email = $1";
