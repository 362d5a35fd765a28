//! How the server carries out what workers ask again and again: by an index, never through a whole table.
//!
//! `guard` counts the rows that a worker reads; here each statement is explained by itself, with the generic plan that
//! a worker pins, so that a bad one has its name.

use std::{collections::BTreeMap, path::Path};

use atelier_queue::PLAN_SETTINGS;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::setup::TestQueue;

/// Folders of statements that workers run for jobs: claims, results, leases.
const FOLDERS: [&str; 3] = ["claim", "finish", "lease"];
/// It calls a function, whose inside has no plan of its own here: `guard` counts what that reads.
const OPAQUE: &str = "claim/limited";

/// The statements of a worker by their names, such as `claim/first`.
fn statements() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../jobs/queue/src/sql");
    let mut found = BTreeMap::new();
    for folder in FOLDERS {
        for file in std::fs::read_dir(root.join(folder)).expect("a folder").flatten() {
            let name = file.path().file_stem().expect("a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(file.path()).expect("text");
            found.insert(format!("{folder}/{name}"), text);
        }
    }
    found.remove(OPAQUE).expect("is there");
    found
}

/// A queue with many jobs in every state and a history, and a session that plans as a worker does.
async fn full_queue() -> (TestQueue, PgConnection) {
    let queue = TestQueue::new().await;
    queue
        .run_sql(
            "insert into queue.job (lane, queue, kind, payload, state, run_at, lease_token, lease_until) \
               select n % 50, 'default', 'k' || n % 20, '{}', n % 3, now() + (n % 100 - 50) * interval '1 min', \
                 case when n % 3 = 2 then n end, case when n % 3 = 2 then now() + interval '15 s' end \
               from generate_series(1, 30000) n; \
             insert into queue.job_done (id, run_at, enqueued_at, clock_shift_ms, priority, attempt, max_attempts, \
                 queue, kind, payload) \
               select -n, now(), now(), 0, 100, 1, 1, 'default', 'k' || n % 20, '{}' \
               from generate_series(1, 20000) n; \
             analyze queue.job; analyze queue.job_done;",
        )
        .await;
    let mut session = PgConnection::connect(&queue.uri).await.expect("a connection");
    for (name, value) in PLAN_SETTINGS {
        run(&mut session, format!("set {name} = {value}")).await;
    }
    (queue, session)
}

async fn run(session: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(session).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// The generic plan of a statement.
async fn plan(session: &mut PgConnection, sql: &str) -> Value {
    let parameters = (1..).take_while(|n| sql.contains(&format!("${n}"))).count();
    let values =
        if parameters == 0 { String::new() } else { format!("({})", vec!["null"; parameters].join(", ")) };
    run(session, format!("prepare asked as {sql}")).await;
    let explain = format!("explain (format json) execute asked{values}");
    let plan: Value =
        sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(&mut *session).await.expect("a plan");
    run(session, "deallocate asked".to_owned()).await;
    plan[0]["Plan"].clone()
}

/// The nodes of a plan that read a table of jobs from one end to the other: by itself, or through an index without
/// saying where in it.
fn whole_reads(node: &Value) -> Vec<String> {
    let (kind, table) = (node["Node Type"].as_str().unwrap_or_default(), node["Relation Name"].as_str());
    let is_whole = match kind {
        "Seq Scan" | "Parallel Seq Scan" | "Sample Scan" => true,
        "Index Scan" | "Index Only Scan" => node["Index Cond"].is_null(),
        _ => false,
    };
    let of_jobs = table.filter(|table| is_whole && table.starts_with("job"));
    let mut found: Vec<String> = of_jobs.map(|table| format!("{kind} of {table}")).into_iter().collect();
    let below = node["Plans"].as_array().map(Vec::as_slice).unwrap_or_default();
    found.extend(below.iter().flat_map(whole_reads));
    found
}

/// What is wrong with the plans, by statement.
async fn bad_plans(session: &mut PgConnection) -> BTreeMap<String, Vec<String>> {
    let mut bad = BTreeMap::new();
    for (name, sql) in statements() {
        let found = whole_reads(&plan(session, &sql).await);
        if !found.is_empty() {
            bad.insert(name, found);
        }
    }
    bad
}

#[tokio::test]
async fn no_statement_of_a_worker_goes_through_a_whole_table() {
    assert!(statements().len() > 15, "{:?}", statements().keys());
    let (_queue, mut session) = full_queue().await;
    assert_eq!(bad_plans(&mut session).await, BTreeMap::new());
}

#[tokio::test]
async fn an_index_that_went_is_missed() {
    let (_queue, mut session) = full_queue().await;
    for (gone, needed_by) in [
        ("drop index queue.job_ready", ["claim/first", "claim/lanes", "claim/survey_lanes"].as_slice()),
        ("drop index queue.job_due", &["claim/promote"]),
        ("drop index queue.job_lease", &["lease/rescue"]),
        (
            "alter table queue.job drop constraint job_pkey",
            &["claim/one", "finish/done", "finish/retry", "lease/renew"],
        ),
    ] {
        run(&mut session, format!("begin; {gone}")).await;
        let bad = bad_plans(&mut session).await;
        for name in needed_by {
            assert!(bad.contains_key(*name), "{gone}: {name} is not among {bad:?}");
        }
        run(&mut session, "rollback".to_owned()).await;
    }
}
