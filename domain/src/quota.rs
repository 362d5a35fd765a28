//! Quotes: how much of something a person, a team, a project or a file may have.
//!
//! They hold with the flag `quotes`. The largest stored quote that fits wins over the setting; without either
//! there is no limit.

pub mod notice;

use crate::error::{Error, Result};
use crate::font;
use chrono::{DateTime, Utc};
use entities::ids::{FileId, ProfileId, ProjectId, TeamId};
use platform::config::Config;
use platform::db::Tx;
use sea_orm::ConnectionTrait;
use transit::value::Value;
use uuid::Uuid;

/// Most uploads in pieces that a person has under way, also without the flag.
const UPLOAD_SESSIONS_MAX: u64 = 100;
/// Most snapshots that people make of a file, also without the flag.
const SNAPSHOTS_MAX: u64 = 10_000;

/// Most threads of comments on a file, also without the flag.
const COMMENT_THREADS_MAX: u64 = 10_000;
/// Most comments on a file, also without the flag.
const COMMENTS_MAX: u64 = 100_000;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Memberships of a person.
    TeamsPerProfile,
    /// Access tokens of a person.
    AccessTokensPerProfile,
    /// Projects of a team that are not deleted.
    ProjectsPerTeam,
    /// Invitations of a team.
    InvitationsPerTeam,
    /// Members of a team and people with a valid invitation.
    ProfilesPerTeam,
    /// Files of a project that are not deleted.
    FilesPerProject,
    /// Snapshots of a file that people made.
    SnapshotsPerFile,
    /// Snapshots of a team's files that people made.
    SnapshotsPerTeam,
    /// Weights and styles of a team's fonts, those in its bin included.
    FontVariantsPerTeam,
    /// Threads of comments on a file.
    CommentThreadsPerFile,
    /// Comments on a file.
    CommentsPerFile,
    /// Requests to be let into a team.
    AccessRequestsPerTeam,
    /// Requests of a person to be let in.
    AccessRequestsPerRequester,
    /// Uploads in pieces that a person has under way.
    UploadSessionsPerProfile,
    /// Pieces of one upload.
    UploadChunksPerSession,
}

impl Target {
    /// Every one of them.
    pub const ALL: [Self; 15] = [
        Self::TeamsPerProfile,
        Self::AccessTokensPerProfile,
        Self::ProjectsPerTeam,
        Self::InvitationsPerTeam,
        Self::ProfilesPerTeam,
        Self::FilesPerProject,
        Self::SnapshotsPerFile,
        Self::SnapshotsPerTeam,
        Self::FontVariantsPerTeam,
        Self::CommentThreadsPerFile,
        Self::CommentsPerFile,
        Self::AccessRequestsPerTeam,
        Self::AccessRequestsPerRequester,
        Self::UploadSessionsPerProfile,
        Self::UploadChunksPerSession,
    ];

    /// The one of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// Its name on the wire and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::TeamsPerProfile => "teams-per-profile",
            Self::AccessTokensPerProfile => "access-tokens-per-profile",
            Self::ProjectsPerTeam => "projects-per-team",
            Self::InvitationsPerTeam => "invitations-per-team",
            Self::ProfilesPerTeam => "profiles-per-team",
            Self::FilesPerProject => "files-per-project",
            Self::SnapshotsPerFile => "snapshots-per-file",
            Self::SnapshotsPerTeam => "snapshots-per-team",
            Self::FontVariantsPerTeam => "font-variants-per-team",
            Self::CommentThreadsPerFile => "comment-threads-per-file",
            Self::CommentsPerFile => "comments-per-file",
            Self::AccessRequestsPerTeam => "team-access-requests-per-team",
            Self::AccessRequestsPerRequester => "team-access-requests-per-requester",
            Self::UploadSessionsPerProfile => "upload-sessions-per-profile",
            Self::UploadChunksPerSession => "upload-chunks-per-session",
        }
    }

    /// What the settings say; none: no limit.
    pub fn setting(self, config: &Config) -> Option<u64> {
        let quotas = &config.quotas;
        match self {
            Self::TeamsPerProfile => quotas.teams_per_profile,
            Self::AccessTokensPerProfile => quotas.access_tokens_per_profile,
            Self::ProjectsPerTeam => quotas.projects_per_team,
            Self::InvitationsPerTeam => quotas.invitations_per_team,
            Self::ProfilesPerTeam => quotas.profiles_per_team,
            Self::FilesPerProject => quotas.files_per_project,
            Self::SnapshotsPerFile => quotas.snapshots_per_file,
            Self::SnapshotsPerTeam => quotas.snapshots_per_team,
            Self::FontVariantsPerTeam => quotas.font_variants_per_team,
            Self::CommentThreadsPerFile => quotas.comment_threads_per_file,
            Self::CommentsPerFile => quotas.comments_per_file,
            Self::AccessRequestsPerTeam => quotas.access_requests_per_team,
            Self::AccessRequestsPerRequester => quotas.access_requests_per_requester,
            Self::UploadSessionsPerProfile => Some(config.limits.upload_sessions_max),
            Self::UploadChunksPerSession => Some(config.limits.upload_chunks_max),
        }
    }

    /// What is counted in: the scope's person, team, project or file.
    fn within(self, scope: &Scope) -> Option<Uuid> {
        match self {
            Self::TeamsPerProfile
            | Self::AccessTokensPerProfile
            | Self::AccessRequestsPerRequester
            | Self::UploadSessionsPerProfile
            | Self::UploadChunksPerSession => scope.profile.map(Uuid::from),
            Self::ProjectsPerTeam
            | Self::InvitationsPerTeam
            | Self::ProfilesPerTeam
            | Self::SnapshotsPerTeam
            | Self::FontVariantsPerTeam
            | Self::AccessRequestsPerTeam => scope.team.map(Uuid::from),
            Self::FilesPerProject => scope.project.map(Uuid::from),
            Self::SnapshotsPerFile | Self::CommentThreadsPerFile | Self::CommentsPerFile => {
                scope.file.map(Uuid::from)
            }
        }
    }

    /// Counts, in `$1`, at the moment `$2`.
    fn count(self) -> &'static str {
        match self {
            Self::TeamsPerProfile => {
                "SELECT count(*) AS count FROM team_profile_rel
                  WHERE profile_id = $1 AND $2::timestamptz IS NOT NULL"
            }
            Self::AccessTokensPerProfile => {
                "SELECT count(*) AS count FROM access_token WHERE profile_id = $1 AND $2::timestamptz IS NOT NULL"
            }
            Self::ProjectsPerTeam => {
                "SELECT count(*) AS count FROM project
                  WHERE team_id = $1 AND deleted_at IS NULL AND $2::timestamptz IS NOT NULL"
            }
            Self::InvitationsPerTeam => {
                "SELECT count(*) AS count FROM team_invitation WHERE team_id = $1 AND $2::timestamptz IS NOT NULL"
            }
            Self::ProfilesPerTeam => {
                "SELECT count(*) AS count FROM (
                        SELECT id FROM team_profile_rel WHERE team_id = $1 UNION ALL
                        SELECT id FROM team_invitation WHERE team_id = $1 AND valid_until > $2) people"
            }
            Self::FilesPerProject => {
                "SELECT count(*) AS count FROM file
                  WHERE project_id = $1 AND deleted_at IS NULL AND $2::timestamptz IS NOT NULL"
            }
            Self::SnapshotsPerFile => {
                "SELECT count(*) AS count FROM file_snapshot
                  WHERE file_id = $1 AND created_by = 'user' AND deleted_at IS NULL AND $2::timestamptz IS NOT NULL"
            }
            Self::SnapshotsPerTeam => {
                "SELECT count(*) AS count FROM project p
                   JOIN file f ON f.project_id = p.id JOIN file_snapshot s ON s.file_id = f.id
                  WHERE p.team_id = $1 AND s.created_by = 'user' AND s.deleted_at IS NULL
                    AND $2::timestamptz IS NOT NULL"
            }
            Self::FontVariantsPerTeam => {
                "SELECT count(*) AS count FROM team_font_variant
                  WHERE team_id = $1 AND $2::timestamptz IS NOT NULL"
            }
            Self::CommentThreadsPerFile => {
                "SELECT count(*) AS count FROM comment_thread
                  WHERE file_id = $1 AND $2::timestamptz IS NOT NULL"
            }
            Self::CommentsPerFile => {
                "SELECT count(*) AS count FROM comment_thread t JOIN comment c ON c.thread_id = t.id
                  WHERE t.file_id = $1 AND $2::timestamptz IS NOT NULL"
            }
            Self::AccessRequestsPerTeam => {
                "SELECT count(*) AS count FROM team_access_request
                  WHERE team_id = $1 AND $2::timestamptz IS NOT NULL"
            }
            Self::AccessRequestsPerRequester => {
                "SELECT count(*) AS count FROM team_access_request
                  WHERE requester_id = $1 AND $2::timestamptz IS NOT NULL"
            }
            // Older ones are given up; see `media::chunks::SESSION_AGE_MAX`.
            Self::UploadSessionsPerProfile => {
                "SELECT count(*) AS count FROM upload_session
                  WHERE profile_id = $1 AND created_at > $2::timestamptz - interval '1 hour'"
            }
            Self::UploadChunksPerSession => {
                "SELECT 0::bigint AS count WHERE $1::uuid IS NOT NULL AND $2::timestamptz IS NOT NULL"
            }
        }
    }

    /// What holds without the flag, and where nothing is set.
    fn built_in(self) -> Option<u64> {
        match self {
            Self::UploadSessionsPerProfile => Some(UPLOAD_SESSIONS_MAX),
            Self::SnapshotsPerFile => Some(SNAPSHOTS_MAX),
            Self::FontVariantsPerTeam => Some(font::VARIANTS_MAX),
            Self::CommentThreadsPerFile => Some(COMMENT_THREADS_MAX),
            Self::CommentsPerFile => Some(COMMENTS_MAX),
            _ => None,
        }
    }
}

/// Whose and where something is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Who makes it.
    pub profile: Option<ProfileId>,
    /// In which team.
    pub team: Option<TeamId>,
    /// In which project.
    pub project: Option<ProjectId>,
    /// In which file.
    pub file: Option<FileId>,
}

impl Scope {
    /// A person's own.
    pub fn profile(profile: ProfileId) -> Self {
        Self { profile: Some(profile), ..Self::default() }
    }

    /// In a team.
    #[must_use]
    pub fn team(self, team: TeamId) -> Self {
        Self { team: Some(team), ..self }
    }

    /// In a project.
    #[must_use]
    pub fn project(self, project: ProjectId) -> Self {
        Self { project: Some(project), ..self }
    }

    /// In a file.
    #[must_use]
    pub fn file(self, file: FileId) -> Self {
        Self { file: Some(file), ..self }
    }
}

/// Refuses to make `more` of something when that would be too many; with the flag `soft-quotes` it is only written
/// down, see [`notice`]. Two who ask at once are counted one after the
/// other, so make them in this transaction.
///
/// # Errors
/// `max-quote-reached` with target, quote and count.
pub async fn check(
    config: &Config,
    tx: &Tx,
    target: Target,
    scope: Scope,
    more: usize,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(within) = target.within(&scope) else { return Ok(()) };
    let Some(quote) = limit(config, tx, target, scope).await? else { return Ok(()) };
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
    let key = format!("quota:{}:{within}", target.name());
    tx.execute_raw(platform::db::sql(lock, [key.into()])).await?;
    let found = tx.query_one_raw(platform::db::sql(target.count(), [within.into(), now.into()])).await?;
    let count: i64 = found.map(|row| row.try_get("", "count")).transpose()?.unwrap_or(0);
    let wanted = u64::try_from(count).unwrap_or(0).saturating_add(more as u64);
    if wanted <= quote {
        return Ok(());
    }
    // What holds without the flag is no quota of somebody's, but a limit of ours.
    let warns = config.flags.has("quotes") && config.flags.has("soft-quotes");
    if warns {
        notice::leave(tx, target.name(), within, (quote, wanted), now).await
    } else {
        Err(reached(target, quote, count))
    }
}

/// The refusal.
pub fn reached(target: Target, quote: u64, count: i64) -> Error {
    Error::restriction("max-quote-reached")
        .hint(format!("{} is limited to {quote}", target.name()))
        .with("target", Value::text(target.name()))
        .with("quote", Value::Int(i64::try_from(quote).unwrap_or(i64::MAX)))
        .with("count", Value::Int(count))
}

async fn limit(config: &Config, tx: &Tx, target: Target, scope: Scope) -> Result<Option<u64>> {
    if !config.flags.has("quotes") {
        return Ok(target.built_in());
    }
    let values = [
        target.name().into(),
        scope.profile.map(Uuid::from).into(),
        scope.team.map(Uuid::from).into(),
        scope.project.map(Uuid::from).into(),
        scope.file.map(Uuid::from).into(),
    ];
    let found = tx.query_one_raw(platform::db::sql(STORED, values)).await?;
    let stored: Option<i64> = found.map(|row| row.try_get("", "quote")).transpose()?.flatten();
    let stored = stored.and_then(|quote| u64::try_from(quote).ok()).filter(|quote| *quote > 0);
    Ok(stored.or_else(|| target.setting(config)).or_else(|| target.built_in()))
}

/// A quote of a file, a project or a team is for everybody or for one person there; one of a person alone holds
/// everywhere.
const STORED: &str = "
    SELECT max(quote) AS quote FROM usage_quote
     WHERE target = $1 AND (profile_id IS NULL OR profile_id = $2)
       AND CASE WHEN file_id IS NOT NULL THEN file_id = $5
                WHEN project_id IS NOT NULL THEN project_id = $4
                WHEN team_id IS NOT NULL THEN team_id = $3
                ELSE profile_id IS NOT NULL END";
