//! Personal access tokens: long-lived keys for programs. The key is shown once and not kept.

use crate::error::{Error, Result};
use crate::session;
use crate::token::{self, Issuer};
use chrono::{DateTime, TimeDelta, Utc};
use entities::access_token::{ActiveModel, Column, Entity, Model};
use entities::ids::{AccessTokenId, ProfileId};
use entities::profile;
use platform::secrets::Secrets;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use std::time::Duration;
use transit::value::Value;

/// Nothing is good for longer.
const LIFE_MAX: TimeDelta = TimeDelta::days(36_525);
/// The kind of which a person has one at a time, and may see the key again.
const SINGLE_KIND: &str = "mcp";

/// Most tokens that are listed.
const LIST_MAX: u64 = 1000;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// 1 to 250 characters.
    pub name: String,
    /// How long it is good; none means it does not expire.
    pub expiration: Option<Duration>,
    /// Kind, such as `mcp`.
    pub kind: Option<String>,
}

/// A token and, where it may be shown, its key.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The row.
    pub row: Model,
    /// What a program sends as `Authorization: Token …`.
    pub token: Option<String>,
}

/// Whom a presented key stands for.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// Whom it speaks for.
    pub person: profile::Model,
    /// The token's row.
    pub token_id: AccessTokenId,
    /// Extra permissions.
    pub perms: Vec<String>,
}

/// Makes a token for `caller`; the answer always carries the key. An `mcp` token replaces the earlier one, so
/// call this in a transaction.
pub async fn create(
    conn: &impl ConnectionTrait,
    secrets: &Secrets,
    caller: ProfileId,
    wanted: NewToken,
    now: DateTime<Utc>,
) -> Result<Shown> {
    if wanted.kind.as_deref() == Some(SINGLE_KIND) {
        // Two who ask at once come one after the other, so that one of them stays.
        profile::Entity::find_by_id(caller).lock(LockType::NoKeyUpdate).one(conn).await?;
        let earlier =
            Entity::delete_many().filter(Column::ProfileId.eq(caller)).filter(Column::Kind.eq(SINGLE_KIND));
        earlier.exec(conn).await?;
    }
    let row = ActiveModel {
        id: Set(AccessTokenId(platform::ids::new_id())),
        profile_id: Set(caller),
        created_at: Set(now),
        updated_at: Set(now),
        name: Set(wanted.name),
        perms: Set(Vec::new()),
        kind: Set(wanted.kind),
        expires_at: Set(wanted.expiration.map(|span| after(now, span)).transpose()?),
    };
    let row = row.insert(conn).await?;
    let token = seal(secrets, &row);
    Ok(Shown { row, token: Some(token) })
}

/// The tokens of `caller`, at most 1000, those that expire first at the top. Only the `mcp` kind shows a key.
pub async fn list(conn: &impl ConnectionTrait, secrets: &Secrets, caller: ProfileId) -> Result<Vec<Shown>> {
    let rows = Entity::of_profile(caller)
        .order_by_asc(Column::ExpiresAt)
        .order_by_asc(Column::CreatedAt)
        .limit(LIST_MAX)
        .all(conn)
        .await?;
    let show = |row: Model| {
        let token = (row.kind.as_deref() == Some(SINGLE_KIND)).then(|| seal(secrets, &row));
        Shown { row, token }
    };
    Ok(rows.into_iter().map(show).collect())
}

/// The key of the `mcp` kind that `caller` has, unless it has expired.
pub async fn current_single(
    conn: &impl ConnectionTrait,
    secrets: &Secrets,
    caller: ProfileId,
    now: DateTime<Utc>,
) -> Result<Option<Shown>> {
    let live = Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now));
    let row = Entity::of_profile(caller)
        .filter(Column::Kind.eq(SINGLE_KIND))
        .filter(live)
        .order_by_asc(Column::CreatedAt)
        .one(conn)
        .await?;
    Ok(row.map(|row| Shown { token: Some(seal(secrets, &row)), row }))
}

/// Removes a token of `caller`; the key is worthless at once. Fine when there is none.
pub async fn delete(conn: &impl ConnectionTrait, caller: ProfileId, id: AccessTokenId) -> Result<()> {
    Entity::delete_many().filter(Column::Id.eq(id)).filter(Column::ProfileId.eq(caller)).exec(conn).await?;
    Ok(())
}

/// Whom a key stands for. None when it is no such key, its row is gone or expired, or its person is blocked
/// or deleted.
pub async fn resolve(
    conn: &impl ConnectionTrait,
    secrets: &Secrets,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Bearer>> {
    let Ok(claims) = token::verify(secrets, token, Issuer::AccessToken, now) else { return Ok(None) };
    let (Ok(id), Ok(profile)) = (claims.uuid("tid"), claims.uuid("uid")) else { return Ok(None) };
    let found = Entity::find_by_id(AccessTokenId(id)).find_also_related(profile::Entity).one(conn).await?;
    let Some((row, Some(person))) = found else { return Ok(None) };
    let expired = row.expires_at.is_some_and(|until| until <= now);
    if row.profile_id.0 != profile || expired || !session::may_act(&person, now) {
        return Ok(None);
    }
    Ok(Some(Bearer { person, token_id: row.id, perms: row.perms }))
}

/// The key of a row; equal in effect every time, different in its bytes.
fn seal(secrets: &Secrets, row: &Model) -> String {
    let claims = vec![("uid", Value::Uuid(row.profile_id.0)), ("tid", Value::Uuid(row.id.0))];
    token::issue(secrets, Issuer::AccessToken, claims, row.created_at)
}

fn after(now: DateTime<Utc>, span: Duration) -> Result<DateTime<Utc>> {
    let end = TimeDelta::from_std(span)
        .ok()
        .filter(|span| *span <= LIFE_MAX)
        .and_then(|span| now.checked_add_signed(span));
    end.ok_or_else(|| Error::validation("params-validation").hint("expiration: at most 100 years"))
}

impl NewToken {
    /// Checks the bounds that the contract states.
    ///
    /// # Errors
    /// `params-validation` when the name is empty or has more than 250 characters.
    pub fn checked(self) -> Result<Self> {
        if self.name.is_empty() || self.name.chars().count() > 250 {
            return Err(Error::validation("params-validation").hint("name: 1 to 250 characters"));
        }
        Ok(self)
    }
}
