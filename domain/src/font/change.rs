//! Renaming and deleting fonts.

use super::upload::check_family;
use crate::deletion;
use crate::error::{Error, Result};
use crate::permission::Editable;
use chrono::{DateTime, Utc};
use entities::ids::FontVariantId;
use entities::team;
use entities::team_font_variant::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use std::time::Duration;
use uuid::Uuid;

/// How much of a font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All its weights and styles.
    Font(Uuid),
    /// One of them.
    Variant(FontVariantId),
}

/// Gives a font of a team another name.
///
/// # Errors
/// `params-validation` naming the field; [`Error::NotFound`] when the team has no such font.
pub async fn rename(
    conn: &impl ConnectionTrait,
    team: &Editable<team::Model>,
    font: Uuid,
    name: String,
    now: DateTime<Utc>,
) -> Result<()> {
    check_family("name", &name)?;
    let renamed = Entity::update_many()
        .col_expr(Column::FontFamily, Expr::value(name))
        .col_expr(Column::ModifiedAt, Expr::value(now))
        .filter(alive(team, Which::Font(font)))
        .exec(conn)
        .await?;
    if renamed.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Deletes a font of a team, or one weight and style: hidden now, purged with its files when the time of grace is over.
/// What was deleted, at least one.
///
/// # Errors
/// [`Error::NotFound`] when the team has no such font.
pub async fn delete(
    conn: &impl ConnectionTrait,
    team: &Editable<team::Model>,
    which: Which,
    delay: Duration,
    now: DateTime<Utc>,
) -> Result<Vec<Model>> {
    let deleted = Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(deletion::due(now, delay)))
        .filter(alive(team, which))
        .exec_with_returning(conn)
        .await?;
    if deleted.is_empty() { Err(Error::NotFound) } else { Ok(deleted) }
}

fn alive(team: &Editable<team::Model>, which: Which) -> Condition {
    let which = match which {
        Which::Font(font) => Column::FontId.eq(font),
        Which::Variant(variant) => Column::Id.eq(variant),
    };
    Condition::all().add(Column::TeamId.eq(team.id)).add(Column::DeletedAt.is_null()).add(which)
}
