//! The dashboard over HTTP: who gets in, what each action does, and what never comes out.

pub(crate) mod browser;
mod command;
mod health;
mod lists;
mod mail;
mod people;
mod process;
mod storage;
mod story;
mod teams;
mod walk;

use reqwest::{Method, header};
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    client::{Answer, Client},
    factory::{Job, Sample, insert_jobs, insert_samples, insert_schedule},
    person::{PASSWORD, Person},
};

pub(crate) struct House {
    pub(crate) app: TestApp,
    pub(crate) ana: Person,
}

pub(crate) async fn house() -> House {
    let settings = Settings::default()
        .set("PENPOT_ADMINS", "ana@example.com")
        .set("ATELIER_ADMIN_READERS", "reader@example.com");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    House { app, ana }
}

/// Dead jobs of a kind; the last error of each ends with its number.
async fn insert_dead_jobs(app: &TestApp, kind: &str, error: &str, ids: std::ops::Range<i64>) {
    let payload = json!({"token": "a secret"});
    let dead = ids.map(|id| Job { payload: payload.clone(), ..Job::dead(id, kind, format!("{error}{id}")) });
    insert_jobs(&app.app.db, dead).await;
}

/// A hidden field of the first form on a page.
pub(crate) fn field(page: &str, name: &str) -> String {
    let at = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {page}"));
    let (_, rest) = page[at..].split_once("value=\"").expect("a value");
    rest.split('"').next().expect("an end").to_owned()
}

async fn post(client: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    let request = client.request(Method::POST, path).header(header::ORIGIN, client.base());
    Answer::of(form(request, fields).send().await.expect("an answer")).await
}

/// As browsers send it.
fn form(request: reqwest::RequestBuilder, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)
}

/// Acts as a browser would: opens a page for the form's token first.
pub(crate) async fn act(client: &Client, path: &str, fields: &[(&str, &str)]) -> Answer {
    let csrf = field(&client.get("/admin").await.text(), "csrf");
    post(client, path, &[fields, &[("csrf", csrf.as_str())]].concat()).await
}

#[tokio::test]
async fn only_those_who_are_named_get_in() {
    let House { app, ana } = house().await;
    let (ben, reader) = (app.person("ben").await, app.person("reader").await);
    let pages = ["", "/jobs", "/jobs?state=dead", "/dead", "/schedule", "/actions", "/jobs/999999"];
    for page in pages.map(|page| format!("/admin{page}")) {
        let nobody = app.anonymous().get(&page).await;
        assert_eq!(nobody.status, 303, "{page}");
        assert!(nobody.header("location").starts_with("/admin/sign-in?next=%2Fadmin"), "{page}");
        assert_eq!(ben.get(&page).await.status, 403, "{page}");
        let there = if page.ends_with("/999999") { 404 } else { 200 };
        assert_eq!(ana.get(&page).await.status, there, "{page}");
        let seen = reader.get(&page).await;
        assert_eq!(seen.status, there, "{page}");
        assert!(
            !seen.text().contains("action=\"/admin/queues"),
            "{page}: nothing to press for who only looks"
        );
    }
    assert_eq!(app.anonymous().get("/admin/live").await.status, 403);
    let mut program = app.anonymous();
    let token = ana.call("create-access-token", json!({"name": "script"})).await.ok();
    program.authorization = Some(format!("Token {}", token["token"].as_str().expect("a token")));
    assert_eq!(program.get("/admin").await.status, 303, "a program's token is no browser's session");
}

#[tokio::test]
async fn the_door_opens_for_operators_only_and_leads_nowhere_else() {
    let House { app, ana } = house().await;
    app.person("ben").await;
    let knock = async |email: &str, password: &str, next: &str| {
        let fields = [("email", email), ("password", password), ("next", next)];
        post(&app.anonymous(), "/admin/sign-in", &fields).await
    };
    for (email, password, told) in [
        ("ana@example.com", "a guess", "email or the password is wrong"),
        ("ghost@example.com", PASSWORD, "email or the password is wrong"),
        ("ben@example.com", PASSWORD, "may not look"),
    ] {
        let answer = knock(email, password, "/admin").await;
        assert_eq!(answer.status, 401);
        assert!(answer.text().contains(told), "{}", answer.text());
        assert_eq!(answer.cookie(), None);
    }
    let inside = knock(&ana.email, PASSWORD, "//evil.example/").await;
    assert_eq!((inside.status.as_u16(), inside.header("location")), (303, "/admin"));
    let mut ana = app.anonymous();
    ana.cookie = inside.cookie();
    assert_eq!(ana.get("/admin").await.status, 200);
    let out = act(&ana, "/admin/sign-out", &[]).await;
    assert_eq!(out.status, 303);
    assert_eq!(ana.get("/admin").await.status, 303, "the session has ended");
}

#[tokio::test]
async fn an_act_comes_from_a_page_of_this_session() {
    let House { app, ana } = house().await;
    let (reader, mut elsewhere) = (app.person("reader").await, app.anonymous());
    elsewhere.login(&ana.email, PASSWORD).await.ok();
    let pause = "/admin/queues/default/pause";
    let csrf = field(&ana.get("/admin").await.text(), "csrf");
    let refused = [
        post(&ana, pause, &[]).await,
        post(&ana, pause, &[("csrf", "made up")]).await,
        post(&elsewhere, pause, &[("csrf", csrf.as_str())]).await,
        post(&reader, pause, &[("csrf", field(&reader.get("/admin").await.text(), "csrf").as_str())]).await,
        post(&app.anonymous(), pause, &[("csrf", csrf.as_str())]).await,
    ];
    assert!(refused.iter().all(|answer| answer.status == 403), "{refused:?}");
    let cross = ana.request(Method::POST, pause).header("sec-fetch-site", "cross-site");
    let cross = form(cross, &[("csrf", csrf.as_str())]).send().await.expect("an answer");
    assert_eq!(cross.status(), 403);
    assert_eq!(app.count("SELECT count(*) FROM queue.control").await, 0);
    assert_eq!(act(&ana, pause, &[]).await.status, 303);
    assert_eq!(app.count("SELECT count(*) FROM queue.control WHERE paused_by = 'ana@example.com'").await, 1);
    let headers = ana.get("/admin").await;
    let policy = headers.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
}

#[tokio::test]
async fn a_group_of_dead_jobs_is_retried_after_its_count_was_shown() {
    let House { app, ana } = house().await;
    insert_dead_jobs(&app, "send-mail", "the mail server is away, attempt of job ", 1000..1120).await;
    insert_dead_jobs(&app, "file-gc", "another error ", 2000..2003).await;
    let page = ana.get("/admin/dead").await.text();
    assert!(page.contains("120 jobs</a> of") && page.contains("3 jobs</a> of"), "{page}");
    let group = field(&page[page.find("120 jobs</a> of").expect("there")..], "group");
    let asked = [("action", "retry"), ("which", "all"), ("state", "dead"), ("group", group.as_str())];
    let question = act(&ana, "/admin/jobs/confirm", &asked).await;
    assert!(question.text().contains("Retry 120 jobs?"), "{}", question.text());
    assert_eq!(app.count("SELECT count(*) FROM queue.job_dead").await, 123, "asking changes nothing");

    let done = act(&ana, "/admin/jobs/act", &asked).await;
    assert_eq!(done.status, 303);
    let told = ana.get(done.header("location")).await.text();
    assert!(told.contains("120 jobs were made ready again"), "{told}");
    assert_eq!(app.count("SELECT count(*) FROM queue.job_dead").await, 3);
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE kind = 'send-mail' AND state = 1").await, 120);
    let actions = ana.get("/admin/actions").await.text();
    assert!(actions.contains("ana@example.com") && actions.contains("retry"), "{actions}");
    let event = "SELECT count(*) FROM audit_log a JOIN profile p ON p.id = a.profile_id
                WHERE a.name = 'dashboard-jobs-act' AND a.props->>'action' = 'retry' AND p.email = 'ana@example.com'
                  AND NOT a.props ? 'csrf'";
    assert_eq!(app.count(event).await, 1);
    app.leaves_jobs(["send-mail"]);
    app.leaves_dead_jobs(["file-gc"]);
}

#[tokio::test]
async fn every_action_on_a_selection_has_its_effect() {
    let House { app, ana } = house().await;
    insert_dead_jobs(&app, "send-mail", "away ", 1000..1004).await;
    insert_jobs(&app.app.db, (3000..3003).map(|id| Job::scheduled(id, "file-gc"))).await;
    let chosen = async |action: &str, ids: &[&str], priority: &str| {
        let mut fields = vec![("action", action), ("which", "selected"), ("priority", priority)];
        fields.extend(ids.iter().map(|id| ("id", *id)));
        assert!(
            act(&ana, "/admin/jobs/confirm", &fields).await.text().contains(&format!("{} job", ids.len()))
        );
        let done = act(&ana, "/admin/jobs/act", &fields).await;
        assert_eq!(done.status, 303, "{}", done.text());
    };
    chosen("discard", &["1000", "1001"], "").await;
    assert_eq!(app.count("SELECT count(*) FROM queue.job_cancelled WHERE outcome = 2").await, 2);
    chosen("retry", &["1000"], "").await;
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE id = 1000").await, 1);
    chosen("prioritise", &["3000"], "777").await;
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE id = 3000 AND priority = 777").await, 1);
    chosen("run-now", &["3001"], "").await;
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE id = 3001 AND state = 1").await, 1);
    chosen("cancel", &["3000", "3002"], "").await;
    assert_eq!(app.count("SELECT count(*) FROM queue.job_cancelled WHERE outcome = 3").await, 2);
    let back = act(&ana, "/admin/jobs/act", &[("action", "retry"), ("id", "1002"), ("back", "job")]).await;
    assert_eq!(back.header("location"), "/admin/jobs/1002?did=retry&n=1");

    for (fields, told) in [
        (vec![("action", "retry"), ("which", "selected")], "select at least one job"),
        (vec![("action", "explode"), ("id", "1")], "there is no &quot;explode&quot;"),
        (vec![("action", "prioritise"), ("id", "1"), ("priority", "many")], "priority: should be a number"),
        (vec![("action", "retry"), ("which", "all"), ("team", "x")], "team: should be the ID of a team"),
    ] {
        let refused = act(&ana, "/admin/jobs/confirm", &fields).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains(told), "{}", refused.text());
    }
    app.leaves_jobs(["file-gc", "send-mail"]);
    app.leaves_dead_jobs(["send-mail"]);
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_and_an_address_is_a_view() {
    let House { app, ana } = house().await;
    insert_dead_jobs(&app, "send-mail", "away ", 1000..1120).await;
    insert_dead_jobs(&app, "file-gc", "other ", 2000..2010).await;
    let (mut seen, mut address) = (vec![], "/admin/jobs?state=dead&kind=send-mail".to_owned());
    loop {
        let page = ana.get(&address).await.text();
        assert_eq!(page.contains("checked"), page.contains("value=\"dead\" checked"));
        let ids = page.split("href=\"/admin/jobs/").skip(1);
        seen.extend(ids.filter_map(|rest| rest.split('"').next()?.parse::<i64>().ok()));
        let Some((before, _)) = page.split_once("\">Older") else { break };
        address = before.rsplit_once("href=\"").expect("a link").1.replace("&amp;", "&");
    }
    assert_eq!(seen, (1000..1120).rev().collect::<Vec<_>>());
    let bad = ana.get("/admin/jobs?state=nonsense").await;
    assert_eq!(bad.status, 400);
    assert!(bad.text().contains("one of scheduled, ready"), "{}", bad.text());
    app.leaves_dead_jobs(["file-gc", "send-mail"]);
}

#[tokio::test]
async fn what_is_hostile_or_secret_stays_where_it_is() {
    let House { app, ana } = house().await;
    insert_dead_jobs(&app, "nobody-knows", "<script>alert(1)</script> \u{202e}", 1000..1001).await;
    for page in ["/admin/dead", "/admin/jobs", "/admin/jobs/1000", "/admin/jobs?text=%3Cscript%3E"] {
        let text = ana.get(page).await.text();
        assert!(!text.contains("<script>alert"), "{page}");
        assert!(!text.contains("a secret"), "{page}: a kind that nobody knows declares nothing");
    }
    assert!(ana.get("/admin/jobs/1000").await.text().contains("(hidden)"));
    let spoofed = ana.get("/admin/jobs?did=%3Cb%3E&n=5").await.text();
    assert!(!spoofed.contains("class=\"notice\""), "words come from here only");
    app.leaves_dead_jobs(["nobody-knows"]);
}

#[tokio::test]
async fn schedules_are_paused_resumed_and_run() {
    let House { app, ana } = house().await;
    insert_schedule(&app.app.db, "objects-gc").await;
    let step = async |action: &str| act(&ana, &format!("/admin/schedule/objects-gc/{action}"), &[]).await;
    assert_eq!(step("pause").await.header("location"), "/admin/schedule?did=paused");
    assert!(ana.get("/admin").await.text().contains("Schedule objects-gc"), "the overview says so");
    assert_eq!(app.count("SELECT count(*) FROM queue.schedule WHERE paused_by = 'ana@example.com'").await, 1);
    step("resume").await;
    assert_eq!(app.count("SELECT count(*) FROM queue.schedule WHERE paused_at IS NULL").await, 1);
    let started = step("run").await;
    app.run_jobs().await;
    let job = ana.get(started.header("location")).await.text();
    assert!(job.contains("Purge rows whose time of grace is over."), "{job}");
    assert!(job.contains("class=\"state done\""), "{job}");
    assert_eq!(step("explode").await.status, 404);
    assert_eq!(act(&ana, "/admin/schedule/nonesuch/run", &[]).await.status, 400);
}

#[tokio::test]
async fn open_pages_are_told_of_changes() {
    let House { app, ana } = house().await;
    let mut live = ana.request(Method::GET, "/admin/live").send().await.expect("a stream");
    assert_eq!(live.headers()[header::CONTENT_TYPE], "text/event-stream");
    insert_dead_jobs(&app, "send-mail", "away ", 1000..1001).await;
    let mut heard = String::new();
    while !heard.contains("event: changed") {
        let piece = tokio::time::timeout(std::time::Duration::from_secs(120), live.chunk()).await;
        let piece = piece.expect("in time").expect("goes on").expect("is not over");
        heard += &String::from_utf8_lossy(&piece);
    }
    app.leaves_dead_jobs(["send-mail"]);
    app.stop().await;
    while let Ok(Some(_)) = live.chunk().await {}
}

#[tokio::test]
async fn the_overview_says_what_needs_somebody_first() {
    let House { app, ana } = house().await;
    let page = ana.get("/admin").await.text();
    assert!(page.contains("No worker is there"), "{page}");
    insert_dead_jobs(&app, "send-mail", "away ", 1000..1002).await;
    let sample = Sample { done: 41, failed: 7, ..Sample::of("webhooks", 1) };
    insert_samples(&app.app.db, [sample]).await;
    for span in ["1h", "24h", "7d"] {
        let page = ana.get(&format!("/admin?span={span}")).await.text();
        assert!(page.contains("2 dead jobs"), "{page}");
        assert!(page.contains(&format!("41 attempts ended well and 7 failed in {span}")), "{page}");
    }
    assert_eq!(ana.get("/admin?span=1y").await.status, 400);
    app.leaves_dead_jobs(["send-mail"]);
}
