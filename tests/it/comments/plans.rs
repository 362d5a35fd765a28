//! How the database is asked: as often for many threads as for one, and by an index.

use super::scene::Scene;
use domain::role::Role;
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tests::{
    client::Client,
    factory::{self, Comment, File, Profile, Project, Team, Thread},
    statements::Tap,
};

/// Many teams that talk about their designs.
async fn fill(scene: &Scene, teams: i32) {
    let (db, owner) = (&scene.app.app.db, scene.ana.id());
    let teams: Vec<Team> = (0..teams).map(|_| Team::default()).collect();
    let projects: Vec<Project> = teams.iter().map(|team| Project::of(team.id)).collect();
    let files: Vec<File> = projects.iter().flat_map(|one| [File::of(one.id), File::of(one.id)]).collect();
    let of_file = |file: &File| (1..=8).map(|number| Thread::of(file.id, owner, number)).collect::<Vec<_>>();
    let threads: Vec<Thread> = files.iter().flat_map(of_file).collect();
    let comment = |thread: &Thread| Comment { thread: thread.id, owner, at: scene.app.app.now() };
    let comments: Vec<Comment> = threads.iter().flat_map(|one| [comment(one), comment(one)]).collect();
    let readers: Vec<Profile> = (0..5).map(|n| Profile::of(format!("reader{n}@example.com"))).collect();
    factory::insert(db, teams).await;
    factory::insert(db, projects).await;
    factory::insert(db, files).await;
    factory::insert(db, threads).await;
    factory::insert(db, comments).await;
    factory::insert(db, readers.clone()).await;
    for reader in readers {
        factory::read_everything(db, reader.id).await;
    }
}

/// Every way of reading and writing, of a thread.
fn calls(scene: &Scene, thread: &Json) -> Vec<(&'static str, Json)> {
    let (file, key) = (&scene.file["id"], &thread["id"]);
    vec![
        ("get-comment-threads", json!({"fileId": file})),
        ("get-unread-comment-threads", json!({"teamId": scene.team["id"]})),
        ("get-comment-thread", json!({"fileId": file, "id": key})),
        ("get-comments", json!({"threadId": key})),
        ("get-profiles-for-file-comments", json!({"fileId": file})),
        ("update-comment-thread-status", json!({"id": key})),
        ("mark-all-threads-as-read", json!({"threads": [key]})),
        ("create-comment-thread", scene.new_thread("Larger")),
        ("create-comment", json!({"threadId": key, "content": "Smaller"})),
        ("update-comment", json!({"id": thread["commentId"], "content": "Larger"})),
        ("update-comment-thread", json!({"id": key, "isResolved": true})),
        ("delete-comment", json!({"id": thread["commentId"]})),
    ]
}

async fn asked(by: &Client, tap: &Tap, method: &str, params: &Json) -> Vec<String> {
    tap.take();
    by.call(method, params.clone()).await.ok();
    tap.take()
}

#[tokio::test]
async fn many_threads_are_read_with_as_many_questions_as_one() {
    let scene = Scene::new().await;
    let tap = Tap::before(&scene.app.database.uri);
    let by = scene.ana.at(&scene.app.process_on(&tap.uri).await);
    let thread = scene.begin(&scene.bo, "Larger").await;
    let reads: Vec<(&str, Json)> = calls(&scene, &thread).into_iter().take(5).collect();
    let mut once = vec![];
    for (method, params) in &reads {
        once.push(asked(&by, &tap, method, params).await.len());
    }
    // The session and whose it is, the transaction, the right to look; the list, and the thread or the pages.
    assert_eq!(once, [6, 7, 6, 7, 6]);
    for number in 0..20 {
        let more = scene.begin(&scene.bo, &number.to_string()).await;
        super::scene::answer(&scene.cy, &more, "Why?").await;
    }
    for ((method, params), once) in reads.iter().zip(once) {
        assert_eq!(asked(&by, &tap, method, params).await.len(), once, "{method}");
    }
    scene.app.leaves_jobs(["send-comment-mail"]);
}

async fn run(session: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(session).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// The generic plan of a statement, in which nothing is known of its values.
async fn plan(session: &mut PgConnection, sql: &str) -> Json {
    let count = (1..).take_while(|n| sql.contains(&format!("${n}"))).count();
    let values = if count == 0 { String::new() } else { format!("({})", vec!["null"; count].join(", ")) };
    run(session, format!("prepare asked as {sql}")).await;
    let explain = format!("explain (format json) execute asked{values}");
    let plan: Json =
        sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(&mut *session).await.expect("a plan");
    run(session, "deallocate asked".to_owned()).await;
    plan[0]["Plan"].clone()
}

/// The tables of comments that are read from one end to the other.
fn whole_reads(node: &Json) -> Vec<String> {
    let table = node["Relation Name"].as_str().filter(|table| table.starts_with("comment"));
    let is_whole = node["Node Type"].as_str().is_some_and(|kind| kind.ends_with("Seq Scan"));
    let mut found: Vec<String> = table.filter(|_| is_whole).map(str::to_owned).into_iter().collect();
    let below = node["Plans"].as_array().map(Vec::as_slice).unwrap_or_default();
    found.extend(below.iter().flat_map(whole_reads));
    found
}

#[tokio::test]
async fn no_question_goes_through_everything_that_was_ever_said() {
    let scene = Scene::new().await;
    fill(&scene, 400).await;
    let dee = scene.app.person("dee").await;
    scene.app.join(&scene.team, &dee, Role::Viewer).await;
    let tap = Tap::before(&scene.app.database.uri);
    let by = scene.ana.at(&scene.app.process_on(&tap.uri).await);
    let thread = scene.begin(&scene.ana, "Larger").await;
    let mut session = PgConnection::connect(&scene.app.database.uri).await.expect("a connection");
    run(&mut session, "set plan_cache_mode = force_generic_plan; analyze".to_owned()).await;
    let mut bad = vec![];
    for (method, params) in calls(&scene, &thread) {
        for sql in asked(&by, &tap, method, &params).await {
            let is_about = sql.contains("comment") && !sql.contains("audit_log") && !sql.contains("queue.");
            if is_about {
                let found = whole_reads(&plan(&mut session, &sql).await);
                bad.extend((!found.is_empty()).then(|| format!("{method}: {found:?} in {sql}")));
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
