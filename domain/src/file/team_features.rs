//! What a team learns of its files: features that are new to it.

use crate::error::Result;
use crate::features::{self, Features};
use entities::ids::TeamId;
use platform::db::sql;
use sea_orm::ConnectionTrait;

/// Adds the features of a file to its team's, those that teams keep.
///
/// # Errors
/// Those of the database.
pub(super) async fn keep(
    conn: &impl ConnectionTrait,
    team: TeamId,
    known: &[String],
    file: &Features,
) -> Result<()> {
    let kept: Vec<String> =
        features::inherited(file).into_iter().filter(|one| !known.contains(one)).collect();
    if !kept.is_empty() {
        conn.execute_raw(sql(KEEP, [team.0.into(), kept.into()])).await?;
    }
    Ok(())
}

/// Files of one team may be changed at once: nobody may take away what another one added.
const KEEP: &str = "
    UPDATE team SET features = ARRAY(SELECT DISTINCT unnest(features || $2::text[]) ORDER BY 1) WHERE id = $1";
