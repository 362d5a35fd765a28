//! Changes in JSON that transit says with types of its own: libraries of tokens, paths.

use super::scene::{Scene, field};
use serde_json::{Value as Json, json};
use tests::drawing::{self, Drawing};
use transit::value::Value;
use uuid::Uuid;

/// Sets, groups and tokens have names that people gave: none of them is a word of the program.
fn tokens() -> Json {
    json!({
        "Brand Colors": {
            "inkBlue": {"$value": "#0000ff", "$type": "color", "$description": "Of the logo"},
            "team_id": {"$value": "#ff0000", "$type": "color", "$description": ""},
        },
        "$themes": [],
        "$metadata": {
            "tokenSetOrder": ["Brand Colors"], "activeThemes": [], "activeSets": ["Brand Colors"],
        },
    })
}

fn batch(drawing: &Drawing, revn: i64, changes: Json) -> Json {
    let session = Uuid::from_u128(1);
    json!({"id": drawing.file, "sessionId": session, "revn": revn, "vern": 0, "changes": changes})
}

#[tokio::test]
async fn a_library_of_tokens_is_sent_and_told_as_an_object() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let set = json!([{"type": "set-tokens-lib", "tokensLib": tokens()}]);
    let answer = ana.call("update-file", batch(drawing, 0, set)).await.ok();
    let told = &answer["lagged"][0]["changes"][0]["tokensLib"];
    assert_eq!(told["Brand Colors"], tokens()["Brand Colors"], "{answer}");
    let read = ana.call("get-file", json!({"id": drawing.file})).await.ok();
    assert_eq!(read["data"]["tokensLib"]["Brand Colors"], tokens()["Brand Colors"]);
    let read = drawing.read(ana).await;
    assert!(matches!(field(&read, "tokens-lib"), Value::Tagged(tag, _) if tag == "penpot/tokens-lib"));

    // In kebab-case and as text it is the same library.
    let twin = Drawing::of(&ana.file("Twin").await);
    let set = json!([{"type": "set-tokens-lib", "tokens-lib": tokens().to_string()}]);
    ana.call("update-file", batch(&twin, 0, set)).await.ok();
    let other = ana.call("get-file", json!({"id": twin.file})).await.ok();
    assert_eq!(other["data"]["tokensLib"]["Brand Colors"], tokens()["Brand Colors"]);
}

#[tokio::test]
async fn what_others_did_is_told_in_json_as_a_document_is() {
    let scene = Scene::new().await;
    let (ana, bo, drawing) = (&scene.ana, &scene.bo, &scene.drawing);
    let mut path = drawing::shape(10, Uuid::nil(), "path");
    path.put("content", Value::text("M0,0L10,10"));
    let added = drawing::change(
        "add-obj",
        [
            ("id", Value::Uuid(Uuid::from_u128(10))),
            ("page-id", Value::Uuid(drawing.page)),
            ("frame-id", Value::Uuid(Uuid::nil())),
            ("parent-id", Value::Uuid(Uuid::nil())),
            ("obj", path),
        ],
    );
    let sent = drawing.send_in_json(ana, Uuid::from_u128(1), 0, vec![added]).await.ok();
    let page = drawing.page.to_string();
    let id = Uuid::from_u128(10).to_string();
    let read = bo.call("get-file", json!({"id": drawing.file})).await.ok();
    let shown = &read["data"]["pagesIndex"][page.as_str()]["objects"][id.as_str()]["content"];
    assert!(shown.as_str().is_some_and(|text| text.starts_with('M')), "{shown}");
    let lagged = bo.call("update-file", batch(drawing, 0, json!([]))).await.ok();
    for told in [&sent["lagged"][0], &lagged["lagged"][0]] {
        assert_eq!(&told["changes"][0]["obj"]["content"], shown, "{told}");
    }
}
