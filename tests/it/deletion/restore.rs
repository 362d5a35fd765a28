//! What was deleted comes back whole, or not at all.

use chrono::Duration;
use domain::deletion::{
    Kind,
    cascade::{self, BATCH_MAX},
    counts::Counts,
    restore,
};
use entities::ids::{FileId, ProfileId, ProjectId, TeamId};
use jobs::all::{delete_object::DeleteObject, objects_gc::ObjectsGc};
use serde_json::{Value as Json, json};
use tests::{
    app::{TestApp, operator},
    person::Person,
};
use uuid::Uuid;

fn id(thing: &Json) -> Uuid {
    thing["id"].as_str().expect("an id").parse().expect("a uuid")
}

/// Restores as an operator does: all of it, or nothing.
async fn back(app: &TestApp, kind: Kind, id: Uuid) -> domain::Result<Counts> {
    let (now, delay) = (app.app.now(), app.app.config.limits.deletion_delay);
    let tx = platform::db::begin(&app.app.db).await?;
    let restored = match kind {
        Kind::Team => restore::team(&tx, &operator(), TeamId(id), now).await,
        Kind::Project => restore::project(&tx, &operator(), ProjectId(id), now).await,
        Kind::File => restore::file(&tx, &operator(), FileId(id), now).await,
        Kind::Profile => restore::profile(&tx, &operator(), ProfileId(id), delay, now).await,
    };
    if restored.is_ok() {
        tx.commit().await?;
    }
    restored
}

async fn code(app: &TestApp, kind: Kind, id: Uuid) -> &'static str {
    back(app, kind, id).await.expect_err("is refused").code().expect("has a code")
}

async fn names(ana: &Person, project: &Json) -> Vec<String> {
    let files = ana.call("get-project-files", json!({"projectId": project["id"]})).await.ok();
    let mut names: Vec<String> = files
        .as_array()
        .expect("list")
        .iter()
        .map(|f| f["name"].as_str().expect("name").to_owned())
        .collect();
    names.sort();
    names
}

/// One file with a picture, one library.
async fn poster(ana: &Person, team: &Json) -> (Json, Json, Json) {
    let project = ana.project(team, "Poster").await;
    let sketch = ana.file_in(&project["id"], "Sketch").await;
    ana.upload_picture(&sketch["id"], "a.png", "image/png", tests::picture::png(20, 20, 1)).await.ok();
    let params = json!({"projectId": project["id"], "name": "Library", "isShared": true});
    let library = ana.call("create-file", params).await.ok();
    (project, sketch, library)
}

const HIDDEN_PARTS: &str = "SELECT count(*) FROM file_media_object WHERE deleted_at IS NOT NULL";

#[tokio::test]
async fn a_team_comes_back_with_what_went_with_it_only() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let (project, sketch, _) = poster(&ana, &team).await;
    let old = ana.file_in(&project["id"], "Old").await;
    let attic = ana.project(&team, "Attic").await;
    let box_ = ana.file_in(&attic["id"], "Box").await;
    for (file, seed) in [(&old, 2), (&box_, 3)] {
        let png = tests::picture::png(20, 20, seed);
        ana.upload_picture(&file["id"], "a.png", "image/png", png).await.ok();
    }
    ana.call("delete-file", json!({"id": old["id"]})).await.ok();
    ana.call("delete-project", json!({"id": attic["id"]})).await.ok();
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    app.run_jobs().await;
    assert_eq!(app.count("SELECT count(*) FROM file WHERE deleted_at IS NULL").await, 0);
    for (kind, inside) in [(Kind::File, &sketch), (Kind::Project, &project)] {
        assert_eq!(code(&app, kind, id(inside)).await, "container-deleted");
    }

    let restored = back(&app, Kind::Team, id(&team)).await.expect("comes back");
    assert_eq!(restored.to_string(), "1 team, 2 projects, 2 files, 1 picture", "{restored:?}");
    assert_eq!(names(&ana, &project).await, ["Library", "Sketch"]);
    let files = ana.call("get-project-files", json!({"projectId": project["id"]})).await.ok();
    let shared = files.as_array().expect("list").iter().find(|f| f["name"] == "Library").expect("is there");
    assert_eq!(shared["isShared"], true, "a library comes back as one");
    ana.call("get-file", json!({"id": sketch["id"]})).await.ok();
    assert_eq!(app.count("SELECT count(*) FROM file_media_object WHERE deleted_at IS NULL").await, 1);
    assert_eq!(app.count(HIDDEN_PARTS).await, 2, "those of Old and Box");

    assert_eq!(code(&app, Kind::Team, id(&team)).await, "object-not-deleted");
    assert_eq!(code(&app, Kind::File, id(&box_)).await, "container-deleted", "its project is");
    back(&app, Kind::Project, id(&attic)).await.expect("comes back");
    back(&app, Kind::File, id(&old)).await.expect("comes back");
    assert_eq!(names(&ana, &attic).await, ["Box"]);
    assert_eq!(names(&ana, &project).await, ["Library", "Old", "Sketch"]);
    assert_eq!(app.count(HIDDEN_PARTS).await, 0);
    assert!(matches!(back(&app, Kind::Team, Uuid::nil()).await, Err(domain::Error::NotFound)));
}

#[tokio::test]
async fn a_restore_in_the_middle_of_a_cascade_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let (project, ..) = poster(&ana, &team).await;
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    // Two projects, and one file of two.
    let mut deleted = Counts::default();
    while deleted.of("file") == 0 {
        let tx = platform::db::begin(&app.app.db).await.expect("begins");
        deleted = deleted.plus(cascade::step(&tx, Kind::Team, id(&team), 1).await.expect("deletes").deleted);
        tx.commit().await.expect("commits");
    }
    let living = app.count("SELECT count(*) FROM file WHERE deleted_at IS NULL").await;
    assert_eq!((deleted.of("file"), living), (1, 1));

    back(&app, Kind::Team, id(&team)).await.expect("comes back");
    // The job of the deletion comes too late.
    app.run_jobs().await;
    let job = DeleteObject { object: Kind::Team, id: id(&team) };
    app.run_job_later(job, Duration::zero()).await;
    assert_eq!(names(&ana, &project).await, ["Library", "Sketch"]);
    assert_eq!(app.count(HIDDEN_PARTS).await, 0);
    app.run_job_later(ObjectsGc {}, Duration::days(30)).await;
    assert_eq!(names(&ana, &project).await, ["Library", "Sketch"], "and nothing of it is purged");
}

/// Until so many connections wait for a row.
async fn waiting(app: &TestApp, count: i64) {
    let sql = "SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let all = async {
        while app.count(sql).await < count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(120), all).await.expect("they wait");
}

#[tokio::test]
async fn a_restore_waits_for_a_step_of_the_cascade_and_takes_it_back() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let (project, ..) = poster(&ana, &team).await;
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    // Somebody holds a file, so that the step stands in its middle, with a mark in its hand.
    let held = platform::db::begin(&app.app.db).await.expect("begins");
    let sketch = "SELECT id FROM file WHERE name = 'Sketch' FOR UPDATE";
    sea_orm::ConnectionTrait::execute_unprepared(&held, sketch).await.expect("holds");
    let step = async {
        let tx = platform::db::begin(&app.app.db).await.expect("begins");
        cascade::step(&tx, Kind::Team, id(&team), BATCH_MAX).await.expect("carries");
        tx.commit().await.expect("commits");
    };
    let restored = async {
        waiting(&app, 1).await;
        back(&app, Kind::Team, id(&team)).await
    };
    let let_go = async {
        waiting(&app, 2).await;
        held.rollback().await.expect("lets go");
    };
    let ((), restored, ()) = tokio::join!(step, restored, let_go);
    assert_eq!(restored.expect("comes back").of("file"), 2);
    assert_eq!(names(&ana, &project).await, ["Library", "Sketch"]);
    assert_eq!(app.count(HIDDEN_PARTS).await, 0);
    app.run_jobs().await;
    assert_eq!(app.count(HIDDEN_PARTS).await, 0, "the job comes too late to hide anything");
}

#[tokio::test]
async fn nothing_comes_back_after_its_time() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let (_, sketch, _) = poster(&ana, &team).await;
    ana.call("delete-file", json!({"id": sketch["id"]})).await.ok();
    // Soon is too late as well: the purge may run on a machine whose clock is ahead.
    sqlx::query("UPDATE file SET deleted_at = now() + interval '30 seconds' WHERE id = $1")
        .bind(id(&sketch))
        .execute(&app.app.pool)
        .await
        .expect("passes the time");
    assert_eq!(code(&app, Kind::File, id(&sketch)).await, "object-purged");
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    app.run_jobs().await;
    // As if a purge ahead of time had been stopped after the documents, which the release before wrote whole.
    sqlx::query("UPDATE file SET root_container_id = NULL").execute(&app.app.pool).await.expect("deletes");
    assert_eq!(code(&app, Kind::Team, id(&team)).await, "object-purged");
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    assert!(matches!(back(&app, Kind::Team, id(&team)).await, Err(domain::Error::NotFound)));
}

#[tokio::test]
async fn a_person_comes_back_with_their_teams_until_somebody_has_their_address() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let (team, gone) = (ana.team("Ink").await, ana.team("Gone").await);
    let (project, ..) = poster(&ana, &team).await;
    let me = id(&ana.profile);
    ana.call("delete-team", json!({"id": gone["id"]})).await.ok();
    ana.call("delete-profile", json!({})).await.ok();
    app.run_jobs().await;
    assert_eq!(code(&app, Kind::Team, id(&team)).await, "container-deleted");
    app.run_job_later(ObjectsGc {}, Duration::days(6)).await;
    let restored = back(&app, Kind::Profile, me).await.expect("comes back");
    assert_eq!((restored.of("team"), restored.of("file")), (2, 2), "{restored:?}");
    let mut again = app.anonymous();
    assert!(ana.call("get-teams", json!({})).await.failure().starts_with("401"), "sessions do not come back");
    again.login("ana@example.com", tests::person::PASSWORD).await.ok();
    assert_eq!(again.call("get-teams", json!({})).await.ok().as_array().map(Vec::len), Some(2), "not Gone");
    again.call("get-project-files", json!({"projectId": project["id"]})).await.ok();
    back(&app, Kind::Team, id(&gone)).await.expect("comes back");
    assert_eq!(code(&app, Kind::Profile, me).await, "object-not-deleted");

    again.call("delete-profile", json!({})).await.ok();
    app.person("ana").await;
    assert_eq!(code(&app, Kind::Profile, me).await, "email-already-exists");
}
