//! Ways into a team: invitations, followed by those who have an account and those who have none, and requests.

use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    person::{PASSWORD, Person},
};

async fn invite(by: &Person, team: &Json, email: &str, role: &str) -> Json {
    let params = json!({"teamId": team["id"], "emails": [email], "role": role});
    by.call("create-team-invitations", params).await.ok()
}

fn role_in<'a>(teams: &'a Json, team: &Json) -> Option<&'a Json> {
    teams.as_array()?.iter().find(|one| one["id"] == team["id"]).map(|one| &one["permissions"])
}

#[tokio::test]
async fn a_member_of_the_house_is_invited_once() {
    let app = TestApp::start().await;
    let (ana, bo, eve) = (app.person("ana").await, app.person("bo").await, app.person("eve").await);
    let team = ana.team("Ink").await;
    let sent = invite(&ana, &team, "BO@example.com", "editor").await;
    assert_eq!(sent["total"], 1);
    app.run_jobs().await;
    let token = app.mailed_token("bo@example.com").await;
    let listed = ana.call("get-team-invitations", json!({"teamId": team["id"]})).await.ok();
    assert_eq!(listed, json!([{"email": "bo@example.com", "role": "editor", "expired": false}]));

    let pending = app.anonymous().call("verify-token", json!({"token": token})).await.ok();
    assert_eq!((&pending["state"], &pending["redirectTo"]), (&json!("pending"), &json!("auth-login")));
    let other = eve.call("verify-token", json!({"token": token})).await;
    assert_eq!(other.failure(), "400 validation/invalid-token");
    let login = json!({"email": "bo@example.com", "password": PASSWORD, "invitationToken": token});
    assert_eq!(
        app.anonymous().call("login-with-password", login.clone()).await.ok(),
        json!({"invitationToken": token})
    );

    let created = bo.call("verify-token", json!({"token": token})).await.ok();
    assert_eq!((&created["state"], &created["teamId"]), (&json!("created"), &team["id"]));
    let teams = bo.call("get-teams", json!({})).await.ok();
    let held = role_in(&teams, &team).expect("is in");
    assert_eq!((&held["canEdit"], &held["isAdmin"]), (&json!(true), &json!(false)));
    assert_eq!(
        bo.call("verify-token", json!({"token": token})).await.failure(),
        "400 validation/invalid-token"
    );
    let plain = app.anonymous().call("login-with-password", login).await.ok();
    assert_eq!(plain["id"], bo.profile["id"], "an invitation that was accepted is none");
}

#[tokio::test]
async fn a_stranger_registers_and_the_invitation_comes_along() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    invite(&ana, &team, "new@example.com", "viewer").await;
    app.run_jobs().await;
    let token = app.mailed_token("new@example.com").await;
    let mut client = app.anonymous();
    let pending = client.call("verify-token", json!({"token": token})).await.ok();
    assert_eq!(pending["redirectTo"], "auth-register");
    let params = json!({"fullname": "New", "email": "new@example.com", "password": PASSWORD, "invitationToken": token});
    let prepared = client.call("prepare-register-profile", params).await.ok();
    client.call("register-profile", json!({"token": prepared["token"]})).await.ok();
    app.run_jobs().await;
    let confirm = app.mailed_token("new@example.com").await;
    let verified = client.call("verify-token", json!({"token": confirm})).await;
    let carried = verified.ok()["invitationToken"].clone();
    client.cookie = verified.cookie();
    assert_eq!(client.call("verify-token", json!({"token": carried})).await.ok()["state"], "created");
    let teams = client.call("get-teams", json!({})).await.ok();
    assert_eq!(role_in(&teams, &team).expect("is in")["canEdit"], false);
}

#[tokio::test]
async fn what_was_taken_back_changed_or_expired_opens_nothing() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    let of_bo = json!({"teamId": team["id"], "email": "bo@example.com"});
    let token = async || ana.call("get-team-invitation-token", of_bo.clone()).await.ok()["token"].clone();
    invite(&ana, &team, "bo@example.com", "admin").await;
    let first = token().await;
    let lower = json!({"teamId": team["id"], "email": "bo@example.com", "role": "viewer"});
    ana.call("update-team-invitation-role", lower).await.ok();
    let refused = async |token: &Json| bo.call("verify-token", json!({"token": token})).await.failure();
    assert_eq!(refused(&first).await, "400 validation/invalid-token");
    let second = token().await;
    let age = "UPDATE team_invitation SET valid_until = now() - interval '1 second'";
    sqlx::query(age).execute(&app.app.pool).await.expect("ages it");
    assert_eq!(refused(&second).await, "400 validation/invalid-token");
    invite(&ana, &team, "bo@example.com", "viewer").await;
    let third = token().await;
    ana.call("delete-team-invitation", of_bo.clone()).await.ok();
    assert_eq!(refused(&third).await, "400 validation/invalid-token");
    let gone = ana.call("get-team-invitation-token", of_bo).await;
    assert_eq!(gone.failure(), "404 not-found/object-not-found");
    app.run_jobs().await;
}

#[tokio::test]
async fn invitations_have_rules_and_limits() {
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-quotes disable-secure-session-cookies")
        .set("PENPOT_QUOTES_PROFILES_PER_TEAM", "2")
        .set("PENPOT_QUOTES_TEAMS_PER_PROFILE", "2");
    let app = TestApp::with(settings).await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let params = json!({"name": "Ink", "emails": ["bo@example.com"], "role": "viewer"});
    let team = ana.call("create-team-with-invitations", params).await.ok();
    let full = ana.call("create-team", json!({"name": "More"})).await;
    assert_eq!(full.failure(), "400 restriction/max-quote-reached");
    assert_eq!(
        (&full.json()["target"], &full.json()["quote"], &full.json()["count"]),
        (&json!("teams-per-profile"), &json!(2), &json!(2))
    );
    let call = async |by: &Person, more: Json| {
        let mut params = json!({"teamId": team["id"]});
        params.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        by.call("create-team-invitations", params).await.failure()
    };
    let many: Vec<_> = (0..26).map(|n| format!("p{n}@example.com")).collect();
    for (params, outcome) in [
        (json!({"emails": ["c@example.com"], "role": "editor"}), "400 restriction/max-quote-reached"),
        (json!({"emails": many, "role": "editor"}), "400 validation/max-invitations-by-request"),
        (json!({"emails": ["c@example.com"], "role": "owner"}), "400 validation/params-validation"),
        (json!({"emails": ["c@example.com"]}), "400 validation/params-validation"),
    ] {
        assert_eq!(call(&ana, params.clone()).await, outcome, "{params}");
    }
    let stranger = call(&bo, json!({"emails": ["c@example.com"], "role": "editor"})).await;
    assert_eq!(stranger, "404 not-found/object-not-found");
    app.run_jobs().await;
    let token = app.mailed_token("bo@example.com").await;
    bo.call("verify-token", json!({"token": token})).await.ok();
    let member = call(&bo, json!({"emails": ["c@example.com"], "role": "editor"})).await;
    assert_eq!(member, "400 validation/insufficient-permissions");
}

#[tokio::test]
async fn whoever_asked_is_let_in_at_once() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Poster").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    let own = ana.file("Doodle").await;
    let ask = async |params: Json| bo.call("create-team-access-request", params).await;
    let made = ask(json!({"fileId": file["id"]})).await.ok();
    assert_eq!(
        (&made["request"]["teamId"], &made["request"]["requesterId"]),
        (&team["id"], &bo.profile["id"])
    );
    app.run_jobs().await;
    let mail = app.newest_mail("ana@example.com").await;
    assert!(mail.contains("Sketch") && mail.contains("invite-email=bo%40example.com"), "{mail}");
    let again = ask(json!({"teamId": team["id"]})).await;
    assert_eq!(again.failure(), "400 validation/request-already-sent");
    ask(json!({"fileId": own["id"], "isViewer": true})).await.ok();
    app.run_jobs().await;
    assert!(app.newest_mail("ana@example.com").await.contains("the prototype"));

    assert_eq!(invite(&ana, &team, "bo@example.com", "editor").await["total"], 0);
    app.run_jobs().await;
    assert!(app.newest_mail("bo@example.com").await.contains("opened the door"));
    bo.call("get-file", json!({"id": file["id"]})).await.ok();
    assert_eq!(ask(json!({"teamId": team["id"]})).await.failure(), "400 validation/member-already-exists");
}
