//! Copies of files.

use super::scene::{HIDDEN, delete, id, libraries, library, link, names};
use crate::files::libraries::icons::{fill, is_absorbed, key, place};
use chrono::Duration;
use domain::{file::parts::unpack, role::Role};
use jobs::all::objects_gc::ObjectsGc;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use tests::{
    app::{Settings, TestApp},
    document::pack,
    drawing::{Drawing, change},
    person::Person,
    picture,
};
use transit::value::Value;
use uuid::Uuid;

/// The copy, with the id of its first page.
pub async fn copy(person: &Person, file: &Json, name: Option<&str>) -> Json {
    let mut made = person.call("duplicate-file", json!({"fileId": file["id"], "name": name})).await.ok();
    made["data"] = person.call("get-file", json!({"id": made["id"]})).await.ok()["data"].clone();
    made
}

/// A document with other ids in place of some.
fn with(value: &Value, by: &[(Uuid, Uuid)]) -> Value {
    let other = |id: &Uuid| by.iter().find(|(from, _)| from == id).map_or(*id, |(_, to)| *to);
    match value {
        Value::Uuid(id) => Value::Uuid(other(id)),
        Value::Map(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (with(key, by), with(value, by))).collect())
        }
        Value::Vec(items) => Value::Vec(items.iter().map(|item| with(item, by)).collect()),
        Value::List(items) => Value::List(items.iter().map(|item| with(item, by)).collect()),
        Value::Set(items) => Value::Set(items.iter().map(|item| with(item, by)).collect()),
        Value::Tagged(tag, inner) => Value::Tagged(tag.clone(), Box::new(with(inner, by))),
        other => other.clone(),
    }
}

fn media(document: &Value) -> BTreeSet<Uuid> {
    document::references::media(document)
}

#[tokio::test]
async fn a_copy_is_the_same_document_with_pictures_of_its_own() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, Role::Editor).await;
    let project = ana.project(&team, "Posters").await;
    let file = library(&ana, &project, "Icons").await;
    let from = fill(&ana, &file).await;
    // Parts that name the file itself, in a column and in the bytes, and one whose text only looks like that.
    let looks = format!("~u{} \"~:file-id\"", from.file);
    let changes = vec![
        from.add(30, Uuid::nil(), "frame"),
        from.set(30, "component-file", Value::Uuid(from.file)),
        from.set(30, "component-id", key(0xc0)),
        from.add(31, Uuid::nil(), "rect"),
        from.set(31, "name", Value::text(&looks)),
        from.add(32, Uuid::nil(), "rect"),
        from.set(
            32,
            "fills",
            Value::Vec(vec![Value::map([
                ("fill-color", Value::text("#102030")),
                ("fill-color-ref-id", key(0xc1)),
                ("fill-color-ref-file", Value::Uuid(from.file)),
            ])]),
        ),
    ];
    assert!(from.send(&ana, Uuid::nil(), 1, changes).await.status.is_success());
    let made = copy(&bo, &file, Some("Icons (copy)")).await;
    let listed = bo.call("get-project-files", json!({"projectId": project["id"]})).await.ok();
    let row = super::scene::named(&listed, "Icons (copy)");
    for field in ["id", "projectId", "teamId", "name", "revn", "vern", "isShared", "modifiedAt", "createdAt"]
    {
        assert_eq!(made[field], row[field], "{field}");
    }
    assert_eq!((&made["isShared"], &made["revn"]), (&json!(false), &json!(2)));
    let to = Drawing { file: id(&made), page: from.page };
    let (original, copied) = (from.read(&ana).await, to.read(&bo).await);
    let (old, new) = (media(&original), media(&copied));
    assert_eq!((old.len(), new.len()), (1, 1));
    let (old, new) = (*old.first().expect("one"), *new.first().expect("one"));
    assert_ne!(old, new, "a picture of its own");
    let wanted = with(&original, &[(from.file, to.file), (old, new)]);
    assert!(copied.same(&wanted), "\n got {copied:?}\nwant {wanted:?}");
    assert_eq!(to.shape(&copied, 31).get("name"), Some(&Value::text(&looks)), "what people wrote stays");
    assert!(from.read(&ana).await.same(&original), "and so does the file");

    // Its owner is who made it, and it lives without the file.
    let held = bo.call("get-file", json!({"id": made["id"]})).await.ok();
    assert_eq!(held["permissions"]["isOwner"], json!(true));
    let address = format!("/assets/by-file-media-id/{new}");
    assert_eq!(bo.get(&address).await.status.as_u16(), 200);
    delete(&ana, &file).await;
    app.run_jobs().await;
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    app.is_sound("a file went, its copy is there").await;
    assert_eq!(bo.get(&address).await.status.as_u16(), 200);
    assert!(to.read(&bo).await.same(&wanted));
    let changes = vec![to.add(40, Uuid::nil(), "rect")];
    assert!(to.send(&bo, Uuid::nil(), 2, changes).await.status.is_success(), "it can be drawn in");
    let unused = "SELECT count(*) FROM file_container c WHERE c.file_id IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM file_part p WHERE p.container_id = c.id)";
    assert_eq!(app.count(unused).await, 0);
}

#[tokio::test]
async fn many_pages_pictures_and_deleted_components_are_copied() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Large").await;
    let from = Drawing::of(&file);
    let mut pictures = vec![];
    for seed in 0..3 {
        let bytes = picture::png(200, 150, seed);
        let made = ana.upload_picture(&file["id"], "a.png", "image/png", bytes).await.ok();
        pictures.push(id(&made));
    }
    let shows = |picture: Uuid| {
        let image = Value::map([
            ("id", Value::Uuid(picture)),
            ("width", Value::Int(1)),
            ("height", Value::Int(1)),
            ("mtype", Value::text("image/png")),
        ]);
        Value::Vec(vec![Value::map([("fill-image", image)])])
    };
    // More shapes that name something than are read at once.
    let mut changes = vec![];
    for number in 0..1_200 {
        changes.push(from.add(1_000 + number, Uuid::nil(), "rect"));
        if number % 2 == 0 {
            let picture = pictures[usize::try_from(number % 3).expect("small")];
            changes.push(from.set(1_000 + number, "fills", shows(picture)));
        }
    }
    let second = Uuid::from_u128(0xbb);
    changes.push(change("add-page", [("id", Value::Uuid(second)), ("name", Value::text("Second"))]));
    let on_second = Drawing { page: second, ..from };
    changes.push(on_second.add(5_000, Uuid::nil(), "frame"));
    changes.push(on_second.set(5_000, "fills", shows(pictures[0])));
    changes.push(change(
        "add-component",
        [
            ("id", key(0xc0)),
            ("name", Value::text("Button")),
            ("path", Value::text("")),
            ("main-instance-id", key(5_000)),
            ("main-instance-page", Value::Uuid(second)),
        ],
    ));
    assert!(from.send(&ana, Uuid::nil(), 0, changes).await.status.is_success());
    let gone = vec![change("del-component", [("id", key(0xc0))])];
    let gone = from.send(&ana, Uuid::nil(), 1, gone).await;
    assert!(gone.status.is_success(), "{}", gone.text());
    let made = copy(&ana, &file, None).await;
    assert_eq!(made["name"], json!("Large"));
    let (original, copied) = (from.read(&ana).await, Drawing { file: id(&made), ..from }.read(&ana).await);
    let shown: Vec<Uuid> = media(&copied).into_iter().collect();
    assert_eq!(shown.len(), 3);
    assert!(shown.iter().all(|picture| !pictures.contains(picture)));
    // Which is a copy of which is told by the shapes.
    let picture = |document: &Value, number: u128| {
        let fills =
            from.shape(document, 1_000 + number).get("fills").and_then(|fills| fills.items()?.first());
        fills.and_then(|fill| fill.get("fill-image")?.get("id")?.as_uuid()).expect("a picture")
    };
    let by: Vec<(Uuid, Uuid)> =
        [0, 2, 4].into_iter().map(|number| (picture(&original, number), picture(&copied, number))).collect();
    let by = [&by[..], &[(id(&file), id(&made))]].concat();
    assert!(copied.same(&with(&original, &by)));
}

#[tokio::test]
async fn a_document_that_is_no_rows_yet_is_copied() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Old").await;
    let data = document::file::new_data(id(&file), Uuid::from_u128(7));
    pack(&app.app.pool, id(&file), &data).await;
    let made = copy(&ana, &file, None).await;
    assert_eq!(made["data"]["pages"], json!([Uuid::from_u128(7)]));
    assert!(unpack::unpack_all(&app.app).await.expect("reads").failed.is_empty());
}

#[tokio::test]
async fn a_copy_uses_the_same_libraries_and_takes_over_what_they_leave() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Posters").await;
    let (icons, file) = (library(&ana, &project, "Icons").await, ana.file_in(&project["id"], "Poster").await);
    fill(&ana, &icons).await;
    link(&ana, &file, &icons).await;
    let placed = place(&ana, &file, id(&icons)).await;
    let first = copy(&ana, &file, Some("First")).await;
    assert_eq!(libraries(&ana, &first).await, ["Icons"]);
    let synced = "SELECT count(DISTINCT synced_at) FROM file_library_sync";
    assert_eq!(app.count(synced).await, 1, "with the changes that the file has");
    ana.call("set-file-shared", json!({"id": icons["id"], "isShared": false})).await.ok();
    // Before anybody has taken over anything.
    let second = copy(&ana, &file, Some("Second")).await;
    app.run_jobs().await;
    for made in [&file, &first, &second] {
        let to = Drawing { file: id(made), page: placed.page };
        assert!(is_absorbed(&ana, to, id(&icons)).await, "{}", made["name"]);
    }
}

#[tokio::test]
async fn who_may_not_change_the_project_makes_no_copy() {
    let flags = "disable-secure-session-cookies enable-quotes";
    let settings = Settings::default().set("PENPOT_FLAGS", flags).set("PENPOT_QUOTES_FILES_PER_PROJECT", "2");
    let app = TestApp::with(settings).await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let file = ana.file("Sketch").await;
    tests::factory::give_role_in_file(&app.app.db, entities::ids::FileId(id(&file)), bo.id()).await;
    bo.call("get-file", json!({"id": file["id"]})).await.ok();
    let params = json!({"fileId": file["id"]});
    assert_eq!(bo.call("duplicate-file", params.clone()).await.failure(), HIDDEN);
    let empty = json!({"fileId": file["id"], "name": ""});
    assert_eq!(ana.call("duplicate-file", empty).await.failure(), "400 validation/params-validation");
    ana.call("duplicate-file", params.clone()).await.ok();
    assert_eq!(ana.call("duplicate-file", params).await.failure(), "400 restriction/max-quote-reached");
    let listed = ana.call("get-project-files", json!({"projectId": ana.profile["defaultProjectId"]})).await;
    assert_eq!(names(&listed.ok()), ["Sketch", "Sketch"]);
}
