//! Bringing a snapshot back.

use super::past::{Past, SESSION, id};
use super::scene::{Scene, answered, field, hears};
use serde_json::json;
use std::collections::BTreeSet;
use tests::{
    document::pack,
    drawing::{self, Drawing},
    person::Person,
    picture,
};
use transit::value::Value;
use uuid::Uuid;

fn page(id: u128, name: &str) -> Value {
    drawing::change("add-page", [("id", Value::Uuid(Uuid::from_u128(id))), ("name", Value::text(name))])
}

/// A rectangle on another page.
fn on_page(id: u128, page: u128) -> Value {
    let other = Drawing { file: Uuid::nil(), page: Uuid::from_u128(page) };
    other.add(id, Uuid::nil(), "rect")
}

/// Which parts were written by which revision.
async fn since(scene: &Scene) -> Vec<(Uuid, i64)> {
    let sql = "SELECT p.id, p.since FROM file_part p JOIN file_container c ON c.id = p.container_id
                WHERE c.file_id = $1 AND p.kind = 2 ORDER BY p.container_id, p.id";
    let query = sqlx::query_as(sql).bind(scene.drawing.file);
    query.fetch_all(&scene.app.app.pool).await.expect("reads")
}

#[tokio::test]
async fn a_file_becomes_what_it_was_and_what_it_was_before_that_is_kept() {
    let scene = Scene::new().await;
    let (ana, bo, drawing) = (&scene.ana, &scene.bo, scene.drawing);
    let past = Past(drawing);
    let color = Value::map([
        ("id", Value::Uuid(Uuid::from_u128(7))),
        ("name", Value::text("Ink")),
        ("color", Value::text("#000000")),
    ]);
    let start = vec![
        drawing.add(10, Uuid::nil(), "frame"),
        drawing.add(11, Uuid::from_u128(10), "rect"),
        drawing.add(12, Uuid::nil(), "rect"),
        page(50, "B"),
        on_page(51, 50),
        drawing::change("add-color", [("color", color)]),
    ];
    past.draw(ana, start).await;
    let (then, snapshot) = (drawing.read(ana).await, past.make(ana, "Then").await);
    past.draw(bo, vec![drawing.set(11, "name", Value::text("Other")), page(50, "C"), on_page(52, 50)]).await;
    past.draw(bo, vec![drawing.moved(11, Uuid::nil()), drawing.add(13, Uuid::nil(), "rect")]).await;
    let gone = drawing::change(
        "del-obj",
        [("page-id", Value::Uuid(drawing.page)), ("id", Value::Uuid(Uuid::from_u128(10)))],
    );
    let no_color = drawing::change("del-color", [("id", Value::Uuid(Uuid::from_u128(7)))]);
    past.draw(bo, vec![gone, no_color]).await;
    let now = drawing.read(ana).await;
    assert!(!now.same(&then));
    sqlx::query("UPDATE file SET has_media_trimmed = true")
        .execute(&scene.app.app.pool)
        .await
        .expect("looks");

    let mut heard = scene.heard(drawing.file).await;
    let restored = past.restore(ana, snapshot).await;
    assert_eq!((restored.status.as_u16(), restored.text()), (204, String::new()));
    assert!(drawing.read(bo).await.same(&then));
    let file = ana.call("get-file", json!({"id": drawing.file})).await.ok();
    let vern = file["vern"].as_i64().expect("a number");
    assert!(vern > 0, "nobody goes on with what was");
    assert_eq!((&file["revn"], &file["hasMediaTrimmed"]), (&json!(5), &json!(false)));
    let told = hears(&mut heard).await;
    for (name, value) in [
        ("type", Value::keyword("file-restored")),
        ("topic", Value::Uuid(drawing.file)),
        ("session-id", Value::Uuid(SESSION)),
        ("file-id", Value::Uuid(drawing.file)),
        ("vern", Value::Int(vern)),
    ] {
        assert_eq!(field(&told, name), &value);
    }
    assert!(heard.try_recv().is_err(), "told once");
    let listed = past.list(ana).await;
    assert_eq!((&listed[0]["createdBy"], &listed[0]["revn"]), (&json!("system"), &json!(4)));
    assert_eq!(file["modifiedAt"], listed[1]["modifiedAt"], "as old as the snapshot");
    assert!(past.document(ana, id(&listed[0])).await.same(&now), "the backup");
    assert!(past.document(ana, snapshot).await.same(&then), "it can be restored again");
    let events = "SELECT count(*) FROM audit_log WHERE name = 'restore-file-snapshot'
                     AND props->>'label' = 'Then' AND props->>'name' = 'Sketch'";
    assert_eq!(scene.app.count(events).await, 1);

    // And back again.
    past.restore(bo, id(&listed[0])).await.ok();
    assert!(drawing.read(ana).await.same(&now));
    assert!(past.document(ana, snapshot).await.same(&then));
}

#[tokio::test]
async fn what_did_not_change_since_is_not_touched() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, scene.drawing);
    let past = Past(drawing);
    past.draw(ana, (10..30).map(|n| drawing.add(n, Uuid::nil(), "rect")).collect()).await;
    let snapshot = past.make(ana, "Then").await;
    past.draw(ana, vec![drawing.set(12, "name", Value::text("Other"))]).await;
    past.restore(ana, snapshot).await.ok();
    let written: Vec<Uuid> =
        since(&scene).await.into_iter().filter(|(_, revn)| *revn > 1).map(|(part, _)| part).collect();
    assert_eq!(written, [Uuid::from_u128(12)]);
    assert_eq!(
        scene.app.count("SELECT count(*) FROM file_part_archive").await,
        2,
        "as it was at both moments"
    );
}

#[tokio::test]
async fn editors_of_before_start_again() {
    let scene = Scene::new().await;
    let (ana, bo, drawing) = (&scene.ana, &scene.bo, scene.drawing);
    let past = Past(drawing);
    past.draw(ana, vec![drawing.add(10, Uuid::nil(), "rect")]).await;
    let snapshot = past.make(ana, "Then").await;
    let commit = Uuid::from_u128(99);
    let add = vec![drawing.add(11, Uuid::nil(), "rect")];
    let first = drawing.send_named(bo, Uuid::from_u128(2), 1, commit, add.clone()).await;
    assert_eq!(answered(&first), (1, vec![2]));
    past.restore(ana, snapshot).await.ok();
    let late =
        drawing.send_in_json(bo, Uuid::from_u128(2), 2, vec![drawing.add(12, Uuid::nil(), "rect")]).await;
    assert_eq!(late.failure(), "409 validation/vern-conflict");
    let again = drawing.send_named(bo, Uuid::from_u128(2), 1, commit, add).await;
    assert_eq!(again.bytes, first.bytes, "what was applied before the restore is known all the same");
    let (revn, vern) = past.head(bo).await;
    let fresh = vec![drawing.add(13, Uuid::nil(), "rect")];
    let answer = past.send(bo, (revn - 2, vern), fresh).await;
    assert_eq!(answered(&answer), (3, vec![4]), "nothing of before the restore lags behind");
    let shapes = drawing.read(ana).await;
    let children: Vec<u128> = drawing.children(&shapes, 0).iter().map(Uuid::as_u128).collect();
    assert_eq!(children, [10, 13]);
}

#[tokio::test]
async fn thumbnails_go_and_pictures_stay() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, scene.drawing);
    let past = Past(drawing);
    let picture =
        ana.upload_picture(&json!(drawing.file), "a.png", "image/png", picture::png(20, 20, 1)).await.ok();
    let thumbnails = "
        WITH one AS (INSERT INTO file_thumbnail (file_id, revn, created_at, updated_at, media_id)
                     VALUES ($1, 0, now(), now(), $2))
        INSERT INTO file_tagged_object_thumbnail (file_id, object_id, created_at, updated_at, media_id)
        VALUES ($1, 'a', now(), now(), $2)";
    let media: Uuid = picture["mediaId"].as_str().expect("an id").parse().expect("a uuid");
    let query = sqlx::query(thumbnails).bind(drawing.file).bind(media);
    query.execute(&scene.app.app.pool).await.expect("draws them");
    let snapshot = past.make(ana, "Then").await;
    past.restore(ana, snapshot).await.ok();
    for table in [
        "SELECT count(*) FROM file_thumbnail WHERE deleted_at <= now()",
        "SELECT count(*) FROM file_tagged_object_thumbnail WHERE deleted_at <= now()",
        "SELECT count(*) FROM file_media_object WHERE deleted_at IS NULL",
    ] {
        assert_eq!(scene.app.count(table).await, 1, "{table}");
    }
}

#[tokio::test]
async fn a_document_of_the_release_before_has_a_past_too() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, scene.drawing);
    let past = Past(drawing);
    pack(&scene.app.app.pool, drawing.file, &document::file::new_data(drawing.file, drawing.page)).await;
    let then = drawing.read(ana).await;
    let snapshot = past.make(ana, "Then").await;
    past.draw(ana, vec![drawing.add(10, Uuid::nil(), "rect")]).await;
    assert!(past.document(ana, snapshot).await.same(&then));
    past.restore(ana, snapshot).await.ok();
    assert!(drawing.read(ana).await.same(&then));
}

/// Draws one shape after the other until the file was restored: those that were answered well.
async fn draws(past: Past, who: &Person, from: u128) -> BTreeSet<u128> {
    let mut done = BTreeSet::new();
    for n in from..from + 20 {
        let answer = past.send(who, (1, 0), vec![past.0.add(n, Uuid::nil(), "rect")]).await;
        match answer.status.as_u16() {
            200 => assert!(done.insert(n)),
            409 => break,
            other => panic!("{other}: {}", answer.text()),
        }
    }
    done
}

#[tokio::test]
async fn whoever_draws_meanwhile_comes_before_or_starts_again() {
    let scene = Scene::new().await;
    let (ana, bo, drawing) = (&scene.ana, &scene.bo, scene.drawing);
    let past = Past(drawing);
    past.draw(ana, vec![drawing.add(10, Uuid::nil(), "rect")]).await;
    let (then, snapshot) = (drawing.read(ana).await, past.make(ana, "Then").await);
    let restores = async {
        // Not before somebody has drawn.
        while past.head(ana).await.0 < 4 {}
        past.restore(ana, snapshot).await
    };
    let (one, two, restored) = tokio::join!(draws(past, ana, 100), draws(past, bo, 200), restores);
    assert_eq!(restored.status.as_u16(), 204, "{}", restored.text());
    assert!(drawing.read(ana).await.same(&then));
    let backup = past.document(ana, id(&past.of_system(ana).await[0])).await;
    let kept: BTreeSet<u128> = drawing.children(&backup, 0).iter().map(Uuid::as_u128).collect();
    let drawn: BTreeSet<u128> = [10].into_iter().chain(one).chain(two).collect();
    assert_eq!(kept, drawn, "what was answered well is in the backup");
}
