//! Who refers to a blob: SQL made once from the list of parts, by bucket.

use super::parts::{Blob, BlobPlace, PARTS, Part, way_up};
use super::statements::blob_id;
use entities::storage_object::BucketName;
use std::collections::BTreeMap;

/// What a row can lie in, and the column of a use that says so.
const OWNERS: [(&str, &str); 3] = [("file", "file_id"), ("team", "team_id"), ("profile", "profile_id")];

/// A statement about uses for each bucket, made once.
#[derive(Debug)]
pub(crate) struct ByBucket(BTreeMap<BucketName, String>);

impl ByBucket {
    /// The statements that `make` makes of the name and the uses of each bucket: see [`uses`].
    pub(crate) fn new(make: impl Fn(BucketName, &str) -> String) -> ByBucket {
        use sea_orm::Iterable as _;
        ByBucket(BucketName::iter().map(|bucket| (bucket, make(bucket, &uses(bucket, "$1")))).collect())
    }

    /// That of a bucket.
    pub(crate) fn of(&self, bucket: BucketName) -> &str {
        self.0.get(&bucket).map_or("", String::as_str)
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}

/// A query over all rows that refer to one of the blobs `ids` (an expression of type `uuid[]`) of a bucket. Its
/// columns: `what` the blob is there, its `id`, `holder` (what names the row, for people), `file_id`, `team_id` and
/// `profile_id` of what the row lies in (at most one is not null), and `gone_at`, when the row is purged.
pub(crate) fn uses(bucket: BucketName, ids: &str) -> String {
    let of_part = |part: &'static Part| {
        let of_bucket = part.blobs.iter().filter(move |blob| blob.bucket == bucket);
        of_bucket.map(move |blob| one_use(part, blob, ids))
    };
    let all: Vec<String> = PARTS.iter().flat_map(of_part).collect();
    if all.is_empty() {
        return NOBODY.to_owned();
    }
    all.join("\nUNION ALL\n")
}

/// Of a bucket that nothing refers to.
const NOBODY: &str =
    "SELECT NULL::text AS what, NULL::uuid AS id, NULL::text AS holder, NULL::uuid AS file_id,
       NULL::uuid AS team_id, NULL::uuid AS profile_id, NULL::timestamptz AS gone_at WHERE false";

fn one_use(part: &'static Part, blob: &Blob, ids: &str) -> String {
    let table = part.table;
    let (owner, joins) = owner(part);
    let columns: Vec<String> = OWNERS
        .iter()
        .map(|(name, column)| match &owner {
            Some((table, id)) if table == name => format!("{id} AS {column}"),
            _ => format!("NULL::uuid AS {column}"),
        })
        .collect();
    let gone_at = match part.is_soft_deleted() {
        true => format!("{table}.deleted_at"),
        false => "NULL::timestamptz".to_owned(),
    };
    let refers = match blob.place {
        BlobPlace::Column(column) => format!("{table}.{column} = ANY({ids})"),
        // As the index has it.
        BlobPlace::JsonField { column, field, when } => {
            format!("{when} AND {table}.{column}->>'{field}' = ANY({ids}::uuid[]::text[])")
        }
    };
    format!(
        "SELECT '{}' AS what, {} AS id, {} AS holder, {}, {gone_at} AS gone_at
  FROM {table}{joins} WHERE {refers}",
        blob.what,
        blob_id(part, blob),
        holder(part),
        columns.join(", "),
    )
}

/// What a row lies in: a file, a team or a person, with the expression that is its id; and the tables in between.
fn owner(part: &'static Part) -> (Option<(&'static str, String)>, String) {
    let is_owner = |table: &str| OWNERS.iter().any(|(owner, _)| *owner == table);
    if is_owner(part.table) {
        return (Some((part.table, format!("{}.id", part.table))), String::new());
    }
    let mut joins = String::new();
    for below in way_up(part) {
        let Some(parent) = below.parent else { break };
        let id = format!("{}.{}", below.table, parent.column);
        if is_owner(parent.table) {
            return (Some((parent.table, id)), joins);
        }
        joins += &format!(" JOIN {0} ON {0}.id = {id}", parent.table);
    }
    (None, joins)
}

/// What names a row: by itself, what of its key is not its parent's.
fn holder(part: &Part) -> String {
    if let Some(expression) = part.named_by {
        return expression.to_owned();
    }
    let is_own = |column: &&&str| part.parent.is_none_or(|parent| parent.column != **column);
    let own: Vec<String> =
        part.key.iter().filter(is_own).map(|column| format!("{}.{column}::text", part.table)).collect();
    own.join(" || ' ' || ")
}
