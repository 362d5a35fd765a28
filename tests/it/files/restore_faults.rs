//! A restore is done once, or not at all: each of its statements fails, or loses the database.

use super::past::{Past, id};
use super::scene::Scene;
use serde_json::json;
use tests::drawing;
use transit::value::Value;
use uuid::Uuid;

/// Each step, as the row that it writes: its table, when, and on which rows.
const POINTS: [(&str, &str, &str); 7] = [
    ("file", "BEFORE UPDATE", "NEW.pinned_revn <> OLD.pinned_revn"),
    ("file_snapshot", "BEFORE INSERT", "true"),
    ("file_part", "BEFORE DELETE", "true"),
    ("file_part_archive", "BEFORE INSERT", "true"),
    ("file_part", "BEFORE INSERT", "true"),
    ("file", "BEFORE UPDATE", "NEW.vern <> OLD.vern"),
    ("audit_log", "BEFORE INSERT", "true"),
];

/// A file that is another one than its snapshot shows, and both documents.
async fn changed(scene: &Scene) -> (Uuid, Value, Value) {
    let (ana, drawing) = (&scene.ana, scene.drawing);
    let past = Past(drawing);
    past.draw(ana, vec![drawing.add(10, Uuid::nil(), "rect"), drawing.add(11, Uuid::nil(), "rect")]).await;
    let (then, snapshot) = (drawing.read(ana).await, past.make(ana, "Then").await);
    let gone = drawing::change(
        "del-obj",
        [("page-id", Value::Uuid(drawing.page)), ("id", Value::Uuid(Uuid::from_u128(10)))],
    );
    past.draw(ana, vec![gone, drawing.set(11, "name", Value::text("Other"))]).await;
    (snapshot, then, drawing.read(ana).await)
}

/// Does something at a point.
async fn trap(scene: &Scene, (table, when, rows): (&str, &str, &str), act: &str) {
    let trap = format!(
        "CREATE SEQUENCE fault;
         CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           {act}
           IF tg_op = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$;
         CREATE TRIGGER fault {when} ON {table} FOR EACH ROW WHEN ({rows}) EXECUTE FUNCTION fault()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(trap)).execute(&scene.app.app.pool).await.expect("is set");
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing() {
    for point in POINTS {
        let scene = Scene::new().await;
        let (ana, past) = (&scene.ana, Past(scene.drawing));
        let (snapshot, _, now) = changed(&scene).await;
        let head = past.head(ana).await;
        trap(&scene, point, "RAISE EXCEPTION 'broken';").await;
        let failed = past.restore(ana, snapshot).await;
        assert_eq!(failed.failure(), "500 server-error/unexpected", "{point:?}");
        let heal = format!("DROP TRIGGER fault ON {}", point.0);
        sqlx::query(sqlx::AssertSqlSafe(heal)).execute(&scene.app.app.pool).await.expect("heals");
        assert!(scene.drawing.read(ana).await.same(&now), "{point:?}");
        assert_eq!(past.head(ana).await, head, "{point:?}");
        assert_eq!(past.of_system(ana).await, Vec::<serde_json::Value>::new(), "{point:?}: no backup either");
    }
}

#[tokio::test]
async fn a_step_that_loses_the_database_is_done_again_from_the_start() {
    for point in POINTS {
        let scene = Scene::new().await;
        let (ana, past) = (&scene.ana, Past(scene.drawing));
        let (snapshot, then, now) = changed(&scene).await;
        let (revn, _) = past.head(ana).await;
        // The first time only: what a sequence counts is not rolled back.
        let act = "IF nextval('fault') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); \
                   PERFORM pg_sleep(0); END IF;";
        trap(&scene, point, act).await;
        let restored = past.restore(ana, snapshot).await;
        assert_eq!(restored.status.as_u16(), 204, "{point:?}: {}", restored.text());
        assert!(scene.drawing.read(ana).await.same(&then), "{point:?}");
        assert_eq!(past.head(ana).await.0, revn + 1, "{point:?}: once");
        let backups = past.of_system(ana).await;
        assert_eq!((backups.len(), &backups[0]["revn"]), (1, &json!(revn)), "{point:?}");
        assert!(past.document(ana, id(&backups[0])).await.same(&now), "{point:?}");
        assert!(past.document(ana, snapshot).await.same(&then), "{point:?}");
    }
}
