//! What operators do to jobs from the command line.

use jobs::{Enqueue, all::delete_object::DeleteObject, read};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use serde_json::{Value, json};
use sqlx::PgPool;
use tests::{
    app::operator,
    database::TestDatabase,
    factory::{Job, insert_jobs},
    process::{self, Finished, data_directory},
};
use uuid::Uuid;

/// A database whose jobs nobody runs, and the command line on it.
struct Cli {
    database: TestDatabase,
    pool: PgPool,
    db: DatabaseConnection,
    data: tempfile::TempDir,
}

impl Cli {
    async fn new() -> Cli {
        let database = TestDatabase::migrated().await;
        let pool = PgPool::connect(&database.uri).await.expect("connects");
        let db = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        Cli { database, pool, db, data: data_directory() }
    }

    fn settings(&self) -> [(&str, &str); 2] {
        [
            ("PENPOT_DATABASE_URI", &self.database.uri),
            ("PENPOT_SECRET_KEY", "a secret of this test, long enough"),
        ]
    }

    async fn run(&self, line: &str) -> Finished {
        let mut arguments = vec!["jobs"];
        arguments.extend(line.split(' '));
        let dir = self.data.path().display().to_string();
        arguments.extend(["--data-dir", dir.as_str()]);
        process::run(&arguments, &self.settings()).await
    }

    /// What it prints when it goes well.
    async fn ok(&self, line: &str) -> String {
        let done = self.run(line).await;
        assert!(done.status.success(), "{line}: {done:?}");
        done.out
    }

    /// What it complains of when it does not.
    async fn refused(&self, line: &str) -> String {
        let done = self.run(line).await;
        assert!(!done.status.success(), "{line}: {done:?}");
        done.err + &done.out
    }

    async fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.ok(&format!("{line} --json")).await).expect("JSON")
    }

    async fn job(&self) -> i64 {
        let job = DeleteObject { object: domain::deletion::Kind::File, id: Uuid::from_u128(7) };
        let id = jobs::enqueue(&self.db, &operator(), &job, Enqueue::default()).await;
        id.expect("enqueues").expect("is new")
    }

    /// One at a time.
    async fn dead_job(&self) -> i64 {
        let id = 900_000;
        let payload = json!({"object": "file", "id": Uuid::from_u128(7)});
        insert_jobs(&self.db, [Job { payload, ..Job::dead(id, "delete-object", "boom") }]).await;
        id
    }

    async fn state(&self, id: i64) -> String {
        let job = read::show(&self.pool, id).await.expect("reads").expect("is known");
        job.state.to_string()
    }
}

#[tokio::test]
async fn jobs_are_managed_by_number_or_by_choice() {
    let cli = Cli::new().await;
    let (waiting, dead) = (cli.job().await, cli.dead_job().await);
    assert_eq!(cli.ok("cancel --kind delete-object --dry-run").await, "1 job would be cancelled\n");
    assert_eq!(cli.state(waiting).await, "ready", "only asked");
    assert_eq!(
        cli.ok(&format!("prioritise {waiting} --priority 7")).await,
        "1 job was given another priority\n"
    );
    assert_eq!(cli.json(&format!("cancel {waiting}")).await["changed"], 1);
    assert_eq!(cli.ok("discard --text BOOM").await, "1 job was discarded\n");
    assert_eq!(cli.ok(&format!("retry {waiting} {dead}")).await, "2 jobs were made ready again\n");
    assert_eq!((cli.state(waiting).await, cli.state(dead).await), ("ready".into(), "ready".into()));
    assert!(cli.ok(&format!("show {dead}")).await.contains("after 12 ms:\n  boom"));

    let output = cli.refused(&format!("retry {dead} 99999")).await;
    assert!(output.contains(&format!("{dead}: it is ready; retry is for jobs that are dead")), "{output}");
    assert!(output.contains("99999: there is no such job"), "{output}");
    for (line, words) in [
        ("cancel", "say which jobs"),
        ("cancel 1 --kind send-mail", "not by both"),
        ("retry --state running", "retry is for jobs that are dead, discarded, cancelled"),
        ("prioritise 1 --priority 10001", "10000"),
        ("prioritise 1 --priority -1", "unexpected argument"),
        ("cancel one", "invalid value 'one'"),
    ] {
        let output = cli.refused(line).await;
        assert!(output.contains(words), "{line}: {output}");
    }
    let actions = cli.json("actions").await;
    let done: Vec<&str> =
        actions.as_array().expect("a list").iter().filter_map(|a| a["action"].as_str()).collect();
    assert_eq!(done, ["retry", "discard", "cancel", "prioritise 7"]);
    assert!(actions[0]["who"].as_str().is_some_and(|who| who.starts_with("cli:")), "{actions}");
}

#[tokio::test]
async fn queues_and_kinds_are_switched_and_limited() {
    let cli = Cli::new().await;
    assert_eq!(cli.ok("limits").await, "nothing is paused or limited\n");
    assert!(cli.ok("pause --queue webhooks").await.contains("paused"));
    assert!(cli.ok("pause --queue webhooks").await.contains("already"));
    cli.ok("limits --kind send-mail --rate 10/1m").await;
    let set = cli.json("limits --kind send-mail --concurrency 3").await;
    assert_eq!(
        (&set[0]["limits"]["concurrency"], &set[0]["limits"]["rate"]["window_ms"]),
        (&3.into(), &60_000.into())
    );
    let table = cli.ok("limits").await;
    assert!(table.contains("queue webhooks") && table.contains("10/1m"), "{table}");
    let stats = cli.ok("stats").await;
    assert!(stats.contains("webhooks") && stats.contains("paused 2") && stats.contains("media"), "{stats}");
    assert!(cli.ok("resume --queue webhooks").await.contains("resumed"));
    cli.ok("limits --kind send-mail --none").await;
    assert_eq!(cli.ok("limits").await, "nothing is paused or limited\n");
    for (line, words) in [
        ("pause", "say what"),
        ("pause --queue attic", "one of default, webhooks, media"),
        ("resume --kind nothing", "there is no such job"),
        ("limits --kind send-mail --concurrency 0", "1 to 1000000"),
        ("limits --kind send-mail --rate 0/1s", "1 to 1000000"),
        ("limits --kind send-mail --rate often", "10/1s"),
        ("limits --concurrency 3", "say of what"),
        ("limits --kind send-mail --none --concurrency 3", "cannot be used with"),
    ] {
        let output = cli.refused(line).await;
        assert!(output.contains(words), "{line}: {output}");
    }
}

#[tokio::test]
async fn the_clock_is_seen_and_switched() {
    let cli = Cli::new().await;
    assert!(cli.ok("schedule list").await.contains("no worker"));
    assert!(cli.refused("schedule run objects-gc").await.contains("no schedule \"objects-gc\""));
    let dir = cli.data.path().display().to_string();
    let worker = process::start(&["worker", "--data-dir", &dir, "--queue", "media=1"], &cli.settings()).await;
    // A worker is ready before its clock has its first look.
    let seen = async {
        let is_it = |entry: &serde_json::Value| entry["name"] == "objects-gc";
        while !cli.json("schedule list").await.as_array().is_some_and(|entries| entries.iter().any(is_it)) {}
    };
    tokio::time::timeout(std::time::Duration::from_secs(120), seen).await.expect("the clock is set");
    assert!(cli.ok("stats").await.contains("media=1"));
    assert!(cli.ok("schedule pause objects-gc").await.contains("paused"));
    assert!(cli.ok("schedule list").await.contains("by cli:"));
    assert!(cli.ok("schedule run objects-gc").await.contains("started as job"));
    assert!(cli.refused("schedule run objects-gc").await.contains("not finished yet"));
    assert!(cli.ok("schedule resume objects-gc").await.contains("resumed"));
    assert!(worker.terminate().await.success());
}

#[tokio::test]
async fn a_dead_job_is_rehearsed_and_replayed() {
    let cli = Cli::new().await;
    let (dead, waiting) = (cli.dead_job().await, cli.job().await);
    assert!(cli.ok(&format!("replay {dead} --dry-run")).await.contains("would delete"));
    assert_eq!(cli.state(dead).await, "dead", "only asked");
    let output = cli.ok(&format!("replay {dead}")).await;
    assert!(
        output.contains("verified: everything in a deleted object is deleted") && output.contains("boom"),
        "{output}"
    );
    assert_eq!(cli.state(dead).await, "done");
    assert!(cli.refused(&format!("replay {waiting}")).await.contains("is ready: only dead"));
    assert!(cli.refused(&format!("replay {dead}")).await.contains("is done: only dead"));
    assert!(cli.refused("replay 99999").await.contains("no job 99999"));
    cli.ok(&format!("cancel {waiting}")).await;
    sqlx::query("update queue.job_cancelled set kind = 'gone' where id = $1")
        .bind(waiting)
        .execute(&cli.pool)
        .await
        .expect("");
    assert!(cli.refused(&format!("replay {waiting} --dry-run")).await.contains("cannot tell"));
}
