//! What a batch may cost, whose it is when it waited, and when two are one.

use super::scene::{Scene, answered, field};
use domain::file::parts::lock;
use entities::ids::FileId;
use serde_json::json;
use tests::{app::TestApp, drawing::change};
use transit::value::Value;
use uuid::Uuid;

const SESSION: Uuid = Uuid::from_u128(1);

#[tokio::test]
async fn a_batch_that_would_touch_too_much_is_refused_whole() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let board = Uuid::from_u128(10);
    let mut shapes = vec![drawing.add(10, Uuid::nil(), "frame")];
    shapes.extend((100..600).map(|id| drawing.add(id, board, "rect")));
    drawing.send(ana, SESSION, 0, shapes).await.transit();

    // Each looks through all that is on the board.
    let moves = vec![drawing.moved(10, Uuid::nil()); 2_000];
    let refused = drawing.send_in_json(ana, SESSION, 1, moves).await;
    assert_eq!(refused.failure(), "400 restriction/document-limit-reached");
    assert!(refused.text().contains("send it in several batches"), "{}", refused.text());
    let some = vec![drawing.moved(10, Uuid::nil()); 200];
    assert_eq!(answered(&drawing.send(ana, SESSION, 1, some).await), (1, vec![2]), "and several are fine");

    let set = |number: usize| {
        Value::map([
            ("type", Value::keyword("set")),
            ("attr", Value::keyword(&format!("own-{number}"))),
            ("val", Value::Int(1)),
        ])
    };
    let own = |numbers: std::ops::Range<usize>| {
        change(
            "mod-obj",
            [
                ("id", Value::Uuid(board)),
                ("page-id", Value::Uuid(drawing.page)),
                ("operations", Value::Vec(numbers.map(set).collect())),
            ],
        )
    };
    let refused = drawing.send_in_json(ana, SESSION, 2, vec![own(0..1_001)]).await;
    assert_eq!(refused.failure(), "400 restriction/document-limit-reached");
    assert!(refused.text().contains("at most 1000 attributes"), "{}", refused.text());
    assert_eq!(answered(&drawing.send(ana, SESSION, 2, vec![own(0..500)]).await), (2, vec![3]));
}

#[tokio::test]
async fn a_name_is_of_changes_and_not_of_their_order_in_maps() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let (commit, add) = (Uuid::from_u128(99), drawing.add(10, Uuid::nil(), "rect"));
    let first = drawing.send_named(ana, SESSION, 0, commit, vec![add.clone()]).await;
    let again = drawing.send_named(ana, SESSION, 0, commit, vec![turned(add)]).await;
    assert_eq!(again.bytes, first.bytes, "the first answer");

    let (commit, unreadable) = (Uuid::from_u128(98), change("paint-it-black", []));
    drawing.send_named(ana, SESSION, 1, commit, vec![]).await.transit();
    let other = drawing.send_named_in_json(ana, SESSION, 1, commit, vec![unreadable]).await;
    assert_eq!(
        other.failure(),
        "400 validation/commit-id-reused",
        "what nobody understands is no empty batch"
    );
}

/// The same with every map from behind.
fn turned(value: Value) -> Value {
    match value {
        Value::Map(entries) => {
            Value::Map(entries.into_iter().rev().map(|(key, value)| (key, turned(value))).collect())
        }
        Value::Vec(items) => Value::Vec(items.into_iter().map(turned).collect()),
        Value::Tagged(tag, inner) => Value::Tagged(tag, Box::new(turned(*inner))),
        value => value,
    }
}

#[tokio::test]
async fn who_was_put_out_while_waiting_changes_nothing() {
    let scene = Scene::new().await;
    let (ana, bo, drawing) = (&scene.ana, &scene.bo, &scene.drawing);
    let held = platform::db::begin(&scene.app.app.db).await.expect("begins");
    lock::hold(&held, FileId(drawing.file)).await.expect("holds the file");
    let add = vec![drawing.add(10, Uuid::nil(), "rect")];
    let put_out = async {
        somebody_waits(&scene.app).await;
        let member = json!({"teamId": scene.team["id"], "memberId": bo.id_of("id")});
        ana.call("delete-team-member", member).await.ok();
        held.commit().await.expect("lets go");
    };
    let (answer, ()) = tokio::join!(drawing.send_in_json(bo, SESSION, 0, add.clone()), put_out);
    assert_eq!(answer.failure(), "404 not-found/object-not-found");
    assert_eq!(scene.app.count("SELECT revn FROM file").await, 0);
    let answer = drawing.send(ana, SESSION, 0, add).await;
    assert_eq!(field(&answer.transit(), "revn"), &Value::Int(0), "who is in goes on");
}

async fn somebody_waits(app: &TestApp) {
    let sql = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted";
    let all = async {
        while app.count(sql).await < 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(120), all).await.expect("somebody waits");
}
