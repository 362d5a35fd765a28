//! Stored quotes: who may have more, or less, of something than the settings say.

use crate::error::{Error, Result};
use crate::permission::Operator;
use crate::quota::Target;
use entities::ids::{FileId, ProfileId, ProjectId, TeamId};
use entities::usage_quote;
use platform::db::Tx;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

/// Most quotes that are listed.
pub const LIST_MAX: u64 = 1000;

/// Largest quote.
pub const QUOTE_MAX: u64 = 1_000_000_000;

/// For whom and where a quote holds: for a person everywhere, or inside a team, a project or a file, for everybody
/// or for one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// For this person only.
    pub profile: Option<ProfileId>,
    /// In this team.
    pub team: Option<TeamId>,
    /// In this project.
    pub project: Option<ProjectId>,
    /// In this file.
    pub file: Option<FileId>,
}

/// Stores a quote in place of the one of the same holder, or takes that away; whether there was one.
///
/// # Errors
/// `params-validation` when nobody is named, or more than one of team, project and file; [`Error::NotFound`] when one
/// of them does not exist.
pub async fn set(tx: &Tx, _: &Operator, target: Target, holder: Holder, quote: Option<u64>) -> Result<bool> {
    let places = [holder.team.is_some(), holder.project.is_some(), holder.file.is_some()];
    let places = places.into_iter().filter(|named| *named).count();
    if places > 1 || (places == 0 && holder.profile.is_none()) {
        let hint = "name a person, a team, a project or a file; with a person at most one of the others";
        return Err(Error::validation("params-validation").hint(hint));
    }
    if quote.is_some_and(|quote| quote == 0 || quote > QUOTE_MAX) {
        let hint = format!("a quote is 1 to {QUOTE_MAX}");
        return Err(Error::validation("params-validation").hint(hint));
    }
    // Two at once would both find none, and store two.
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended('usage_quote', 0))";
    tx.execute_raw(platform::db::sql(lock, [])).await?;
    let had =
        usage_quote::Entity::delete_many().filter(same(target, holder)).exec(tx).await?.rows_affected > 0;
    if let Some(quote) = quote {
        let row = usage_quote::ActiveModel {
            id: Set(platform::ids::new_id()),
            target: Set(target.name().to_owned()),
            quote: Set(i64::try_from(quote).unwrap_or(i64::MAX)),
            profile_id: Set(holder.profile),
            project_id: Set(holder.project),
            team_id: Set(holder.team),
            file_id: Set(holder.file),
        };
        row.insert(tx).await.map_err(unknown)?;
    }
    Ok(had)
}

/// Stored quotes, of one target or of all, at most [`LIST_MAX`].
pub async fn list(conn: &impl ConnectionTrait, target: Option<Target>) -> Result<Vec<usage_quote::Model>> {
    let wanted = target.map(|target| usage_quote::Column::Target.eq(target.name()));
    let found = usage_quote::Entity::find().filter(Condition::all().add_option(wanted));
    Ok(found
        .order_by_asc(usage_quote::Column::Target)
        .order_by_asc(usage_quote::Column::Id)
        .limit(LIST_MAX)
        .all(conn)
        .await?)
}

/// The quote with this key.
pub async fn by_id(conn: &impl ConnectionTrait, id: uuid::Uuid) -> Result<Option<usage_quote::Model>> {
    Ok(usage_quote::Entity::find_by_id(id).one(conn).await?)
}

/// Stored quotes that name this team, or this person, at most [`LIST_MAX`].
pub async fn naming(
    conn: &impl ConnectionTrait,
    team: Option<TeamId>,
    person: Option<ProfileId>,
) -> Result<Vec<usage_quote::Model>> {
    let named = Condition::any()
        .add_option(team.map(|team| usage_quote::Column::TeamId.eq(team)))
        .add_option(person.map(|person| usage_quote::Column::ProfileId.eq(person)));
    if named.is_empty() {
        return Ok(vec![]);
    }
    let found = usage_quote::Entity::find().filter(named);
    Ok(found
        .order_by_asc(usage_quote::Column::Target)
        .order_by_asc(usage_quote::Column::Id)
        .limit(LIST_MAX)
        .all(conn)
        .await?)
}

fn same(target: Target, holder: Holder) -> Condition {
    let is = |column: usage_quote::Column, id: Option<uuid::Uuid>| match id {
        Some(id) => column.eq(id),
        None => column.is_null(),
    };
    Condition::all()
        .add(usage_quote::Column::Target.eq(target.name()))
        .add(is(usage_quote::Column::ProfileId, holder.profile.map(|id| id.0)))
        .add(is(usage_quote::Column::TeamId, holder.team.map(|id| id.0)))
        .add(is(usage_quote::Column::ProjectId, holder.project.map(|id| id.0)))
        .add(is(usage_quote::Column::FileId, holder.file.map(|id| id.0)))
}

/// A foreign key that leads nowhere.
fn unknown(error: sea_orm::DbErr) -> Error {
    match platform::db::sql_state(&error).as_deref() {
        Some("23503") => Error::NotFound,
        _ => error.into(),
    }
}
