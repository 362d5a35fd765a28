//! Giving what lies in a deleted object its `deleted_at`, some rows at a time.

use super::Kind;
use super::counts::Counts;
use super::statements::{DELETE_IN_FILES, tree};
use crate::error::Result;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// Most projects, most fonts and most files of one step.
pub const BATCH_MAX: u64 = 500;

/// Most teams of one person that are looked at.
const TEAMS_MAX: i64 = 5000;

/// What one step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Rows that took a `deleted_at`.
    pub deleted: Counts,
    /// There may be more: some table had as many as one step takes.
    pub has_more: bool,
}

/// The objects below which everything is to be deleted: the object itself, or the deleted teams that a person owns.
pub async fn roots(conn: &impl ConnectionTrait, kind: Kind, id: Uuid) -> Result<Vec<(Kind, Uuid)>> {
    if kind != Kind::Profile {
        return Ok(vec![(kind, id)]);
    }
    let rows = conn.query_all_raw(sql(TEAMS, [id.into(), TEAMS_MAX.into()])).await?;
    rows.iter().map(|row| Ok((Kind::Team, row.try_get::<Uuid>("", "id")?))).collect()
}

/// What lies below a deleted root and is not deleted. Nothing of a root that is gone or was restored.
pub async fn remaining(conn: &impl ConnectionTrait, kind: Kind, id: Uuid) -> Result<Counts> {
    let Some(tree) = tree(kind) else { return Ok(Counts::default()) };
    let row = conn.query_one_raw(sql(&tree.remaining, [id.into()])).await?;
    Ok(row.as_ref().map(Counts::of_row).transpose()?.unwrap_or_default())
}

/// Gives at most `limit` (at most [`BATCH_MAX`]) rows of each table below a deleted team, project or file the
/// `deleted_at` of what they lie in, where they have none of their own; a file always together with what it is made of.
/// Call it in a transaction each time, as long as there is more. Nothing happens below a root that is gone or was
/// restored; its row is shared until the end of the transaction, so that nobody restores it meanwhile.
pub async fn step(tx: &Tx, kind: Kind, id: Uuid, limit: u64) -> Result<Step> {
    let limit = limit.clamp(1, BATCH_MAX);
    let take = i64::try_from(limit).unwrap_or(1);
    let mut step = Step::default();
    let Some(tree) = tree(kind) else { return Ok(step) };
    if tx.query_one_raw(sql(&tree.hold_deleted, [id.into()])).await?.is_none() {
        return Ok(step);
    }
    for (part, delete) in &tree.delete {
        let rows = tx.execute_raw(sql(delete, [id.into(), take.into()])).await?.rows_affected();
        step.deleted.add(part, rows);
        step.has_more |= rows >= limit;
    }
    let mut files: Vec<Uuid> = vec![];
    match &tree.delete_files {
        None => files.push(id),
        Some((file, delete)) => {
            files = ids(tx, delete, id, take).await?;
            step.deleted.add(file, files.len() as u64);
            step.has_more |= files.len() as u64 >= limit;
        }
    }
    // Last of all: what somebody put into a file, or the step before left in it, when the file was deleted already.
    if let (Some(incomplete), false) = (&tree.incomplete_files, step.has_more) {
        let incomplete = ids(tx, incomplete, id, take).await?;
        step.has_more = incomplete.len() as u64 >= limit;
        files.extend(incomplete);
    }
    if !files.is_empty()
        && let Some(row) = tx.query_one_raw(sql(DELETE_IN_FILES.as_str(), [files.into()])).await?
    {
        step.deleted = step.deleted.plus(Counts::of_row(&row)?);
    }
    Ok(step)
}

async fn ids(tx: &Tx, text: &str, root: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    let rows = tx.query_all_raw(sql(text, [root.into(), limit.into()])).await?;
    Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
}

const TEAMS: &str = "
    SELECT t.id FROM team t JOIN team_profile_rel r ON r.team_id = t.id AND r.is_owner
     WHERE r.profile_id = $1 AND t.deleted_at IS NOT NULL
     ORDER BY t.id LIMIT $2";
