//! Renaming and deleting fonts, bringing them back with their team, and what sweeps make of their files.

use super::scene::{FONT, upload};
use chrono::Duration;
use domain::deletion::restore;
use entities::ids::TeamId;
use jobs::all::{
    objects_gc::ObjectsGc, storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched,
};
use serde_json::{Value as Json, json};
use tests::{
    app::{TestApp, operator},
    font,
    person::Person,
};
use uuid::Uuid;

async fn listed(by: &Person, team: &Json) -> Vec<Json> {
    let fonts = by.call("get-font-variants", json!({"teamId": team["id"]})).await.ok();
    fonts.as_array().expect("a list").clone()
}

#[tokio::test]
async fn a_new_name_is_that_of_all_weights() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    for _ in 0..2 {
        upload(&ana, &team, "font/ttf", &font::ttf("Inky")).await.ok();
    }
    let new = json!({"teamId": team["id"], "id": FONT, "name": "Übergröße_2.0 - neu"});
    ana.call("update-font", new.clone()).await.ok();
    let names: Vec<Json> = listed(&ana, &team).await.iter().map(|font| font["fontFamily"].clone()).collect();
    assert_eq!(names, [json!("Übergröße_2.0 - neu"), json!("Übergröße_2.0 - neu")]);
    for (name, id, failure) in [
        ("a{b}", FONT, "400 validation/params-validation"),
        ("", FONT, "400 validation/params-validation"),
        ("Fine", Uuid::from_u128(8), "404 not-found/object-not-found"),
    ] {
        let refused = ana.call("update-font", json!({"teamId": team["id"], "id": id, "name": name})).await;
        assert_eq!(refused.failure(), failure, "{name}");
    }
}

#[tokio::test]
async fn what_is_deleted_is_hidden_then_purged_with_its_files() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let first = upload(&ana, &team, "font/ttf", &font::ttf("Inky")).await.ok();
    let second = upload(&ana, &team, "font/otf", &font::otf("Other")).await.ok();
    assert_eq!(app.blobs().len(), 2 + 3);
    let one = json!({"teamId": team["id"], "id": first["id"]});
    ana.call("delete-font-variant", one.clone()).await.ok();
    assert_eq!(listed(&ana, &team).await, [second]);
    let missing = "404 not-found/object-not-found";
    assert_eq!(ana.call("delete-font-variant", one).await.failure(), missing, "it is gone");
    assert_eq!(ana.call("download-font", json!({"id": first["id"]})).await.failure(), missing);
    let all = json!({"teamId": team["id"], "id": FONT});
    ana.call("delete-font", all.clone()).await.ok();
    assert!(listed(&ana, &team).await.is_empty());
    for method in ["delete-font", "update-font"] {
        let mut params = all.clone();
        params["name"] = json!("Inkier");
        assert_eq!(ana.call(method, params).await.failure(), missing, "{method}");
    }
    let event = "SELECT count(*) FROM audit_log WHERE name = 'delete-font' AND props->>'name' = 'Inky'";
    assert_eq!(app.count(event).await, 1);
    let event = "SELECT count(*) FROM audit_log WHERE name = 'delete-font-variant'
                    AND props->>'font-family' = 'Inky' AND props->>'font-id' IS NOT NULL";
    assert_eq!(app.count(event).await, 1);

    for (hours, left) in [(24 * 6, 5), (24 * 8, 0)] {
        app.run_job_later(ObjectsGc {}, Duration::hours(hours)).await;
        app.run_job_later(StorageGcTouched {}, Duration::hours(hours + 3)).await;
        app.run_job_later(StorageGcDeleted {}, Duration::hours(hours + 24 * 8)).await;
        app.is_sound("after the sweeps").await;
        assert_eq!(app.blobs().len(), left, "after {hours} hours");
    }
    assert_eq!(app.count("SELECT count(*) FROM team_font_variant").await, 0);
}

#[tokio::test]
async fn fonts_come_back_with_their_team_but_not_those_that_went_before() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let stays = upload(&ana, &team, "font/ttf", &font::ttf("Inky")).await.ok();
    let gone = upload(&ana, &team, "font/ttf", &font::ttf("Gone")).await.ok();
    ana.call("delete-font-variant", json!({"teamId": team["id"], "id": gone["id"]})).await.ok();
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    app.run_jobs().await;
    assert_eq!(app.count("SELECT count(*) FROM team_font_variant WHERE deleted_at IS NULL").await, 0);

    let id = TeamId(team["id"].as_str().expect("an id").parse().expect("a uuid"));
    let tx = platform::db::begin(&app.app.db).await.expect("begins");
    restore::team(&tx, &operator(), id, app.app.now()).await.expect("comes back");
    tx.commit().await.expect("commits");
    assert_eq!(listed(&ana, &team).await, std::slice::from_ref(&stays));
    ana.call("download-font", json!({"id": stays["id"]})).await.ok();
}
