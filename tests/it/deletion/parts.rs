//! The list of what belongs to what, compared with an installed schema.

use domain::deletion::parts::{BlobPlace, EXCEPTIONS, End, OnPurge, PARTS};
use sqlx::PgPool;
use std::collections::BTreeSet;
use tests::database::TestDatabase;

/// Table, column, the table that it refers to, and what becomes of the row when that is purged.
type Reference = (String, String, String, &'static str);

/// What PostgreSQL calls the ways in which a foreign key acts on a deletion.
fn on_delete(code: &str) -> &'static str {
    match code {
        "a" | "r" => "stands in the way",
        "c" => "is removed",
        "n" => "forgets it",
        other => panic!("what is {other:?}?"),
    }
}

/// Every foreign key to a table of the list, or to blobs.
async fn installed(pool: &PgPool) -> BTreeSet<Reference> {
    let sql = "SELECT c.conrelid::regclass::text, a.attname::text, c.confrelid::regclass::text, c.confdeltype::text
                 FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
                WHERE c.contype = 'f'";
    let all: Vec<(String, String, String, String)> =
        sqlx::query_as(sql).fetch_all(pool).await.expect("reads");
    let is_watched = |table: &str| table == "storage_object" || PARTS.iter().any(|part| part.table == table);
    let watched = all.into_iter().filter(|(_, _, to, _)| is_watched(to));
    watched.map(|(table, column, to, code)| (table, column, to, on_delete(&code))).collect()
}

/// What the list and its exceptions say; of exceptions, whatever table they refer to.
fn listed(installed: &BTreeSet<Reference>) -> BTreeSet<Reference> {
    let mut listed = BTreeSet::new();
    let mut add = |table: &str, column: &str, to: &str, end| {
        assert!(
            listed.insert((table.to_owned(), column.to_owned(), to.to_owned(), end)),
            "{table}.{column} twice"
        );
    };
    for part in PARTS {
        if let Some(parent) = part.parent {
            let end = match part.end {
                End::DeletedFirst => "stands in the way",
                End::RemovedWithParent => "is removed",
            };
            add(part.table, parent.column, parent.table, end);
        }
        for blob in part.blobs {
            if let BlobPlace::Column(column) = blob.place {
                add(part.table, column, "storage_object", "stands in the way");
            }
        }
    }
    for exception in EXCEPTIONS {
        let end = match exception.on_purge {
            OnPurge::Remove => "is removed",
            OnPurge::Forget => "forgets it",
        };
        assert!(!exception.reason.is_empty());
        for column in exception.columns {
            let same = |(table, name, ..): &&Reference| table == exception.table && name == column;
            let to = installed.iter().find(same).map_or("nothing", |(_, _, to, _)| to);
            add(exception.table, column, to, end);
        }
    }
    listed
}

#[tokio::test]
async fn every_foreign_key_is_in_the_list_or_an_exception() {
    let pool = PgPool::connect(&TestDatabase::migrated().await.uri).await.expect("connects");
    let installed = installed(&pool).await;
    let listed = listed(&installed);
    let missing: Vec<_> = installed.difference(&listed).collect();
    let stale: Vec<_> = listed.difference(&installed).collect();
    assert!(missing.is_empty() && stale.is_empty(), "not listed: {missing:#?}; not there: {stale:#?}");
}

#[tokio::test]
async fn keys_and_deletion_times_are_those_of_the_tables() {
    let pool = PgPool::connect(&TestDatabase::migrated().await.uri).await.expect("connects");
    for part in PARTS {
        let sql = "SELECT array_agg(a.attname::text ORDER BY array_position(i.indkey, a.attnum))
                     FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
                    WHERE i.indrelid = $1::regclass AND i.indisprimary";
        let key: Vec<String> =
            sqlx::query_scalar(sql).bind(part.table).fetch_one(&pool).await.expect("is a table");
        assert_eq!(key, part.key, "{}", part.table);
        let sql = "SELECT EXISTS (SELECT 1 FROM information_schema.columns
                                   WHERE table_schema = 'public' AND table_name = $1 AND column_name = 'deleted_at')";
        let has: bool = sqlx::query_scalar(sql).bind(part.table).fetch_one(&pool).await.expect("reads");
        assert_eq!(has, part.is_soft_deleted(), "{}", part.table);
    }
}
