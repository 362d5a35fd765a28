//! Putting documents right: what is done, what is left to somebody, and who hears of it.

use super::scene::{Scene, field, hears};
use super::sick::{ROOT, SESSION, add, draw, drawn, id, look, sick, spoil, told};
use domain::{
    Error,
    file::check::{Repaired, repair},
};
use entities::ids::FileId;
use jobs::Waker;
use tests::app::operator;
use transit::value::Value;
use uuid::Uuid;

/// Does it, or does it and takes it back.
async fn mended(scene: &Scene, is_rehearsal: bool) -> Repaired {
    let app = &scene.app.app;
    let tx = platform::db::begin(&app.db).await.expect("begins");
    let file = FileId(scene.drawing.file);
    let mut repaired = repair(app, &tx, &operator(), file, app.now()).await.expect("repairs");
    let follow_ups = std::mem::take(&mut repaired.follow_ups);
    if is_rehearsal {
        tx.rollback().await.expect("is taken back");
    } else {
        jobs::commit(app, &Waker::start(app), &operator(), tx, follow_ups).await.expect("commits");
    }
    repaired
}

#[tokio::test]
async fn what_one_thing_puts_right_is_put_right_and_heard_of() {
    let scene = sick().await;
    let (app, ana, drawing) = (&scene.app, &scene.ana, &scene.drawing);
    let mut heard = scene.heard(drawing.file).await;
    let before = drawing.read(ana).await;
    let rehearsed = mended(&scene, true).await;
    assert_eq!((rehearsed.from_revn, rehearsed.revn, rehearsed.changes), (1, 2, 2));
    assert!(rehearsed.left.is_empty() && rehearsed.found.len() == 2, "{rehearsed:?}");
    assert!(drawing.read(ana).await.same(&before));
    assert_eq!(app.count("SELECT count(*) FROM file_snapshot").await, 0);
    assert!(heard.try_recv().is_err(), "of a rehearsal nobody hears");

    let repaired = mended(&scene, false).await;
    assert_eq!((repaired.revn, repaired.changes, repaired.refused.len()), (2, 2, 0));
    assert_eq!(told(&look(app, drawing.file).await.problems), []);
    let after = drawing.read(ana).await;
    assert_eq!(drawing.children(&after, 10), [id(11)]);
    assert_eq!(field(drawing.shape(&after, 11), "frame-id"), &Value::Uuid(id(10)));
    let message = hears(&mut heard).await;
    assert_eq!(field(&message, "type"), &Value::keyword("file-change"));
    assert_eq!(field(&message, "revn"), &Value::Int(2));
    assert_eq!(field(&message, "changes").items().map(<[Value]>::len), Some(2));
    assert_ne!(field(&message, "session-id"), &Value::Uuid(SESSION), "no editor takes it for its own");
    assert!(heard.try_recv().is_err());
    let snapshots = "SELECT count(*) FROM file_snapshot s JOIN file f ON f.id = s.file_id
                      WHERE s.created_by = 'system' AND s.revn = 1 AND f.pinned_revn = 1 AND s.deleted_at > now()
                        AND s.profile_id IS NULL";
    assert_eq!(app.count(snapshots).await, 1);
    assert_eq!(app.count("SELECT count(*) FROM file_part_archive").await, 2, "as it was is kept");

    // Those who draw meanwhile go on, and hear of it with their next batch.
    let change = drawing.set(12, "opacity", Value::Float(0.5));
    let answer = drawing.send(ana, SESSION, 1, vec![change]).await.transit();
    assert_eq!(field(&answer, "lagged").items().map(<[Value]>::len), Some(2));
    let nothing = mended(&scene, false).await;
    assert_eq!((nothing.changes, nothing.snapshot, nothing.found.len()), (0, None, 0));
}

#[tokio::test]
async fn what_comes_to_light_is_put_right_too_and_the_rest_is_left() {
    let scene = drawn().await;
    let (app, ana, drawing) = (&scene.app, &scene.ana, &scene.drawing);
    // A copy that says it is inside another, and is not: somebody has to decide.
    let component = [("component-id", Value::Uuid(id(300))), ("component-file", Value::Uuid(drawing.file))];
    let head = [component.to_vec(), vec![("shape-ref", Value::Uuid(id(99)))]].concat();
    let changes = vec![
        super::sick::component(drawing, 300, 20),
        add(drawing, 20, ROOT, "frame", &super::sick::main_of(300, drawing.file)),
        add(drawing, 30, ROOT, "frame", &head),
    ];
    draw(ana, drawing, 1, changes).await;
    // 10 is lost with what it holds; once it is back, its own frame is wrong no more.
    spoil(app, drawing, 10, "parent = '00000000-0000-0000-0000-000000000063', frame = NULL").await;
    spoil(app, drawing, 11, "frame = '00000000-0000-0000-0000-000000000063'").await;
    spoil(app, drawing, 0, "children = array_remove(children, '00000000-0000-0000-0000-00000000000a'::uuid)")
        .await;
    let before = look(app, drawing.file).await;
    assert!(before.count() > 2, "{:?}", before.problems);
    let repaired = mended(&scene, false).await;
    let left = told(&repaired.problems);
    assert_eq!(left, [("nested-copy-not-allowed", Some(30), "component-root")]);
    assert!(repaired.left.iter().all(|one| one.repairable == 0), "{:?}", repaired.left);
    let after = look(app, drawing.file).await;
    assert_eq!(told(&after.problems), left);
    let document = drawing.read(ana).await;
    assert!(drawing.children(&document, ROOT).contains(&id(10)));
}

#[tokio::test]
async fn nothing_is_put_right_while_something_cannot_be_read() {
    let scene = sick().await;
    let (app, drawing) = (&scene.app, &scene.drawing);
    spoil(app, drawing, 12, "raw = 'x'").await;
    let refused = async |id: Uuid| {
        let tx = platform::db::begin(&app.app.db).await.expect("begins");
        repair(&app.app, &tx, &operator(), FileId(id), app.app.now()).await.expect_err("is refused")
    };
    let error = refused(drawing.file).await;
    assert_eq!(error.code(), Some("document-unreadable"), "{error}");
    assert!(matches!(refused(Uuid::from_u128(404)).await, Error::NotFound));
    assert_eq!(app.count("SELECT count(*) FROM file WHERE revn > 1").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM file_snapshot").await, 0);
}
