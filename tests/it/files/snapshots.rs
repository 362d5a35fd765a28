//! Snapshots: made, listed, looked at, named, locked and deleted.

use super::past::{Past, id};
use super::scene::{Scene, field};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value as Json, json};
use tests::{app::Settings, client::Answer, person::Person};
use transit::{Limits, value::Value};
use uuid::Uuid;

async fn set(who: &Person, method: &str, snapshot: Uuid) -> Answer {
    who.call(method, json!({"id": snapshot})).await
}

fn moment(value: &Json) -> DateTime<Utc> {
    value.as_str().expect("a moment").parse().expect("a moment")
}

#[tokio::test]
async fn a_snapshot_is_two_small_rows_and_shows_what_was() {
    let scene = Scene::new().await;
    let (ana, bo, drawing) = (&scene.ana, &scene.bo, scene.drawing);
    let past = Past(drawing);
    past.draw(ana, vec![drawing.add(10, Uuid::nil(), "frame"), drawing.add(11, Uuid::nil(), "rect")]).await;
    let before = drawing.read(ana).await;
    let parts = scene.app.count("SELECT count(*) FROM file_part").await;
    let made = ana.call("create-file-snapshot", json!({"fileId": drawing.file, "label": "First"})).await.ok();
    for (name, value) in [
        ("revn", json!(1)),
        ("version", json!(67)),
        ("fileId", json!(drawing.file)),
        ("label", json!("First")),
        ("createdBy", json!("user")),
    ] {
        assert_eq!(made[name], value, "{name}: {made}");
    }
    assert_eq!(made["createdAt"], made["modifiedAt"]);
    assert!(made["features"].as_array().is_some_and(|features| features.contains(&json!("components/v2"))));
    assert!(made["migrations"].as_array().is_some_and(|migrations| !migrations.is_empty()));
    assert_eq!(scene.app.count("SELECT count(*) FROM file_part").await, parts, "nothing is copied");
    assert_eq!(scene.app.count("SELECT count(*) FROM file_part_archive").await, 0);

    let changes = vec![drawing.moved(11, Uuid::from_u128(10)), drawing.add(12, Uuid::nil(), "rect")];
    past.draw(bo, changes).await;
    past.draw(bo, vec![drawing.set(11, "name", Value::text("Other"))]).await;
    let shown = past.look(bo, id(&made)).await;
    assert!(field(&shown, "data").same(&before));
    assert_eq!((field(&shown, "id"), field(&shown, "revn")), (&Value::Uuid(drawing.file), &Value::Int(1)));
    assert_eq!(field(field(&shown, "permissions"), "can-edit"), &Value::Bool(true));
    let vern = field(&shown, "vern").as_int().expect("a number");
    assert!((1..100_000).contains(&vern), "{vern} is not the file's");
    assert_eq!(field(&past.look(ana, id(&made)).await, "vern"), &Value::Int(vern), "the same each time");
    let kept = "SELECT count(*) FROM file_part_archive";
    // The root, its frame and what was moved; the last change finds them kept already.
    assert_eq!(scene.app.count(kept).await, 3);

    let json = ana.call("get-file-snapshot", json!({"fileId": drawing.file, "id": made["id"]})).await;
    let json = transit::json::read(&json.bytes, &Limits::STORED).expect("JSON");
    let expected = transit::json::read(&transit::json::write(&before), &Limits::STORED).expect("JSON");
    assert!(field(&json, "data").same(&expected));
    let path = format!(
        "/api/main/methods/get-file-snapshot?file-id={}&id={}&transit_verbose",
        drawing.file,
        id(&made)
    );
    let answer = ana.get(&path).await;
    let verbose = transit::read(&answer.bytes, &Limits::STORED).expect("transit");
    assert!(field(&verbose, "data").same(&before), "{}", answer.text());
}

#[tokio::test]
async fn those_of_a_file_are_listed_with_the_newest_first_and_get_names() {
    let scene = Scene::new().await;
    let (ana, bo, past) = (&scene.ana, &scene.bo, Past(scene.drawing));
    assert_eq!(past.list(ana).await, Vec::<Json>::new());
    let first = past.make(ana, "First").await;
    let unnamed = bo.call("create-file-snapshot", json!({"fileId": scene.drawing.file})).await.ok();
    let label = unnamed["label"].as_str().expect("text");
    assert!(label.starts_with("snapshot-20") && label.len() == "snapshot-2026-12-01-03-02-46-007".len());
    past.restore(ana, first).await.ok();
    let listed = past.list(bo).await;
    let seen: Vec<(&Json, &Json)> = listed.iter().map(|one| (&one["id"], &one["createdBy"])).collect();
    assert_eq!(seen[1..], [(&unnamed["id"], &json!("user")), (&json!(first), &json!("user"))]);
    assert_eq!(seen[0].1, "system", "what was there before the restore");
    let newest = &listed[0];
    assert_eq!((&newest["profileId"], &newest["revn"]), (&ana.profile["id"], &json!(0)));
    let stays = moment(&newest["deletedAt"]) - moment(&newest["createdAt"]);
    assert_eq!(stays, Duration::days(7));
    assert_eq!((&listed[1]["profileId"], &listed[1]["deletedAt"]), (&bo.profile["id"], &Json::Null));

    // Whoever gives it a name keeps it.
    let renamed = bo.call("update-file-snapshot", json!({"id": newest["id"], "label": "Kept"})).await;
    assert_eq!(renamed.ok(), json!(true));
    let transit = Value::map([("id", Value::Uuid(first)), ("label", Value::text("Started"))]);
    assert_eq!(ana.call_transit("update-file-snapshot", &transit).await.text(), r#"["~#'",true]"#);
    let listed = past.list(ana).await;
    let facts: Vec<(&Json, &Json, &Json)> =
        listed.iter().map(|one| (&one["label"], &one["createdBy"], &one["deletedAt"])).collect();
    assert_eq!(facts[0], (&json!("Kept"), &json!("user"), &Json::Null));
    assert_eq!(facts[2], (&json!("Started"), &json!("user"), &Json::Null));
    assert!(moment(&listed[0]["modifiedAt"]) > moment(&listed[0]["createdAt"]));
    let events = "SELECT count(*) FROM audit_log WHERE name = 'update-file-snapshot' AND props ? 'file-id'";
    assert_eq!(scene.app.count(events).await, 2);
    let events = "SELECT count(*) FROM audit_log WHERE name = 'create-file-snapshot' AND props ? 'id'
                     AND props->>'label' LIKE 'snapshot-20%'";
    assert_eq!(scene.app.count(events).await, 1);
}

#[tokio::test]
async fn whoever_made_one_can_lock_it_and_it_goes_when_somebody_says_so() {
    let scene = Scene::new().await;
    let (ana, bo, past) = (&scene.ana, &scene.bo, Past(scene.drawing));
    let of_ana = past.make(ana, "First").await;
    assert_eq!(set(bo, "lock-file-snapshot", of_ana).await.failure(), "400 validation/only-creator-can-lock");
    assert_eq!(
        set(ana, "unlock-file-snapshot", of_ana).await.failure(),
        "400 validation/snapshot-not-locked"
    );
    assert_eq!(set(ana, "lock-file-snapshot", of_ana).await.ok(), json!(true));
    assert_eq!(past.list(bo).await[0]["lockedBy"], ana.profile["id"]);
    let again = set(ana, "lock-file-snapshot", of_ana).await;
    assert_eq!(again.failure(), "400 validation/snapshot-already-locked");
    assert_eq!(again.json()["snapshotId"], json!(of_ana));
    assert_eq!(set(bo, "delete-file-snapshot", of_ana).await.failure(), "400 validation/snapshot-is-locked");
    let unlocked = set(bo, "unlock-file-snapshot", of_ana).await;
    assert_eq!(unlocked.failure(), "400 validation/only-creator-can-unlock");
    assert_eq!(set(ana, "unlock-file-snapshot", of_ana).await.ok(), json!(true));
    assert_eq!(set(bo, "delete-file-snapshot", of_ana).await.ok(), json!(true));
    assert_eq!(past.list(ana).await, Vec::<Json>::new());
    let hidden = json!({"fileId": scene.drawing.file, "id": of_ana});
    for method in ["get-file-snapshot", "restore-file-snapshot"] {
        assert_eq!(ana.call(method, hidden.clone()).await.failure(), "404 not-found/snapshot-not-found");
    }
    assert_eq!(set(ana, "delete-file-snapshot", of_ana).await.failure(), "404 not-found/object-not-found");

    // Its own lock is in nobody's way.
    let locked = past.make(ana, "Second").await;
    set(ana, "lock-file-snapshot", locked).await.ok();
    past.restore(bo, locked).await.ok();
    set(ana, "delete-file-snapshot", locked).await.ok();
    let system = id(&past.of_system(ana).await[0]);
    for (method, code) in [
        ("lock-file-snapshot", "system-snapshots-cant-be-locked"),
        ("unlock-file-snapshot", "system-snapshots-cant-be-unlocked"),
        ("delete-file-snapshot", "system-snapshots-cant-be-deleted"),
    ] {
        assert_eq!(set(bo, method, system).await.failure(), format!("400 validation/{code}"));
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_right_is_refused() {
    let scene = Scene::new().await;
    let (ana, past) = (&scene.ana, Past(scene.drawing));
    let outsider = scene.app.person("cy").await;
    let (own, other) = (past.make(ana, "First").await, ana.file("Other").await);
    let nothing = Uuid::from_u128(1);
    for (file, snapshot, code) in [
        (json!(scene.drawing.file), nothing, "snapshot-not-found"),
        (other["id"].clone(), own, "snapshot-not-found"),
        (json!(nothing), own, "object-not-found"),
    ] {
        for method in ["get-file-snapshot", "restore-file-snapshot"] {
            let refused = ana.call(method, json!({"fileId": file, "id": snapshot})).await;
            assert_eq!(refused.failure(), format!("404 not-found/{code}"), "{method}");
        }
    }
    for method in ["lock-file-snapshot", "unlock-file-snapshot", "delete-file-snapshot"] {
        for (who, snapshot) in [(ana, nothing), (&outsider, own)] {
            assert_eq!(set(who, method, snapshot).await.failure(), "404 not-found/object-not-found");
        }
    }
    let long = "x".repeat(251);
    for label in [json!(""), json!("  "), json!(long), json!(7)] {
        for (method, mut params) in [
            ("create-file-snapshot", json!({"fileId": scene.drawing.file})),
            ("update-file-snapshot", json!({"id": own})),
        ] {
            params["label"] = label.clone();
            let refused = ana.call(method, params).await;
            assert_eq!(refused.failure(), "400 validation/params-validation", "{method} {label}");
            assert_eq!(refused.json()["problems"][0]["path"], "label", "{}", refused.text());
        }
    }
    // A client that does not know what the document uses.
    let params = json!({"fileId": scene.drawing.file, "id": own, "features": ["components/v2"]});
    let refused = ana.call("get-file-snapshot", params).await;
    assert_eq!(refused.failure(), "400 restriction/feature-not-supported");
    assert_eq!(past.list(ana).await.len(), 1);
    assert_eq!(past.head(ana).await, (0, 0));
}

#[tokio::test]
async fn quotas_count_what_people_made_and_did_not_delete() {
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-quotes disable-secure-session-cookies")
        .set("PENPOT_QUOTES_SNAPSHOTS_PER_FILE", "2")
        .set("PENPOT_QUOTES_SNAPSHOTS_PER_TEAM", "3");
    let scene = Scene::with(settings).await;
    let (ana, past) = (&scene.ana, Past(scene.drawing));
    let first = past.make(ana, "1").await;
    past.make(ana, "2").await;
    past.restore(ana, first).await.ok();
    let too_many = ana.call("create-file-snapshot", json!({"fileId": scene.drawing.file})).await;
    assert_eq!(too_many.failure(), "400 restriction/max-quote-reached");
    assert_eq!(too_many.json()["target"], "snapshots-per-file");
    let project = ana.call("get-projects", json!({"teamId": scene.team["id"]})).await.ok();
    let project =
        project.as_array().expect("projects").iter().find(|one| one["name"] == "Posters").expect("it");
    let other = ana.file_in(&project["id"], "Other").await;
    ana.call("create-file-snapshot", json!({"fileId": other["id"]})).await.ok();
    let too_many = ana.call("create-file-snapshot", json!({"fileId": other["id"]})).await;
    assert_eq!(too_many.json()["target"], "snapshots-per-team", "{}", too_many.text());
    ana.call("delete-file-snapshot", json!({"id": first})).await.ok();
    past.make(ana, "3").await;
}
