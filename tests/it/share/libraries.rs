//! The libraries of a file that somebody looks at.

use super::scene::{SECOND, Scene, id, names};
use serde_json::{Value as Json, json};
use tests::drawing::{Drawing, change};
use transit::value::Value;
use uuid::Uuid;

/// A library with a colour, of a team, that another file uses.
async fn library(scene: &Scene, of: &Json, name: &str, project: &Json) -> Json {
    let params = json!({"projectId": project, "name": name, "isShared": true});
    let made = scene.ana.call("create-file", params).await.ok();
    let color = [("id", Value::Uuid(id(20))), ("name", Value::text(name)), ("color", Value::text("#000000"))];
    let drawing = Drawing::of(&made);
    let changes =
        vec![change("add-color", [("color", Value::map(color))]), drawing.add(10, Uuid::nil(), "rect")];
    drawing.send(&scene.ana, id(1), 0, changes).await.transit();
    scene.ana.call("link-file-to-library", json!({"fileId": of, "libraryId": made["id"]})).await.ok();
    made
}

#[tokio::test]
async fn by_a_link_libraries_come_without_their_pages() {
    let scene = Scene::new().await;
    let (file, project) = (scene.file(), &scene.project["id"]);
    let icons = library(&scene, &file, "Icons", project).await;
    let inks = library(&scene, &icons["id"], "Inks", project).await;
    // Of another team of hers.
    library(&scene, &file, "Private", &scene.ana.profile["defaultProjectId"]).await;

    let all = scene.bundle(&scene.ana, None).await;
    let named = |shown: &Json| -> Vec<(String, bool)> {
        let list = shown["libraries"].as_array().expect("a list").clone();
        let of = |one: &Json| {
            (one["name"].as_str().expect("a name").to_owned(), one["isIndirect"].as_bool().expect("a mark"))
        };
        list.iter().map(of).collect()
    };
    let expected = [("Icons", false), ("Private", false), ("Inks", true)];
    assert_eq!(named(&all), expected.map(|(name, indirect)| (name.to_owned(), indirect)));
    let data = &all["libraries"][0]["data"];
    assert_eq!(data, &scene.ana.call("get-file", json!({"id": icons["id"]})).await.ok()["data"], "whole");
    let viewer = scene.bundle(&scene.cy, None).await;
    assert_eq!(named(&viewer).len(), 2, "what a viewer may not look at is not listed");

    let link = scene.ana.share(&file, &[id(SECOND)], "team").await;
    let shown = scene.bundle(&scene.app.anonymous(), Some(link)).await;
    assert_eq!(named(&shown), [("Icons".to_owned(), false), ("Inks".to_owned(), true)], "of the file's team");
    for (library, name) in [(&icons, "Icons"), (&inks, "Inks")] {
        let list = shown["libraries"].as_array().expect("a list");
        let found = list.iter().find(|one| one["id"] == library["id"]).expect("is there");
        let data = &found["data"];
        assert_eq!((&data["pages"], &data["pagesIndex"]), (&json!([]), &json!({})), "{name}");
        assert_eq!(data["colors"][id(20).to_string()]["name"], name);
        let known = ["colors", "components", "id", "options", "pages", "pagesIndex", "typographies"];
        assert!(names(data).iter().all(|name| known.contains(&name.as_str())), "{:?}", names(data));
    }
}
