//! Who may do what with the fonts of a team, and who sees them.

use super::scene::{FONT, upload};
use domain::role::Role;
use serde_json::json;
use tests::{app::TestApp, font};

#[tokio::test]
async fn those_who_edit_change_fonts_and_those_who_look_fetch_them() {
    let app = TestApp::start().await;
    let (ana, bo, cy) = (app.person("ana").await, app.person("bo").await, app.person("cy").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, Role::Editor).await;
    app.join(&team, &cy, Role::Viewer).await;
    let variant = upload(&bo, &team, "font/ttf", &font::ttf("Inky")).await.ok();
    let missing = "404 not-found/object-not-found";
    assert_eq!(upload(&cy, &team, "font/ttf", &font::ttf("Inky")).await.failure(), missing);
    let font = json!({"teamId": team["id"], "id": FONT, "name": "Inkier"});
    for method in ["update-font", "delete-font"] {
        assert_eq!(cy.call(method, font.clone()).await.failure(), missing, "{method}");
    }
    let one = json!({"teamId": team["id"], "id": variant["id"]});
    assert_eq!(cy.call("delete-font-variant", one).await.failure(), missing);
    cy.call("download-font", json!({"id": variant["id"]})).await.ok();
    cy.call("download-font-family", json!({"fontId": FONT})).await.ok();

    // Of another team of one's own nobody reaches it.
    let eve = app.person("eve").await;
    let hers = eve.team("Oil").await;
    for (method, id) in [
        ("update-font", json!(FONT)),
        ("delete-font", json!(FONT)),
        ("delete-font-variant", variant["id"].clone()),
    ] {
        let params = json!({"teamId": hers["id"], "id": id, "name": "Hers"});
        assert_eq!(eve.call(method, params).await.failure(), missing, "{method}");
    }
    assert_eq!(eve.call("download-font", json!({"id": variant["id"]})).await.failure(), missing);
    assert_eq!(eve.call("download-font-family", json!({"fontId": FONT})).await.failure(), missing);
    let listed = ana.call("get-font-variants", json!({"teamId": team["id"]})).await.ok();
    assert_eq!(listed, json!([variant]));
}

/// Browsers load fonts without saying who asks.
#[tokio::test]
async fn whoever_sees_a_shared_file_sees_its_letters() {
    let app = TestApp::start().await;
    let (ana, eve) = (app.person("ana").await, app.person("eve").await);
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Posters").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    let variant = upload(&ana, &team, "font/otf", &font::otf("Inky")).await.ok();
    let share = ana.share(&file["id"], &[], "team").await;
    let linked = eve.call("get-font-variants", json!({"fileId": file["id"], "shareId": share})).await.ok();
    assert_eq!(linked, json!([variant]));
    for at in ["woff1FileId", "ttfFileId", "otfFileId"] {
        let path = format!("/assets/by-id/{}", linked[0][at].as_str().expect("an id"));
        let answer = app.anonymous().get(&path).await;
        assert!(answer.status.is_success(), "{at}: {}", answer.failure());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}
