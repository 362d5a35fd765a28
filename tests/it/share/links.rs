//! Links that open a file: made, ended, and what happens to them when the file goes.

use super::scene::{HIDDEN, SECOND, Scene, id, key, uuid};
use chrono::Duration;
use domain::{
    deletion::restore,
    permission,
    role::Role,
    share_link::{self, LINKS_MAX, NewLink},
};
use entities::{
    ids::{FileId, TeamId},
    share_link::Audience,
};
use jobs::all::objects_gc::ObjectsGc;
use serde_json::{Value as Json, json};
use tests::{app::operator, client::Client};
use transit::value::Value;
use uuid::Uuid;

/// What a link opens: the bundle, a page, fonts, the list of comments, and a picture. The first two say so to nobody
/// signed in too.
async fn opens(scene: &Scene, link: Uuid) -> Vec<String> {
    let file = scene.file();
    let told = |answer: tests::client::Answer| match answer.status.is_success() {
        true => "yes".to_owned(),
        false => answer.failure(),
    };
    let nobody = scene.app.anonymous();
    let mut found =
        vec![told(scene.asked(&nobody, Some(link)).await), told(scene.asked(&scene.eve, Some(link)).await)];
    for (method, params) in [
        ("get-page", json!({"fileId": file, "pageId": id(SECOND), "shareId": link})),
        ("get-font-variants", json!({"fileId": file, "shareId": link})),
        ("get-comment-threads", json!({"fileId": file, "shareId": link})),
        ("get-profiles-for-file-comments", json!({"fileId": file, "shareId": link})),
    ] {
        found.push(told(scene.eve.call(method, params).await));
    }
    for who in [&nobody, &*scene.eve] {
        let status = who.get(&format!("{}?share-id={link}", scene.picture)).await.status;
        found.push(if status == 200 { "yes".to_owned() } else { status.as_u16().to_string() });
    }
    found
}

fn all_open() -> Vec<String> {
    vec!["yes".to_owned(); 8]
}

/// With a file that is there the picture is denied; with one that is not, there is none.
fn all_shut(picture: [&str; 2]) -> Vec<String> {
    let mut shut = vec![HIDDEN.to_owned(); 6];
    shut.extend(picture.map(str::to_owned));
    shut
}

async fn made(by: &Client, file: &Json) -> tests::client::Answer {
    let params =
        json!({"fileId": file, "pages": [id(SECOND), id(SECOND)], "whoComment": "all", "whoInspect": "team"});
    by.call("create-share-link", params).await
}

#[tokio::test]
async fn a_link_ends_when_it_is_deleted() {
    let scene = Scene::new().await;
    let (file, ana) = (scene.file(), &scene.ana);
    let link = made(ana, &file).await.ok();
    assert_eq!((&link["fileId"], &link["ownerId"]), (&file, &ana.profile["id"]));
    assert_eq!(link["pages"], json!([id(SECOND)]), "each once");
    assert_eq!((&link["whoComment"], &link["whoInspect"]), (&json!("all"), &json!("team")));
    let params = Value::map([
        ("file-id", Value::Uuid(scene.drawing.file)),
        ("pages", Value::Set(vec![key(SECOND)])),
        ("who-comment", Value::text("team")),
        ("who-inspect", Value::text("all")),
    ]);
    let second = ana.call_transit("create-share-link", &params).await.transit();
    assert_eq!(second.get("pages"), Some(&Value::Set(vec![key(SECOND)])));
    assert_eq!(second.get("who-inspect"), Some(&Value::text("all")), "no keyword");

    let key = uuid(&link["id"]);
    assert_eq!(opens(&scene, key).await, all_open());
    ana.call("delete-share-link", json!({"id": key})).await.ok();
    assert_eq!(opens(&scene, key).await, all_shut(["401", "404"]));
    let other = second.get("id").and_then(Value::as_uuid).expect("an id");
    assert_eq!(opens(&scene, other).await, all_open(), "each by itself");
    let again = ana.call("delete-share-link", json!({"id": key})).await;
    assert_eq!(again.failure(), HIDDEN);
}

#[tokio::test]
async fn those_who_may_change_the_file_make_and_end_links() {
    let scene = Scene::new().await;
    let bo = scene.app.person("bo").await;
    scene.app.join(&scene.team, &bo, Role::Editor).await;
    let link = made(&bo, &scene.file()).await.ok();
    for who in [&*scene.cy, &*scene.eve] {
        assert_eq!(made(who, &scene.file()).await.failure(), HIDDEN);
        let ended = who.call("delete-share-link", json!({"id": link["id"]})).await;
        assert_eq!(ended.failure(), HIDDEN);
    }
    scene.ana.call("delete-share-link", json!({"id": link["id"]})).await.ok();

    let wrong = json!({"fileId": scene.file(), "pages": [], "whoComment": "some", "whoInspect": "all"});
    let wrong = scene.ana.call("create-share-link", wrong).await;
    assert_eq!(wrong.failure(), "400 validation/params-validation");
    assert!(wrong.text().contains("whoComment"), "{}", wrong.text());
    let pages: Vec<Uuid> = (0..1001).map(id).collect();
    let many = json!({"fileId": scene.file(), "pages": pages, "whoComment": "all", "whoInspect": "all"});
    let many = scene.ana.call("create-share-link", many).await;
    assert_eq!(many.failure(), "400 validation/params-validation");
}

#[tokio::test]
async fn a_file_has_so_many_links_at_most() {
    let scene = Scene::new().await;
    let tx = platform::db::begin(&scene.app.app.db).await.expect("begins");
    let file = permission::file_editor(&tx, scene.ana.id(), FileId(scene.drawing.file)).await.expect("may");
    for _ in 0..LINKS_MAX {
        let new = NewLink { pages: vec![], who_comment: Audience::Team, who_inspect: Audience::Team };
        share_link::create(&tx, &file, new, scene.app.app.now()).await.expect("makes");
    }
    tx.commit().await.expect("commits");
    let refused = made(&scene.ana, &scene.file()).await;
    assert_eq!(refused.failure(), "400 restriction/share-link-limit-reached");
    assert_eq!(refused.json()["threshold"], json!(LINKS_MAX));
    let shown = scene.bundle(&scene.ana, None).await;
    let last = shown["shareLinks"].as_array().and_then(|links| links.last()).expect("a link").clone();
    scene.ana.call("delete-share-link", json!({"id": last["id"]})).await.ok();
    made(&scene.ana, &scene.file()).await.ok();
}

#[tokio::test]
async fn a_link_goes_to_the_bin_with_its_file_and_comes_back() {
    let scene = Scene::new().await;
    let Scene { app, ana, .. } = &scene;
    let link = ana.share(&scene.file(), &[id(SECOND)], "all").await;
    ana.call("delete-file", json!({"id": scene.file()})).await.ok();
    for _ in 0..2 {
        assert_eq!(opens(&scene, link).await, all_shut(["404", "404"]), "hidden at once, and after its job");
        let ended = ana.call("delete-share-link", json!({"id": link})).await;
        assert_eq!(ended.failure(), HIDDEN);
        assert_eq!(made(ana, &scene.file()).await.failure(), HIDDEN);
        app.run_jobs().await;
    }
    let tx = platform::db::begin(&app.app.db).await.expect("begins");
    let file = FileId(scene.drawing.file);
    restore::file(&tx, &operator(), file, app.app.now()).await.expect("restores");
    tx.commit().await.expect("commits");
    app.run_jobs().await;
    assert_eq!(opens(&scene, link).await, all_open());

    // With its team likewise, and then for good.
    ana.call("delete-team", json!({"id": scene.team["id"]})).await.ok();
    app.run_jobs().await;
    assert_eq!(opens(&scene, link).await, all_shut(["404", "404"]));
    let tx = platform::db::begin(&app.app.db).await.expect("begins");
    let team = TeamId(uuid(&scene.team["id"]));
    restore::team(&tx, &operator(), team, app.app.now()).await.expect("restores");
    tx.commit().await.expect("commits");
    assert_eq!(opens(&scene, link).await, all_open());
    ana.call("delete-team", json!({"id": scene.team["id"]})).await.ok();
    app.run_jobs().await;
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    assert_eq!(app.count("SELECT count(*) FROM share_link").await, 0);
}

#[tokio::test]
async fn a_link_outlives_the_account_of_its_maker() {
    let scene = Scene::new().await;
    let bo = scene.app.person("bo").await;
    scene.app.join(&scene.team, &bo, Role::Editor).await;
    let link = uuid(&made(&bo, &scene.file()).await.ok()["id"]);
    bo.call("delete-profile", json!({})).await.ok();
    scene.app.run_jobs().await;
    scene.app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    assert_eq!(opens(&scene, link).await, all_open());
    let shown = scene.bundle(&scene.ana, None).await;
    assert_eq!(
        (&shown["shareLinks"][0]["id"], &shown["shareLinks"][0]["ownerId"]),
        (&json!(link), &Json::Null)
    );
}

#[tokio::test]
async fn the_audit_log_has_no_key_that_opens_anything() {
    let scene = Scene::new().await;
    let link = made(&scene.ana, &scene.file()).await.ok();
    let text = "SELECT to_jsonb(a) FROM audit_log a WHERE name = 'create-share-link'";
    let event: Json = sqlx::query_scalar(text).fetch_one(&scene.app.app.pool).await.expect("an event");
    assert_eq!(event["props"]["file-id"], scene.file());
    assert!(!event.to_string().contains(link["id"].as_str().expect("an id")), "{event}");
    scene.ana.call("delete-share-link", json!({"id": link["id"]})).await.ok();
    let ended = "SELECT count(*) FROM audit_log WHERE name = 'delete-share-link' AND props ? 'file-id'";
    assert_eq!(scene.app.count(ended).await, 1);
}
