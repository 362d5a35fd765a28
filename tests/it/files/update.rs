//! Changes of a file's document: applied for everybody, all or none, and once.

use super::scene::{Scene, answered, field, hears};
use bytes::Bytes;
use serde_json::json;
use tests::{
    app::TestApp,
    drawing::{self, Drawing},
};
use tokio::sync::broadcast::Receiver;
use transit::value::Value;
use uuid::Uuid;

#[tokio::test]
async fn two_people_draw_in_one_file() {
    let scene = Scene::new().await;
    let (ana, bo, drawing) = (&scene.ana, &scene.bo, &scene.drawing);
    let (of_ana, of_bo) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let mut heard = scene.heard(drawing.file).await;
    let mut in_team = scene.heard(scene.team["id"].as_str().expect("an id").parse().expect("a uuid")).await;

    let first = drawing.add(10, Uuid::nil(), "frame");
    let answer = drawing.send(ana, of_ana, 0, vec![first.clone()]).await;
    assert_eq!(answered(&answer), (0, vec![1]), "its own batch is among what the answer tells");
    let told = hears(&mut heard).await;
    for (name, value) in [
        ("type", Value::keyword("file-change")),
        ("topic", Value::Uuid(drawing.file)),
        ("profile-id", Value::Uuid(ana.id_of("id").parse().expect("a uuid"))),
        ("file-id", Value::Uuid(drawing.file)),
        ("session-id", Value::Uuid(of_ana)),
        ("revn", Value::Int(1)),
        ("vern", Value::Int(0)),
    ] {
        assert_eq!(field(&told, name), &value);
    }
    assert!(field(&told, "changes").same(&Value::Vec(vec![first.clone()])), "as they were sent");

    // Bo has not seen it, and draws all the same.
    let second = drawing.add(11, Uuid::nil(), "rect");
    let answer = drawing.send(bo, of_bo, 0, vec![second.clone()]).await;
    assert_eq!(answered(&answer), (1, vec![1, 2]));
    let lagged = answer.transit();
    let lagged = field(&lagged, "lagged").items().expect("a list");
    assert_eq!(field(&lagged[0], "session-id"), &Value::Uuid(of_ana));
    assert_eq!(field(&lagged[0], "file-id"), &Value::Uuid(drawing.file));
    assert!(field(&lagged[0], "changes").same(&Value::Vec(vec![first])));
    assert!(field(&lagged[1], "changes").same(&Value::Vec(vec![second])));
    assert_eq!(field(&hears(&mut heard).await, "revn"), &Value::Int(2));

    let moved = drawing.moved(11, Uuid::from_u128(10));
    assert_eq!(answered(&drawing.send(ana, of_ana, 2, vec![moved]).await), (2, vec![3]));
    for person in [ana, bo] {
        let document = drawing.read(person).await;
        assert_eq!(drawing.children(&document, 10), [Uuid::from_u128(11)]);
        assert_eq!(drawing.children(&document, 0), [Uuid::from_u128(10)]);
        let shape = drawing.shape(&document, 11);
        assert_eq!(field(shape, "frame-id"), &Value::Uuid(Uuid::from_u128(10)));
    }
    let head = ana.call("get-file", json!({"id": drawing.file})).await.ok();
    assert_eq!(
        (&head["revn"], &head["vern"], &head["hasMediaTrimmed"]),
        (&json!(3), &json!(0), &json!(false))
    );
    assert_eq!(field(&hears(&mut heard).await, "revn"), &Value::Int(3));
    assert!(heard.try_recv().is_err() && in_team.try_recv().is_err(), "and nothing else is told");
}

#[tokio::test]
async fn a_library_tells_its_team_what_concerns_its_users() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.id_of("defaultTeamId").parse().expect("a uuid");
    let params = json!({"projectId": ana.profile["defaultProjectId"], "name": "Library", "isShared": true});
    let file = ana.call("create-file", params).await.ok();
    let drawing = Drawing::of(&file);
    let mut heard: Receiver<Bytes> = app.app.bus.subscribe(&Uuid::to_string(&team)).await;
    let session = Uuid::from_u128(1);
    let page = drawing::change("mod-page", [("id", Value::Uuid(drawing.page)), ("name", Value::text("Ink"))]);
    drawing.send(&ana, session, 0, vec![page.clone()]).await.transit();
    let color = Value::map([
        ("id", Value::Uuid(Uuid::from_u128(7))),
        ("name", Value::text("Ink")),
        ("color", Value::text("#000000")),
    ]);
    let color = drawing::change("add-color", [("color", color)]);
    drawing.send(&ana, session, 1, vec![page, color.clone()]).await.transit();
    let told = hears(&mut heard).await;
    assert_eq!(field(&told, "type"), &Value::keyword("library-change"));
    assert_eq!((field(&told, "revn"), field(&told, "session-id")), (&Value::Int(2), &Value::Uuid(session)));
    assert!(matches!(field(&told, "modified-at"), Value::Instant(_)));
    assert!(field(&told, "changes").same(&Value::Vec(vec![color])), "not the page: {told:?}");
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_refused_batch_leaves_nothing_and_says_which_change_is_wrong() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let mut heard = scene.heard(drawing.file).await;
    let session = Uuid::from_u128(1);
    let before = drawing.read(ana).await;
    let good = drawing.add(10, Uuid::nil(), "rect");
    let bad_shape = drawing.set(10, "opacity", Value::text("much"));
    for (change, failure, field_of, kind) in [
        (bad_shape, "400 validation/data-validation", "opacity", "mod-obj"),
        (
            drawing::change("mov-page", [("id", Value::Uuid(drawing.page))]),
            "400 validation/params-validation",
            "index",
            "mov-page",
        ),
        (drawing::change("set-world", []), "400 validation/params-validation", "type", ""),
    ] {
        let answer = drawing.send_in_json(ana, session, 0, vec![good.clone(), change]).await;
        assert_eq!(answer.failure(), failure, "{}", answer.text());
        let told = answer.json();
        assert_eq!(told["change"], 1, "{told}");
        assert!(told["field"].as_str().expect("a field").contains(field_of), "{told}");
        assert_eq!(told["changeType"].as_str().unwrap_or(""), kind);
        assert!(told["hint"].as_str().expect("a sentence").starts_with("change 1"), "{told}");
    }
    assert!(drawing.read(ana).await.same(&before));
    for (params, failure) in [
        (json!({"revn": 1}), "400 validation/revn-conflict"),
        (json!({"vern": 5}), "409 validation/vern-conflict"),
        (json!({"features": ["components/v2"]}), "400 restriction/feature-not-supported"),
        (json!({"revn": -1}), "400 validation/params-validation"),
        (json!({"sessionId": "me"}), "400 validation/params-validation"),
        (json!({"changes": {}}), "400 validation/params-validation"),
        (json!({"id": Uuid::nil()}), "404 not-found/object-not-found"),
    ] {
        let mut all = json!({"id": drawing.file, "sessionId": session, "revn": 0, "vern": 0, "changes": []});
        for (name, value) in params.as_object().expect("params") {
            all[name] = value.clone();
        }
        assert_eq!(ana.call("update-file", all).await.failure(), failure, "{params}");
    }
    assert_eq!(scene.app.count("SELECT count(*) FROM file_change").await, 0);
    assert_eq!(scene.app.count("SELECT count(*) FROM file WHERE revn > 0").await, 0);
    assert!(heard.try_recv().is_err(), "nothing is told");
}

#[tokio::test]
async fn a_batch_that_is_sent_again_is_applied_once() {
    let scene = Scene::new().await;
    let (ana, bo, drawing) = (&scene.ana, &scene.bo, &scene.drawing);
    let mut heard = scene.heard(drawing.file).await;
    let (session, commit) = (Uuid::from_u128(1), Uuid::from_u128(99));
    drawing.send(bo, Uuid::from_u128(2), 0, vec![drawing.add(9, Uuid::nil(), "rect")]).await.transit();
    let add = vec![drawing.add(10, Uuid::nil(), "rect")];
    let first = drawing.send_named(ana, session, 0, commit, add.clone()).await;
    assert_eq!(answered(&first), (1, vec![1, 2]));
    drawing.send(bo, Uuid::from_u128(2), 2, vec![drawing.add(11, Uuid::nil(), "rect")]).await.transit();

    // From the same session, from another one of another person, through another process, and in JSON.
    let again = drawing.send_named(ana, session, 0, commit, add.clone()).await;
    assert_eq!(again.bytes, first.bytes, "the first answer");
    let again = drawing.send_named(bo, Uuid::from_u128(3), 3, commit, add.clone()).await;
    assert_eq!(again.bytes, first.bytes);
    let other = ana.at(&scene.app.another_process().await);
    assert_eq!(drawing.send_named(&other, session, 0, commit, add.clone()).await.bytes, first.bytes);
    let in_json = drawing.send_named_in_json(ana, session, 0, commit, add.clone()).await.ok();
    assert_eq!((&in_json["revn"], in_json["lagged"].as_array().map(Vec::len)), (&json!(1), Some(2)));
    // After a restore too, when its version mark is an old one.
    sqlx::query("UPDATE file SET vern = 7").execute(&scene.app.app.pool).await.expect("restores");
    assert_eq!(drawing.send_named(ana, session, 0, commit, add.clone()).await.bytes, first.bytes);
    let conflict = drawing.send_in_json(ana, session, 0, add.clone()).await;
    assert_eq!(conflict.failure(), "409 validation/vern-conflict");
    sqlx::query("UPDATE file SET vern = 0").execute(&scene.app.app.pool).await.expect("comes back");

    let others = vec![drawing.add(12, Uuid::nil(), "rect")];
    let reused = drawing.send_named_in_json(ana, session, 0, commit, others).await;
    assert_eq!(reused.failure(), "400 validation/commit-id-reused");
    assert_eq!(scene.app.count("SELECT revn FROM file").await, 3);
    for revn in 1..=3 {
        assert_eq!(field(&hears(&mut heard).await, "revn"), &Value::Int(revn));
    }
    assert!(heard.try_recv().is_err(), "told once");

    // A refused batch does not use its name up.
    let commit = Uuid::from_u128(98);
    let bad = vec![drawing.set(10, "opacity", Value::text("much"))];
    assert!(!drawing.send_named(ana, session, 3, commit, bad).await.status.is_success());
    let good = vec![drawing.set(10, "opacity", Value::Float(0.5))];
    assert_eq!(answered(&drawing.send_named(ana, session, 3, commit, good).await), (3, vec![4]));
    // Names are of one file.
    let file = ana.file("Other").await;
    let elsewhere = Drawing::of(&file);
    let add = vec![elsewhere.add(10, Uuid::nil(), "rect")];
    assert_eq!(answered(&elsewhere.send_named(ana, session, 0, commit, add).await), (0, vec![1]));
}
