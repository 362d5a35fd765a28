//! People on the dashboard: what is shown of them, and the effect of each action in the database.

use domain::{quota::Target, role::Role};
use reqwest::{Method, header};
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    client::{Answer, Client},
    person::{PASSWORD, Person},
};

/// Ana operates, a reader looks.
pub(crate) async fn house() -> (TestApp, Person) {
    let settings = Settings::default()
        .set("PENPOT_ADMINS", "ana@example.com")
        .set("ATELIER_ADMIN_READERS", "reader@example.com");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    (app, ana)
}

/// Acts as a browser would: opens a page for the form's token first.
pub(crate) async fn act(client: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    let page = client.get("/admin").await.text();
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a token");
    let csrf = rest.split('"').next().expect("an end");
    let fields = [fields, &[("csrf", csrf)]].concat();
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = client.request(Method::POST, path).header(header::ORIGIN, client.base());
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
    Answer::of(request.send().await.expect("an answer")).await
}

/// Does it, and gives the page that says what was done.
pub(crate) async fn done(client: &Client, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = act(client, path, fields).await;
    assert_eq!(answer.status, 303, "{path}: {}", answer.text());
    client.get(answer.header("location")).await.text()
}

/// How many events the audit log has of an action on the dashboard.
pub(crate) async fn audit_events(app: &TestApp, name: &str, target: &str) -> i64 {
    let sql = "SELECT count(*) FROM audit_log a JOIN profile p ON p.id = a.profile_id
               WHERE a.name = $1 AND a.props->>'target' = $2 AND p.email = 'ana@example.com'";
    sqlx::query_scalar(sql).bind(name).bind(target).fetch_one(&app.app.pool).await.expect("counts")
}

fn page_of(person: &Person) -> String {
    format!("/admin/people/{}", person.id_of("id"))
}

#[tokio::test]
async fn people_are_found_and_shown_without_their_keys() {
    let (app, ana) = house().await;
    let (ben, reader) = (app.person("ben").await, app.person("reader").await);
    let token = ben.call("create-access-token", json!({"name": "night script"})).await.ok();
    let mcp = ben.call("create-access-token", json!({"name": "helper", "type": "mcp"})).await.ok();
    ben.team("Lighthouse").await;
    for client in [&ana, &reader] {
        let list = client.get("/admin/people?q=BEN%40").await.text();
        assert!(list.contains("ben@example.com") && !list.contains("/admin/people/\""), "{list}");
        assert!(!list.contains(">ana@example.com</a>"), "{list}");
        let page = client.get(&page_of(&ben)).await.text();
        for part in ["active", "night script", "Lighthouse", "owner", "create-access-token", "Sessions"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        for token in [&token, &mcp] {
            assert!(!page.contains(token["token"].as_str().expect("a key")), "a key is for its owner only");
        }
    }
    assert!(ana.get(&page_of(&ben)).await.text().contains("Delete…"));
    let seen = reader.get(&page_of(&ben)).await.text();
    assert!(!seen.contains("Delete…") && !seen.contains(&format!("action=\"{}", page_of(&ben))), "{seen}");
    assert_eq!(reader.get(&format!("{}/delete", page_of(&ben))).await.status, 403);
    assert_eq!(act(&reader, &format!("{}/block", page_of(&ben)), &[]).await.status, 403);
    assert!(ana.get("/admin/people?q=%3Cb%3E%25_").await.text().contains("&lt;b&gt;%_"));
    for path in ["/admin/people/nobody", "/admin/people/00000000-0000-0000-0000-000000000001"] {
        assert_eq!(ana.get(path).await.status, 404, "{path}");
    }
    assert_eq!(app.anonymous().get(&page_of(&ben)).await.status, 303);
}

#[tokio::test]
async fn an_account_is_blocked_let_in_and_confirmed() {
    let (app, ana) = house().await;
    let ben = app.person("ben").await;
    let (page, id) = (page_of(&ben), ben.id_of("id"));
    let question = ana.get(&format!("{page}/block")).await.text();
    assert!(question.contains("signed out of 1 browser"), "{question}");
    assert_eq!(app.count("SELECT count(*) FROM profile WHERE is_blocked").await, 0, "asking changes nothing");
    assert!(done(&ana, &format!("{page}/block"), &[]).await.contains("The account is blocked"));
    let blocked = "SELECT count(*) FROM profile WHERE is_blocked AND email = 'ben@example.com'";
    assert_eq!(app.count(blocked).await, 1);
    assert_eq!(
        app.anonymous().login(&ben.email, PASSWORD).await.failure(),
        "400 restriction/profile-blocked",
        "nobody comes in"
    );
    assert!(ana.get("/admin/people?q=ben").await.text().contains("class=\"state dead\">blocked"));
    let refused = act(&ana, &format!("{page}/recovery"), &[]).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("unblock them first"), "{}", refused.text());
    assert!(done(&ana, &format!("{page}/unblock"), &[]).await.contains("let in again"));
    app.anonymous().login(&ben.email, PASSWORD).await.ok();
    sqlx::query("UPDATE profile SET is_active = false WHERE email = 'ben@example.com'")
        .execute(&app.app.pool)
        .await
        .expect("changes");
    assert!(ana.get(&page).await.text().contains("unconfirmed"));
    done(&ana, &format!("{page}/activate"), &[]).await;
    assert_eq!(app.count("SELECT count(*) FROM profile WHERE is_active").await, 2);
    for name in ["block", "unblock", "activate"] {
        assert_eq!(audit_events(&app, &format!("dashboard-people-{name}"), &id).await, 1, "{name}");
    }
    assert_eq!(
        audit_events(&app, "dashboard-people-recovery", &id).await,
        0,
        "what was refused was not done"
    );
    assert_eq!(act(&ana, &format!("{page}/explode"), &[]).await.status, 404);
}

#[tokio::test]
async fn nobody_shuts_themselves_out() {
    let (app, ana) = house().await;
    for action in ["block", "delete"] {
        let refused = act(&ana, &format!("{}/{action}", page_of(&ana)), &[]).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains("your own account"), "{}", refused.text());
    }
    assert_eq!(app.count("SELECT count(*) FROM profile WHERE is_blocked OR deleted_at IS NOT NULL").await, 0);
}

#[tokio::test]
async fn a_recovery_link_is_mailed_and_sessions_end() {
    let (app, ana) = house().await;
    let ben = app.person("ben").await;
    let page = page_of(&ben);
    let earlier = "UPDATE profile SET modified_at = now() - interval '1 day' WHERE email = 'ben@example.com'";
    sqlx::query(earlier).execute(&app.app.pool).await.expect("changes");
    assert!(done(&ana, &format!("{page}/recovery"), &[]).await.contains("is on its way"));
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE kind = 'request-recovery'").await, 1);
    app.run_jobs().await;
    let token = app.mailed_token(&ben.email).await;
    let another = "another battery horse";
    ben.call("recover-profile", json!({"token": token, "password": another})).await.ok();

    let mut first = app.anonymous();
    first.login(&ben.email, another).await.ok();
    let mut second = app.anonymous();
    second.login(&ben.email, another).await.ok();
    let shown = ana.get(&page).await.text();
    let (_, rest) = shown.split_once("end-session?session=").expect("a link");
    let session = rest.split('"').next().expect("an end");
    let question = ana.get(&format!("{page}/end-session?session={session}")).await;
    assert!(question.text().contains("signed out of"), "{}", question.text());
    let sessions = "SELECT count(*) FROM http_session s JOIN profile p ON p.id = s.profile_id
                    WHERE p.email = 'ben@example.com'";
    assert_eq!(app.count(sessions).await, 2);
    done(&ana, &format!("{page}/end-session"), &[("session", session)]).await;
    assert_eq!(app.count(sessions).await, 1);
    let twice = act(&ana, &format!("{page}/end-session"), &[("session", session)]).await;
    assert_eq!(twice.status, 404, "it has ended");
    let malformed = act(&ana, &format!("{page}/end-session"), &[("session", "x")]).await;
    assert!(malformed.text().contains("session: should be the ID of a session"), "{}", malformed.text());
    done(&ana, &format!("{page}/end-sessions"), &[]).await;
    assert_eq!(app.count(sessions).await, 0);
    assert_eq!(app.count("SELECT count(*) FROM http_session").await, 1, "others stay signed in");
}

#[tokio::test]
async fn an_account_goes_when_nobody_else_needs_it_and_comes_back() {
    let (app, ana) = house().await;
    let (ben, cleo) = (app.person("ben").await, app.person("cleo").await);
    let (page, id) = (page_of(&ben), ben.id_of("id"));
    let team = ben.team("Lighthouse").await;
    ben.file("Lamp").await;
    app.join(&team, &cleo, Role::Editor).await;
    let question = ana.get(&format!("{page}/delete")).await.text();
    assert!(question.contains("Transfer or delete these") && question.contains("Lighthouse"), "{question}");
    assert!(!question.contains("class=\"primary\""), "there is nothing to press: {question}");
    let refused = act(&ana, &format!("{page}/delete"), &[]).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("Lighthouse"), "the team is named: {}", refused.text());

    let leave = "DELETE FROM team_profile_rel r USING profile p
                  WHERE p.id = r.profile_id AND r.team_id = $1::uuid AND p.email = 'cleo@example.com'";
    sqlx::query(leave).bind(team["id"].as_str()).execute(&app.app.pool).await.expect("leaves");
    let question = ana.get(&format!("{page}/delete")).await.text();
    assert!(question.contains("2 projects"), "{question}");
    assert!(question.contains("1 file") && question.contains("2 teams"), "{question}");
    done(&ana, &format!("{page}/delete"), &[]).await;
    let jobs =
        "SELECT count(*) FROM queue.job WHERE kind = 'delete-object' AND origin->>'profile_id' IS NOT NULL";
    assert_eq!(app.count(jobs).await, 1, "the mark is carried down");
    app.run_jobs().await;
    let gone = "SELECT count(*) FROM file WHERE deleted_at IS NOT NULL";
    assert_eq!(app.count(gone).await, 1);
    let shown = ana.get(&page).await.text();
    assert!(shown.contains("can come back") && shown.contains("Restore"), "{shown}");
    assert!(!shown.contains("Block…"), "{shown}");
    assert!(done(&ana, &format!("{page}/restore"), &[]).await.contains("is back"));
    assert_eq!(app.count(gone).await, 0);
    app.anonymous().login(&ben.email, PASSWORD).await.ok();
    for name in ["delete", "restore"] {
        assert_eq!(audit_events(&app, &format!("dashboard-people-{name}"), &id).await, 1, "{name}");
    }
    let again = act(&ana, &format!("{page}/restore"), &[]).await;
    assert_eq!(again.status, 400);
    assert!(again.text().contains("is not deleted"), "{}", again.text());
}

#[tokio::test]
async fn what_is_particular_about_an_account_is_said() {
    let (app, ana) = house().await;
    let ben = app.person("ben").await;
    let page = page_of(&ben);
    let set = async |sql: &'static str| {
        sqlx::query(sql).execute(&app.app.pool).await.expect("changes");
    };
    set("UPDATE profile SET is_muted = true WHERE email = 'ben@example.com'").await;
    app.set_quota(&ben, Target::TeamsPerProfile, 77).await;
    let shown = ana.get(&page).await.text();
    assert!(shown.contains("muted") && !shown.contains("Mail a recovery link"), "{shown}");
    assert!(shown.contains("<dt>Teams per profile</dt><dd>77"), "{shown}");
    let refused = act(&ana, &format!("{page}/recovery"), &[]).await;
    assert!(refused.status == 400 && refused.text().contains("gets no mail"), "{}", refused.text());

    let ends = "UPDATE profile SET is_demo = true, deleted_at = now() + interval '1 day'
                 WHERE email = 'ben@example.com'";
    set(ends).await;
    let shown = ana.get(&page).await.text();
    assert!(shown.contains("demo") && shown.contains(" ends "), "{shown}");
    let refused = act(&ana, &format!("{page}/block"), &[]).await;
    assert!(refused.status == 400 && refused.text().contains("ends by itself"), "{}", refused.text());
    assert!(ana.get(&format!("{page}/delete")).await.text().contains("cannot be brought back"));
    let gone = done(&ana, &format!("{page}/delete"), &[]).await;
    assert!(gone.contains("for good") && !gone.contains("Restore"), "{gone}");
    app.run_jobs().await;
}
