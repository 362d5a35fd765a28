//! Strangers, and those who come by a share link.

use super::scene::{Scene, list};
use serde_json::{Value as Json, json};
use tests::client::Client;
use uuid::Uuid;

const NONE: &str = "404 not-found/object-not-found";

/// Everything that is done about a thread, by its keys.
fn calls(scene: &Scene, thread: &Json, share: &Json) -> Vec<(&'static str, Json)> {
    let (file, key, board) = (&scene.file["id"], &thread["id"], Uuid::nil());
    let mut begin = scene.new_thread("By a stranger");
    begin["shareId"] = share.clone();
    vec![
        ("create-comment-thread", begin),
        ("get-comment-threads", json!({"fileId": file, "shareId": share})),
        ("get-comment-thread", json!({"fileId": file, "id": key, "shareId": share})),
        ("get-comments", json!({"threadId": key, "shareId": share})),
        ("get-profiles-for-file-comments", json!({"fileId": file, "shareId": share})),
        ("create-comment", json!({"threadId": key, "content": "x", "shareId": share})),
        ("update-comment", json!({"id": thread["commentId"], "content": "x", "shareId": share})),
        ("update-comment-thread", json!({"id": key, "isResolved": true, "shareId": share})),
        ("update-comment-thread-status", json!({"id": key, "shareId": share})),
        (
            "update-comment-thread-position",
            json!({"id": key, "position": {"x": 1, "y": 2}, "frameId": board, "shareId": share}),
        ),
        ("update-comment-thread-frame", json!({"id": key, "frameId": board, "shareId": share})),
        ("delete-comment", json!({"id": thread["commentId"], "shareId": share})),
        ("delete-comment-thread", json!({"id": key, "shareId": share})),
    ]
}

async fn refused(by: &Client, calls: Vec<(&'static str, Json)>, but: &[(&str, &str)]) {
    for (method, params) in calls {
        let answer = by.call(method, params).await;
        let expected = but.iter().find(|(name, _)| *name == method).map_or(NONE, |(_, code)| code);
        let got = if answer.status.is_success() { "yes".to_owned() } else { answer.failure() };
        assert_eq!(got, expected, "{method}");
    }
}

#[tokio::test]
async fn to_a_stranger_there_is_nothing_with_a_wrong_link_or_none() {
    let scene = Scene::new().await;
    let eve = scene.app.person("eve").await;
    let thread = scene.begin(&scene.ana, "Larger").await;
    let other = eve.file("Hers").await;
    let elsewhere = eve.share(&other["id"], &[scene.page()], "all").await;
    for share in [Json::Null, json!(Uuid::from_u128(9)), json!(elsewhere)] {
        refused(&eve, calls(&scene, &thread, &share), &[]).await;
    }
    assert_eq!(scene.app.count("SELECT count(*) FROM comment").await, 1);
}

#[tokio::test]
async fn a_link_for_the_teams_comments_shows_an_empty_list() {
    let scene = Scene::new().await;
    let eve = scene.app.person("eve").await;
    let thread = scene.begin(&scene.ana, "Larger").await;
    let link = scene.ana.share(&scene.file["id"], &[scene.page()], "team").await;
    // The web app puts the shared design away when its list of threads is refused.
    let open = [("get-comment-threads", "yes"), ("get-comment-thread", "yes")];
    let open = [&open[..], &[("get-profiles-for-file-comments", "yes")]].concat();
    refused(&eve, calls(&scene, &thread, &json!(link)), &open).await;
    let shown = eve.call("get-comment-threads", json!({"fileId": scene.file["id"], "shareId": link})).await;
    assert_eq!(shown.ok(), json!([]));
    let one = json!({"fileId": scene.file["id"], "id": thread["id"], "shareId": link});
    assert_eq!(eve.call("get-comment-thread", one).await.ok(), Json::Null);
    let people = json!({"fileId": scene.file["id"], "shareId": link});
    let people = list(&eve.call("get-profiles-for-file-comments", people).await);
    assert_eq!(people.len(), 1, "only she herself: {people:?}");
    assert_eq!(people[0]["email"], "eve@example.com");
}

#[tokio::test]
async fn by_a_link_for_everybodys_comments_strangers_talk_on_its_pages() {
    let scene = Scene::new().await;
    let eve = scene.app.person("eve").await;
    let on_page = scene.begin(&scene.ana, "On the page").await;
    let mut other = scene.new_thread("On another");
    other["pageId"] = json!(Uuid::from_u128(77));
    let elsewhere = scene.ana.call("create-comment-thread", other.clone()).await.ok();
    let link = scene.ana.share(&scene.file["id"], &[scene.page()], "all").await;
    let shown = json!({"fileId": scene.file["id"], "shareId": link});
    let threads = list(&eve.call("get-comment-threads", shown.clone()).await);
    assert_eq!(threads.len(), 1);
    assert_eq!(
        (&threads[0]["content"], &threads[0]["ownerFullname"]),
        (&json!("On the page"), &json!("ana"))
    );
    assert_eq!(threads[0]["ownerEmail"], "a***@****.com", "addresses are for the team");

    let yes = [
        ("create-comment-thread", "yes"),
        ("get-comment-threads", "yes"),
        ("get-comment-thread", "yes"),
        ("get-comments", "yes"),
        ("get-profiles-for-file-comments", "yes"),
        ("create-comment", "yes"),
        ("update-comment-thread", "yes"),
        ("update-comment-thread-status", "yes"),
        ("update-comment-thread-position", "yes"),
        ("update-comment-thread-frame", "yes"),
        ("update-comment", "400 validation/not-allowed"),
        ("delete-comment", "400 validation/not-allowed"),
        ("delete-comment-thread", "400 validation/not-allowed"),
    ];
    refused(&eve, calls(&scene, &on_page, &json!(link)), &yes).await;
    let said = list(&eve.call("get-comments", json!({"threadId": on_page["id"], "shareId": link})).await);
    let emails: Vec<&Json> = said.iter().map(|one| &one["ownerEmail"]).collect();
    assert_eq!(emails, ["a***@****.com", "eve@example.com"]);
    other["shareId"] = json!(link);
    assert_eq!(eve.call("create-comment-thread", other).await.failure(), NONE, "a page that is not shared");
    let there = json!({"threadId": elsewhere["id"], "content": "x", "shareId": link});
    assert_eq!(eve.call("create-comment", there).await.failure(), NONE);
    let people = list(&eve.call("get-profiles-for-file-comments", shown).await);
    let emails: Vec<&Json> = people.iter().map(|one| &one["email"]).collect();
    assert_eq!(emails, ["a***@****.com", "eve@example.com"]);
    // Members see hers.
    let threads = scene.threads(&scene.cy).await;
    assert_eq!(threads.len(), 3);
    assert_eq!(threads[2]["ownerEmail"], "eve@example.com");
    // Without the link she is a stranger again, also to what she said herself.
    let hers = json!({"id": threads[2]["id"], "commentId": said[1]["id"]});
    refused(&eve, calls(&scene, &hers, &Json::Null), &[]).await;
    scene.app.leaves_jobs(["send-comment-mail"]);
}

#[tokio::test]
async fn a_list_of_threads_is_one_of_a_file() {
    let scene = Scene::new().await;
    let by_team = scene.ana.call("get-comment-threads", json!({"teamId": scene.team["id"]})).await;
    assert_eq!(by_team.failure(), NONE);
    let neither = scene.ana.call("get-comment-threads", json!({})).await;
    assert_eq!(neither.failure(), "400 validation/params-validation");
}
