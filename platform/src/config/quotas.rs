//! How much of something a person, a team or a project may have.

use super::variables::Variables;

/// Quotes that hold with the flag `quotes`, where no stored one says otherwise. None is as many as one likes.
#[derive(Clone, Debug, Default)]
pub struct QuotasConfig {
    /// `PENPOT_QUOTES_TEAMS_PER_PROFILE`: teams that a person is in.
    pub teams_per_profile: Option<u64>,
    /// `PENPOT_QUOTES_ACCESS_TOKENS_PER_PROFILE`: access tokens of a person.
    pub access_tokens_per_profile: Option<u64>,
    /// `PENPOT_QUOTES_PROJECTS_PER_TEAM`: projects of a team.
    pub projects_per_team: Option<u64>,
    /// `PENPOT_QUOTES_INVITATIONS_PER_TEAM`: invitations of a team that wait.
    pub invitations_per_team: Option<u64>,
    /// `PENPOT_QUOTES_PROFILES_PER_TEAM`: people in a team, the invited ones included.
    pub profiles_per_team: Option<u64>,
    /// `PENPOT_QUOTES_FILES_PER_PROJECT`: files in a project.
    pub files_per_project: Option<u64>,
    /// `PENPOT_QUOTES_SNAPSHOTS_PER_FILE`: snapshots that people made of a file.
    pub snapshots_per_file: Option<u64>,
    /// `PENPOT_QUOTES_SNAPSHOTS_PER_TEAM`: snapshots that people made of the files of a team.
    pub snapshots_per_team: Option<u64>,
    /// `PENPOT_QUOTES_FONT_VARIANTS_PER_TEAM`: weights and styles of a team's fonts.
    pub font_variants_per_team: Option<u64>,
    /// `PENPOT_QUOTES_COMMENT_THREADS_PER_FILE`: threads of comments on a file.
    pub comment_threads_per_file: Option<u64>,
    /// `PENPOT_QUOTES_COMMENTS_PER_FILE`: comments on a file.
    pub comments_per_file: Option<u64>,
    /// `PENPOT_QUOTES_TEAM_ACCESS_REQUESTS_PER_TEAM`: requests to be let into a team.
    pub access_requests_per_team: Option<u64>,
    /// `PENPOT_QUOTES_TEAM_ACCESS_REQUESTS_PER_REQUESTER`: requests of a person to be let in somewhere.
    pub access_requests_per_requester: Option<u64>,
}

/// The largest quote that can be set.
const QUOTE_MAX: u64 = 1 << 40;

impl QuotasConfig {
    pub(super) fn read(vars: &mut Variables) -> QuotasConfig {
        let mut quote = |name, meaning| {
            let parse = |text: &str| text.parse().ok().filter(|quote| (1..=QUOTE_MAX).contains(quote));
            vars.var(name, meaning).optional(None, "a whole number from 1", u64::to_string, parse)
        };
        QuotasConfig {
            teams_per_profile: quote(
                "PENPOT_QUOTES_TEAMS_PER_PROFILE",
                "Teams that a person may be in, with the flag quotes.",
            ),
            access_tokens_per_profile: quote(
                "PENPOT_QUOTES_ACCESS_TOKENS_PER_PROFILE",
                "Access tokens that a person may have, with the flag quotes.",
            ),
            projects_per_team: quote(
                "PENPOT_QUOTES_PROJECTS_PER_TEAM",
                "Projects that a team may have, with the flag quotes.",
            ),
            invitations_per_team: quote(
                "PENPOT_QUOTES_INVITATIONS_PER_TEAM",
                "Invitations of a team that may wait, with the flag quotes.",
            ),
            profiles_per_team: quote(
                "PENPOT_QUOTES_PROFILES_PER_TEAM",
                "People that a team may have, the invited ones included, with the flag quotes.",
            ),
            files_per_project: quote(
                "PENPOT_QUOTES_FILES_PER_PROJECT",
                "Files that a project may have, with the flag quotes.",
            ),
            snapshots_per_file: quote(
                "PENPOT_QUOTES_SNAPSHOTS_PER_FILE",
                "Snapshots that people may make of a file, with the flag quotes.",
            ),
            snapshots_per_team: quote(
                "PENPOT_QUOTES_SNAPSHOTS_PER_TEAM",
                "Snapshots that people may make of a team's files, with the flag quotes.",
            ),
            font_variants_per_team: quote(
                "PENPOT_QUOTES_FONT_VARIANTS_PER_TEAM",
                "Weights and styles of fonts that a team may have, with the flag quotes.",
            ),
            comment_threads_per_file: quote(
                "PENPOT_QUOTES_COMMENT_THREADS_PER_FILE",
                "Threads of comments that a file may have, with the flag quotes.",
            ),
            comments_per_file: quote(
                "PENPOT_QUOTES_COMMENTS_PER_FILE",
                "Comments that a file may have, with the flag quotes.",
            ),
            access_requests_per_team: quote(
                "PENPOT_QUOTES_TEAM_ACCESS_REQUESTS_PER_TEAM",
                "Requests to be let into a team that may wait, with the flag quotes.",
            ),
            access_requests_per_requester: quote(
                "PENPOT_QUOTES_TEAM_ACCESS_REQUESTS_PER_REQUESTER",
                "Requests of a person to be let into teams that may wait, with the flag quotes.",
            ),
        }
    }
}
