//! What sockets may go on hearing: sessions end, roles and objects go, and whoever listens learns of it here. All of a
//! process is asked in one statement.

use crate::error::Result;
use crate::session::{Ages, before};
use chrono::{DateTime, Utc};
use entities::ids::{FileId, ProfileId, SessionId, TeamId};
use platform::db::sql;
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

/// What the sockets of a process hear.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// The sessions they were opened with.
    pub sessions: Vec<SessionId>,
    /// The teams that people hear of.
    pub teams: Vec<(ProfileId, TeamId)>,
    /// The files that people hear of.
    pub files: Vec<(ProfileId, FileId)>,
    /// The last revision that was told of each file.
    pub told: Vec<(FileId, i64)>,
}

/// What has to end, and what is late.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Sessions that are over, or whose person may not act any more.
    pub sessions: Vec<SessionId>,
    /// Teams that people may not look at any more.
    pub teams: Vec<(ProfileId, TeamId)>,
    /// Files that people may not look at any more.
    pub files: Vec<(ProfileId, FileId)>,
    /// Those of them that nobody may: they were deleted, or what they lie in was.
    pub gone: Vec<FileId>,
    /// Files with a later revision than the last that was told.
    pub ahead: Vec<FileId>,
}

/// What was lost of it at `now`.
///
/// # Errors
/// Those of the database.
pub async fn look(
    conn: &impl ConnectionTrait,
    watched: &Watched,
    now: DateTime<Utc>,
    ages: Ages,
) -> Result<Lost> {
    let sessions: Vec<Uuid> = watched.sessions.iter().map(|id| id.0).collect();
    let (members, teams): (Vec<Uuid>, Vec<Uuid>) =
        watched.teams.iter().map(|(who, of)| (who.0, of.0)).unzip();
    let (readers, files): (Vec<Uuid>, Vec<Uuid>) =
        watched.files.iter().map(|(who, of)| (who.0, of.0)).unzip();
    let (told, revns): (Vec<Uuid>, Vec<i64>) = watched.told.iter().map(|(of, revn)| (of.0, *revn)).unzip();
    let values = [
        sessions.into(),
        before(now, ages.idle_max).into(),
        before(now, ages.whole_max).into(),
        now.into(),
        members.into(),
        teams.into(),
        readers.into(),
        files.into(),
        told.into(),
        revns.into(),
    ];
    let mut lost = Lost::default();
    for row in conn.query_all_raw(sql(LOOK, values)).await? {
        sort(&mut lost, &row)?;
    }
    Ok(lost)
}

fn sort(lost: &mut Lost, row: &QueryResult) -> Result<()> {
    let (what, one): (String, Uuid) = (row.try_get("", "what")?, row.try_get("", "one")?);
    let two: Option<Uuid> = row.try_get("", "two")?;
    match (what.as_str(), two) {
        ("session", _) => lost.sessions.push(SessionId(one)),
        ("team", Some(team)) => lost.teams.push((ProfileId(one), TeamId(team))),
        ("file", Some(file)) => lost.files.push((ProfileId(one), FileId(file))),
        ("gone", Some(file)) => {
            lost.files.push((ProfileId(one), FileId(file)));
            lost.gone.push(FileId(file));
        }
        _ => lost.ahead.push(FileId(one)),
    }
    Ok(())
}

const LOOK: &str = "
    SELECT 'session' AS what, held.id AS one, NULL::uuid AS two
      FROM unnest($1::uuid[]) AS held (id)
     WHERE NOT EXISTS (
       SELECT 1 FROM http_session s JOIN profile p ON p.id = s.profile_id
        WHERE s.id = held.id AND s.modified_at > $2 AND s.created_at > $3
          AND NOT p.is_blocked AND (p.deleted_at IS NULL OR p.deleted_at > $4))
    UNION ALL
    SELECT 'team', held.profile, held.team
      FROM ROWS FROM (unnest($5::uuid[]), unnest($6::uuid[])) AS held (profile, team)
     WHERE NOT EXISTS (
       SELECT 1 FROM team t JOIN team_profile_rel r ON r.team_id = t.id
        WHERE t.id = held.team AND t.deleted_at IS NULL AND r.profile_id = held.profile)
    UNION ALL
    SELECT CASE WHEN f.id IS NULL THEN 'gone' ELSE 'file' END, held.profile, held.file
      FROM ROWS FROM (unnest($7::uuid[]), unnest($8::uuid[])) AS held (profile, file)
      LEFT JOIN (file f
                 JOIN project p ON p.id = f.project_id AND p.deleted_at IS NULL
                 JOIN team t ON t.id = p.team_id AND t.deleted_at IS NULL)
        ON f.id = held.file AND f.deleted_at IS NULL
     WHERE f.id IS NULL OR NOT (
       EXISTS (SELECT 1 FROM team_profile_rel r WHERE r.team_id = t.id AND r.profile_id = held.profile)
       OR EXISTS (SELECT 1 FROM project_profile_rel r WHERE r.project_id = p.id AND r.profile_id = held.profile)
       OR EXISTS (SELECT 1 FROM file_profile_rel r WHERE r.file_id = f.id AND r.profile_id = held.profile))
    UNION ALL
    SELECT 'ahead', f.id, NULL
      FROM ROWS FROM (unnest($9::uuid[]), unnest($10::bigint[])) AS told (file, revn)
      JOIN file f ON f.id = told.file AND f.revn > told.revn";
