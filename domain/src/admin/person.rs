//! People as operators see them, by their key: deleted ones too.

use super::page_cursor::PageCursor;
use crate::access_token::{NewToken, Shown, create as create_token};
use crate::deletion::{self, Deleted};
use crate::error::{Error, Result};
use crate::permission::Operator;
use chrono::{DateTime, Utc};
use entities::access_token;
use entities::ids::{AccessTokenId, ProfileId, TeamId};
use entities::profile;
use platform::db::Tx;
use platform::secrets::Secrets;
use sea_orm::sea_query::Expr;
use sea_orm::sea_query::extension::postgres::PgExpr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};
use std::time::Duration;

/// Most accounts that a search gives at once.
pub const SEARCH_MAX: u64 = 100;

/// Most teams that are listed of one person.
pub const TEAMS_MAX: i64 = 500;

/// Most access tokens that are listed of one person.
pub const TOKENS_MAX: u64 = 200;

/// A team that somebody is in.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Membership {
    /// Key.
    pub id: TeamId,
    /// Name.
    pub name: String,
    /// Somebody's own first team.
    pub is_default: bool,
    /// Owns the team.
    pub is_owner: bool,
    /// Manages it.
    pub is_admin: bool,
    /// Changes things in it.
    pub can_edit: bool,
    /// How many people are in it, deleted accounts left out.
    pub members: i64,
    /// When they joined.
    pub created_at: DateTime<Utc>,
    /// When it is purged, if it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// An access token without anything that a key could be made of.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Token {
    /// Key of the row.
    pub id: AccessTokenId,
    /// Name given by its owner.
    pub name: String,
    /// Kind, such as `mcp`.
    #[sea_orm(from_alias = "type")]
    pub kind: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Worthless after this moment.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The account, deleted or not.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or it was purged.
pub async fn by_id(conn: &impl ConnectionTrait, id: ProfileId) -> Result<profile::Model> {
    profile::Entity::find_by_id(id).one(conn).await?.ok_or(Error::NotFound)
}

/// The account, held until the end of the transaction, so that its address stays its own.
///
/// # Errors
/// As [`by_id`].
pub async fn held(tx: &Tx, id: ProfileId) -> Result<profile::Model> {
    profile::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(Error::NotFound)
}

/// Deletes somebody with the teams that are theirs alone.
///
/// # Errors
/// As [`deletion::person::delete_profile`].
pub async fn delete(
    tx: &Tx,
    _: &Operator,
    id: ProfileId,
    delay: Duration,
    now: DateTime<Utc>,
) -> Result<Deleted> {
    deletion::person::delete_profile(tx, id, delay, now).await
}

/// Makes an access token that acts for somebody.
pub async fn grant_token(
    tx: &Tx,
    _: &Operator,
    secrets: &Secrets,
    id: ProfileId,
    wanted: NewToken,
    now: DateTime<Utc>,
) -> Result<Shown> {
    create_token(tx, secrets, id, wanted, now).await
}

/// Accounts whose address or name contains the text, the youngest first, at most [`SEARCH_MAX`]; only those after where
/// another page ended. Deleted ones are among them, marked by `deleted_at`.
pub async fn search(
    conn: &impl ConnectionTrait,
    text: &str,
    after: Option<PageCursor>,
    limit: u64,
) -> Result<Vec<profile::Model>> {
    let pattern = format!("%{}%", escape_like(text.trim()));
    let matches = Condition::any()
        .add(Expr::col(profile::Column::Email).ilike(&pattern))
        .add(Expr::col(profile::Column::Fullname).ilike(&pattern));
    let beyond = after.map(|cursor| {
        let older = Condition::any().add(profile::Column::CreatedAt.lt(cursor.at)).add(
            Condition::all()
                .add(profile::Column::CreatedAt.eq(cursor.at))
                .add(profile::Column::Id.lt(cursor.id)),
        );
        Condition::all().add(profile::Column::CreatedAt.lte(cursor.at)).add(older)
    });
    Ok(profile::Entity::find()
        .filter(Condition::all().add(matches).add_option(beyond))
        .order_by_desc(profile::Column::CreatedAt)
        .order_by_desc(profile::Column::Id)
        .limit(limit.min(SEARCH_MAX))
        .all(conn)
        .await?)
}

/// Teams of a person, deleted ones too, at most [`TEAMS_MAX`], in the order of joining.
pub async fn teams(
    conn: &impl ConnectionTrait,
    person: ProfileId,
    now: DateTime<Utc>,
) -> Result<Vec<Membership>> {
    let values = [person.0.into(), TEAMS_MAX.into(), now.into()];
    let query = platform::db::sql(TEAMS, values);
    Ok(Membership::find_by_statement(query).all(conn).await?)
}

/// Access tokens of a person, at most [`TOKENS_MAX`], those that expire first at the top.
pub async fn tokens(conn: &impl ConnectionTrait, person: ProfileId) -> Result<Vec<Token>> {
    let found = access_token::Entity::of_profile(person)
        .order_by_asc(access_token::Column::ExpiresAt)
        .order_by_asc(access_token::Column::CreatedAt)
        .limit(TOKENS_MAX);
    Ok(found.into_model::<Token>().all(conn).await?)
}

const TEAMS: &str = "
    SELECT t.id, t.name, t.is_default, r.is_owner, r.is_admin, r.can_edit, r.created_at, t.deleted_at,
           (SELECT count(*) FROM team_profile_rel o JOIN profile p ON p.id = o.profile_id
             WHERE o.team_id = t.id AND (p.deleted_at IS NULL OR p.deleted_at > $3)) AS members
      FROM team_profile_rel r JOIN team t ON t.id = r.team_id
     WHERE r.profile_id = $1
     ORDER BY r.created_at, t.id
     LIMIT $2";

fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::escape_like;

    #[test]
    fn like_patterns_take_text_literally() {
        assert_eq!(escape_like(r"a_b%c\"), r"a\_b\%c\\");
    }
}
