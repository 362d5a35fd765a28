//! What people change about themselves.

use domain::role::Role;
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    person::{PASSWORD, Person},
};
use transit::value::Value;

#[tokio::test]
async fn a_language_and_a_theme_that_are_left_out_are_forgotten() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    ana.call("update-profile", json!({"fullname": "Ana", "lang": "pt", "theme": "dark"})).await.ok();
    let told = ana.call("update-profile", json!({"fullname": "Ana L."})).await.ok();
    assert_eq!(
        (&told["fullname"], &told["lang"], &told["theme"]),
        (&json!("Ana L."), &json!(null), &json!(null))
    );
    for params in [
        json!({"fullname": "x".repeat(251)}),
        json!({"fullname": "x", "lang": "x".repeat(9)}),
        json!({"fullname": "x", "theme": "x".repeat(251)}),
    ] {
        assert_eq!(ana.call("update-profile", params).await.failure(), "400 validation/params-validation");
    }
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let mut elsewhere = ana.clone();
    let email = ana.email.clone();
    elsewhere.login(&email, PASSWORD).await.ok();
    let change = |old: Option<&str>, new: &str| {
        ana.call("update-profile-password", json!({"oldPassword": old, "password": new}))
    };
    assert_eq!(change(Some("wrong"), "x y z").await.failure(), "400 validation/old-password-not-match");
    assert_eq!(change(None, "x y z").await.failure(), "400 validation/old-password-not-match");
    assert_eq!(change(Some(PASSWORD), "ANA@example.com").await.failure(), "400 validation/email-as-password");
    elsewhere.call("get-teams", json!({})).await.ok();
    let done = change(Some(PASSWORD), "another battery").await;
    assert_eq!((done.status.as_u16(), done.text()), (204, String::new()));
    ana.call("get-teams", json!({})).await.ok();
    let ended = elsewhere.call("get-teams", json!({})).await;
    assert_eq!(ended.failure(), "401 authentication/authentication-required");
    assert_eq!(elsewhere.login(&email, PASSWORD).await.failure(), "400 validation/wrong-credentials");
    elsewhere.login(&email, "another battery").await.ok();
}

#[tokio::test]
async fn an_account_without_a_password_needs_no_old_one() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana").await;
    sqlx::query("UPDATE profile SET password = '!'")
        .execute(&app.app.pool)
        .await
        .expect("as from a provider");
    ana.call("update-profile-password", json!({"password": "a first one"})).await.ok();
    let email = ana.email.clone();
    ana.login(&email, "a first one").await.ok();
}

#[tokio::test]
async fn settings_are_merged_one_by_one() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let set = |props| ana.call("update-profile-props", json!({"props": props}));
    let told =
        set(json!({"releaseNotesViewed": "2.1", "workspaceVisited": true, "mine": {"a": [1, 2]}})).await.ok();
    assert_eq!((&told["releaseNotesViewed"], &told["mine"]["a"]), (&json!("2.1"), &json!([1, 2])));
    let told = set(json!({"workspaceVisited": null, "renderer": "wasm", "penpot/secret": 1})).await.ok();
    assert_eq!(told["releaseNotesViewed"], "2.1", "what is not named stays");
    assert_eq!(
        (told.get("workspaceVisited"), told.get("secret"), told.get("penpot/secret")),
        (None, None, None)
    );
    assert_eq!(ana.call("get-profile", json!({})).await.ok()["props"], told);

    let empty = Value::Map(vec![]);
    let profile = ana.call_transit("get-profile", &empty).await.transit();
    let props = profile.get("props").expect("props");
    assert_eq!(props.get("renderer"), Some(&Value::keyword("wasm")), "a keyword, though JSON has none");
    let transit = Value::map([("props", Value::map([("release-notes-viewed", Value::text("2.2"))]))]);
    let told = ana.call_transit("update-profile-props", &transit).await.transit();
    assert_eq!(
        told.get("release-notes-viewed"),
        Some(&Value::text("2.2")),
        "one setting, from either format"
    );
    let two = Value::map([("props", Value::map([("penpot/own", Value::Int(1)), ("x", Value::Int(1))]))]);
    let told = ana.call_transit("update-profile-props", &two).await.transit();
    assert_eq!((told.get("penpot/own"), told.get("x")), (None, Some(&Value::Int(1))));
}

#[tokio::test]
async fn settings_are_bounded_and_none_is_lost() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let set = |props| ana.call("update-profile-props", json!({"props": props}));
    set(json!({"keep": 1})).await.ok();
    let deep = (0..40).fold(json!(1), |inner, _| json!([inner]));
    let many: serde_json::Map<String, serde_json::Value> =
        (0..1001).map(|n| (format!("k{n}"), json!(n))).collect();
    for props in [
        json!({"big": "x".repeat(70_000)}),
        json!({"deep": deep}),
        json!({"wide": vec![1; 25_000]}),
        json!(many),
        json!({"renderer": "gpu"}),
        json!({"onboardingViewed": "yes"}),
        json!({"onboardingTeamId": "x"}),
        json!({"releaseNotesViewed": "x".repeat(101)}),
        json!({"notifications": {"emailInvites": "partial"}}),
        json!({"notifications": 5}),
        json!([1]),
        json!("text"),
    ] {
        let refused = set(props.clone()).await;
        assert_eq!(
            refused.failure(),
            "400 validation/params-validation",
            "{}",
            &props.to_string()[..20.min(props.to_string().len())]
        );
    }
    let props = ana.call("get-profile", json!({})).await.ok()["props"].clone();
    assert_eq!(props["keep"], 1, "{props}");
    assert_eq!(props.get("deep"), None);
}

#[tokio::test]
async fn many_tabs_change_different_settings_at_once() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let keys: Vec<String> = (0..24).map(|n| format!("tab{n}")).collect();
    let set = |key: &String| {
        let (ana, props) = (ana.clone(), json!({"props": {key: true}}));
        async move { ana.call("update-profile-props", props).await.ok() }
    };
    futures_util::future::join_all(keys.iter().map(set)).await;
    let props = ana.call("get-profile", json!({})).await.ok()["props"].clone();
    let lost: Vec<&String> = keys.iter().filter(|key| props[key.as_str()] != true).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[tokio::test]
async fn who_wants_no_mail_of_invitations_gets_none() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    let choose = |invites: &str| {
        let params = json!({"dashboardComments": "partial", "emailComments": "all", "emailInvites": invites});
        bo.call("update-profile-notifications", params)
    };
    assert_eq!(choose("none").await.status.as_u16(), 204);
    let props = bo.call("get-profile", json!({})).await.ok()["props"].clone();
    let chosen = json!({"dashboardComments": "partial", "emailComments": "all", "emailInvites": "none"});
    assert_eq!(props["notifications"], chosen);
    assert_eq!(choose("partial").await.failure(), "400 validation/params-validation");
    let mails = async || app.app.mailer.mailbox(100).await.expect("a mailbox").len();
    let before = mails().await;
    let params = json!({"teamId": team["id"], "emails": [bo.email], "role": "editor"});
    ana.call("create-team-invitations", params.clone()).await.ok();
    app.run_jobs().await;
    assert_eq!(mails().await, before);
    let again = json!({"props": {"notifications": {"emailInvites": "all"}}});
    bo.call("update-profile-props", again).await.ok();
    ana.call("create-team-invitations", params).await.ok();
    app.run_jobs().await;
    assert_eq!(mails().await, before + 1);
}

#[tokio::test]
async fn who_may_edit_in_my_teams() {
    let app = TestApp::start().await;
    let (ana, bo, eve) = (app.person("ana").await, app.person("bo").await, app.person("eve").await);
    let (ink, pen) = (ana.team("Ink").await, ana.team("Pen").await);
    for (team, who, role) in
        [(&ink, &bo, Role::Editor), (&pen, &bo, Role::Editor), (&ink, &eve, Role::Viewer)]
    {
        app.join(team, who, role).await;
    }
    let usage = ana.call("get-subscription-usage", json!({})).await.ok();
    let row = |who: &Person, name: &str| json!({"id": who.profile["id"], "name": name, "email": who.email});
    assert_eq!(usage, json!({"editors": [row(&ana, "ana"), row(&bo, "bo")]}));
    let usage = bo.call("get-subscription-usage", json!({})).await.ok();
    assert_eq!(usage, json!({"editors": [row(&bo, "bo")]}), "of the own teams only");
}

#[tokio::test]
async fn what_is_not_here_is_said_plainly() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    assert_eq!(ana.call("get-owned-organizations-summary", json!({})).await.ok(), json!([]));
    assert_eq!(ana.call("get-enabled-flags", json!({})).await.ok(), json!([]));
    let none = app.anonymous().call("get-sso-provider", json!({"email": "ana@example.com"})).await;
    assert_eq!((none.status.as_u16(), none.text()), (204, String::new()));
    let flags = "enable-audit-log enable-telemetry disable-secure-session-cookies";
    let app = TestApp::with(Settings::default().set("PENPOT_FLAGS", flags)).await;
    let ana = app.person("ana").await;
    assert_eq!(ana.call("get-enabled-flags", json!({})).await.ok(), json!(["audit-log", "telemetry"]));
}
