//! Signing up, in, and out.

use serde_json::json;
use tests::{
    app::{Settings, TestApp, operator},
    person::PASSWORD,
};

#[tokio::test]
async fn the_whole_way_from_a_stranger_to_a_session() {
    let app = TestApp::start().await;
    let mut nobody = app.anonymous();
    let wanted = json!({"fullname": "Ana Lima", "email": "Ana@Example.com", "password": PASSWORD});
    let token = nobody.call("prepare-register-profile", wanted).await.ok()["token"].clone();
    let registered = nobody.call("register-profile", json!({"token": token})).await;
    assert_eq!(registered.ok()["email"], "ana@example.com");
    assert_eq!(registered.cookie(), None, "no session before the address is verified");
    assert_eq!(nobody.login("ana@example.com", PASSWORD).await.failure(), "400 validation/wrong-credentials");

    app.run_jobs().await;
    let mail = app.newest_mail("ana@example.com").await;
    assert!(mail.contains("Ana Lima"), "{mail}");
    let token = app.mailed_token("ana@example.com").await;
    let verified = nobody.call("verify-token", json!({"token": token})).await;
    assert_eq!(verified.ok()["iss"], "verify-email");
    assert!(verified.cookie().is_some(), "verifying logs in");

    let profile = nobody.login("ANA@example.com", PASSWORD).await.ok();
    assert_eq!(profile["fullname"], "Ana Lima");
    assert_eq!(profile["isActive"], true);
    assert_eq!(profile.get("password"), None, "no secret leaves");
    let me = nobody.call("get-profile", json!({})).await.ok();
    assert_eq!(me["id"], profile["id"]);

    let out = nobody.call("logout", json!({"profileId": profile["id"]})).await;
    out.ok();
    let still = nobody.call("get-profile", json!({})).await.ok();
    assert_eq!(still["fullname"], "Anonymous User", "the session is gone on the server, not only the cookie");
}

#[tokio::test]
async fn nothing_tells_whether_an_account_exists() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let mut nobody = app.anonymous();
    let wrong = nobody.login(&ana.email, "wrong").await;
    let unknown = nobody.login("ghost@example.com", "wrong").await;
    assert_eq!(wrong.failure(), "400 validation/wrong-credentials");
    assert_eq!(wrong.json(), unknown.json());
}

#[tokio::test]
async fn a_blocked_profile_is_out_at_once() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana").await;
    domain::profile::set_blocked(&app.app.db, &operator(), &ana.email, true, app.app.now())
        .await
        .expect("blocks");
    assert_eq!(
        ana.call("get-teams", json!({})).await.failure(),
        "401 authentication/authentication-required"
    );
    let email = ana.email.clone();
    assert_eq!(ana.login(&email, PASSWORD).await.failure(), "400 restriction/profile-blocked");
    assert_eq!(ana.login(&email, "a guess").await.failure(), "400 validation/wrong-credentials");
}

#[tokio::test]
async fn tokens_that_are_expired_tampered_or_of_another_kind() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let good = app.mailed_token(&ana.email).await;
    // One character in the middle of its seal: all six bits of it count.
    let at = good.len() - 10;
    let other = if good.as_bytes()[at] == b'A' { "B" } else { "A" };
    let tampered = format!("{}{other}{}", &good[..at], &good[at + 1..]);
    let params = json!({"fullname": "Bo", "email": "bo@example.com", "password": PASSWORD});
    let prepared = app.anonymous().call("prepare-register-profile", params).await;
    let other_kind = prepared.ok()["token"].as_str().expect("token").to_owned();
    // The same mail as if it had been sent four days ago.
    let then = app.app.now() - chrono::Duration::days(4);
    sqlx::query("UPDATE profile SET is_active = false").execute(&app.app.pool).await.expect("as before");
    let id = entities::ids::ProfileId(ana.id_of("id").parse().expect("a uuid"));
    let mail = domain::mail::compose(
        &app.app,
        &app.app.db,
        &domain::mail::Mail::Register { profile_id: id, invitation_id: None },
        then,
    )
    .await;
    let text = mail.expect("composes").expect("has something to say").text;
    let expired = text.split_once("token=").expect("a link").1.lines().next().expect("a token").to_owned();
    for token in [expired, tampered, other_kind, "x".to_owned(), "a.b.c.d.e".to_owned()] {
        let answer = app.anonymous().call("verify-token", json!({"token": token})).await;
        assert_eq!(answer.failure(), "400 validation/invalid-token");
    }
    let mut nobody = app.anonymous();
    nobody.cookie = Some("auth-token=a.b.c.d.e".to_owned());
    assert_eq!(nobody.call("get-profile", json!({})).await.ok()["fullname"], "Anonymous User");
}

#[tokio::test]
async fn refusals_of_registration() {
    let settings = Settings::default().set("PENPOT_REGISTRATION_DOMAIN_WHITELIST", "example.com");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let nobody = app.anonymous();
    for (email, password, failure) in [
        ("bo@elsewhere.net", PASSWORD, "400 restriction/email-domain-is-not-allowed"),
        ("bo@example.com", "bo@example.com", "400 validation/email-as-password"),
        (ana.email.as_str(), PASSWORD, "400 validation/email-already-exists"),
    ] {
        let params = json!({"fullname": "Bo", "email": email, "password": password});
        assert_eq!(nobody.call("prepare-register-profile", params).await.failure(), failure);
    }
    let closed = TestApp::with(Settings::default().set("PENPOT_FLAGS", "disable-registration")).await;
    let params = json!({"fullname": "Bo", "email": "bo@example.com", "password": PASSWORD});
    let answer = closed.anonymous().call("prepare-register-profile", params).await;
    assert_eq!(answer.failure(), "400 restriction/registration-disabled");
}

#[tokio::test]
async fn registering_twice_makes_one_profile() {
    let app = TestApp::start().await;
    let nobody = app.anonymous();
    let params = json!({"fullname": "Bo", "email": "bo@example.com", "password": PASSWORD});
    let token = nobody.call("prepare-register-profile", params).await.ok()["token"].clone();
    let first = nobody.call("register-profile", json!({"token": token}));
    let second = nobody.call("register-profile", json!({"token": token}));
    let (first, second) = tokio::join!(first, second);
    first.ok();
    second.ok();
    assert_eq!(app.count("SELECT count(*) FROM profile").await, 1);
    app.run_jobs().await;
    assert_eq!(app.app.mailer.mailbox(10).await.expect("mailbox").len(), 1, "and one mail");
}

#[tokio::test]
async fn a_profile_is_updated() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let changed =
        ana.call("update-profile", json!({"fullname": "Ana L.", "lang": "pt", "theme": "dark"})).await.ok();
    assert_eq!(
        (&changed["fullname"], &changed["lang"], &changed["theme"]),
        (&"Ana L.".into(), &"pt".into(), &"dark".into())
    );
    let again = ana.call("get-profile", json!({})).await.ok();
    assert_eq!(again["fullname"], "Ana L.");
    let refused = ana.call("update-profile", json!({"fullname": "  "})).await;
    assert_eq!(refused.failure(), "400 validation/params-validation");
}

/// Registers an address, up to the mail.
async fn sign_up(app: &TestApp, fullname: &str, password: &str) {
    let nobody = app.anonymous();
    let wanted = json!({"fullname": fullname, "email": "ana@example.com", "password": password});
    let token = nobody.call("prepare-register-profile", wanted).await.ok()["token"].clone();
    nobody.call("register-profile", json!({"token": token})).await.ok();
    app.run_jobs().await;
}

#[tokio::test]
async fn nobody_puts_a_password_under_somebody_elses_address() {
    let app = TestApp::with(Settings::default().set("PENPOT_EMAIL_VERIFY_THRESHOLD", "0")).await;
    sign_up(&app, "Eve", "a password of eve").await;
    let of_eve = app.mailed_token("ana@example.com").await;
    sign_up(&app, "Ana", PASSWORD).await;
    let of_ana = app.mailed_token("ana@example.com").await;

    let mut nobody = app.anonymous();
    let stale = nobody.call("verify-token", json!({"token": of_eve})).await;
    assert_eq!(stale.failure(), "400 validation/invalid-token", "her mail confirms her registration only");
    let verified = nobody.call("verify-token", json!({"token": of_ana})).await;
    assert_eq!(verified.ok()["profile"]["fullname"], "Ana");
    let refused = nobody.login("ana@example.com", "a password of eve").await;
    assert_eq!(refused.failure(), "400 validation/wrong-credentials");
    nobody.login("ana@example.com", PASSWORD).await.ok();
}

#[tokio::test]
async fn a_link_opens_a_session_once() {
    let app = TestApp::start().await;
    sign_up(&app, "Ana", PASSWORD).await;
    let token = app.mailed_token("ana@example.com").await;
    let nobody = app.anonymous();
    let first = nobody.call("verify-token", json!({"token": token})).await;
    assert!(first.cookie().is_some());
    let again = nobody.call("verify-token", json!({"token": token})).await;
    assert_eq!(again.ok()["iss"], "verify-email", "to follow it twice is no mistake");
    assert_eq!(again.cookie(), None, "but it lies in histories and logs");
}

#[tokio::test]
async fn a_second_mail_comes_later_and_not_never() {
    let app = TestApp::start().await;
    sign_up(&app, "Ana", "the first password").await;
    sign_up(&app, "Ana", PASSWORD).await;
    sign_up(&app, "Ana", PASSWORD).await;
    let mails = app.app.mailer.mailbox(10).await.expect("a mailbox");
    assert_eq!(mails.len(), 1, "one in a quarter of an hour");
    let filter = jobs::read::Filter { states: vec![jobs::read::State::Scheduled], ..Default::default() };
    let waiting = jobs::read::list(&app.app.pool, &filter).await.expect("reads").jobs;
    assert_eq!(waiting.len(), 1, "the next one waits for its time: {waiting:?}");
    let minutes = (waiting[0].run_at - app.app.now()).num_minutes();
    assert!((10..=15).contains(&minutes), "{minutes}");
    app.leaves_jobs(["send-mail"]);
}

#[tokio::test]
async fn a_session_is_renewed_by_calls_that_go_well() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let age = async || {
        let old = "UPDATE http_session SET modified_at = now() - interval '7 hours'";
        sqlx::query(old).execute(&app.app.pool).await.expect("ages it");
    };
    let old = "SELECT count(*) FROM http_session WHERE modified_at < now() - interval '6 hours'";
    assert_eq!(ana.call("get-teams", json!({})).await.cookie(), None, "young enough");
    age().await;
    let refused = ana.call("get-file", json!({"id": uuid::Uuid::nil()})).await;
    assert_eq!((refused.status.as_u16(), refused.cookie()), (404, None));
    assert_eq!(app.count(old).await, 1, "not renewed where the cookie would be lost");
    let renewed = ana.call("get-teams", json!({})).await;
    assert!(renewed.cookie().is_some());
    assert_eq!(app.count(old).await, 0);
}
