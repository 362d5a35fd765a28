//! Accounts to look around with: made by anybody, deleted in advance, used until then.

use super::create::{self, NewProfile};
use crate::deletion::{Kind, Marked};
use crate::error::{Error, Result};
use crate::features;
use chrono::{DateTime, TimeDelta, Utc};
use document::value::Value;
use entities::ids::{ProfileId, TeamId};
use entities::profile::{ActiveModel, Model};
use platform::app::App;
use platform::db::Tx;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbBackend, Set, Statement};
use uuid::Uuid;

/// The domain of their addresses, which nobody can have.
const DOMAIN: &str = "demo.example.com";

/// A demo account, and what it is for.
#[derive(Clone, Debug)]
pub struct Made {
    /// The account.
    pub profile: Model,
    /// Its own team.
    pub team: TeamId,
    /// When it ends.
    pub deleted_at: DateTime<Utc>,
}

/// How somebody gets in.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Address.
    pub email: String,
    /// Password.
    pub password: String,
    hash: String,
}

/// Thinks of an address and a password. Not for the inside of a transaction: hashing takes a while.
///
/// # Errors
/// `demo-users-not-allowed` without the flag `demo-users`; `too-busy`.
pub async fn keys(app: &App) -> Result<Keys> {
    if !app.config.flags.has("demo-users") {
        return Err(Error::validation("demo-users-not-allowed").hint("there are no demo accounts here"));
    }
    let random = || platform::ids::random_id().as_u128().to_string();
    let password = random();
    let hash = create::hash(app, password.clone()).await?;
    Ok(Keys { email: format!("demo-{}@{DOMAIN}", random()), password, hash })
}

/// Makes the account; it ends after the delay of deletion. Leave the job that ends it in the same transaction.
///
/// # Errors
/// Those of the database.
pub async fn make(app: &App, tx: &Tx, keys: Keys, now: DateTime<Utc>) -> Result<Made> {
    let wanted = NewProfile {
        fullname: "Demo user".to_owned(),
        email: keys.email,
        password: keys.hash,
        is_active: true,
        auth_backend: "penpot".to_owned(),
        props: Value::Map(Vec::new()),
    };
    let made = create::insert(tx, wanted, &features::enabled(&app.config.flags), now).await?;
    // Nobody can have thought of the same random address.
    let made = made.ok_or(Error::NotFound)?;
    let delay = TimeDelta::from_std(app.config.limits.deletion_delay).unwrap_or(TimeDelta::MAX);
    let deleted_at = now.checked_add_signed(delay).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let row = ActiveModel {
        id: Set(made.id),
        is_demo: Set(true),
        deleted_at: Set(Some(deleted_at)),
        ..Default::default()
    };
    let profile = row.update(tx).await?;
    let team = profile.default_team_id.ok_or(Error::NotFound)?;
    Ok(Made { profile, team, deleted_at })
}

/// Marks the teams that only a demo account was in, when its time is over; it may have been purged already. The marks
/// have to be carried down.
///
/// # Errors
/// Those of the database.
pub async fn end(
    conn: &impl ConnectionTrait,
    profile: ProfileId,
    team: TeamId,
    now: DateTime<Utc>,
) -> Result<Vec<Marked>> {
    let values = [profile.0.into(), team.0.into(), now.into()];
    let query = Statement::from_sql_and_values(DbBackend::Postgres, END, values);
    let rows = conn.query_all_raw(query).await?;
    let ids = rows.iter().map(|row| row.try_get::<Uuid>("", "id")).collect::<Result<Vec<_>, _>>()?;
    Ok(ids.into_iter().map(|id| Marked { kind: Kind::Team, id, deleted_at: now }).collect())
}

/// A demo account that somebody made a lasting one since is left alone.
const END: &str = "
    UPDATE team t SET deleted_at = $3
     WHERE t.deleted_at IS NULL
       AND (t.id = $2 OR t.id IN (SELECT team_id FROM team_profile_rel WHERE profile_id = $1))
       AND NOT EXISTS (SELECT 1 FROM team_profile_rel r WHERE r.team_id = t.id AND r.profile_id <> $1)
       AND NOT EXISTS (SELECT 1 FROM profile p WHERE p.id = $1 AND (p.deleted_at IS NULL OR p.deleted_at > $3))
    RETURNING t.id";
