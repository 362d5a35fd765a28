//! Small pictures of files, and of boards and components in them.

use chrono::Duration;
use domain::role::Role;
use futures_util::future::join_all;
use jobs::all::{
    file_gc_scheduler::FileGcScheduler, objects_gc::ObjectsGc, storage_gc_deleted::StorageGcDeleted,
    storage_gc_touched::StorageGcTouched,
};
use serde_json::{Value as Json, json};
use tests::{
    app::TestApp,
    client::{Answer, FilePart},
    drawing::Drawing,
    person::Person,
    picture,
};
use uuid::Uuid;

fn part(bytes: Vec<u8>) -> FilePart<'static> {
    FilePart { field: "media", name: "blob", mtype: "image/png", bytes }
}

fn text(id: &Json) -> String {
    id.as_str().expect("an id").to_owned()
}

/// As the web app sends it: everything but the picture in the query too.
async fn of_file(by: &Person, file: &Json, revn: i64, seed: u8) -> Answer {
    let fields = [("file-id", text(&file["id"])), ("revn", revn.to_string())];
    let method = format!("create-file-thumbnail?file-id={}&revn={revn}", fields[0].1);
    by.upload(&method, &fields, part(picture::png(40, 30, seed))).await
}

fn board(file: &Json, shape: u128) -> String {
    format!("{}/{}/{}/frame", text(&file["id"]), text(&file["data"]["pages"][0]), Uuid::from_u128(shape))
}

async fn of_object(by: &Person, file: &Json, object: &str, tag: &str, seed: u8) -> Answer {
    let (file, object) = (text(&file["id"]), object.to_owned());
    let query = object.replace('/', "%2F");
    let method = format!("create-file-object-thumbnail?file-id={file}&object-id={query}&tag={tag}");
    let fields = [("file-id", file), ("object-id", object), ("tag", tag.to_owned())];
    by.upload(&method, &fields, part(picture::png(40, 30, seed))).await
}

async fn objects(by: &Person, file: &Json, tag: Option<&str>) -> Json {
    by.call("get-file-object-thumbnails", json!({"fileId": file["id"], "tag": tag})).await.ok()
}

async fn listed(by: &Person, project: &Json) -> Json {
    let files = by.call("get-project-files", json!({"projectId": project["id"]})).await.ok();
    files[0]["thumbnailId"].clone()
}

async fn status(by: &Person, media: &Json) -> u16 {
    by.get(&format!("/assets/by-id/{}", text(media))).await.status.as_u16()
}

/// A file in a team with an editor and a viewer.
struct Scene {
    app: TestApp,
    ana: Person,
    cy: Person,
    eve: Person,
    team: Json,
    project: Json,
    file: Json,
}

async fn scene() -> Scene {
    let app = TestApp::start().await;
    let (ana, cy, eve) = (app.person("ana").await, app.person("cy").await, app.person("eve").await);
    let team = ana.team("Ink").await;
    app.join(&team, &cy, Role::Viewer).await;
    let project = ana.project(&team, "Posters").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    Scene { app, ana, cy, eve, team, project, file }
}

async fn draw(by: &Person, file: &Json, revn: i64) {
    let change = json!({"type": "mod-page", "id": file["data"]["pages"][0], "name": format!("Cover {revn}")});
    let batch =
        json!({"id": file["id"], "sessionId": file["id"], "revn": revn, "vern": 0, "changes": [change]});
    by.call("update-file", batch).await.ok();
}

#[tokio::test]
async fn the_list_shows_the_picture_of_the_present_revision() {
    let Scene { app, ana, cy, eve, project, file, .. } = scene().await;
    assert_eq!(listed(&ana, &project).await, Json::Null);
    let made = of_file(&ana, &file, 0, 1).await.ok();
    assert_eq!(made["uri"], format!("{}/assets/by-id/{}", app.base, text(&made["id"])));
    assert_eq!(listed(&cy, &project).await, made["id"]);
    assert_eq!((status(&cy, &made["id"]).await, status(&eve, &made["id"]).await), (200, 404));
    let again = of_file(&ana, &file, 0, 2).await.ok();
    assert_eq!(listed(&ana, &project).await, again["id"]);
    assert_eq!(status(&ana, &made["id"]).await, 404, "the one before");

    draw(&ana, &file, 0).await;
    assert_eq!(listed(&ana, &project).await, Json::Null, "of an earlier revision");
    let early = of_file(&ana, &file, 2, 3).await;
    assert_eq!(early.failure(), "400 validation/revn-conflict");
    let newest = of_file(&ana, &file, 1, 3).await.ok();
    assert_eq!(listed(&ana, &project).await, newest["id"]);
    assert_eq!(app.count("SELECT count(*) FROM file_thumbnail WHERE deleted_at IS NULL").await, 1);
    app.run_job_later(ObjectsGc {}, Duration::hours(1)).await;
    app.is_sound("replaced").await;
    assert_eq!(app.blobs().len(), 1, "two went");
    assert_eq!(listed(&ana, &project).await, newest["id"]);
}

#[tokio::test]
async fn boards_and_components_have_their_own() {
    let Scene { app, ana, cy, eve, file, .. } = scene().await;
    let (first, second) = (board(&file, 1), board(&file, 2));
    let made = of_object(&ana, &file, &first, "frame", 1).await.ok();
    for (name, value) in [
        ("fileId", file["id"].clone()),
        ("objectId", json!(first)),
        ("tag", json!("frame")),
        ("deletedAt", Json::Null),
    ] {
        assert_eq!(made[name], value, "{name}");
    }
    let component = of_object(&ana, &file, &second, "component", 2).await.ok();
    assert_eq!(
        objects(&cy, &file, None).await,
        json!({first.clone(): made["mediaId"], second.clone(): component["mediaId"]})
    );
    assert_eq!(objects(&cy, &file, Some("frame")).await, json!({first.clone(): made["mediaId"]}));
    assert_eq!(objects(&cy, &file, Some("other")).await, json!({}));
    assert_eq!((status(&cy, &made["mediaId"]).await, status(&eve, &made["mediaId"]).await), (200, 404));
    let hidden = eve.call("get-file-object-thumbnails", json!({"fileId": file["id"]})).await;
    assert_eq!(hidden.failure(), "404 not-found/object-not-found");

    ana.call("delete-file-object-thumbnails", json!({"objectIds": [first, second, board(&file, 3)]}))
        .await
        .ok();
    assert_eq!(objects(&ana, &file, None).await, json!({}));
    ana.call("delete-file-object-thumbnails", json!({"objectIds": []})).await.ok();
    // Created right after it was taken away.
    let back = of_object(&ana, &file, &first, "frame", 3).await.ok();
    assert_eq!(back["createdAt"], made["createdAt"]);
    assert_eq!(objects(&ana, &file, None).await, json!({first.clone(): back["mediaId"]}));
    let one = json!({"fileId": file["id"], "objectId": first});
    ana.call("delete-file-object-thumbnail", one).await.ok();
    assert_eq!(objects(&ana, &file, None).await, json!({}));
    app.run_job_later(ObjectsGc {}, Duration::hours(1)).await;
    app.is_sound("taken away").await;
    assert_eq!(app.blobs().len(), 0);
    assert_eq!(app.count("SELECT count(*) FROM file_tagged_object_thumbnail").await, 0);
}

/// Each editor draws each board anew, and takes away what others drew, all within seconds.
#[tokio::test]
async fn several_who_draw_the_same_board_do_not_get_in_each_others_way() {
    let Scene { app, ana, file, .. } = scene().await;
    let boards = [board(&file, 1), board(&file, 2)];
    for _ in 0..3 {
        let drawn = (0..8u8).map(|n| of_object(&ana, &file, &boards[usize::from(n % 2)], "frame", n % 3));
        let taken = (0..4).map(|n| {
            let ids = if n % 2 == 0 { [&boards[0], &boards[1]] } else { [&boards[1], &boards[0]] };
            ana.call("delete-file-object-thumbnails", json!({"objectIds": ids}))
        });
        let (drawn, taken) = tokio::join!(join_all(drawn), join_all(taken));
        drawn.iter().chain(&taken).for_each(|answer| drop(answer.ok()));
    }
    let last = of_object(&ana, &file, &boards[0], "frame", 7).await.ok();
    assert_eq!(status(&ana, &last["mediaId"]).await, 200);
    app.run_job_later(ObjectsGc {}, Duration::hours(1)).await;
    app.is_sound("drawn at once").await;
    let shown = objects(&ana, &file, None).await;
    for media in shown.as_object().expect("a map").values() {
        assert_eq!(status(&ana, media).await, 200, "{shown}");
    }
}

/// The web app passes over a thumbnail that is not taken; nobody is told that it was.
#[tokio::test]
async fn whoever_may_not_draw_leaves_nothing() {
    let Scene { app, ana, cy, eve, file, .. } = scene().await;
    let own = eve.file("Hers").await;
    for by in [&cy, &eve] {
        for answer in
            [of_file(by, &file, 0, 1).await, of_object(by, &file, &board(&file, 1), "frame", 1).await]
        {
            assert_eq!(answer.failure(), "404 not-found/object-not-found");
            assert!(answer.header("content-type").starts_with("application/json"));
        }
        let gone = json!({"objectIds": [board(&file, 1)]});
        let refused = by.call("delete-file-object-thumbnails", gone).await;
        assert_eq!(refused.failure(), "404 not-found/object-not-found");
    }
    // A picture of another file in one's own.
    let planted = of_object(&eve, &own, &board(&file, 1), "frame", 1).await;
    assert_eq!(planted.failure(), "400 validation/params-validation");
    let smuggled = json!({"fileId": own["id"], "objectId": board(&file, 1)});
    let refused = eve.call("delete-file-object-thumbnail", smuggled).await;
    assert_eq!(refused.failure(), "404 not-found/object-not-found");
    let nameless = ana.call("delete-file-object-thumbnails", json!({"objectIds": ["a/b"]})).await;
    assert_eq!(nameless.failure(), "404 not-found/object-not-found");
    let fields = [("file-id", text(&file["id"])), ("revn", "0".to_owned())];
    let wrong = ana.upload("create-file-thumbnail", &fields, part(b"no picture".to_vec())).await;
    assert_eq!(wrong.failure(), "400 validation/invalid-image");
    assert_eq!(app.blobs().len(), 0);
}

/// Blobs that nobody wants any more go.
async fn sweep(app: &TestApp) {
    app.run_job_later(StorageGcTouched {}, Duration::days(9)).await;
    app.run_job_later(StorageGcDeleted {}, Duration::days(17)).await;
}

#[tokio::test]
async fn they_go_with_their_team_and_come_back_with_it() {
    let Scene { app, ana, team, project, file, .. } = scene().await;
    let (small, shape) = (of_file(&ana, &file, 0, 1).await.ok(), board(&file, 1));
    of_object(&ana, &file, &shape, "frame", 2).await.ok();
    let before = objects(&ana, &file, None).await;
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    app.run_jobs().await;
    assert_eq!(status(&ana, &small["id"]).await, 404);
    assert_eq!(of_file(&ana, &file, 0, 3).await.failure(), "404 not-found/object-not-found");
    let id = entities::ids::TeamId(text(&team["id"]).parse().expect("a uuid"));
    let tx = platform::db::begin(&app.app.db).await.expect("begins");
    let operator = tests::app::operator();
    domain::deletion::restore::team(&tx, &operator, id, app.app.now()).await.expect("restores");
    tx.commit().await.expect("commits");
    assert_eq!(listed(&ana, &project).await, small["id"]);
    assert_eq!(objects(&ana, &file, None).await, before);
    assert_eq!(status(&ana, &small["id"]).await, 200);
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    app.run_jobs().await;
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    sweep(&app).await;
    app.is_sound("purged").await;
    assert_eq!(app.blobs().len(), 0);
}

#[tokio::test]
async fn those_of_what_is_not_there_are_swept() {
    let Scene { app, ana, file, .. } = scene().await;
    let drawing = Drawing::of(&file);
    drawing.send(&ana, Uuid::from_u128(1), 0, vec![drawing.add(10, Uuid::nil(), "frame")]).await.ok();
    of_file(&ana, &file, 0, 1).await.ok();
    let there = of_object(&ana, &file, &board(&file, 10), "frame", 2).await.ok();
    of_object(&ana, &file, &board(&file, 11), "frame", 3).await.ok();
    of_object(&ana, &file, &format!("{}/x/y", text(&file["id"])), "frame", 4).await.ok();
    app.run_job_later(FileGcScheduler {}, Duration::hours(49)).await;
    assert_eq!(objects(&ana, &file, None).await, json!({board(&file, 10): there["mediaId"]}));
    assert_eq!(app.count("SELECT count(*) FROM file_thumbnail WHERE deleted_at IS NULL").await, 0);
    app.run_job_later(ObjectsGc {}, Duration::hours(50)).await;
    sweep(&app).await;
    app.is_sound("swept").await;
    assert_eq!(app.blobs().len(), 1);
}
