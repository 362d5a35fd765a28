//! Files of a team, across its projects. Each list is one statement, however many files there are.

use super::ListedFile;
use crate::error::Result;
use crate::permission::Viewable;
use chrono::{DateTime, Utc};
use entities::ids::{ProfileId, TeamId};
use entities::team;
use platform::db::sql;
use sea_orm::{ConnectionTrait, FromQueryResult};

/// Most files of one project among those that changed last.
const RECENT_MAX: i64 = 10;
/// Most files of one list.
const LIST_MAX: i64 = 5000;
/// Most files that a search finds.
const FOUND_MAX: usize = 1000;
/// Most files that it looks at, where the database does not know the case of the letters.
const LOOKED_AT_MAX: i64 = 20_000;
/// No name is longer, characters.
const NAME_MAX: usize = 250;

/// A file among those of its team that changed last.
#[derive(Clone, Debug, FromQueryResult)]
pub struct RecentFile {
    /// The file.
    #[sea_orm(nested)]
    pub file: ListedFile,
    /// Its place among the files of its project, from 1.
    pub row_num: i64,
}

/// A file in the bin of its team.
#[derive(Clone, Debug, FromQueryResult)]
pub struct BinnedFile {
    /// The file.
    #[sea_orm(nested)]
    pub file: ListedFile,
    /// Until then it can come back.
    pub will_be_deleted_at: DateTime<Utc>,
    /// Its place among the files of its project, from 1.
    pub row_num: i64,
}

/// The files of a team that changed last, at most 10 of each project and 5000 of all, the last changed first.
///
/// # Errors
/// Those of the database.
pub async fn recent(conn: &impl ConnectionTrait, team: &Viewable<team::Model>) -> Result<Vec<RecentFile>> {
    let values = [team.id.0.into(), RECENT_MAX.into(), LIST_MAX.into()];
    Ok(RecentFile::find_by_statement(sql(RECENT, values)).all(conn).await?)
}

/// The files in the bin of a team, deleted by themselves or with their project, at most 5000, the last changed first.
/// What is past its time of grace is not there any more.
///
/// # Errors
/// Those of the database.
pub async fn binned(
    conn: &impl ConnectionTrait,
    team: &Viewable<team::Model>,
    now: DateTime<Utc>,
) -> Result<Vec<BinnedFile>> {
    let values = [team.id.0.into(), now.into(), LIST_MAX.into()];
    Ok(BinnedFile::find_by_statement(sql(BINNED, values)).all(conn).await?)
}

/// The files of a team whose names have a text in them, whatever the case of its letters, in projects that `caller` can
/// change; at most 1000, the oldest first. None of a team in which the caller can change nothing.
///
/// # Errors
/// Those of the database.
pub async fn search(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    team: TeamId,
    term: &str,
) -> Result<Vec<ListedFile>> {
    if term.chars().count() > NAME_MAX {
        return Ok(vec![]);
    }
    let most = i64::try_from(FOUND_MAX).unwrap_or(i64::MAX);
    let limit = if term.is_ascii() { most } else { LOOKED_AT_MAX };
    let values = [team.0.into(), caller.0.into(), pattern(term).into(), limit.into()];
    let mut found = ListedFile::find_by_statement(sql(SEARCH, values)).all(conn).await?;
    if !term.is_ascii() {
        let term = term.to_lowercase();
        found.retain(|file| file.name.to_lowercase().contains(&term));
        found.truncate(FOUND_MAX);
    }
    Ok(found)
}

/// What `LIKE` finds a text with. The text stands for itself only. Other letters than those of ASCII stand for
/// anything: their other case is known to some databases only, by their locale.
fn pattern(term: &str) -> String {
    let mut pattern = String::from("%");
    for letter in term.chars() {
        match letter {
            '%' | '_' | '\\' => pattern.extend(['\\', letter]),
            letter if letter.is_ascii() => pattern.push(letter),
            _ => pattern.push('%'),
        }
    }
    pattern.push('%');
    pattern
}

/// Changes of files must touch no index, so none has their dates: all files of the team's projects are looked at, by
/// the index of projects.
const RECENT: &str = "
    SELECT f.id, f.project_id, p.team_id, f.created_at, f.modified_at, f.name, f.revn, f.vern, f.is_shared,
           th.media_id AS thumbnail_id, f.row_num
      FROM project p
     CROSS JOIN LATERAL (
           SELECT id, project_id, created_at, modified_at, name, revn, vern, is_shared,
                  row_number() OVER (ORDER BY modified_at DESC, id) AS row_num
             FROM file WHERE project_id = p.id AND deleted_at IS NULL
            ORDER BY modified_at DESC, id LIMIT $2) f
      LEFT JOIN file_thumbnail th ON th.file_id = f.id AND th.revn = f.revn AND th.deleted_at IS NULL
     WHERE p.team_id = $1 AND p.deleted_at IS NULL
     ORDER BY f.modified_at DESC, f.id
     LIMIT $3";

/// Nobody can see the pictures of a deleted file.
const BINNED: &str = "
    SELECT f.id, f.project_id, p.team_id, f.created_at, f.modified_at, f.name, f.revn, f.vern, f.is_shared,
           NULL::uuid AS thumbnail_id, coalesce(f.deleted_at, p.deleted_at) AS will_be_deleted_at,
           row_number() OVER (PARTITION BY f.project_id ORDER BY f.modified_at DESC, f.id) AS row_num
      FROM project p
      JOIN file f ON f.project_id = p.id
     WHERE p.team_id = $1 AND coalesce(f.deleted_at, p.deleted_at) > $2
     ORDER BY f.modified_at DESC, f.id
     LIMIT $3";

const SEARCH: &str = r"
    SELECT f.id, f.project_id, p.team_id, f.created_at, f.modified_at, f.name, f.revn, f.vern, f.is_shared,
           th.media_id AS thumbnail_id
      FROM team t
      JOIN project p ON p.team_id = t.id AND p.deleted_at IS NULL
      JOIN file f ON f.project_id = p.id AND f.deleted_at IS NULL
      LEFT JOIN file_thumbnail th ON th.file_id = f.id AND th.revn = f.revn AND th.deleted_at IS NULL
     WHERE t.id = $1 AND t.deleted_at IS NULL AND f.name ILIKE $3 ESCAPE '\' AND (
           EXISTS (SELECT 1 FROM team_profile_rel r
                    WHERE r.team_id = t.id AND r.profile_id = $2 AND (r.is_owner OR r.is_admin OR r.can_edit))
        OR EXISTS (SELECT 1 FROM project_profile_rel r
                    WHERE r.project_id = p.id AND r.profile_id = $2 AND (r.is_owner OR r.is_admin OR r.can_edit)))
     ORDER BY f.created_at, f.id
     LIMIT $4";

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn a_text_that_is_searched_for_stands_for_itself() {
        assert_eq!(pattern("50 %_\\é"), "%50 \\%\\_\\\\%%");
    }
}
