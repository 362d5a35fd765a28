//! Deleting accounts and large teams: what goes when, and what stays.

use chrono::Duration;
use domain::{deletion::Kind, role::Role};
use entities::ids::TeamId;
use jobs::{
    Enqueue,
    all::{delete_object::DeleteObject, objects_gc::ObjectsGc},
    read::{Filter, State},
};
use platform::{app::App, config::Config};
use serde_json::{Value as Json, json};
use tests::{
    app::{TestApp, operator},
    factory::{self, Document, File, Project},
    picture,
    statements::Tap,
};
use tokio::time::timeout;
use uuid::Uuid;

const WAIT_MAX: std::time::Duration = std::time::Duration::from_secs(120);

fn id(thing: &Json) -> Uuid {
    thing["id"].as_str().expect("an id").parse().expect("a uuid")
}

#[tokio::test]
async fn a_deleted_person_is_nobody_at_once_and_purged_after_the_delay() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let team = ben.team("Ink").await;
    app.join(&team, &ana, Role::Editor).await;
    ana.file("Sketch").await;
    let token = ana.call("create-access-token", json!({"name": "ci"})).await.ok();
    let members = async || {
        let listed = ben.call("get-team-members", json!({"teamId": team["id"]})).await.ok();
        listed.as_array().map(Vec::len)
    };
    assert_eq!(members().await, Some(2));

    let gone = ana.call("delete-profile", json!({})).await;
    gone.ok();
    assert!(gone.header("set-cookie").contains("Max-Age=0"), "{gone:?}");
    assert!(ana.call("get-teams", json!({})).await.failure().starts_with("401"));
    let mut script = app.anonymous();
    script.authorization = Some(format!("Token {}", token["token"].as_str().expect("a token")));
    assert!(script.call("get-teams", json!({})).await.failure().starts_with("401"));
    let login = app.anonymous().login(&ana.email, tests::person::PASSWORD).await;
    assert_eq!(login.failure(), "400 validation/wrong-credentials");
    assert_eq!(members().await, Some(1));
    assert_eq!(app.count("SELECT count(*) FROM http_session").await, 1, "ben's");

    app.run_jobs().await;
    assert_eq!(app.count("SELECT count(*) FROM file WHERE deleted_at IS NULL").await, 0);
    app.run_job_later(ObjectsGc {}, Duration::days(6)).await;
    assert_eq!(app.count("SELECT count(*) FROM profile").await, 2, "within the delay");
    assert_eq!(app.count("SELECT count(*) FROM file_part WHERE kind = 0").await, 1);
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    assert_eq!(app.count("SELECT count(*) FROM profile").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM team WHERE is_default").await, 1, "no team without an owner");
    assert_eq!(app.count("SELECT count(*) FROM file_container").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM file_part").await, 0, "the document is swept");
    assert_eq!(members().await, Some(1));
}

#[tokio::test]
async fn owners_of_teams_with_people_stay() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let team = ana.team("Ink").await;
    ana.team("Alone").await;
    app.join(&team, &ben, Role::Editor).await;
    let refused = ana.call("delete-profile", json!({})).await;
    assert_eq!(refused.failure(), "400 validation/owner-teams-with-people");
    assert_eq!(refused.json()["teams"], json!([team["id"]]));
    assert_eq!(app.count("SELECT count(*) FROM team WHERE deleted_at IS NOT NULL").await, 0);

    // Somebody who is deleted cannot become the owner, and is in nobody's way.
    let params = json!({"teamId": team["id"], "memberId": ben.profile["id"], "role": "owner"});
    ben.call("delete-profile", json!({})).await.ok();
    assert_eq!(
        ana.call("update-team-member-role", params).await.failure(),
        "404 not-found/member-does-not-exist"
    );
    let leave = json!({"id": team["id"], "reassignTo": ben.profile["id"]});
    assert_eq!(ana.call("leave-team", leave).await.failure(), "404 not-found/member-does-not-exist");
    ana.call("delete-profile", json!({})).await.ok();
    assert_eq!(app.count("SELECT count(*) FROM team WHERE deleted_at IS NULL").await, 0);
    app.run_jobs().await;
}

#[tokio::test]
async fn a_demo_account_goes_at_its_date_with_its_team() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    ana.file("Sketch").await;
    sqlx::raw_sql("UPDATE profile SET is_demo = true, deleted_at = now() + interval '3 days'")
        .execute(&app.app.pool)
        .await
        .expect("is a demo");
    app.run_job_later(ObjectsGc {}, Duration::days(2)).await;
    assert_eq!(ana.call("get-teams", json!({})).await.ok().as_array().map(Vec::len), Some(1));
    app.run_job_later(ObjectsGc {}, Duration::days(4)).await;
    for table in ["SELECT count(*) FROM profile", "SELECT count(*) FROM team", "SELECT count(*) FROM file"] {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
}

/// Files with one document each, 600 a project.
async fn fill(app: &TestApp, team: &Json, files: usize) {
    let (team, db) = (TeamId(id(team)), &app.app.db);
    let projects: Vec<Project> = (0..files.div_ceil(600)).map(|_| Project::of(team)).collect();
    let in_project = |n: usize| File { name: format!("File {n}"), ..File::of(projects[n / 600].id) };
    let files: Vec<File> = (0..files).map(in_project).collect();
    let documents: Vec<Document> = files.iter().map(|file| Document::of(file.id, "x")).collect();
    factory::insert(db, projects).await;
    factory::insert(db, files).await;
    factory::insert(db, documents).await;
}

#[tokio::test]
async fn a_large_team_goes_in_batches_with_progress_and_can_be_stopped() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    fill(&app, &team, 1_300).await;
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    let jobs = app.count("SELECT count(*) FROM file WHERE deleted_at IS NOT NULL").await;
    assert_eq!(jobs, 0, "the answer does not wait for the parts");

    // A row that somebody holds stops the third batch; what the first two did stays when the worker dies.
    let held = platform::db::begin(&app.app.db).await.expect("begins");
    let last = "SELECT id FROM file WHERE name = 'File 1299' FOR UPDATE";
    sea_orm::ConnectionTrait::execute_unprepared(&held, last).await.expect("holds");
    let worker = tokio::spawn({
        let app = app.app.clone();
        async move { jobs::drain(&app, &operator()).await }
    });
    let marked = "SELECT count(*) FROM file WHERE deleted_at IS NOT NULL";
    let two = async {
        while app.count(marked).await < 1_000 {
            tokio::task::yield_now().await;
        }
    };
    timeout(WAIT_MAX, two).await.expect("two batches");
    worker.abort();
    let _ = worker.await;
    held.rollback().await.expect("lets go");

    let job = DeleteObject { object: Kind::Team, id: id(&team) };
    let number = jobs::enqueue(&app.app.db, &operator(), &job, Enqueue::default())
        .await
        .expect("enqueues")
        .expect("is new");
    app.run_jobs().await;
    let shown = jobs::read::show(&app.app.pool, number).await.expect("reads").expect("is known");
    assert_eq!(shown.state, State::Done, "{:?}", shown.errors);
    let progress = shown.progress.expect("told").to_string();
    assert!(
        progress.contains("deleted: 300 files, 300 documents"),
        "goes on where the other was: {progress}"
    );
    assert_eq!(app.count(marked).await, 1_300);
    let whole = "SELECT count(DISTINCT deleted_at) FROM (
                   SELECT deleted_at FROM team WHERE NOT is_default UNION ALL SELECT deleted_at FROM file UNION ALL
                   SELECT deleted_at FROM file_data) marks";
    assert_eq!(app.count(whole).await, 1, "everything has the mark of the whole");
}

#[tokio::test]
async fn one_file_takes_three_statements_and_a_check() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, 1)).await.ok();
    ana.call("delete-file", json!({"id": file["id"]})).await.ok();
    let tap = Tap::before(&app.database.uri);
    let seen = App::connect(Config::clone(&app.app.config), &tap.uri).await.expect("connects");
    tap.take();
    jobs::drain(&seen, &operator()).await.expect("drains");
    // Without the brackets of transactions and the bookkeeping of the queue.
    let brackets = ["BEGIN", "COMMIT", "ROLLBACK", "UNLISTEN *"];
    let is_work = |sql: &String| !brackets.contains(&sql.as_str()) && !sql.contains("queue");
    let sent: Vec<String> = tap.take().into_iter().filter(is_work).collect();
    let expected = [
        "SELECT 1 FROM file ",
        "WITH of_file_data AS (UPDATE file_data ",
        // Whether it was a library of something.
        "SELECT library.id FROM file library ",
        "SELECT (SELECT count(*) FROM file_data ",
    ];
    assert_eq!(sent.len(), expected.len(), "{sent:#?}");
    for (sql, start) in sent.iter().zip(&expected) {
        assert!(sql.starts_with(start), "{sql} is not {start}…");
    }
}

#[tokio::test]
async fn the_check_sees_what_was_forgotten() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Poster").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, 1)).await.ok();
    // As if the table were in no list: whatever is done to its rows leaves them as they were.
    let forgetful = "
        CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
        CREATE TRIGGER forget BEFORE UPDATE ON file_media_object FOR EACH ROW EXECUTE FUNCTION forget()";
    sqlx::raw_sql(forgetful).execute(&app.app.pool).await.expect("forgets");
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    app.run_jobs().await;
    let filter = Filter { kind: Some("delete-object".to_owned()), ..Filter::default() };
    let listed = jobs::read::list(&app.app.pool, &filter).await.expect("reads");
    let job = &listed.jobs[0];
    assert_eq!(job.state, State::Scheduled, "{job:?}");
    let shown = jobs::read::show(&app.app.pool, job.id).await.expect("reads").expect("is known");
    let error = format!("{:?}", shown.errors);
    assert!(
        error.contains("not so: everything in a deleted object is deleted: not deleted: 1 picture"),
        "{error}"
    );

    sqlx::raw_sql("DROP TRIGGER forget ON file_media_object")
        .execute(&app.app.pool)
        .await
        .expect("remembers");
    let job = DeleteObject { object: Kind::Team, id: id(&team) };
    app.run_job_later(job, Duration::zero()).await;
    assert_eq!(app.count("SELECT count(*) FROM file_media_object WHERE deleted_at IS NULL").await, 0);
    app.leaves_jobs(["delete-object"]);
}
