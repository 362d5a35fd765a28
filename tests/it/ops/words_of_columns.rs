//! Columns that hold one of a few words: the enums, compared with the CHECK constraints of an installed schema, and
//! rows that another program wrote.

use chrono::Duration;
use domain::{audit, storage, storage::scrub};
use entities::{bin_batch, file_data, file_snapshot, storage_object, team_invitation, webhook, word::Word};
use jobs::admin::Scope;
use serde_json::json;
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};
use tests::{
    app::TestApp,
    database::TestDatabase,
    factory::{self, AuditEvent},
};

/// The words of a column, by `table.column`.
type Words = BTreeMap<String, BTreeSet<String>>;

/// Words that no program holds: only statements name them.
const OF_REPORTS: [&str; 2] = ["bounce", "complaint"];

/// What the program knows.
fn known() -> Words {
    let all = [
        ("storage_object.state", storage_object::State::all()),
        ("storage_finding.kind", scrub::Kind::all()),
        ("bin_batch.action", bin_batch::Action::all()),
        ("file_data.kind", file_data::Kind::all()),
        ("file_data.backend", file_data::Backend::all()),
        ("file_snapshot.created_by", file_snapshot::Creator::all()),
        ("team_invitation.role", team_invitation::Role::all()),
        ("webhook.mtype", webhook::MediaType::all()),
        ("profile_complaint_report.type", OF_REPORTS.to_vec()),
        ("global_complaint_report.type", OF_REPORTS.to_vec()),
    ];
    let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
    let mut known: Words = all.into_iter().map(|(column, words)| (column.to_owned(), owned(words))).collect();
    let scopes = [Scope::Queue(String::new()), Scope::Kind(String::new())];
    let word = |scope: &Scope| json!(scope)["scope"].as_str().expect("a word").to_owned();
    known.insert("queue.control.scope".to_owned(), scopes.iter().map(word).collect());
    known
}

/// What the tables allow: each constraint of one column that lists words.
async fn allowed(pool: &PgPool) -> Words {
    let sql = "SELECT c.conrelid::regclass || '.' || a.attname, pg_get_constraintdef(c.oid)
                 FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ALL(c.conkey)
                WHERE c.contype = 'c' AND NOT EXISTS (SELECT 1 FROM pg_inherits i WHERE i.inhrelid = c.conrelid)";
    let all: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(pool).await.expect("reads");
    let lists = all.into_iter().filter(|(_, definition)| definition.contains("= ANY (ARRAY['"));
    // Every other piece of a text that is split at its quotes was quoted.
    let words = |text: &str| text.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
    lists.map(|(column, definition)| (column, words(&definition))).collect()
}

#[tokio::test]
async fn the_words_of_an_enum_are_those_that_its_column_takes() {
    let pool = PgPool::connect(&TestDatabase::migrated().await.uri).await.expect("connects");
    assert_eq!(allowed(&pool).await, known());
}

#[tokio::test]
async fn a_constraint_that_went_is_missed() {
    let pool = PgPool::connect(&TestDatabase::migrated().await.uri).await.expect("connects");
    for column in known().into_keys() {
        let (table, column) = column.rsplit_once('.').expect("table.column");
        let name = format!("{}_{column}_check", table.rsplit('.').next().unwrap_or(table));
        let sql = format!("ALTER TABLE {table} DROP CONSTRAINT {name}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.expect("goes");
        assert!(!allowed(&pool).await.contains_key(&format!("{table}.{column}")), "{table}.{column}");
    }
    assert_eq!(allowed(&pool).await, Words::new());
}

#[test]
fn a_backend_has_one_name() {
    let ours = platform::storage::Backend::ALL.map(platform::storage::Backend::as_str);
    assert_eq!(storage_object::Backend::all(), ours);
    for backend in platform::storage::Backend::ALL {
        for name in backend.names() {
            assert_eq!(name.parse(), Ok(backend), "{name}");
        }
    }
}

#[tokio::test]
async fn words_of_another_program_are_shown_as_they_are() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    ana.upload_picture(&file["id"], "a.png", "image/png", tests::picture::png(20, 20, 1)).await.ok();
    let foreign = "UPDATE storage_object SET bucket = 'holograms', backend = 'tape'";
    sqlx::query(foreign).execute(&app.app.pool).await.expect("writes");
    let event = AuditEvent {
        kind: "vision".into(),
        source: "oracle".into(),
        created_at: app.app.now() + Duration::hours(1),
        ..AuditEvent::of("dream")
    };
    factory::insert(&app.app.db, [event]).await;
    let filter = storage::Filter { limit: 9, ..storage::Filter::default() };
    let blobs = storage::list(&app.app.db, filter).await.expect("lists");
    let shown = json!(blobs.first().expect("a blob"));
    assert_eq!((&shown["bucket"], &shown["backend"]), (&json!("holograms"), &json!("tape")));
    let filter = audit::Filter { limit: 1, ..audit::Filter::default() };
    let events = audit::list(&app.app.db, filter).await.expect("lists");
    let shown: Vec<_> = events.iter().map(|event| (event.kind.as_str(), event.source.as_str())).collect();
    assert_eq!(shown, [("vision", "oracle")]);
}
