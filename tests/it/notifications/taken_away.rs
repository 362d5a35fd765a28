//! What somebody may not look at any more they do not hear of any more, whichever way it was taken away.

use super::scene::{Scene, field, kinds};
use domain::{admin, profile};
use serde_json::{Value as Json, json};
use tests::{app::operator, drawing, person::Person, socket::Socket};
use transit::value::Value;
use uuid::Uuid;

/// Bo in the file and in the team, in the other process; and Ana, who sees Bo.
async fn both(scene: &Scene) -> (Socket, Socket) {
    let (ana, mut bo) = scene.both().await;
    bo.subscribe_team(scene.team()).await;
    (ana, bo)
}

/// Hears until so many things were taken away; the types of what was heard besides, without what others do.
async fn loses(socket: &mut Socket, count: usize) -> Vec<String> {
    let (mut besides, mut lost) = (vec![], 0);
    while lost < count {
        let one = socket.hear().await;
        match kinds(std::slice::from_ref(&one))[0] {
            "error" => lost += 1,
            "leave-file" => {}
            other => besides.push(other.to_owned()),
        }
    }
    besides
}

/// Ana draws, and Bo hears nothing of it, in the file or in the team.
async fn is_deaf(scene: &Scene, bo: &mut Socket) {
    let page = Value::Uuid(scene.drawing.page);
    let change = drawing::change("mod-page", [("id", page), ("name", Value::text("Secret"))]);
    scene.drawing.send(&scene.ana, Uuid::from_u128(1), 0, vec![change]).await.transit();
    let news = Value::map([("type", Value::keyword("news"))]);
    scene.app.app.bus.publish(&scene.team().to_string(), transit::write(&news)).await;
    assert_eq!(bo.settle().await, []);
}

#[tokio::test]
async fn a_member_is_removed() {
    let scene = Scene::new().await;
    let (mut ana, mut bo) = both(&scene).await;
    let member = json!({"teamId": scene.team["id"], "memberId": scene.bo.profile["id"]});
    scene.ana.call("delete-team-member", member).await.ok();
    assert_eq!(loses(&mut bo, 2).await, ["team-membership-change"]);
    assert_eq!(field(&ana.hears("leave-file").await, "session-id"), &Value::Uuid(bo.session));
    is_deaf(&scene, &mut bo).await;
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn a_member_leaves_and_a_role_changes() {
    let scene = Scene::new().await;
    let (mut ana, mut bo) = both(&scene).await;
    let role = json!({"teamId": scene.team["id"], "memberId": scene.bo.profile["id"], "role": "viewer"});
    scene.ana.call("update-team-member-role", role).await.ok();
    assert_eq!(field(&bo.hears("team-role-change").await, "role"), &Value::keyword("viewer"));
    scene.drawing.send(&scene.ana, ana.session, 0, vec![]).await.transit();
    bo.hears("file-change").await;
    scene.bo.call("leave-team", json!({"id": scene.team["id"]})).await.ok();
    assert_eq!(loses(&mut bo, 2).await, Vec::<String>::new());
    ana.hears("leave-file").await;
    scene.app.run_jobs().await;
}

/// What lies in something that was deleted is deleted, and told.
#[tokio::test]
async fn a_file_its_project_or_its_team_is_deleted() {
    for (method, what, left) in
        [("delete-file", "file", 1), ("delete-project", "project", 1), ("delete-team", "team", 2)]
    {
        let scene = Scene::new().await;
        let (mut ana, mut bo) = both(&scene).await;
        let id: Json = match what {
            "file" => json!(scene.file()),
            "project" => scene.project["id"].clone(),
            _ => scene.team["id"].clone(),
        };
        scene.ana.call(method, json!({"id": id})).await.ok();
        assert_eq!(loses(&mut bo, left).await, ["file-deleted"], "{method}");
        assert_eq!(loses(&mut ana, 1).await, ["file-deleted"], "{method}");
        scene.app.run_jobs().await;
    }
}

#[tokio::test]
async fn a_session_is_over() {
    let scene = Scene::new().await;
    let phone = Person::enter(&scene.app, &scene.bo.email).await;
    let (mut ana, mut bo) = both(&scene).await;
    let mut other = Socket::open(&phone).await;
    scene.bo.call("logout", json!({"profileId": scene.bo.profile["id"]})).await.ok();
    assert_eq!(bo.end().await, (1008, "session-ended".to_owned()));
    assert_eq!(field(&ana.hears("disconnect").await, "session-id"), &Value::Uuid(bo.session));
    assert!(Socket::try_open(&scene.bo, bo.session).await.is_none(), "and does not come back");
    assert_eq!(other.settle().await, [], "another session of theirs goes on");

    let change = json!({"oldPassword": tests::person::PASSWORD, "password": "another horse battery"});
    let desk = Person::enter(&scene.app, &scene.bo.email).await;
    desk.call("update-profile-password", change).await.ok();
    assert_eq!(other.end().await.0, 1008);
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn an_operator_ends_sessions_and_shuts_out() {
    let scene = Scene::new().await;
    let (app, now) = (&scene.app.app, scene.app.app.now());
    let mut bo = Socket::open(&scene.bo).await;
    let tx = platform::db::begin(&app.db).await.expect("begins");
    admin::end_sessions(&tx, &operator(), scene.bo.id()).await.expect("ends");
    tx.commit().await.expect("commits");
    assert_eq!(bo.end().await, (1008, "session-ended".to_owned()));

    let bo = Person::enter(&scene.app, &scene.bo.email).await;
    let mut socket = Socket::open(&scene.there(&bo)).await;
    profile::set_blocked(&app.db, &operator(), &bo.email, true, now).await.expect("blocks");
    assert_eq!(socket.end().await, (1008, "session-ended".to_owned()));
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn somebody_deletes_themselves() {
    let scene = Scene::new().await;
    let cleo = scene.app.person("cleo").await;
    let mut socket = Socket::open(&scene.there(&cleo)).await;
    cleo.call("delete-profile", json!({})).await.ok();
    assert_eq!(socket.end().await, (1008, "session-ended".to_owned()));
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn a_session_that_nobody_used_grows_too_old() {
    let scene = Scene::new().await;
    let (mut ana, mut bo) = (Socket::open(&scene.ana).await, Socket::open(&scene.there(&scene.bo)).await);
    let old = "UPDATE http_session SET modified_at = now() - interval '30 days' WHERE profile_id = $1";
    let aged = sqlx::query(old).bind(Uuid::from(scene.bo.id())).execute(&scene.app.app.pool).await;
    assert!(aged.expect("ages").rows_affected() > 0);
    assert_eq!(bo.end().await, (1008, "session-ended".to_owned()));
    assert_eq!(ana.settle().await, [], "others stay");
    scene.app.run_jobs().await;
}
