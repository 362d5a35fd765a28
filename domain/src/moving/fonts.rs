//! Fonts of a team come along with the files that name them, into the team that those move to. Else their texts would
//! be drawn with another font.

use crate::error::{Error, Result};
use crate::storage;
use chrono::{DateTime, Utc};
use entities::ids::{FileId, ProjectId, StorageObjectId, TeamId};
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most files of one step.
const FILES_AT_ONCE: i64 = 10;

/// What one step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// The last file that was looked at, to go on after; none when there are no more.
    pub last: Option<FileId>,
    /// Files of fonts that the team has now: one for each weight and style.
    pub variants: usize,
}

/// Looks through some files of a project, those after one, and gives its team the fonts of another team that they
/// name, those that it has not. Call it in a transaction each time. A project that is gone, or in that other team,
/// needs none.
///
/// # Errors
/// [`Error::Swept`] when a font went at this moment: trying again helps; those of the database.
pub async fn carry(
    tx: &Tx,
    project: ProjectId,
    from: TeamId,
    after: Option<FileId>,
    now: DateTime<Utc>,
) -> Result<Carried> {
    let Some(team) = tx.query_one_raw(sql(HOLD_TEAM, [project.0.into(), from.0.into()])).await? else {
        return Ok(Carried::default());
    };
    let team: Uuid = team.try_get("", "id")?;
    let after = after.map_or(Uuid::nil(), |file| file.0);
    let rows = tx.query_all_raw(sql(NEXT, [project.0.into(), after.into(), FILES_AT_ONCE.into()])).await?;
    let files: Vec<Uuid> = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    let Some(last) = files.last().copied().map(FileId) else { return Ok(Carried::default()) };
    let values = [files.into(), from.0.into(), team.into()];
    let (mut ids, mut blobs) = (vec![], BTreeSet::new());
    for row in tx.query_all_raw(sql(MISSING, values)).await? {
        ids.push(row.try_get::<Uuid>("", "id")?);
        blobs.extend(row.try_get::<Vec<Uuid>>("", "blobs")?.into_iter().map(StorageObjectId));
    }
    if !ids.is_empty() {
        // Everybody locks in the order of ids.
        storage::hold(tx, &blobs.into_iter().collect::<Vec<_>>(), now).await?;
        let copies: Vec<Uuid> = ids.iter().map(|_| platform::ids::new_id()).collect();
        let values = [ids.clone().into(), copies.into(), team.into(), now.into()];
        tx.execute_raw(sql(COPY, values)).await?;
    }
    Ok(Carried { last: Some(last), variants: ids.len() })
}

/// Those of the teams that have fonts.
///
/// # Errors
/// Those of the database.
pub(super) async fn with_fonts(tx: &Tx, teams: &[Uuid]) -> Result<Vec<TeamId>> {
    let rows = tx.query_all_raw(sql(WITH_FONTS, [teams.to_vec().into()])).await?;
    rows.iter().map(|row| Ok::<_, Error>(TeamId(row.try_get("", "id")?))).collect()
}

/// One after the other, so that a font comes once.
const HOLD_TEAM: &str = "
    SELECT t.id FROM project p JOIN team t ON t.id = p.team_id
     WHERE p.id = $1 AND t.id <> $2 AND t.deleted_at IS NULL FOR NO KEY UPDATE OF t";

const NEXT: &str = "SELECT id FROM file WHERE project_id = $1 AND id > $2 ORDER BY id LIMIT $3";

/// Documents name a font of a team by `custom-` and its id.
const MISSING: &str = r#"
    WITH named AS (
           SELECT DISTINCT found.words[1]::uuid AS font_id
             FROM file_container c
             JOIN file_part p ON p.container_id = c.id AND position('"custom-'::bytea IN p.raw) > 0
            CROSS JOIN LATERAL regexp_matches(
                    convert_from(p.raw, 'UTF8'),
                    '"custom-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"', 'g') AS found (words)
            WHERE c.file_id = ANY($1))
    SELECT v.id, array_remove(ARRAY[v.otf_file_id, v.ttf_file_id, v.woff1_file_id, v.woff2_file_id], NULL) AS blobs
      FROM named n
      JOIN team_font_variant v ON v.team_id = $2 AND v.font_id = n.font_id AND v.deleted_at IS NULL
     WHERE NOT EXISTS (SELECT 1 FROM team_font_variant own
                        WHERE own.team_id = $3 AND own.font_id = v.font_id AND own.deleted_at IS NULL)
     ORDER BY v.id"#;

const COPY: &str = "
    INSERT INTO team_font_variant (id, team_id, profile_id, created_at, modified_at, font_id, font_family, font_weight,
                                   font_style, variant_name, otf_file_id, ttf_file_id, woff1_file_id, woff2_file_id)
    SELECT copy.to_id, $3, v.profile_id, $4, $4, v.font_id, v.font_family, v.font_weight, v.font_style, v.variant_name,
           v.otf_file_id, v.ttf_file_id, v.woff1_file_id, v.woff2_file_id
      FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[])) AS copy (from_id, to_id)
      JOIN team_font_variant v ON v.id = copy.from_id";

const WITH_FONTS: &str = "
    SELECT id FROM team t
     WHERE id = ANY($1) AND EXISTS (SELECT 1 FROM team_font_variant WHERE team_id = t.id AND deleted_at IS NULL)
     ORDER BY id";
