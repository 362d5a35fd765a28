//! A library goes, and the files that use it take over what they use: all of it or nothing, and before it is purged.

use super::{
    icons::{fill, is_absorbed, key, place, sent},
    id, join, libraries, library, link, names,
};
use crate::files::scene::{answered, hears};
use chrono::Duration;
use domain::deletion::restore;
use entities::ids::FileId;
use jobs::{
    admin::{Action, Target, apply},
    all::{absorb_library::AbsorbLibrary, objects_gc::ObjectsGc, release_libraries::ReleaseLibraries},
    read::{Filter, Shown, State, list},
};
use serde_json::{Value as Json, json};
use tests::{
    app::{TestApp, operator},
    drawing::Drawing,
    person::Person,
};
use transit::value::Value;
use uuid::Uuid;

/// A library, and a file with a copy of its component.
struct Scene {
    app: TestApp,
    ana: Person,
    library: Json,
    file: Json,
    to: Drawing,
}

impl Scene {
    async fn new() -> Scene {
        let app = TestApp::start().await;
        let ana = app.person("ana").await;
        let (library, file) = (library(&ana, "Icons").await, ana.file("Poster").await);
        fill(&ana, &library).await;
        link(&ana, &file, &library).await;
        let to = place(&ana, &file, id(&library)).await;
        Scene { app, ana, library, file, to }
    }

    async fn share(&self, is_shared: bool) {
        self.ana.call("set-file-shared", json!({"id": self.library["id"], "isShared": is_shared})).await.ok();
    }

    async fn delete(&self) {
        self.ana.call("delete-file", json!({"id": self.library["id"]})).await.ok();
    }

    /// Whether the file has all of it by itself; else it has nothing of it.
    async fn is_absorbed(&self) -> bool {
        is_absorbed(&self.ana, self.to, id(&self.library)).await
    }

    async fn absorptions(&self) -> Vec<Shown> {
        let filter = Filter { kind: Some("absorb-library".to_owned()), ..Filter::default() };
        list(&self.app.app.pool, &filter).await.expect("reads").jobs
    }

    /// What waits for its next attempt runs now.
    async fn try_again(&self) {
        let filter = Filter { kind: Some("absorb-library".to_owned()), ..Filter::default() };
        let target = Target::Matching(filter);
        apply(&self.app.app.pool, Action::RunNow, &target, "eve").await.expect("is done");
        self.app.run_jobs().await;
    }
}

#[tokio::test]
async fn what_is_published_no_longer_lives_on_in_the_files_that_use_it() {
    let scene = Scene::new().await;
    let (app, ana) = (&scene.app, &scene.ana);
    let mut heard = app.app.bus.subscribe(&scene.to.file.to_string()).await;
    scene.share(false).await;
    assert!(!scene.is_absorbed().await, "the answer did not wait for it");
    assert_eq!(names(&libraries(ana, &scene.file).await), ["Icons"], "a library until it is done");
    app.run_jobs().await;
    assert!(scene.is_absorbed().await);
    assert_eq!(libraries(ana, &scene.file).await, Vec::<Json>::new());
    let usage = ana.call("get-library-usage", json!({"fileId": scene.library["id"]})).await.ok();
    assert_eq!(usage, json!({"usedIn": 0}));
    ana.call("get-file", json!({"id": scene.library["id"]})).await.ok();

    // Those who have the file open hear of it as of anything else.
    let told = hears(&mut heard).await;
    let field = |name: &str| told.get(name).cloned().expect("a field");
    assert_eq!((field("type"), field("revn")), (Value::keyword("file-change"), Value::Int(2)));
    assert_eq!((field("profile-id"), field("session-id")), (key(0), key(0)));
    let answer = scene.to.send(ana, Uuid::from_u128(9), 1, vec![]).await;
    assert_eq!(answered(&answer), (2, vec![2, 3]));

    let own = "SELECT m.id FROM file_media_object m WHERE m.file_id = $1 AND m.deleted_at IS NULL";
    let own: Uuid =
        sqlx::query_scalar(own).bind(scene.to.file).fetch_one(&app.app.pool).await.expect("a copy");
    assert_eq!(ana.get(&format!("/assets/by-file-media-id/{own}")).await.status.as_u16(), 200);

    // Done once, whoever comes again.
    let again = AbsorbLibrary { file_id: scene.to.file, library_id: id(&scene.library) };
    app.run_job_later(again, Duration::zero()).await;
    let head = ana.call("get-file", json!({"id": scene.to.file})).await.ok();
    assert_eq!(head["revn"], json!(3));
}

#[tokio::test]
async fn a_deleted_library_is_not_purged_before_everything_is_taken_over() {
    let scene = Scene::new().await;
    let app = &scene.app;
    let copy = "SELECT p.raw FROM file_part p JOIN file_container c ON c.id = p.container_id
                 WHERE p.id = $1 AND c.file_id = $2";
    let raw: Vec<u8> = sqlx::query_scalar(copy)
        .bind(Uuid::from_u128(20))
        .bind(scene.to.file)
        .fetch_one(&app.app.pool)
        .await
        .expect("a part");
    let put = async |raw: Vec<u8>| {
        let sql = "UPDATE file_part p SET raw = $3 FROM file_container c
                    WHERE c.id = p.container_id AND p.id = $1 AND c.file_id = $2";
        let query = sqlx::query(sql).bind(Uuid::from_u128(20)).bind(scene.to.file).bind(raw);
        query.execute(&app.app.pool).await.expect("writes");
    };
    put(b"[\"^ \"".to_vec()).await;
    scene.delete().await;
    app.run_jobs().await;
    for _ in 1..10 {
        assert_eq!(scene.absorptions().await[0].state, State::Scheduled, "it is tried again");
        scene.try_again().await;
    }
    let [dead] = scene.absorptions().await.try_into().expect("one job");
    assert_eq!(dead.state, State::Dead);
    let shown = jobs::read::show(&app.app.pool, dead.id).await.expect("reads").expect("is known");
    assert_eq!(shown.errors.len(), 10);
    assert!(!shown.errors[0].error.is_empty(), "and says why: {:?}", shown.errors[0]);

    app.run_job_later(ReleaseLibraries {}, Duration::days(1)).await;
    assert_eq!(scene.absorptions().await.len(), 1, "nobody asks for it again by themselves");
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    let left = "SELECT count(*) FROM file WHERE deleted_at IS NOT NULL";
    assert_eq!(app.count(left).await, 1, "its time is over, and it is needed");
    assert_eq!(app.count("SELECT count(*) FROM file_media_object").await, 1);

    put(raw).await;
    apply(&app.app.pool, Action::Retry, &Target::Ids(vec![dead.id]), "eve").await.expect("is done");
    app.run_jobs().await;
    assert!(scene.is_absorbed().await);
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    assert_eq!(app.count(left).await, 0);
    assert_eq!(app.count("SELECT count(*) FROM file_media_object").await, 1, "the file's own");
    assert!(scene.is_absorbed().await);
}

/// What ends the connection at a write of a table, as a kill at this moment does.
const CUT: &str = "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END $$";

#[tokio::test]
async fn a_kill_at_any_step_leaves_nothing_half() {
    let scene = Scene::new().await;
    let (app, pool) = (&scene.app, &scene.app.app.pool);
    scene.share(false).await;
    sqlx::query(CUT).execute(pool).await.expect("makes it");
    for table in [
        "file_media_object",
        "file_container",
        "file_part",
        "file_change",
        "file_library_sync",
        "file_library_link",
        "file_library_absorption",
    ] {
        let trigger = format!(
            "CREATE TRIGGER cut BEFORE INSERT OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION cut()"
        );
        sqlx::query(sqlx::AssertSqlSafe(trigger)).execute(pool).await.expect("watches");
        app.run_jobs().await;
        scene.try_again().await;
        let drop = format!("DROP TRIGGER cut ON {table}");
        sqlx::query(sqlx::AssertSqlSafe(drop)).execute(pool).await.expect("looks away");
        assert!(!scene.is_absorbed().await, "{table}");
        let head = scene.ana.call("get-file", json!({"id": scene.to.file})).await.ok();
        assert_eq!(head["revn"], json!(1), "{table}");
        assert_eq!(app.count("SELECT count(*) FROM file_library_absorption").await, 1, "{table}");
    }
    scene.try_again().await;
    assert!(scene.is_absorbed().await);
    let head = scene.ana.call("get-file", json!({"id": scene.to.file})).await.ok();
    assert_eq!(head["revn"], json!(2), "once");
    assert_eq!(app.count("SELECT count(*) FROM file_library_absorption").await, 0);
}

#[tokio::test]
async fn a_library_that_comes_back_in_time_is_one_as_before() {
    let scene = Scene::new().await;
    let (app, ana) = (&scene.app, &scene.ana);
    scene.share(false).await;
    scene.share(true).await;
    app.run_jobs().await;
    assert!(!scene.is_absorbed().await);
    assert_eq!(names(&libraries(ana, &scene.file).await), ["Icons"]);

    scene.delete().await;
    // As the job of the deletion notes it, before it has asked anybody.
    let now = app.app.now();
    let tx = platform::db::begin(&app.app.db).await.expect("begins");
    domain::file::library::release::release_deleted(&tx, now).await.expect("releases");
    tx.commit().await.expect("commits");
    assert_eq!(app.count("SELECT count(*) FROM file_library_absorption").await, 1);
    let tx = platform::db::begin(&app.app.db).await.expect("begins");
    restore::file(&tx, &operator(), FileId(id(&scene.library)), now).await.expect("comes back");
    tx.commit().await.expect("commits");
    app.run_jobs().await;
    assert!(!scene.is_absorbed().await);
    assert_eq!(names(&libraries(ana, &scene.file).await), ["Icons"]);

    // Whoever links it again uses it on.
    scene.share(false).await;
    link(ana, &scene.file, &scene.library).await;
    app.run_jobs().await;
    assert!(!scene.is_absorbed().await);
}

#[tokio::test]
async fn files_that_use_it_through_others_take_over_too_and_keep_those() {
    let scene = Scene::new().await;
    let (app, ana) = (&scene.app, &scene.ana);
    // A library that uses Icons, a file that uses that one, with parts of Icons in it, and a library of Icons.
    let (kit, screen, inks) =
        (library(ana, "Kit").await, ana.file("Screen").await, library(ana, "Inks").await);
    link(ana, &scene.library, &inks).await;
    let color = Value::map([
        ("fill-color", Value::text("#102030")),
        ("fill-color-ref-id", key(0xc2)),
        ("fill-color-ref-file", Value::Uuid(id(&inks))),
    ]);
    let from = Drawing::of(&scene.library);
    sent(ana, from, 1, vec![from.set(10, "fills", Value::Vec(vec![color]))]).await;
    link(ana, &kit, &scene.library).await;
    link(ana, &screen, &kit).await;
    let of_kit = place(ana, &kit, from.file).await;
    let of_screen = place(ana, &screen, from.file).await;
    scene.delete().await;
    app.run_jobs().await;
    for to in [scene.to, of_kit, of_screen] {
        assert!(is_absorbed(ana, to, from.file).await);
    }
    assert_eq!(names(&libraries(ana, &scene.file).await), ["Inks"], "what was taken over has parts of it");
    assert_eq!(names(&libraries(ana, &kit).await), ["Inks"]);
    assert_eq!(names(&libraries(ana, &screen).await), ["Inks", "Kit"]);
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    assert_eq!(app.count("SELECT count(*) FROM file WHERE deleted_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn a_team_that_is_deleted_leaves_its_libraries_to_others() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    join(&app, &ben, &ana).await;
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Kit").await;
    let params = json!({"projectId": project["id"], "name": "Icons", "isShared": true});
    let icons = ana.call("create-file", params).await.ok();
    fill(&ana, &icons).await;
    let inside = ana.file_in(&project["id"], "Inside").await;
    let outside = ana.file_in(&ben.profile["defaultProjectId"], "Outside").await;
    for file in [&inside, &outside] {
        link(&ana, file, &icons).await;
        place(&ana, file, id(&icons)).await;
    }
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    app.run_jobs().await;
    assert!(is_absorbed(&ben, Drawing::of(&outside), id(&icons)).await);
    let untouched = "SELECT revn FROM file WHERE id = $1";
    let revn: i64 =
        sqlx::query_scalar(untouched).bind(id(&inside)).fetch_one(&app.app.pool).await.expect("is there");
    assert_eq!(revn, 1, "what goes with it comes back with it");
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    assert_eq!(app.count("SELECT count(*) FROM team WHERE deleted_at IS NOT NULL").await, 0);
    assert!(is_absorbed(&ben, Drawing::of(&outside), id(&icons)).await);
}

#[tokio::test]
async fn a_library_that_nobody_takes_anything_of_goes_without_a_trace() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let (icons, file) = (library(&ana, "Icons").await, ana.file("Poster").await);
    link(&ana, &file, &icons).await;
    ana.call("delete-file", json!({"id": icons["id"]})).await.ok();
    app.run_jobs().await;
    let head = ana.call("get-file", json!({"id": file["id"]})).await.ok();
    assert_eq!(head["revn"], json!(0), "nothing had to be changed");
    assert_eq!(app.count("SELECT count(*) FROM file_library_link").await, 0);
}
