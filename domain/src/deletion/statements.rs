//! The SQL that deletes, counts, restores and purges, made once from the list of parts.
//!
//! A file is deleted and restored together with what it is made of, in one transaction: its children are found by the
//! ids of their files. Whatever stands above files can be large, and goes in batches.

use super::Kind;
use super::parts::{Blob, BlobPlace, End, PARTS, Part, children, find, way_up};
use crate::storage::reason::TouchReason;
use std::sync::LazyLock;

/// A statement about one table of the list.
pub(super) type OfPart = (&'static Part, String);

/// What is done with a root and what lies below it.
#[derive(Debug)]
pub(super) struct Tree {
    kind: Kind,
    /// Holds the root `$1` until the end of the transaction, if it is deleted.
    pub hold_deleted: String,
    /// Give the `deleted_at` of their parent to at most `$2` children below the root `$1`, files excepted.
    pub delete: Vec<OfPart>,
    /// Likewise for files; answers their ids. None below the root of a file.
    pub delete_files: Option<OfPart>,
    /// Holds at most `$2` files that were deleted with the root `$1`, and in which something was not. None likewise.
    pub incomplete_files: Option<String>,
    /// How many rows below the root `$1` should have a `deleted_at` and have none: one column for each table, if the
    /// root is deleted.
    pub remaining: String,
    /// Holds the files of the root `$1` that were deleted at `$2`; answers their ids.
    pub hold_files: String,
    /// Bring back what was deleted with the root `$1` at `$2`, files excepted, the root itself last.
    pub restore: Vec<OfPart>,
}

/// The statements of a kind of root; none of accounts, which consist of teams.
pub(super) fn tree(kind: Kind) -> Option<&'static Tree> {
    static TREES: LazyLock<Vec<Tree>> = LazyLock::new(|| {
        [Kind::Team, Kind::Project, Kind::File]
            .into_iter()
            .filter_map(|kind| Some(make_tree(kind, find(kind.table())?)))
            .collect()
    });
    TREES.iter().find(|tree| tree.kind == kind)
}

/// Gives the `deleted_at` of their files `$1` to what those are made of; answers a count for each table.
pub(super) static DELETE_IN_FILES: LazyLock<String> = LazyLock::new(|| in_files(delete_in_files));

/// Brings back what the files `$1` are made of, where it was deleted at `$2`; answers a count for each table.
pub(super) static RESTORE_IN_FILES: LazyLock<String> = LazyLock::new(|| in_files(restore_in_files));

/// Lets what the files `$1` are made of go at `$2`, where it would go later or stay; answers a count for each table.
pub(super) static HASTEN_IN_FILES: LazyLock<String> = LazyLock::new(|| in_files(hasten_in_files));

/// Answer and hold at most `$2` roots whose time was over at `$1`, and below which something has no `deleted_at`.
pub(super) static INCOMPLETE: LazyLock<Vec<(Kind, String)>> = LazyLock::new(|| {
    [Kind::Team, Kind::Project, Kind::File]
        .into_iter()
        .filter_map(|kind| Some((kind, incomplete(find(kind.table())?))))
        .collect()
});

/// Remove at most `$2` rows whose time was over at `$1`, children before their parents, touch the blobs that they
/// referred to, and answer how many they were.
pub(super) static PURGE: LazyLock<Vec<OfPart>> = LazyLock::new(|| {
    PARTS.iter().rev().filter(|part| part.is_soft_deleted()).map(|part| (part, purge(part))).collect()
});

/// Every statement, with what it is for: for tests that prepare them.
pub fn all() -> Vec<(String, &'static str)> {
    let named = |what: &'static str| {
        move |(part, sql): &'static OfPart| (format!("{what} {}", part.table), sql.as_str())
    };
    let mut all = vec![];
    for tree in [Kind::Team, Kind::Project, Kind::File].into_iter().filter_map(tree) {
        let of_root = [
            ("hold", &tree.hold_deleted),
            ("remaining in", &tree.remaining),
            ("hold files of", &tree.hold_files),
        ];
        all.extend(of_root.map(|(what, sql)| (format!("{what} {}", tree.kind.table()), sql.as_str())));
        all.extend(tree.delete.iter().chain(&tree.delete_files).map(named("delete")));
        all.extend(tree.incomplete_files.iter().map(|sql| ("incomplete files".to_owned(), sql.as_str())));
        all.extend(tree.restore.iter().map(named("restore")));
    }
    all.push(("delete in files".to_owned(), DELETE_IN_FILES.as_str()));
    all.push(("restore in files".to_owned(), RESTORE_IN_FILES.as_str()));
    all.push(("hasten in files".to_owned(), HASTEN_IN_FILES.as_str()));
    all.extend(INCOMPLETE.iter().map(|(kind, sql)| (format!("incomplete {}", kind.table()), sql.as_str())));
    all.extend(PURGE.iter().map(named("purge")));
    all
}

fn make_tree(kind: Kind, root: &'static Part) -> Tree {
    let table = root.table;
    let below: Vec<&'static Part> = PARTS.iter().filter(|part| is_below(part, root)).collect();
    let files = below.iter().copied().find(|part| is_file(part));
    let batches: Vec<&'static Part> =
        below.iter().copied().filter(|part| !is_file(part) && !is_in_file(part)).collect();
    let itself = (!is_file(root)).then_some(root);
    Tree {
        kind,
        hold_deleted: format!("SELECT 1 FROM {table} WHERE id = $1 AND deleted_at IS NOT NULL FOR SHARE"),
        delete: batches.iter().map(|part| (*part, delete_batch(part, root))).collect(),
        delete_files: files.map(|file| (file, delete_batch(file, root) + " RETURNING file.id")),
        incomplete_files: files.map(|file| incomplete_files(file, root)),
        remaining: remaining(&below, root),
        hold_files: format!(
            "SELECT id FROM file WHERE {} AND deleted_at = $2 FOR UPDATE",
            lies_in(files.unwrap_or(root), root)
        ),
        restore: batches.into_iter().chain(itself).map(|part| (part, restore(part, root))).collect(),
    }
}

fn is_file(part: &Part) -> bool {
    part.table == Kind::File.table()
}

fn is_in_file(part: &Part) -> bool {
    part.parent.is_some_and(|parent| parent.table == Kind::File.table())
}

/// Whether rows of a table are deleted with a root that they lie in.
fn is_below(part: &'static Part, root: &Part) -> bool {
    part.is_soft_deleted() && way_up(part).skip(1).any(|above| above.table == root.table)
}

/// What `change` does to each table that files are made of, in one statement: no table is touched twice.
fn in_files(change: impl Fn(&Part) -> String) -> String {
    let tables = || PARTS.iter().filter(|part| is_in_file(part) && part.is_soft_deleted());
    let changes = tables().map(|part| format!("of_{} AS ({} RETURNING 1)", part.table, change(part)));
    let counts = tables().map(|part| format!("(SELECT count(*) FROM of_{0}) AS {0}", part.table));
    format!(
        "WITH {}\nSELECT {}",
        changes.collect::<Vec<_>>().join(",\n     "),
        counts.collect::<Vec<_>>().join(",\n       ")
    )
}

/// `project JOIN team ON team.id = project.team_id`: the tables from `part` up to `last`.
fn joined(part: &'static Part, last: &Part) -> String {
    let mut sql = part.table.to_owned();
    for below in way_up(part).take_while(|below| below.table != last.table) {
        if let Some(parent) = below.parent {
            sql +=
                &format!("\n         JOIN {0} ON {0}.id = {1}.{2}", parent.table, below.table, parent.column);
        }
    }
    sql
}

/// A condition on the columns of a table below a root: that a row lies in the root `$1`.
fn lies_in(part: &'static Part, root: &Part) -> String {
    let mut above = way_up(part).take_while(|part| part.table != root.table).filter_map(|part| part.parent);
    let Some(parent) = above.next() else { return "id = $1".to_owned() };
    let mut steps = vec![];
    let mut table = parent.table;
    for next in above {
        steps.push((table, next.column));
        table = next.table;
    }
    let inner = steps.into_iter().rev().fold("$1".to_owned(), |inner, (table, column)| {
        format!("ANY(ARRAY(SELECT id FROM {table} WHERE {column} = {inner}))")
    });
    format!("{} = {inner}", parent.column)
}

fn delete_batch(part: &'static Part, root: &'static Part) -> String {
    let table = part.table;
    let parent = part.parent.map_or(root.table, |parent| parent.table);
    format!(
        "WITH batch AS (
       SELECT {}, {parent}.deleted_at FROM {}
        WHERE {}.id = $1 AND {parent}.deleted_at IS NOT NULL AND {table}.deleted_at IS NULL
        LIMIT $2 FOR UPDATE OF {table})
UPDATE {table} SET deleted_at = batch.deleted_at FROM batch WHERE {}",
        columns(part),
        joined(part, root),
        root.table,
        same_key(part, "batch"),
    )
}

fn delete_in_files(part: &Part) -> String {
    format!(
        "UPDATE {0} SET deleted_at = file.deleted_at FROM file
 WHERE file.id = ANY($1) AND file.deleted_at IS NOT NULL AND {0}.file_id = file.id AND {0}.deleted_at IS NULL",
        part.table
    )
}

fn incomplete_files(file: &'static Part, root: &'static Part) -> String {
    format!(
        "SELECT file.id FROM {}
 WHERE {}.id = $1 AND file.deleted_at = project.deleted_at AND (
       {})
 LIMIT $2 FOR UPDATE OF file",
        joined(file, root),
        root.table,
        living_children(file)
    )
}

/// Counted without a look at what is deleted how: everything below a deleted root has to be deleted. A file that was
/// deleted by itself, before its project, is the business of its own job.
fn remaining(below: &[&'static Part], root: &'static Part) -> String {
    let counts = below.iter().map(|part| {
        let table = part.table;
        let with_its_project = match is_in_file(part) && !is_file(root) {
            true => " AND (file.deleted_at IS NULL OR file.deleted_at = project.deleted_at)",
            false => "",
        };
        format!(
            "(SELECT count(*) FROM {}
         WHERE {}.id = $1 AND {table}.deleted_at IS NULL{with_its_project}) AS {table}",
            joined(part, root),
            root.table
        )
    });
    let counts: Vec<String> = counts.collect();
    format!(
        "SELECT {}\n  FROM {root} WHERE {root}.id = $1 AND {root}.deleted_at IS NOT NULL",
        counts.join(",\n       "),
        root = root.table
    )
}

/// Values of `deleted_at` change all the time, so the database knows nothing of them: a join on them may be planned for
/// one row and meet thousands. Hence the ids of files, and a comparison that no index is tried for.
fn restore_in_files(part: &Part) -> String {
    format!(
        "UPDATE {} SET deleted_at = NULL
 WHERE file_id = ANY($1) AND deleted_at IS NOT DISTINCT FROM $2::timestamptz",
        part.table
    )
}

fn hasten_in_files(part: &Part) -> String {
    let table = part.table;
    format!(
        "UPDATE {table} SET deleted_at = $2
 WHERE file_id = ANY($1) AND coalesce({table}.deleted_at > $2::timestamptz, true)"
    )
}

fn restore(part: &'static Part, root: &'static Part) -> String {
    format!("UPDATE {} SET deleted_at = NULL WHERE {} AND deleted_at = $2", part.table, lies_in(part, root))
}

fn incomplete(root: &Part) -> String {
    let table = root.table;
    format!(
        "SELECT {table}.id FROM {table}
 WHERE {table}.deleted_at <= $1 AND (
       {})
 ORDER BY {table}.deleted_at LIMIT $2 FOR UPDATE OF {table} SKIP LOCKED",
        living_children(root)
    )
}

/// A condition: that something which lies in a row is not deleted.
fn living_children(of: &Part) -> String {
    children_exist(of, |child| format!(" AND {child}.deleted_at IS NULL")).join("\n    OR ")
}

/// For each table that is purged before this one: a condition that a row has children there, and which.
fn children_exist(of: &Part, which: impl Fn(&str) -> String) -> Vec<String> {
    let exists = |child: &'static Part| {
        let (table, column, which) = (child.table, child.parent?.column, which(child.table));
        Some(format!("EXISTS (SELECT 1 FROM {table} WHERE {table}.{column} = {}.id{which})", of.table))
    };
    children(of).filter(|child| child.is_soft_deleted()).filter_map(exists).collect()
}

fn purge(part: &'static Part) -> String {
    let (table, key) = (part.table, columns(part));
    let childless = children_exist(part, |_| String::new()).into_iter().map(|one| format!("NOT {one}"));
    let conditions: String = part
        .is_due
        .map(str::to_owned)
        .into_iter()
        .chain(part.kept_while.map(|needed| format!("NOT {needed}")))
        .chain(childless)
        .map(|one| format!("\n          AND {one}"))
        .collect();
    let returned: Vec<String> =
        part.blobs.iter().zip(1..).map(|(blob, n)| format!("{} AS blob_{n}", blob_id(part, blob))).collect();
    let returned = if returned.is_empty() { "1".to_owned() } else { returned.join(", ") };
    let own = (1..=part.blobs.len()).map(|n| format!("SELECT blob_{n} FROM gone"));
    let lost: Vec<String> = own.chain(PARTS.iter().flat_map(|below| lost_with(below, part))).collect();
    let touched = match lost.is_empty() {
        true => String::new(),
        false => format!(
            ",
     touched AS (
       UPDATE storage_object SET touched_at = $1, touched_by = '{}'
        WHERE deleted_at IS NULL AND id IN (
              {}))",
            TouchReason::Purged(part.code()),
            lost.join("\n        UNION ")
        ),
    };
    format!(
        "WITH due AS (
       SELECT {key} FROM {table}
        WHERE {table}.deleted_at <= $1{conditions}
        ORDER BY {table}.deleted_at LIMIT $2 FOR UPDATE OF {table} SKIP LOCKED),
     gone AS (
       DELETE FROM {table} USING due
        WHERE {}
       RETURNING {returned}){touched}
SELECT count(*) AS purged FROM gone",
        same_key(part, "due")
    )
}

/// The blobs of rows that the database removes with those that are due.
fn lost_with(below: &'static Part, due: &'static Part) -> Vec<String> {
    let is_removed = |part: &&Part| part.end == End::RemovedWithParent;
    let way: Vec<&'static Part> = way_up(below).take_while(is_removed).collect();
    let lies_in_due = way.last().and_then(|last| last.parent).is_some_and(|parent| parent.table == due.table);
    if !lies_in_due {
        return vec![];
    }
    let of_blob = |blob: &Blob| {
        format!(
            "SELECT {} FROM {} JOIN due ON due.id = {}.id",
            blob_id(below, blob),
            joined(below, due),
            due.table
        )
    };
    below.blobs.iter().map(of_blob).collect()
}

/// The id of a blob that a row refers to; null when it refers to none.
pub(super) fn blob_id(part: &Part, blob: &Blob) -> String {
    let table = part.table;
    match blob.place {
        BlobPlace::Column(column) => format!("{table}.{column}"),
        BlobPlace::JsonField { column, field, when } => {
            format!("CASE WHEN {when} THEN ({table}.{column}->>'{field}')::uuid END")
        }
    }
}

/// `file_data.file_id, file_data.id`
fn columns(part: &Part) -> String {
    let columns: Vec<String> = part.key.iter().map(|column| format!("{}.{column}", part.table)).collect();
    columns.join(", ")
}

/// `file_data.file_id = batch.file_id AND file_data.id = batch.id`
fn same_key(part: &Part, other: &str) -> String {
    let same: Vec<String> =
        part.key.iter().map(|column| format!("{0}.{column} = {other}.{column}", part.table)).collect();
    same.join(" AND ")
}

#[cfg(test)]
mod tests;
