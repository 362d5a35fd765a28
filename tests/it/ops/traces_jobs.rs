//! The traces of jobs whose worker is lost, that the clock starts, that a deletion leaves; and where people find them.

use std::{collections::BTreeSet, time::Duration};

use reqwest::Method;
use serde_json::json;
use tests::{
    client::{Answer, Client},
    process, spans,
    spans::Seen,
};

use crate::ops::traces::{CALLER, EMAIL, PASSWORD, Place, TRACE, call, one};

/// Long enough for any machine, and for the lease of a lost worker to end.
const PATIENCE: Duration = Duration::from_secs(120);

impl Place {
    /// Waits until a statement counts something.
    async fn reaches(&self, sql: &'static str) {
        let reached = async {
            while sqlx::query_scalar::<_, i64>(sql).fetch_one(&self.pool).await.expect("counts") == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("never was: {sql}"));
    }

    /// As if the clock had come to this schedule's moment.
    async fn strike(&self, schedule: &str) {
        let sql = "update queue.schedule set next_tick = now() - interval '1 second' where name = $1";
        // A worker brings its schedules soon after it is ready.
        let struck = async {
            while sqlx::query(sql).bind(schedule).execute(&self.pool).await.expect("strikes").rows_affected()
                == 0
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, struck).await.unwrap_or_else(|_| panic!("no schedule {schedule}"));
    }

    async fn change(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.pool).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

fn named<'s>(spans: &'s [Seen], name: &str) -> Vec<&'s Seen> {
    spans.iter().filter(|span| span.name == name).collect()
}

/// What a process calls itself.
fn instance(span: &Seen) -> &str {
    &span.process["service.instance.id"]
}

#[tokio::test]
async fn an_attempt_of_a_killed_worker_is_told_by_another_one() {
    let place = Place::new().await;
    let mut hold = place.pool.begin().await.expect("begins");
    sqlx::query("lock table http_session in access exclusive mode").execute(&mut *hold).await.expect("locks");
    let first = place.start(&["worker"]).await;
    let left = process::run(&["jobs", "run", "session-gc"], &place.all()).await;
    assert!(left.status.success(), "{left:?}");
    place
        .reaches("select count(*) from queue.job where kind = 'session-gc' and attempt = 1 and state = 2")
        .await;
    first.kill().await;
    hold.rollback().await.expect("lets go");

    let second = place.start(&["worker"]).await;
    let ended = |spans: &[Seen]| !named(spans, "process session-gc").is_empty();
    let spans = spans::wait_for(&place.collector, "the second attempt", ended).await;
    let again = one(&spans, "process session-gc");
    assert_eq!((again.fact("atelier.job.attempt"), again.fact("atelier.job.outcome")), ("2", "done"));
    let told = |spans: &[Seen]| !named(spans, "rescue session-gc").is_empty();
    let spans = spans::wait_for(&place.collector, "the rescue", told).await;
    let rescue = one(&spans, "rescue session-gc");
    assert_eq!((&rescue.trace, &rescue.parent), (&again.trace, &again.parent), "one trace for all attempts");
    assert_eq!(instance(rescue), instance(again), "the lost one cannot tell");
    assert_eq!((rescue.failed, rescue.fact("error.type")), (true, "worker_lost"));
    assert_eq!((rescue.fact("atelier.job.attempt"), rescue.fact("atelier.job.outcome")), ("1", "retried"));
    assert_eq!(rescue.fact("messaging.message.id"), again.fact("messaging.message.id"));
    assert!(second.terminate().await.success());
}

#[tokio::test]
async fn what_the_clock_starts_has_a_trace_of_its_own_for_all_its_attempts() {
    let place = Place::new().await;
    place.ana().await;
    let api = place.start(&["api", "--port", "0"]).await;
    let mut client = Client::new(api.address());
    let project = client.login(EMAIL, PASSWORD).await.ok()["defaultProjectId"].clone();
    client.call("create-file", json!({"projectId": project, "name": "Sketch"})).await.ok();
    // Old enough to be looked at; and sessions cannot be collected for now.
    place.change("update file set modified_at = now() - interval '300 days'").await;
    place.change("alter table http_session rename to elsewhere").await;
    let worker = place.start(&["worker"]).await;
    place.strike("session-gc").await;
    place.strike("file-gc-scheduler").await;
    place
        .reaches("select count(*) from queue.job where kind = 'session-gc' and attempt >= 1 and state < 2")
        .await;
    place.change("alter table elsewhere rename to http_session").await;
    let done = |span: &Seen| span.fact("atelier.job.outcome") == "done";
    let ended = |spans: &[Seen]| {
        ["process session-gc", "process file-gc-scheduler", "process file-gc"]
            .iter()
            .all(|name| named(spans, name).into_iter().any(done))
    };
    let spans = spans::wait_for(&place.collector, "what the clock started", ended).await;

    let attempts = named(&spans, "process session-gc");
    assert!(attempts.len() >= 2, "{attempts:#?}");
    assert!(attempts[0].failed && attempts[0].fact("error.type") == "attempt_failed");
    let traces: BTreeSet<(&String, &String)> = attempts.iter().map(|a| (&a.trace, &a.parent)).collect();
    assert_eq!(traces.len(), 1, "one trace for all attempts: {traces:?}");
    let scheduler = one(&spans, "process file-gc-scheduler");
    assert_ne!(scheduler.trace, attempts[0].trace, "each tick has its own");
    let enqueue = one(&spans, "enqueue file-gc");
    let child = one(&spans, "process file-gc");
    assert_eq!((&enqueue.trace, &child.trace), (&scheduler.trace, &scheduler.trace));
    assert_eq!(child.parent, enqueue.span, "and what it leaves is in it");
    let asked = spans.iter().filter(|span| instance(span) != instance(scheduler));
    let asked: BTreeSet<&String> = asked.map(|span| &span.trace).collect();
    assert!(!asked.is_empty() && !asked.contains(&scheduler.trace) && !asked.contains(&attempts[0].trace));
    assert!(worker.terminate().await.success() && api.terminate().await.success());
}

#[tokio::test]
async fn a_deletion_is_followed_into_its_job_which_the_dashboard_shows() {
    let place = Place::new().await.set("PENPOT_ADMINS", EMAIL);
    place.ana().await;
    let api = place.start(&["api", "--port", "0"]).await;
    let worker = place.start(&["worker"]).await;
    let mut client = Client::new(api.address());
    client.login(EMAIL, PASSWORD).await.ok();
    let team = client.call("create-team", json!({"name": "Ink"})).await.ok()["id"].clone();
    let project = client.call("create-project", json!({"teamId": team, "name": "Paper"})).await.ok();
    client.call("create-file", json!({"projectId": project["id"], "name": "Sketch"})).await.ok();
    let parent = format!("00-{TRACE}-{CALLER}-01");
    call(&client, "delete-team", json!({"id": team}), &parent).await.ok();
    let ended = |spans: &[Seen]| !named(spans, "process delete-object").is_empty();
    let spans = spans::wait_for(&place.collector, "the deletion's job", ended).await;
    let spans = spans::wait_for(&place.collector, "the deletion's call", |all| {
        all.iter().any(|span| span.name == "delete-team") && all.len() >= spans.len()
    });
    let spans: Vec<Seen> = spans.await.into_iter().filter(|span| span.trace == TRACE).collect();
    let (asked, left) = (one(&spans, "delete-team"), one(&spans, "enqueue delete-object"));
    let job = one(&spans, "process delete-object");
    assert_eq!((&job.parent, job.fact("atelier.job.outcome")), (&left.span, "done"));
    assert_ne!(instance(job), instance(asked), "two processes, one trace");
    assert_eq!(instance(left), instance(asked));
    place.reaches("select count(*) from file where deleted_at is not null").await;

    let id = job.fact("messaging.message.id");
    let page = client.get(&format!("/admin/jobs/{id}")).await;
    let telling = format!("<dt>Trace</dt><dd><code>{TRACE}</code></dd>");
    assert!(page.text().contains(&telling), "{}", page.text());
    let shown = process::run(&["jobs", "show", id], &place.all()).await;
    let line = shown.out.lines().find(|line| line.trim_start().starts_with("trace"));
    assert!(line.is_some_and(|line| line.contains(TRACE)), "{shown:?}");
    assert!(worker.terminate().await.success() && api.terminate().await.success());
}

#[tokio::test]
async fn a_dashboard_on_its_own_sends_its_spans() {
    let place = Place::new().await;
    let dashboard = place.start(&["dashboard", "--listen", "127.0.0.1:0"]).await;
    let address =
        dashboard.said.split_whitespace().find_map(|word| word.strip_suffix("/admin")).expect("a dashboard");
    let client = Client::new(address);
    let asked = client
        .request(Method::GET, "/admin/sign-in")
        .header("traceparent", format!("00-{TRACE}-{CALLER}-01"));
    assert_eq!(Answer::of(asked.send().await.expect("an answer")).await.status.as_u16(), 200);
    assert!(dashboard.terminate().await.success(), "and the last spans are sent");
    let spans = spans::seen(&place.collector);
    let page = spans.iter().find(|span| span.trace == TRACE).unwrap_or_else(|| panic!("none in {spans:#?}"));
    assert_eq!((&*page.parent, page.fact("http.response.status_code")), (CALLER, "200"));
    assert!(page.name.starts_with("GET /admin"), "{page:?}");
}
