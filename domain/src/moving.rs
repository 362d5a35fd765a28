//! Moving: files to another project, projects to another team.
//!
//! What is moved to another team leaves behind what was between it and the old one: links to libraries, both ways, and
//! roles of people who are not in the new team. What was placed of a library stays as it is. Fonts come along:
//! [`fonts`].

pub mod fonts;

use crate::error::{Error, Result};
use crate::features::{self, Features};
use crate::follow_up::{FollowUps, JobRequest};
use crate::permission::{Editable, Locked};
use chrono::{DateTime, Utc};
use entities::ids::{ProjectId, TeamId};
use entities::{file, project, team};
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, EntityTrait, QueryResult};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Moves files to another project; both kinds of projects count as changed, the new one last.
///
/// # Errors
/// `cant-move-to-same-project` when one of them is there already; `team-feature-mismatch`, `file-feature-mismatch`,
/// `file-in-components-v1` when they do not fit into the new team; [`Error::NotFound`] when one of them, or a project,
/// was deleted or moved meanwhile.
pub async fn files(
    app: &App,
    tx: &Tx,
    files: &[Editable<file::Model>],
    into: &Editable<project::Model>,
    now: DateTime<Utc>,
) -> Result<FollowUps> {
    if files.iter().any(|file| file.project_id == into.id) {
        return Err(Error::validation("cant-move-to-same-project").hint("a file is in that project already"));
    }
    let from: BTreeSet<Uuid> = files.iter().map(|file| file.project_id.0).collect();
    let projects: Vec<Uuid> = from.iter().copied().chain([into.id.0]).collect();
    let teams = hold_teams(tx, &projects).await?;
    let ids = hold(tx, files).await?;
    let (target, others): (Vec<_>, Vec<_>) = teams.values().partition(|team| team.id == into.team_id);
    let target = target.first().ok_or(Error::NotFound)?;
    if !others.is_empty() {
        let of_target = features_of(app, target);
        for team in &others {
            features::check_teams(&features_of(app, team), &of_target)?;
        }
        for file in files {
            features::check_file(&of_target, &file.features.iter().cloned().collect())?;
        }
    }
    tx.execute_raw(sql(MOVE_FILES, [ids.clone().into(), into.id.0.into()])).await?;
    let values = [projects.clone().into(), now.into(), into.id.0.into()];
    let touched = tx.execute_raw(sql(TOUCH, values)).await?.rows_affected();
    // A deletion of one of them that came before has hidden its files, one that comes later finds them where they are.
    if touched != projects.len() as u64 {
        return Err(Error::NotFound);
    }
    if others.is_empty() {
        return Ok(FollowUps::default());
    }
    let left: Vec<Uuid> = others.iter().map(|team| team.id.0).collect();
    let from: Vec<Uuid> = from.into_iter().collect();
    tx.execute_raw(sql(END_LINKS_OF_FILES, [ids.clone().into(), left.clone().into(), from.into()])).await?;
    tx.execute_raw(sql(END_ROLES_IN_FILES, [ids.into(), into.team_id.0.into()])).await?;
    carried(tx, into.id, &left).await
}

/// Moves a project with all that is in it to another team. Nobody keeps it at the top any more.
///
/// # Errors
/// `cant-move-to-same-team`; `cant-move-drafts`, because no team can be without; `team-feature-mismatch`,
/// `file-feature-mismatch`, `file-in-components-v1`; [`Error::NotFound`] when it was deleted or moved meanwhile.
pub async fn project(
    app: &App,
    tx: &Tx,
    project: &Editable<project::Model>,
    from: &Locked<Editable<team::Model>>,
    into: &Locked<Editable<team::Model>>,
    now: DateTime<Utc>,
) -> Result<FollowUps> {
    if project.team_id == into.id {
        return Err(Error::validation("cant-move-to-same-team").hint("the project is in that team already"));
    }
    if project.is_default {
        return Err(Error::restriction("cant-move-drafts").hint("the drafts of a team stay in it"));
    }
    let of_target = features_of(app, into);
    features::check_teams(&features_of(app, from), &of_target)?;
    // Those who change files hold them before they touch their project.
    for row in tx.query_all_raw(sql(MARK_FILES, [project.id.0.into()])).await? {
        let features: Vec<String> = row.try_get("", "features")?;
        features::check_file(&of_target, &features.into_iter().collect())?;
    }
    let values = [project.id.0.into(), from.id.0.into(), into.id.0.into(), now.into()];
    if tx.execute_raw(sql(MOVE_PROJECT, values)).await?.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    let values = [project.id.0.into(), from.id.0.into()];
    tx.execute_raw(sql(END_LINKS_OF_PROJECT, values)).await?;
    let values = [project.id.0.into(), into.id.0.into()];
    tx.execute_raw(sql(END_ROLES_IN_PROJECT, values)).await?;
    carried(tx, project.id, &[from.id.0]).await
}

/// Jobs that bring fonts into a project of a new team.
async fn carried(tx: &Tx, project: ProjectId, left: &[Uuid]) -> Result<FollowUps> {
    let jobs =
        fonts::with_fonts(tx, left).await?.into_iter().map(|from| JobRequest::CarryFonts { project, from });
    Ok(jobs.fold(FollowUps::default(), FollowUps::job))
}

fn features_of(app: &App, team: &team::Model) -> Features {
    features::of_team(&features::enabled(&app.config.flags), &team.features)
}

/// The teams of these projects, which nobody deletes until the end of the transaction.
async fn hold_teams(tx: &Tx, projects: &[Uuid]) -> Result<BTreeMap<TeamId, team::Model>> {
    let rows = tx.query_all_raw(sql(HOLD_TEAMS, [projects.to_vec().into()])).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?;
    let mut teams = BTreeMap::new();
    for id in ids.into_iter().map(TeamId) {
        let team = team::Entity::find_by_id(id).one(tx).await?.filter(|team| team.deleted_at.is_none());
        teams.insert(id, team.ok_or(Error::NotFound)?);
    }
    Ok(teams)
}

/// The files, which nobody changes until the end of the transaction, and which are where they were.
async fn hold(tx: &Tx, files: &[Editable<file::Model>]) -> Result<Vec<Uuid>> {
    let ids: Vec<Uuid> = files.iter().map(|file| file.id.0).collect();
    let rows = tx.query_all_raw(sql(HOLD_FILES, [ids.clone().into()])).await?;
    let place = |row: &QueryResult| {
        Ok::<_, sea_orm::DbErr>((row.try_get("", "id")?, row.try_get::<Uuid>("", "project_id")?))
    };
    let places: BTreeMap<Uuid, Uuid> = rows.iter().map(place).collect::<Result<_, _>>()?;
    let is_there = |file: &Editable<file::Model>| {
        places.get(&file.id.0).is_some_and(|project| *project == file.project_id.0)
    };
    if files.iter().all(is_there) { Ok(ids) } else { Err(Error::NotFound) }
}

const HOLD_TEAMS: &str = "
    SELECT id FROM team WHERE id IN (SELECT team_id FROM project WHERE id = ANY($1)) ORDER BY id FOR SHARE";

const HOLD_FILES: &str = "
    SELECT id, project_id FROM file WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE";

/// A microsecond later: whoever keeps a file fetches it again, and in no list it is another date.
const MOVE_FILES: &str = "
    UPDATE file SET project_id = $2, modified_at = modified_at + interval '1 microsecond' WHERE id = ANY($1)";

const TOUCH: &str = "
    WITH held AS (
           SELECT id FROM project WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE)
    UPDATE project p
       SET modified_at = CASE WHEN p.id = $3 THEN $2::timestamptz + interval '1 microsecond' ELSE $2 END
      FROM held WHERE p.id = held.id";

/// Those between the files and the teams they left: to libraries there, and to them of the files they lay beside.
/// Whoever else uses one of them keeps it.
const END_LINKS_OF_FILES: &str = "
    WITH crossing AS (
           SELECT l.file_id, l.library_file_id FROM file_library_link l
             JOIN file library ON library.id = l.library_file_id
             JOIN project lp ON lp.id = library.project_id AND lp.team_id = ANY($2)
            WHERE l.file_id = ANY($1)
            UNION
           SELECT l.file_id, l.library_file_id FROM file_library_link l
             JOIN file u ON u.id = l.file_id AND u.project_id = ANY($3)
             JOIN project up ON up.id = u.project_id AND up.team_id = ANY($2)
            WHERE l.library_file_id = ANY($1)),
         ended AS (
           DELETE FROM file_library_link l USING crossing c
            WHERE l.file_id = c.file_id AND l.library_file_id = c.library_file_id)
    DELETE FROM file_library_sync s USING crossing c
     WHERE s.file_id = c.file_id AND s.library_file_id = c.library_file_id";

const END_ROLES_IN_FILES: &str = "
    DELETE FROM file_profile_rel r
     WHERE r.file_id = ANY($1)
       AND NOT EXISTS (SELECT 1 FROM team_profile_rel m WHERE m.team_id = $2 AND m.profile_id = r.profile_id)";

const MARK_FILES: &str = "
    WITH held AS (
           SELECT id FROM file WHERE project_id = $1 AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE),
         marked AS (
           UPDATE file f SET modified_at = f.modified_at + interval '1 microsecond' FROM held WHERE f.id = held.id
           RETURNING f.features)
    SELECT DISTINCT features FROM marked";

const MOVE_PROJECT: &str = "
    UPDATE project SET team_id = $3, modified_at = $4 WHERE id = $1 AND team_id = $2 AND deleted_at IS NULL";

/// Those between the files of the project and those of the team it left. Whoever else uses one of them keeps it.
const END_LINKS_OF_PROJECT: &str = "
    WITH moved AS (SELECT id FROM file WHERE project_id = $1),
         crossing AS (
           SELECT l.file_id, l.library_file_id FROM moved m
             JOIN file_library_link l ON l.file_id = m.id
             JOIN file library ON library.id = l.library_file_id
             JOIN project lp ON lp.id = library.project_id AND lp.team_id = $2
            UNION
           SELECT l.file_id, l.library_file_id FROM moved m
             JOIN file_library_link l ON l.library_file_id = m.id
             JOIN file u ON u.id = l.file_id
             JOIN project up ON up.id = u.project_id AND up.team_id = $2),
         ended AS (
           DELETE FROM file_library_link l USING crossing c
            WHERE l.file_id = c.file_id AND l.library_file_id = c.library_file_id)
    DELETE FROM file_library_sync s USING crossing c
     WHERE s.file_id = c.file_id AND s.library_file_id = c.library_file_id";

const END_ROLES_IN_PROJECT: &str = "
    WITH strangers AS (
           DELETE FROM project_profile_rel r
            WHERE r.project_id = $1
              AND NOT EXISTS (SELECT 1 FROM team_profile_rel m WHERE m.team_id = $2 AND m.profile_id = r.profile_id)),
         unpinned AS (DELETE FROM team_project_profile_rel WHERE project_id = $1 AND team_id <> $2)
    DELETE FROM file_profile_rel r USING file f
     WHERE f.project_id = $1 AND r.file_id = f.id
       AND NOT EXISTS (SELECT 1 FROM team_profile_rel m WHERE m.team_id = $2 AND m.profile_id = r.profile_id)";
