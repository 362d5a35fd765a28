//! Libraries: who uses which, which changes of them are in a file, and what is in one.

mod absorption;
pub mod icons;
mod summary;

use chrono::Duration;
use domain::{deletion::restore, role::Role};
use entities::ids::{FileId, ProjectId};
use jobs::all::objects_gc::ObjectsGc;
use serde_json::{Value as Json, json};
use tests::{
    app::{TestApp, operator},
    factory::{File, Link, insert},
    person::Person,
};
use transit::value::Value;
use uuid::Uuid;

fn id(thing: &Json) -> Uuid {
    thing["id"].as_str().expect("an id").parse().expect("a uuid")
}

/// A published file in somebody's drafts.
async fn library(ana: &Person, name: &str) -> Json {
    let project = &ana.profile["defaultProjectId"];
    ana.call("create-file", json!({"projectId": project, "name": name, "isShared": true})).await.ok()
}

async fn link(ana: &Person, file: &Json, library: &Json) -> Json {
    ana.call("link-file-to-library", json!({"fileId": file["id"], "libraryId": library["id"]})).await.ok()
}

/// Why two files cannot be linked.
async fn refusal(ana: &Person, file: &Json, library: &Json) -> String {
    let params = json!({"fileId": file["id"], "libraryId": library["id"]});
    ana.call("link-file-to-library", params).await.failure()
}

async fn libraries(ana: &Person, file: &Json) -> Vec<Json> {
    let listed = ana.call("get-file-libraries", json!({"fileId": file["id"]})).await.ok();
    listed.as_array().expect("a list").clone()
}

fn names(listed: &[Json]) -> Vec<&str> {
    listed.iter().map(|one| one["name"].as_str().expect("a name")).collect()
}

/// An editor in a person's own team.
async fn join(app: &TestApp, ana: &Person, who: &Person) {
    app.join(&json!({"id": ana.id_of("defaultTeamId")}), who, Role::Editor).await;
}

#[tokio::test]
async fn a_file_uses_libraries_and_theirs() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Poster").await;
    let (icons, inks) = (library(&ana, "Icons").await, library(&ana, "Inks").await);
    let has = async || ana.call("has-file-libraries", json!({"fileId": file["id"]})).await.ok();
    assert_eq!(has().await, json!(false));

    assert_eq!(link(&ana, &icons, &inks).await, json!([]));
    assert_eq!(link(&ana, &file, &icons).await, json!([inks["id"]]), "what comes with it");
    assert_eq!(has().await, json!(true));
    let listed = libraries(&ana, &file).await;
    assert_eq!(names(&listed), ["Icons", "Inks"]);
    assert_eq!([&listed[0]["isIndirect"], &listed[1]["isIndirect"]], [&json!(false), &json!(true)]);
    let expected = json!({
        "id": icons["id"], "projectId": ana.profile["defaultProjectId"], "teamId": ana.profile["defaultTeamId"],
        "features": icons["features"], "createdAt": icons["createdAt"], "modifiedAt": icons["modifiedAt"],
        "deletedAt": null, "name": "Icons", "revn": 0, "vern": 0, "version": 67, "isShared": true,
        "syncedAt": listed[0]["syncedAt"], "isIndirect": false,
    });
    assert_eq!(listed[0], expected);
    assert!(listed[0]["syncedAt"].is_string(), "whoever links it has its changes");
    assert!(listed[1]["syncedAt"].is_null(), "nobody fetched its changes yet");

    let of = |library: &Json| json!({"fileId": library["id"]});
    assert_eq!(ana.call("get-library-usage", of(&inks)).await.ok(), json!({"usedIn": 1}));
    let references = ana.call("get-library-file-references", of(&inks)).await.ok();
    assert_eq!(references, json!([{"id": icons["id"], "name": "Icons"}]));

    let params = json!({"fileId": file["id"], "libraryId": icons["id"]});
    ana.call("unlink-file-from-library", params.clone()).await.ok();
    assert_eq!((libraries(&ana, &file).await, has().await), (vec![], json!(false)));
    ana.call("unlink-file-from-library", params).await.ok();
    assert_eq!(ana.call("get-library-usage", of(&icons)).await.ok(), json!({"usedIn": 0}));
}

#[tokio::test]
async fn clients_of_transit_read_ids_moments_and_truth() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Poster").await;
    let (icons, inks) = (library(&ana, "Icons").await, library(&ana, "Inks").await);
    link(&ana, &icons, &inks).await;
    let of = |file: &Json| Value::map([("file-id", Value::Uuid(id(file)))]);
    let params = Value::map([("file-id", Value::Uuid(id(&file))), ("library-id", Value::Uuid(id(&icons)))]);
    let linked = ana.call_transit("link-file-to-library", &params).await.transit();
    assert_eq!(linked, Value::Set(vec![Value::Uuid(id(&inks))]));
    let has = ana.call_transit("has-file-libraries", &of(&file)).await;
    assert_eq!(has.text(), r#"["~#'",true]"#);
    let listed = ana.call_transit("get-file-libraries", &of(&file)).await.transit();
    let first = &listed.items().expect("a list")[0];
    assert!(first.get("synced-at").and_then(Value::as_instant).is_some(), "{first:?}");
    assert_eq!(first.get("id"), Some(&Value::Uuid(id(&icons))));
    assert!(matches!(first.get("features"), Some(Value::Set(_))), "{first:?}");
    let usage = ana.call_transit("get-library-usage", &of(&icons)).await.transit();
    assert_eq!(usage, Value::map([("used-in", Value::Int(1))]));
}

#[tokio::test]
async fn no_file_is_a_library_of_itself() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let (a, b, c) = (library(&ana, "A").await, library(&ana, "B").await, library(&ana, "C").await);
    let refused = "400 validation/invalid-library";
    assert_eq!(refusal(&ana, &a, &a).await, refused);
    link(&ana, &a, &b).await;
    link(&ana, &b, &c).await;
    assert_eq!(refusal(&ana, &c, &a).await, refused, "through others");
    assert_eq!(refusal(&ana, &b, &a).await, refused);
    link(&ana, &a, &c).await;
    assert_eq!(names(&libraries(&ana, &a).await), ["B", "C"], "each is listed once");

    // Two who close a circle from both ends at once.
    let (d, e) = (library(&ana, "D").await, library(&ana, "E").await);
    let both = |file: &Json, library: &Json| json!({"fileId": file["id"], "libraryId": library["id"]});
    let (one, other) = tokio::join!(
        ana.call("link-file-to-library", both(&d, &e)),
        ana.call("link-file-to-library", both(&e, &d)),
    );
    let refused = [one, other].iter().filter(|answer| answer.status.as_u16() == 400).count();
    assert_eq!(refused, 1);

    // An archive may bring a circle: it ends all the same.
    insert(&app.app.db, [Link { file: FileId(id(&c)), library: FileId(id(&a)) }]).await;
    assert_eq!(names(&libraries(&ana, &a).await), ["B", "C"], "and itself is none of them");
}

#[tokio::test]
async fn nobody_is_told_of_files_that_they_may_not_look_at() {
    let app = TestApp::start().await;
    let (ana, ben, eve) = (app.person("ana").await, app.person("ben").await, app.person("eve").await);
    join(&app, &ana, &ben).await;
    join(&app, &ben, &ana).await;
    join(&app, &ana, &eve).await;
    let (file, icons, inks) =
        (ana.file("Poster").await, library(&ben, "Icons").await, library(&ana, "Inks").await);
    link(&ben, &icons, &inks).await;
    link(&ben, &file, &icons).await;
    assert_eq!(names(&libraries(&ana, &file).await), ["Icons", "Inks"]);
    assert_eq!(names(&libraries(&eve, &file).await), ["Inks"], "eve has no role in ben's team");
    let has = eve.call("has-file-libraries", json!({"fileId": file["id"]})).await.ok();
    assert_eq!(has, json!(false), "none that eve could fetch");

    let of = json!({"fileId": inks["id"]});
    let references = |answer: Json| names(answer.as_array().expect("a list")).join(" ");
    assert_eq!(references(ana.call("get-library-file-references", of.clone()).await.ok()), "Icons");
    assert_eq!(references(eve.call("get-library-file-references", of.clone()).await.ok()), "");
    assert_eq!(eve.call("get-library-usage", of).await.ok(), json!({"usedIn": 1}), "a number names nobody");

    // Both files have to be the caller's to change.
    let hidden = "404 not-found/object-not-found";
    for method in ["link-file-to-library", "unlink-file-from-library", "update-file-library-sync-status"] {
        for (one, other) in [(&file, &icons), (&icons, &file)] {
            let params = json!({"fileId": one["id"], "libraryId": other["id"]});
            assert_eq!(eve.call(method, params).await.failure(), hidden, "{method}");
        }
    }
}

#[tokio::test]
async fn a_file_keeps_which_changes_of_its_libraries_it_has() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Poster").await;
    let (icons, inks, other) =
        (library(&ana, "Icons").await, library(&ana, "Inks").await, library(&ana, "Other").await);
    link(&ana, &icons, &inks).await;
    link(&ana, &file, &icons).await;
    let at_first = libraries(&ana, &file).await;
    link(&ana, &file, &icons).await;
    assert_eq!(libraries(&ana, &file).await, at_first, "to link again fetches nothing");

    let synced = |library: &Json| json!({"fileId": file["id"], "libraryId": library["id"]});
    for library in [&icons, &inks, &other] {
        let answer = ana.call("update-file-library-sync-status", synced(library)).await;
        assert_eq!((answer.status.as_u16(), answer.bytes.len()), (204, 0));
    }
    let listed = libraries(&ana, &file).await;
    assert!(listed[0]["syncedAt"].as_str() > at_first[0]["syncedAt"].as_str(), "{listed:?}");
    assert!(listed[1]["syncedAt"].is_string(), "one of a library counts too");
    assert_eq!(
        app.count("SELECT count(*) FROM file_library_sync").await,
        3,
        "and what is no library does not"
    );

    // A page that was open when the library was taken away tells it three seconds later.
    ana.call("unlink-file-from-library", synced(&icons)).await.ok();
    ana.call("update-file-library-sync-status", synced(&icons)).await.ok();
    assert_eq!(libraries(&ana, &file).await, Vec::<Json>::new());
    link(&ana, &file, &icons).await;
    let again = libraries(&ana, &file).await;
    assert!(again[0]["syncedAt"].as_str() > listed[0]["syncedAt"].as_str(), "linked anew, it is up to date");
}

#[tokio::test]
async fn changes_of_libraries_are_ignored_until_a_moment() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Poster").await;
    let path = format!("/api/main/methods/get-file?id={}", id(&file));
    let before = ana.get(&path).await.header("etag").to_owned();
    let date = "2026-12-01T10:00:00.500Z";
    let params = json!({"fileId": file["id"], "date": date});
    let answer = ana.call("ignore-file-library-sync-status", params).await;
    assert_eq!((answer.status.as_u16(), answer.bytes.len()), (204, 0));
    let now = ana.call("get-file", json!({"id": file["id"]})).await.ok();
    assert_eq!(now["ignoreSyncUntil"], json!(date));
    assert!(before != ana.get(&path).await.header("etag"), "who keeps the file fetches it again");
    let wrong = json!({"fileId": file["id"], "date": "soon"});
    let answer = ana.call("ignore-file-library-sync-status", wrong).await;
    assert_eq!(answer.failure(), "400 validation/params-validation");
}

#[tokio::test]
async fn a_file_is_published_and_that_ends() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Icons").await;
    let share = async |is_shared: bool| {
        ana.call("set-file-shared", json!({"id": file["id"], "isShared": is_shared})).await
    };
    let wrong = "400 validation/invalid-shared-state";
    assert_eq!(share(false).await.failure(), wrong);
    let shared = share(true).await.ok();
    assert_eq!(shared, json!({"id": file["id"], "name": "Icons", "isShared": true}));
    assert_eq!(share(true).await.failure(), wrong);
    let now = ana.call("get-file", json!({"id": file["id"]})).await.ok();
    assert_eq!(now["isShared"], json!(true));
    assert!(now["modifiedAt"].as_str() > file["modifiedAt"].as_str());
    assert_eq!(share(false).await.ok()["isShared"], json!(false));
    let props = "SELECT count(*) FROM audit_log WHERE name = 'set-file-shared'
                    AND props->>'name' = 'Icons' AND props ? 'project-id'";
    assert_eq!(app.count(props).await, 2);
}

#[tokio::test]
async fn what_is_deleted_is_no_library() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Poster").await;
    let (icons, inks) = (library(&ana, "Icons").await, library(&ana, "Inks").await);
    link(&ana, &icons, &inks).await;
    link(&ana, &file, &icons).await;
    ana.call("delete-file", json!({"id": icons["id"]})).await.ok();
    assert_eq!(names(&libraries(&ana, &file).await), ["Inks"], "what was placed may have parts of it");
    let has = ana.call("has-file-libraries", json!({"fileId": file["id"]})).await.ok();
    assert_eq!(has, json!(false));
    assert_eq!(refusal(&ana, &file, &icons).await, "404 not-found/object-not-found");
    let usage = ana.call("get-library-usage", json!({"fileId": inks["id"]})).await.ok();
    assert_eq!(usage, json!({"usedIn": 0}), "a deleted file uses nothing");

    let tx = platform::db::begin(&app.app.db).await.expect("begins");
    restore::file(&tx, &operator(), FileId(id(&icons)), app.app.now()).await.expect("comes back");
    tx.commit().await.expect("commits");
    assert_eq!(names(&libraries(&ana, &file).await), ["Icons", "Inks"]);

    ana.call("delete-file", json!({"id": file["id"]})).await.ok();
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    assert_eq!(app.count("SELECT count(*) FROM file_library_link").await, 1, "that of the library is left");
    assert_eq!(app.count("SELECT count(*) FROM file_library_sync").await, 1);
}

#[tokio::test]
async fn a_file_has_so_many_libraries() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let (file, icons, inks) =
        (ana.file("Poster").await, library(&ana, "Icons").await, library(&ana, "Inks").await);
    link(&ana, &file, &icons).await;
    let project: Uuid = ana.id_of("defaultProjectId").parse().expect("a uuid");
    let more: Vec<File> = (1..500).map(|_| File::of(ProjectId(project))).collect();
    let links: Vec<Link> =
        more.iter().map(|library| Link { file: FileId(id(&file)), library: library.id }).collect();
    insert(&app.app.db, more).await;
    insert(&app.app.db, links).await;
    assert_eq!(refusal(&ana, &file, &inks).await, "400 restriction/library-limit-reached");
    link(&ana, &file, &icons).await;
    assert_eq!(libraries(&ana, &file).await.len(), 500);
}
