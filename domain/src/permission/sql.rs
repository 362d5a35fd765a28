//! The statements that ask for roles: made of the columns of entities, and of where roles stand.

use entities::{file, project, team};
use sea_orm::{EntityTrait, IdenStatic, Iterable};
use std::sync::LazyLock;

/// All roles of the person `$2` in one, from where they stand; no row when there is none.
fn held(roles: &[&str]) -> String {
    let role = |place: &&str| format!("SELECT is_owner, is_admin, can_edit FROM {place} AND profile_id = $2");
    let roles: Vec<String> = roles.iter().map(role).collect();
    format!(
        "CROSS JOIN LATERAL (
           SELECT bool_or(is_owner) AS held_owner, bool_or(is_admin) AS held_admin, bool_or(can_edit) AS held_edit
             FROM ({}) role HAVING count(*) > 0) held",
        roles.join(" UNION ALL ")
    )
}

/// The columns by their names: with `*` a statement that a process has prepared would fail once a table has one more.
fn columns<E: EntityTrait>(table: &str) -> String {
    format!("{}, held.held_owner, held.held_admin, held.held_edit", own_columns::<E>(table))
}

fn own_columns<E: EntityTrait>(table: &str) -> String {
    let columns: Vec<String> =
        E::Column::iter().map(|column| format!("{table}.\"{}\"", column.as_str())).collect();
    columns.join(", ")
}

const IN_TEAM: &str = "team_profile_rel WHERE team_id = t.id";
const IN_PROJECT: &str = "project_profile_rel WHERE project_id = p.id";
const IN_FILE: &str = "file_profile_rel WHERE file_id = f.id";

pub(super) static TEAM: LazyLock<String> = LazyLock::new(|| {
    let (columns, held) = (columns::<team::Entity>("t"), held(&[IN_TEAM]));
    format!("SELECT {columns} FROM team t {held} WHERE t.id = $1 AND t.deleted_at IS NULL")
});

pub(super) static TEAM_LOCKED: LazyLock<String> = LazyLock::new(|| format!("{} FOR SHARE OF t", *TEAM));

pub(super) static PROJECT: LazyLock<String> = LazyLock::new(|| {
    let (columns, held) = (columns::<project::Entity>("p"), held(&[IN_TEAM, IN_PROJECT]));
    format!(
        "SELECT {columns}
           FROM project p
           JOIN team t ON t.id = p.team_id AND t.deleted_at IS NULL
           {held}
          WHERE p.id = $1 AND p.deleted_at IS NULL"
    )
});

pub(super) static FILE: LazyLock<String> = LazyLock::new(|| {
    let (columns, held) = (columns::<file::Entity>("f"), held(&[IN_TEAM, IN_PROJECT, IN_FILE]));
    format!(
        "SELECT {columns}
           FROM file f
           JOIN project p ON p.id = f.project_id AND p.deleted_at IS NULL
           JOIN team t ON t.id = p.team_id AND t.deleted_at IS NULL
           {held}
          WHERE f.id = $1 AND f.deleted_at IS NULL"
    )
});

pub(super) static FILE_DELETED_TOO: LazyLock<String> =
    LazyLock::new(|| FILE.replace("WHERE f.id = $1 AND f.deleted_at IS NULL", "WHERE f.id = $1"));

pub(super) static LINKED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, l.pages, l.who_comment, l.who_inspect
           FROM share_link l
           JOIN file f ON f.id = l.file_id AND f.deleted_at IS NULL
           JOIN project p ON p.id = f.project_id AND p.deleted_at IS NULL
           JOIN team t ON t.id = p.team_id AND t.deleted_at IS NULL
          WHERE f.id = $1 AND l.id = $2",
        own_columns::<file::Entity>("f")
    )
});

/// A file by the roles of the person `$2`, or by the share link `$3`: then with the pages whose comments it opens,
/// which are none when only the team comments.
pub(super) static COMMENTED: LazyLock<String> = LazyLock::new(|| {
    let held = held(&[IN_TEAM, IN_PROJECT, IN_FILE]).replacen("CROSS", "LEFT", 1);
    format!(
        "SELECT {}, p.team_id, held.held_owner IS NOT NULL AS has_role,
                CASE WHEN l.who_comment = 'all' THEN l.pages ELSE '{{}}' END AS pages
           FROM file f
           JOIN project p ON p.id = f.project_id AND p.deleted_at IS NULL
           JOIN team t ON t.id = p.team_id AND t.deleted_at IS NULL
           {held} ON true
           LEFT JOIN share_link l ON l.id = $3 AND l.file_id = f.id
          WHERE f.id = $1 AND f.deleted_at IS NULL AND (held.held_owner IS NOT NULL OR l.id IS NOT NULL)",
        columns::<file::Entity>("f")
    )
});

/// Every statement that is made here: for tests that prepare them.
pub fn statements() -> [&'static str; 7] {
    [&TEAM, &TEAM_LOCKED, &PROJECT, &FILE, &FILE_DELETED_TOO, &LINKED, &COMMENTED]
        .map(|statement| statement.as_str())
}

/// A condition on a file `f` in a project `p` of a team `t`: the person `$2` has a role in one of them, or the share
/// link `$3` is the file's. Either may be null. For reading what a file is made of, where no row of it is handed out.
pub(crate) const FILE_IS_SEEN: &str = "(
    EXISTS (SELECT 1 FROM team_profile_rel WHERE team_id = t.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM project_profile_rel WHERE project_id = p.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM file_profile_rel WHERE file_id = f.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM share_link WHERE id = $3 AND file_id = f.id))";
