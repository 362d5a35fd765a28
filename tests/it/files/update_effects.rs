//! What comes with a batch of changes: its wire, its pictures, what it leaves behind.

use super::scene::{Scene, field, hears};
use serde_json::{Value as Json, json};
use tests::drawing::{self, Drawing};
use transit::value::Value;
use uuid::Uuid;

#[tokio::test]
async fn json_says_the_same_as_transit() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let twin = Drawing::of(&ana.file("Twin").await);
    let batch = |drawing: &Drawing| {
        vec![
            drawing.add(10, Uuid::nil(), "frame"),
            drawing.add(11, Uuid::from_u128(10), "rect"),
            drawing.set(11, "touched", Value::Set(vec![Value::keyword("name-group")])),
            drawing.set(11, "constraints-h", Value::keyword("scale")),
            drawing.moved(11, Uuid::nil()),
            drawing::change(
                "reorder-children",
                [
                    ("page-id", Value::Uuid(drawing.page)),
                    ("parent-id", Value::Uuid(Uuid::nil())),
                    ("shapes", Value::Vec([11, 10].map(|n| Value::Uuid(Uuid::from_u128(n))).to_vec())),
                ],
            ),
        ]
    };
    let mut heard = scene.heard(twin.file).await;
    let session = Uuid::from_u128(1);
    drawing.send(ana, session, 0, batch(drawing)).await.transit();
    let answer = twin.send_in_json(ana, session, 0, batch(&twin)).await.ok();
    assert_eq!((&answer["revn"], &answer["lagged"][0]["revn"]), (&json!(0), &json!(1)));
    assert!(answer["lagged"][0]["changes"].as_array().is_some_and(|changes| changes.len() == 6));
    let (one, two) = (drawing.read(ana).await, twin.read(ana).await);
    for id in [0, 10, 11] {
        assert!(drawing.shape(&one, id).same(twin.shape(&two, id)), "{id}");
    }
    // Who reads transit must understand what came as JSON.
    let told = hears(&mut heard).await;
    assert!(field(&told, "changes").same(&Value::Vec(batch(&twin))), "{told:?}");

    let groups = json!({
        "id": twin.file, "sessionId": session, "revn": 1, "vern": 0, "changes": [{"type": "none"}],
        "changesWithMetadata": [
            {"changes": [{"type": "mod-page", "id": twin.page, "name": "A"}], "hintOrigin": "me"},
            {"changes": [{"type": "mod-page", "id": twin.page, "name": "B"}], "hintEvents": ["drawn"]},
        ],
    });
    ana.call("update-file", groups).await.ok();
    let read = twin.read(ana).await;
    let pages = field(&read, "pages-index");
    assert_eq!(field(&pages.entries()[0].1, "name"), &Value::text("B"), "groups win, in their order");
}

#[tokio::test]
async fn no_changes_make_a_revision_too() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let mut heard = scene.heard(drawing.file).await;
    sqlx::query("UPDATE file SET has_media_trimmed = true, modified_at = now() - interval '1 day'")
        .execute(&scene.app.app.pool)
        .await
        .expect("is old");
    let params = json!({"id": drawing.file, "sessionId": Uuid::from_u128(1), "revn": 0, "vern": 0});
    let answer = ana.call("update-file", params).await.ok();
    assert_eq!((&answer["revn"], &answer["lagged"][0]["changes"]), (&json!(0), &json!([])));
    let told = hears(&mut heard).await;
    assert_eq!(field(&told, "changes"), &Value::Vec(vec![]));
    let touched = "SELECT count(*) FROM file
                    WHERE revn = 1 AND NOT has_media_trimmed AND modified_at > now() - interval '1 hour'";
    assert_eq!(scene.app.count(touched).await, 1);
    let projects = "SELECT count(*) FROM project p JOIN file f ON f.project_id = p.id
                     WHERE p.modified_at > now() - interval '1 hour'";
    assert_eq!(scene.app.count(projects).await, 1);
    let events = "SELECT count(*) FROM audit_log WHERE name = 'update-file' AND props->>'changes' = '0'
                     AND props->>'name' = 'Sketch' AND props ? 'team-id' AND props ? 'project-id'";
    assert_eq!(scene.app.count(events).await, 1);
}

#[tokio::test]
async fn pictures_of_other_files_become_the_files_own_where_they_may_be_seen() {
    let scene = Scene::new().await;
    let (ana, bo, drawing) = (&scene.ana, &scene.bo, &scene.drawing);
    let png = |seed| tests::picture::png(20, 20, seed);
    let library = ana.file("Library").await;
    let secret = bo.file("Secret").await;
    let own = ana.upload_picture(&json!(drawing.file), "a.png", "image/png", png(1)).await.ok();
    let seen = ana.upload_picture(&library["id"], "b.png", "image/png", png(2)).await.ok();
    let hidden = bo.upload_picture(&secret["id"], "c.png", "image/png", png(3)).await.ok();
    let id = |media: &Json| -> Uuid { media["id"].as_str().expect("an id").parse().expect("a uuid") };
    let session = Uuid::from_u128(1);
    let unknown = Uuid::from_u128(77);
    let ids = [id(&own), id(&seen), id(&hidden), unknown];
    let fills = ids.map(|id| {
        let picture = [
            ("id", Value::Uuid(id)),
            ("width", Value::Int(20)),
            ("height", Value::Int(20)),
            ("mtype", Value::text("image/png")),
        ];
        Value::map([("fill-image", Value::map(picture)), ("fill-opacity", Value::Int(1))])
    });
    // The file's own was not shown by anything for a while.
    let mark = "UPDATE file_media_object SET deleted_at = now() + interval '1 day' WHERE id = $1";
    sqlx::query(mark).bind(ids[0]).execute(&scene.app.app.pool).await.expect("marks");
    let changes =
        vec![drawing.add(10, Uuid::nil(), "rect"), drawing.set(10, "fills", Value::Vec(fills.to_vec()))];
    drawing.send(ana, session, 0, changes).await.transit();
    let document = drawing.read(ana).await;
    let fills = field(drawing.shape(&document, 10), "fills").items().expect("fills");
    let now: Vec<Uuid> =
        fills.iter().map(|fill| field(field(fill, "fill-image"), "id").as_uuid().expect("an id")).collect();
    assert_eq!((now[0], now[2], now[3]), (ids[0], ids[2], ids[3]), "others stay as they were sent");
    assert_ne!(now[1], ids[1]);
    for (number, is_there) in [(0, true), (1, true), (2, false)] {
        let status = ana.get(&format!("/assets/by-file-media-id/{}", now[number])).await.status;
        assert_eq!(status.is_success(), is_there, "{number}: {status}");
    }
    let copies =
        "SELECT count(*) FROM file_media_object a JOIN file_media_object b ON b.media_id = a.media_id
                   WHERE a.id <> b.id AND a.file_id <> b.file_id AND b.deleted_at IS NULL";
    assert_eq!(scene.app.count(copies).await, 2, "one picture in two files");
}

#[tokio::test]
async fn what_a_page_held_is_swept_when_it_is_deleted_or_replaced() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let session = Uuid::from_u128(1);
    let page = |id: u128, name: &str| {
        drawing::change("add-page", [("id", Value::Uuid(Uuid::from_u128(id))), ("name", Value::text(name))])
    };
    let changes = vec![
        drawing.add(10, Uuid::nil(), "rect"),
        page(50, "B"),
        drawing::change("del-page", [("id", Value::Uuid(drawing.page))]),
    ];
    drawing.send(ana, session, 0, changes).await.transit();
    drawing.send(ana, session, 1, vec![page(50, "C")]).await.transit();
    let document = drawing.read(ana).await;
    assert_eq!(field(&document, "pages"), &Value::Vec(vec![Value::Uuid(Uuid::from_u128(50))]));
    let pages = field(&document, "pages-index").entries();
    assert_eq!((pages.len(), field(&pages[0].1, "name")), (1, &Value::text("C")));
    assert_eq!(field(&pages[0].1, "objects").entries().len(), 1);
    let dead = "SELECT count(*) FROM file_container WHERE file_id IS NULL";
    assert_eq!(scene.app.count(dead).await, 2);
    scene.app.run_job_later(jobs::all::objects_gc::ObjectsGc {}, chrono::Duration::zero()).await;
    assert_eq!(scene.app.count(dead).await, 0);
    assert!(drawing.read(ana).await.same(&document));
    let parts = "SELECT count(*) FROM file_part p JOIN file_container c ON c.id = p.container_id
                   JOIN file f ON f.id = c.file_id WHERE f.name = 'Sketch'";
    assert_eq!(scene.app.count(parts).await, 3, "the file, a page and its root");
}
