//! Every path of the dashboard, as everybody: who may not look is let in nowhere, who may only look changes nothing.

use std::collections::BTreeSet;

use domain::quota::Target;
use reqwest::{Method, StatusCode, header};
use tests::{
    app::TestApp,
    client::{Answer, Client},
    factory::{Job, insert_jobs, insert_schedule},
    picture,
};

use super::{House, field, house};

/// The one place that names every path.
const ROUTES: &str = include_str!("../../../ops/dashboard/src/routes.rs");

/// The patterns between two places of the source, such as `jobs/{id}`.
fn patterns(from: &str, to: &str) -> BTreeSet<String> {
    let (_, rest) = ROUTES.split_once(from).expect("begins");
    let (part, _) = rest.split_once(to).expect("ends");
    let lines = part.lines().filter_map(|line| line.trim().strip_prefix('[')?.split_once("] =>"));
    let parts = lines.map(|(list, _)| {
        let words = list.split(", ").filter(|word| !word.is_empty());
        let words = words.map(|word| match word.strip_prefix('"') {
            Some(fixed) => fixed.trim_end_matches('"').to_owned(),
            None => format!("{{{word}}}"),
        });
        words.collect::<Vec<_>>().join("/")
    });
    parts.collect()
}

/// What the paths are about.
struct Things {
    person: String,
    team: String,
    job: String,
    blob: String,
    mail: String,
    session: String,
    quota: String,
}

impl Things {
    async fn of(app: &TestApp) -> Things {
        let ben = app.person("ben").await;
        let file = ben.file("Sketch").await;
        let media = ben.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, 1)).await.ok();
        insert_jobs(&app.app.db, [Job::dead(7007, "send-mail", "away")]).await;
        app.leaves_dead_jobs(["send-mail"]);
        insert_schedule(&app.app.db, "objects-gc").await;
        app.set_quota(&ben, Target::TeamsPerProfile, 5).await;
        let one = async |sql: &'static str| -> uuid::Uuid {
            sqlx::query_scalar(sql).fetch_one(&app.app.pool).await.expect("one")
        };
        let session = one("SELECT s.id FROM http_session s JOIN profile p ON p.id = s.profile_id
                            WHERE p.email = 'ben@example.com' LIMIT 1");
        Things {
            person: ben.id_of("id"),
            team: ben.id_of("defaultTeamId"),
            job: "7007".to_owned(),
            blob: media["mediaId"].as_str().expect("an id").to_owned(),
            mail: app.app.mailer.mailbox(1).await.expect("a mailbox")[0].id.clone(),
            session: session.await.to_string(),
            quota: one("SELECT id FROM usage_quote").await.to_string(),
        }
    }

    /// The addresses of a pattern, all its actions named.
    fn addresses(&self, pattern: &str) -> Vec<String> {
        let (person, team, blob) = (&self.person, &self.team, &self.blob);
        let each = |actions: &[&str], base: String| {
            actions.iter().map(|action| format!("{base}/{action}")).collect::<Vec<_>>()
        };
        match pattern {
            "people/{id}/{action}" => each(
                &["block", "unblock", "activate", "recovery", "delete", "restore", "end-sessions", "quota"],
                format!("people/{person}"),
            )
            .into_iter()
            .chain([
                format!("people/{person}/end-session?session={}", self.session),
                format!("people/{person}/remove-quota?quota={}", self.quota),
            ])
            .collect(),
            "teams/{id}/{action}" => {
                each(&["delete", "restore", "transfer", "quota", "remove-quota"], format!("teams/{team}"))
            }
            "queues/{name}/{action}" => each(&["pause", "resume"], "queues/default".to_owned()),
            "schedule/{name}/{action}" => each(&["pause", "resume", "run"], "schedule/objects-gc".to_owned()),
            "storage/{target}/{action}" => ["storage-scrub", "storage-migrate", "storage-gc-plan"]
                .into_iter()
                .flat_map(|kind| each(&["pause", "resume"], format!("storage/{kind}")))
                .chain(each(&["start"], "storage/scrub".to_owned()))
                .chain(each(&["start"], "storage/migrate".to_owned()))
                .chain(each(&["start"], "storage/sweep".to_owned()))
                .chain(each(&["restore"], format!("storage/{blob}")))
                .collect(),
            "jobs/confirm" => vec!["jobs/confirm?action=retry&which=all&state=dead".to_owned()],
            "jobs/{id}" => vec![format!("jobs/{}", self.job)],
            "jobs/{id}/rehearse" => vec![format!("jobs/{}/rehearse", self.job)],
            "storage/objects/{id}" => vec![format!("storage/objects/{blob}")],
            "people/{id}" => vec![format!("people/{person}")],
            "teams/{id}" => vec![format!("teams/{team}")],
            "mail/{id}" | "mail/{id}/html" => vec![pattern.replace("{id}", &self.mail)],
            fixed => {
                assert!(!fixed.contains('{'), "say here what {fixed} is about");
                vec![fixed.to_owned()]
            }
        }
    }
}

async fn post(client: &Client, path: &str, csrf: &str) -> Answer {
    // Everything that any form could want, so that nothing is refused for what is missing.
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let more = "action=retry&which=all&depth=quick&repair=stray&from=db&to=fs&quota=teams-per-profile&most=3";
    let body = format!("csrf={csrf}&{query}&{more}");
    let request = client.request(Method::POST, path).header(header::ORIGIN, client.base());
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
    Answer::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn who_may_not_look_is_let_in_nowhere_and_who_only_looks_finds_nothing_to_press() {
    let House { app, ana } = house().await;
    let reader = app.person("reader").await;
    let things = Things::of(&app).await;
    let ben = tests::person::Person::enter(&app, "ben@example.com").await;
    let pages = patterns("async fn show(", "async fn act(");
    assert!(pages.len() >= 20, "{pages:?}");
    for pattern in pages {
        for path in things.addresses(&pattern) {
            let page = format!("/admin/{path}");
            let page = page.trim_end_matches('/');
            assert_eq!(ben.get(page).await.status, 403, "{page}");
            let nobody = app.anonymous().get(page).await.status;
            let door = if pattern == "live" { StatusCode::FORBIDDEN } else { StatusCode::SEE_OTHER };
            assert_eq!(nobody, door, "{page}");
            if pattern == "live" {
                continue;
            }
            // A question is for those who may answer it; so is a mail, whose links let people in.
            let asks =
                pattern.ends_with("{action}") || pattern == "jobs/confirm" || pattern.starts_with("mail/");
            let seen = reader.get(page).await;
            assert_eq!(seen.status.as_u16(), if asks { 403 } else { 200 }, "{page}");
            let text = seen.text();
            let forms = text.matches("method=\"post\"").count();
            assert_eq!(
                forms,
                text.matches("action=\"/admin/sign-out\"").count(),
                "{page}: nothing to press: {text}"
            );
            let own = ana.get(page).await;
            assert!([200, 400, 404].contains(&own.status.as_u16()), "{page}: {}", own.status);
            let follows =
                own.status == 200 && !own.text().contains("class=\"confirm\"") && pattern != "mail/{id}/html";
            assert_eq!(own.text().contains("sse-connect"), follows, "{page}: what asks stays as it was read");
        }
    }
}

#[tokio::test]
async fn no_act_is_done_for_those_who_may_not() {
    let House { app, ana } = house().await;
    let reader = app.person("reader").await;
    let things = Things::of(&app).await;
    let ben = tests::person::Person::enter(&app, "ben@example.com").await;
    let csrf = |text: String| {
        url::form_urlencoded::byte_serialize(field(&text, "csrf").as_bytes()).collect::<String>()
    };
    let (readers, anas) = (csrf(reader.get("/admin").await.text()), csrf(ana.get("/admin").await.text()));
    let everything = "SELECT hashtextextended(
        (SELECT coalesce(string_agg(t::text, ';' ORDER BY id), '') FROM profile t) ||
        (SELECT coalesce(string_agg(t::text, ';' ORDER BY id), '') FROM team t) ||
        (SELECT coalesce(string_agg(t::text, ';' ORDER BY id), '') FROM usage_quote t) ||
        (SELECT coalesce(string_agg(t::text, ';' ORDER BY id), '') FROM storage_object t) ||
        (SELECT coalesce(string_agg(t::text, ';' ORDER BY id), '') FROM queue.job t) ||
        (SELECT coalesce(string_agg(t::text, ';' ORDER BY id), '') FROM queue.job_dead t) ||
        (SELECT coalesce(string_agg(t::text, ';' ORDER BY name), '') FROM queue.control t) ||
        (SELECT coalesce(string_agg(t::text, ';' ORDER BY name), '') FROM queue.schedule t) ||
        (SELECT count(*) FROM queue.action) || (SELECT count(*) FROM audit_log WHERE name LIKE 'dashboard-%'), 0)";
    let before = app.count(everything).await;
    let acts = patterns("visitor.may_act(", "audit::record_action(");
    assert!(acts.len() >= 10, "{acts:?}");
    for pattern in acts {
        for path in things.addresses(&pattern) {
            let path = format!("/admin/{path}");
            for (who, client, csrf) in [
                ("somebody who only looks", &*reader, &readers),
                ("somebody who only looks, with the token of another", &*reader, &anas),
                ("somebody else", &*ben, &anas),
                ("nobody", &app.anonymous(), &anas),
                ("an operator without a token", &*ana, &String::new()),
            ] {
                assert_eq!(post(client, &path, csrf).await.status, 403, "{who}: {path}");
            }
        }
    }
    assert_eq!(app.count(everything).await, before, "nothing has changed");
    // And what would have been seen: the same for somebody who may.
    assert_eq!(post(&ana, "/admin/queues/default/pause", &anas).await.status, 303);
    assert_ne!(app.count(everything).await, before);
}

#[tokio::test]
async fn an_answer_to_a_form_stays_as_it_was_read() {
    let House { app, ana } = house().await;
    let things = Things::of(&app).await;
    let csrf = field(&ana.get("/admin").await.text(), "csrf");
    let mut questions = vec![];
    for pattern in patterns("visitor.may_act(", "audit::record_action(") {
        for path in things.addresses(&pattern) {
            let answer = post(&ana, &format!("/admin/{path}"), &csrf).await;
            if answer.status == 200 {
                assert!(!answer.text().contains("sse-connect"), "{path}: it would ask for another page");
                questions.push(pattern.clone());
            }
        }
    }
    for asks in ["jobs/confirm", "storage/scrub/ask", "storage/sweep/ask", "jobs/{id}/rehearse"] {
        assert!(questions.iter().any(|pattern| pattern == asks), "{asks}: {questions:?}");
    }
    app.run_jobs().await;
    // What the scene began with, retried.
    app.leaves_jobs(["send-mail"]);
    app.leaves_dead_jobs(["send-mail"]);
}
