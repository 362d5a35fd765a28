//! Fonts of a team, as lists show them.

use serde_json::{Value as Json, json};
use tests::{app::TestApp, person::Person};
use uuid::Uuid;

async fn fonts(person: &Person, of: Json) -> Vec<Json> {
    person.call("get-font-variants", of).await.ok().as_array().expect("a list").clone()
}

#[tokio::test]
async fn whoever_sees_a_team_a_project_or_a_file_sees_the_fonts_of_the_team() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let (ink, oil) = (ana.team("Ink").await, ana.team("Oil").await);
    let project = ana.project(&ink, "Posters").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    for of in
        [json!({"teamId": ink["id"]}), json!({"projectId": project["id"]}), json!({"fileId": file["id"]})]
    {
        assert!(fonts(&ana, of).await.is_empty(), "a team without fonts has a list too");
    }

    let made = ana.font(&ink["id"], Uuid::from_u128(7)).await;
    ana.font(&oil["id"], Uuid::from_u128(8)).await;
    for of in
        [json!({"teamId": ink["id"]}), json!({"projectId": project["id"]}), json!({"fileId": file["id"]})]
    {
        let listed = fonts(&ana, of.clone()).await;
        assert_eq!(listed, std::slice::from_ref(&made), "{of}");
        assert_eq!(bo.call("get-font-variants", of).await.failure(), "404 not-found/object-not-found");
    }
    let none = ana.call("get-font-variants", json!({})).await;
    assert_eq!(none.failure(), "400 validation/params-validation");

    let share = ana.share(&file["id"], &[], "team").await;
    let linked = json!({"fileId": file["id"], "shareId": share});
    assert_eq!(fonts(&bo, linked).await.len(), 1, "a link shows the file as it looks");
    let other = json!({"fileId": file["id"], "shareId": Uuid::from_u128(1)});
    assert_eq!(bo.call("get-font-variants", other).await.failure(), "404 not-found/object-not-found");
}
