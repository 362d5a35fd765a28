//! What somebody has not read yet.

use super::scene::{Scene, answer};
use serde_json::{Value as Json, json};
use tests::person::Person;

const NOTHING: [(Json, Json); 0] = [];

async fn wants(who: &Person, comments: &str) {
    let all = json!({"dashboardComments": comments, "emailComments": "none", "emailInvites": "none"});
    who.call("update-profile-notifications", all).await.ok();
}

#[tokio::test]
async fn what_came_after_somebody_read_a_thread_is_unread() {
    let scene = Scene::new().await;
    let Scene { ana, bo, .. } = &scene;
    let begun = scene.begin(ana, "Larger").await;
    assert_eq!(scene.unread(ana).await, NOTHING, "of her own");
    assert_eq!(scene.unread(bo).await, [(json!("Larger"), json!(1))]);
    answer(ana, &begun, "Or bluer").await;
    assert_eq!(scene.unread(bo).await, [(json!("Larger"), json!(2))]);
    let read =
        bo.call("update-comment-thread-status", json!({"id": begun["id"], "shareId": null})).await.ok();
    assert!(read["modifiedAt"].is_string(), "{read}");
    assert_eq!(scene.unread(bo).await, NOTHING);
    assert_eq!(scene.threads(bo).await[0]["countUnreadComments"], 0);
    // Right after it, and not a second later.
    answer(ana, &begun, "Now").await;
    assert_eq!(scene.unread(bo).await, [(json!("Larger"), json!(1))]);
    answer(bo, &begun, "Yes").await;
    assert_eq!(scene.unread(bo).await, NOTHING, "whoever answers has read it");
    assert_eq!(scene.unread(ana).await, [(json!("Larger"), json!(1))]);
    scene.app.leaves_jobs(["send-comment-mail"]);
}

#[tokio::test]
async fn the_dashboard_shows_as_much_as_somebody_wants() {
    let scene = Scene::new().await;
    let Scene { ana, bo, cy, .. } = &scene;
    scene.begin(ana, "To all").await;
    scene.begin(ana, &format!("To @[bo]({})", bo.id())).await;
    let own = scene.begin(bo, "By bo").await;
    answer(cy, &own, "By cy").await;
    wants(bo, "all").await;
    assert_eq!(scene.unread(bo).await.len(), 3);
    wants(bo, "partial").await;
    let told: Vec<Json> = scene.unread(bo).await.into_iter().map(|(content, _)| content).collect();
    assert_eq!(told, [json!("By bo"), json!(format!("To @[bo]({})", bo.id()))]);
    wants(bo, "none").await;
    assert_eq!(scene.unread(bo).await, NOTHING);
    scene.app.leaves_jobs(["send-comment-mail"]);
}

async fn change(scene: &Scene, revn: i64, change: Json) {
    let file = &scene.file["id"];
    let batch = json!({"id": file, "sessionId": file, "revn": revn, "vern": 0, "changes": [change]});
    scene.ana.call("update-file", batch).await.ok();
}

#[tokio::test]
async fn what_is_on_a_page_that_is_gone_waits_for_the_page() {
    let scene = Scene::new().await;
    let Scene { ana, bo, .. } = &scene;
    let page = json!({"type": "add-page", "id": uuid::Uuid::from_u128(77), "name": "Cover"});
    change(&scene, 0, page.clone()).await;
    let mut thread = scene.new_thread("Larger");
    thread["pageId"] = page["id"].clone();
    ana.call("create-comment-thread", thread).await.ok();
    assert_eq!(scene.unread(bo).await.len(), 1);
    change(&scene, 1, json!({"type": "del-page", "id": page["id"]})).await;
    assert_eq!(scene.unread(bo).await, NOTHING);
    change(&scene, 2, page).await;
    assert_eq!(scene.unread(bo).await.len(), 1);
}

#[tokio::test]
async fn all_that_somebody_may_read_is_marked_at_once() {
    let scene = Scene::new().await;
    let eve = scene.app.person("eve").await;
    let mut threads = vec![];
    for content in ["One", "Two", "Three"] {
        threads.push(scene.begin(&scene.ana, content).await["id"].clone());
    }
    assert_eq!(scene.unread(&scene.bo).await.len(), 3);
    eve.call("mark-all-threads-as-read", json!({"threads": threads})).await.ok();
    let hers = "SELECT count(*) FROM comment_thread_status s JOIN profile p ON p.id = s.profile_id
                 WHERE p.email = 'eve@example.com'";
    assert_eq!(scene.app.count(hers).await, 0, "a stranger leaves nothing");
    scene.bo.call("mark-all-threads-as-read", json!({"threads": threads})).await.ok();
    assert_eq!(scene.unread(&scene.bo).await, NOTHING);
    scene.bo.call("mark-all-threads-as-read", json!({"threads": []})).await.ok();
}
