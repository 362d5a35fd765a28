//! `atelier explain` and `atelier sql`: why something is as it is, and questions that change nothing.

use chrono::Duration;
use entities::{ids::SessionId, storage_object::BucketName};
use jobs::{Enqueue, all::delete_object::DeleteObject};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use serde_json::json;
use sqlx::PgPool;
use tests::{
    app::operator,
    database::TestDatabase,
    factory::{self, AuditEvent, Blob, Profile, Project, Session, Team},
    process::{self, Finished, data_directory},
};
use uuid::Uuid;

struct Place {
    database: TestDatabase,
    pool: PgPool,
    db: DatabaseConnection,
    data: tempfile::TempDir,
}

impl Place {
    async fn new() -> Place {
        let database = TestDatabase::migrated().await;
        let pool = PgPool::connect(&database.uri).await.expect("connects");
        let db = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        Place { database, pool, db, data: data_directory() }
    }

    async fn atelier(&self, words: &[&str]) -> Finished {
        let dir = self.data.path().display().to_string();
        let settings = [
            ("PENPOT_DATABASE_URI", self.database.uri.as_str()),
            ("PENPOT_SECRET_KEY", "a secret of this test, long enough"),
        ];
        process::run(&[words, &["--data-dir", &dir]].concat(), &settings).await
    }

    async fn ok(&self, words: &[&str]) -> String {
        let done = self.atelier(words).await;
        assert!(done.status.success(), "{words:?}: {done:?}");
        done.out
    }

    async fn explained(&self, job: i64) -> String {
        self.ok(&["explain", "job", &job.to_string()]).await
    }

    async fn job(&self, number: u128) -> i64 {
        let job = DeleteObject { object: domain::deletion::Kind::File, id: Uuid::from_u128(number) };
        let id = jobs::enqueue(&self.db, &operator(), &job, Enqueue::default()).await;
        id.expect("enqueues").expect("is new")
    }

    async fn change(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.pool).await.expect("changes");
    }

    async fn refused(&self, query: &str) -> String {
        let done = self.atelier(&["sql", "--read-only", query]).await;
        assert!(!done.status.success(), "{query}: {done:?}");
        done.err
    }
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

#[tokio::test]
async fn a_job_that_waits_says_what_for() {
    let place = Place::new().await;
    let (first, second) = (place.job(1).await, place.job(2).await);
    has(
        &place.explained(first).await,
        &[
            "is a delete-object in the queue default",
            "It is ready since",
            "No worker takes jobs of the queue default",
            &format!("atelier jobs cancel {first}"),
        ],
    );
    factory::insert_worker(&place.db, "here", json!({"default": 4}), json!({})).await;
    let told = place.explained(first).await;
    has(&told, &["Nothing stands before it."]);
    assert!(!told.contains("No worker"), "{told}");
    has(
        &place.explained(second).await,
        &[
            "1 ready jobs stand before it (teams take turns, so fewer may start first), 0 of them with a higher \
             priority",
        ],
    );

    place.ok(&["jobs", "pause", "--queue", "default"]).await;
    has(
        &place.explained(first).await,
        &["Its queue default is paused since", "atelier jobs resume --queue default"],
    );
    place.ok(&["jobs", "resume", "--queue", "default"]).await;
    place.ok(&["jobs", "limits", "--kind", "delete-object", "--concurrency", "1"]).await;
    let started = "UPDATE queue.job SET state = 2, started_at = now(), lease_until = now() + interval '1 h',
                          attempt = 1 WHERE id = $1";
    sqlx::query(started).bind(first).execute(&place.pool).await.expect("runs");
    let reached = format!("At most 1 of its kind delete-object run at once; that is reached (now: {first}).");
    has(&place.explained(second).await, &[&reached]);
    has(&place.explained(first).await, &["It runs since"]);
    place.change("UPDATE queue.worker SET busy = '{\"default\": 4}'").await;
    has(&place.explained(second).await, &["All 4 slots of the queue default are taken."]);
}

#[tokio::test]
async fn a_job_that_failed_says_why_and_what_can_be_done() {
    let place = Place::new().await;
    let id = place.job(1).await;
    place
        .change(
            "UPDATE queue.job SET state = 0, attempt = 1, run_at = now() + interval '1 hour',
               origin = '{\"request_id\": \"r-7\"}',
               errors = '[{\"attempt\": 1, \"at\": \"2026-01-02T03:04:05Z\", \"error\": \"the disk is full\"}]'",
        )
        .await;
    has(
        &place.explained(id).await,
        &[
            "by request r-7.",
            "It waits for its next attempt, until",
            "Attempt 1 of",
            "Attempt 1 failed at 2026-01-02 03:04:05: the disk is full",
            &format!("atelier jobs run-now {id}"),
        ],
    );
    place.ok(&["jobs", "cancel", &id.to_string()]).await;
    let twin = place.job(1).await;
    place
        .change("UPDATE queue.job_cancelled SET unique_key = 'one'; UPDATE queue.job SET unique_key = 'one'")
        .await;
    has(
        &place.explained(id).await,
        &["It was cancelled at", &format!("It cannot be retried while job {twin} is unfinished")],
    );
    let json = place.ok(&["explain", "job", &id.to_string(), "--json"]).await;
    let json: serde_json::Value = serde_json::from_str(&json).expect("is JSON");
    assert!(json["sentences"].as_array().is_some_and(|all| all.len() > 2), "{json}");
    let none = place.atelier(&["explain", "job", "999999"]).await;
    assert!(!none.status.success() && none.err.contains("there is no job 999999"), "{none:?}");
}

#[tokio::test]
async fn an_object_says_what_it_is_and_what_brings_it_back() {
    let place = Place::new().await;
    let deleted_at = Some(platform::clock::Clock::system().now() + Duration::days(7));
    let team = Team { name: "Crew".to_owned(), deleted_at, ..Team::default() };
    let project = Project { name: "Plan".to_owned(), ..Project::of(team.id) };
    let deed = AuditEvent {
        props: json!({"id": team.id}),
        context: Some(json!({"operator": "eve"})),
        ..AuditEvent::of("delete-team")
    };
    let blob = Blob::of(BucketName::FileMediaObject);
    let (team_id, project_id, blob_id) = (team.id, project.id, blob.id);
    factory::insert(&place.db, [team]).await;
    factory::insert(&place.db, [project]).await;
    factory::insert(&place.db, [deed]).await;
    factory::insert(&place.db, [blob]).await;
    let told = place.ok(&["explain", "object", &project_id.to_string()]).await;
    has(
        &told,
        &[
            "is the project \"Plan\"",
            &format!("It is in the team {team_id}, \"Crew\""),
            "The team is deleted; it is purged at",
            "That was delete-team of eve at",
            &format!("atelier team restore {team_id}"),
        ],
    );
    let told = place.ok(&["explain", "object", &blob_id.to_string()]).await;
    has(&told, &["is the blob \"file-media-object\"", &format!("atelier storage why {blob_id}")]);
    let none = place.atelier(&["explain", "object", &Uuid::from_u128(9).to_string()]).await;
    assert!(!none.status.success() && none.err.contains("nothing has the id"), "{none:?}");
}

#[tokio::test]
async fn questions_are_answered_and_change_nothing() {
    let place = Place::new().await;
    let id = place.job(1).await;
    let (fullname, password) = ("Ana".to_owned(), "a-hash-that-nobody-sees".to_owned());
    let ana = Profile { fullname, password, ..Profile::of("ana@example.com") };
    let session = Session { id: SessionId(Uuid::from_u128(0xbeef)), profile: ana.id };
    factory::insert(&place.db, [ana]).await;
    factory::insert(&place.db, [session]).await;
    let told = place
        .ok(&["sql", "--read-only", "select email, fullname from profile where email like 'ana%'"])
        .await;
    has(&told, &["ana@example.com", "Ana"]);
    let told = place.ok(&["sql", "--read-only", "--json", "select id, kind, state from job"]).await;
    let told: serde_json::Value = serde_json::from_str(&told).expect("is JSON");
    assert_eq!(told, json!([{"id": id, "kind": "delete-object", "state": 1}]));
    assert_eq!(place.ok(&["sql", "--read-only", "select 1 as n where false"]).await, "no rows\n");

    for query in [
        "select * from profile",
        "select password from profile",
        "select p::text from profile p",
        "select id from http_session",
        "with profile as (select * from profile) select * from profile",
        "select j.payload from job j union all select payload from job_done",
    ] {
        let told = place.ok(&["sql", "--read-only", "--json", query]).await;
        for secret in ["nobody-sees", "beef", "\"object\""] {
            assert!(!told.contains(secret), "{query}: {told}");
        }
        assert!(told.contains('…'), "{query}: {told}");
    }

    for query in [
        "delete from profile",
        "with gone as (delete from profile returning 1) select * from gone",
        "select 1; select 2",
        "copy profile to '/tmp/never'",
        "select pg_terminate_backend(1)",
        "select pg_read_file('/etc/passwd')",
        "select lo_import('/etc/passwd')",
        "select set_config('role', 'x', false)",
        "select pg_advisory_lock(1)",
        "select password from public.profile",
        "select payload from queue.job",
        "select usename from pg_shadow",
        "explain analyze delete from profile",
        "select 1) answer) rows; drop table profile; --",
    ] {
        has(&place.refused(query).await, &["the query: "]);
    }
    has(&place.refused("select nothing from nowhere").await, &["nowhere"]);
    let cut = place.ok(&["sql", "--read-only", "--limit", "1", "values (1), (2)"]).await;
    assert_eq!(cut.lines().count(), 2, "{cut}");
    let unasked = place.atelier(&["sql", "select 1"]).await;
    assert!(!unasked.status.success() && unasked.err.contains("say --read-only"), "{unasked:?}");
    let people: i64 =
        sqlx::query_scalar("SELECT count(*) FROM profile").fetch_one(&place.pool).await.expect("counts");
    assert_eq!(people, 1);
}
