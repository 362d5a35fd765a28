//! Who may edit in somebody's teams: what a subscription counts.

use crate::error::Result;
use entities::ids::ProfileId;
use sea_orm::{ConnectionTrait, FromQueryResult};

/// Most people that are listed.
const LIST_MAX: i64 = 10_000;

/// Somebody who may edit.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Editor {
    /// Key.
    pub id: ProfileId,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
}

/// Everybody who may edit in a team that `owner` owns, each once, at most 10,000, by name.
pub async fn editors(conn: &impl ConnectionTrait, owner: ProfileId) -> Result<Vec<Editor>> {
    let values = [owner.0.into(), LIST_MAX.into()];
    let query = platform::db::sql(EDITORS, values);
    Ok(Editor::find_by_statement(query).all(conn).await?)
}

const EDITORS: &str = "
    SELECT p.id, p.fullname AS name, p.email FROM profile p
     WHERE p.deleted_at IS NULL AND p.id IN (
           SELECT r.profile_id FROM team_profile_rel mine
             JOIN team t ON t.id = mine.team_id AND t.deleted_at IS NULL
             JOIN team_profile_rel r ON r.team_id = t.id AND (r.can_edit OR r.is_admin OR r.is_owner)
            WHERE mine.profile_id = $1 AND mine.is_owner)
     ORDER BY p.fullname, p.id
     LIMIT $2";
