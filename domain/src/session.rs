//! Signed-in browsers. A session ends when it was not used for a while, and at the latest a fixed time after it began;
//! the server enforces both.

use crate::error::{Error, Result};
use crate::token::{self, Issuer};
use chrono::{DateTime, TimeDelta, Utc};
use entities::http_session::{ActiveModel, Column, Entity, Model};
use entities::ids::{ProfileId, SessionId};
use entities::profile;
use platform::config::AuthConfig;
use platform::secrets::Secrets;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use std::time::Duration;
use transit::value::Value;

/// A session is renewed at most this often.
pub const RENEWAL: TimeDelta = TimeDelta::hours(6);

/// Longest browser description that is kept, characters.
const USER_AGENT_CHARS_MAX: usize = 500;

/// Most rows that one sweep removes.
pub const BATCH_MAX: u64 = 100;

/// How old sessions become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages {
    /// Without being used.
    pub idle_max: Duration,
    /// However much they are used.
    pub whole_max: Duration,
}

impl Ages {
    /// As this installation has it.
    pub fn of(config: &AuthConfig) -> Ages {
        Ages { idle_max: config.cookie_max_age, whole_max: config.session_age_max }
    }

    /// When a session that is renewed now ends, if nobody uses it again.
    pub fn end(self, session: &Model) -> DateTime<Utc> {
        let after = |from: DateTime<Utc>, age| {
            let age = TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX);
            from.checked_add_signed(age).unwrap_or(DateTime::<Utc>::MAX_UTC)
        };
        after(session.modified_at, self.idle_max).min(after(session.created_at, self.whole_max))
    }

    /// The rows that are over.
    fn over(self, now: DateTime<Utc>) -> Condition {
        Condition::any()
            .add(Column::ModifiedAt.lte(before(now, self.idle_max)))
            .add(Column::CreatedAt.lte(before(now, self.whole_max)))
    }
}

/// A session that just began, or was renewed.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The row.
    pub session: Model,
    /// For the cookie.
    pub token: String,
}

/// A session that a token stands for.
#[derive(Clone, Debug)]
pub struct Live {
    /// The row.
    pub session: Model,
    /// Whose it is.
    pub person: profile::Model,
    /// Renewing is due: call [`renew`] and set the cookie again.
    pub renewal_due: bool,
}

/// Begins a session. The caller has checked who it is for.
pub async fn create(
    conn: &impl ConnectionTrait,
    secrets: &Secrets,
    profile: ProfileId,
    user_agent: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Opened> {
    let session = ActiveModel {
        id: Set(SessionId(platform::ids::random_id())),
        profile_id: Set(profile),
        created_at: Set(now),
        modified_at: Set(now),
        user_agent: Set(user_agent.map(|text| text.chars().take(USER_AGENT_CHARS_MAX).collect())),
    };
    let session = session.insert(conn).await?;
    let token = seal(secrets, &session, now);
    Ok(Opened { session, token })
}

/// The session of a cookie's token. None when the token is no such token, the session is gone or too old, or
/// its person is blocked or deleted: such a caller is nobody.
pub async fn resolve(
    conn: &impl ConnectionTrait,
    secrets: &Secrets,
    token: &str,
    now: DateTime<Utc>,
    ages: Ages,
) -> Result<Option<Live>> {
    let Ok(claims) = token::verify(secrets, token, Issuer::Authentication, now) else { return Ok(None) };
    let (Ok(id), Ok(profile)) = (claims.uuid("sid"), claims.uuid("uid")) else { return Ok(None) };
    // One query: every call of everybody begins with it.
    let found = Entity::find_by_id(SessionId(id)).find_also_related(profile::Entity).one(conn).await?;
    let Some((session, Some(person))) = found else { return Ok(None) };
    if session.profile_id.0 != profile || ages.end(&session) <= now || !may_act(&person, now) {
        return Ok(None);
    }
    let renewal_due = session.modified_at + RENEWAL <= now;
    Ok(Some(Live { session, person, renewal_due }))
}

/// Makes a session young again and gives it with the token for the new cookie.
pub async fn renew(
    conn: &impl ConnectionTrait,
    secrets: &Secrets,
    session: &Model,
    now: DateTime<Utc>,
) -> Result<Opened> {
    let row = ActiveModel { id: Set(session.id), modified_at: Set(now), ..Default::default() };
    match row.update(conn).await {
        Ok(session) => Ok(Opened { token: seal(secrets, &session, now), session }),
        // Logged out meanwhile.
        Err(sea_orm::DbErr::RecordNotUpdated) => Err(Error::NotFound),
        Err(error) => Err(error.into()),
    }
}

/// Ends a session. Fine when it has ended already.
pub async fn delete(conn: &impl ConnectionTrait, id: SessionId) -> Result<()> {
    Entity::delete_by_id(id).exec(conn).await?;
    Ok(())
}

/// Ends every session of a person; how many there were.
pub(crate) async fn delete_of_profile(conn: &impl ConnectionTrait, profile: ProfileId) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::ProfileId.eq(profile)).exec(conn).await?.rows_affected)
}

/// Ends every session of a person but the one that goes on, as a change of the password does; how many there were.
pub async fn delete_others(
    conn: &impl ConnectionTrait,
    profile: ProfileId,
    keep: Option<SessionId>,
) -> Result<u64> {
    let others =
        Condition::all().add(Column::ProfileId.eq(profile)).add_option(keep.map(|keep| Column::Id.ne(keep)));
    Ok(Entity::delete_many().filter(others).exec(conn).await?.rows_affected)
}

/// Removes at most `limit` (at most [`BATCH_MAX`]) sessions that are too old; how many there were.
pub async fn collect_expired(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
    ages: Ages,
    limit: u64,
) -> Result<u64> {
    let old = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(ages.over(now))
        .order_by_asc(Column::ModifiedAt)
        .limit(limit.min(BATCH_MAX));
    let ids: Vec<SessionId> = old.into_tuple().all(conn).await?;
    let gone = Entity::delete_many()
        .filter(Column::Id.is_in(ids))
        // Renewed between the two statements: not old any more.
        .filter(ages.over(now));
    Ok(gone.exec(conn).await?.rows_affected)
}

/// Whether a person may act at all: is not blocked, and not past the deletion date.
pub(crate) fn may_act(person: &profile::Model, now: DateTime<Utc>) -> bool {
    !person.is_blocked && person.deleted_at.is_none_or(|at| at > now)
}

/// So long before now.
pub(crate) fn before(now: DateTime<Utc>, age_max: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(age_max)
        .ok()
        .and_then(|age| now.checked_sub_signed(age))
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}

fn seal(secrets: &Secrets, session: &Model, now: DateTime<Utc>) -> String {
    let claims = vec![
        ("aud", Value::Str("penpot".into())),
        ("sid", Value::Uuid(session.id.0)),
        ("uid", Value::Uuid(session.profile_id.0)),
    ];
    token::issue(secrets, Issuer::Authentication, claims, now)
}
