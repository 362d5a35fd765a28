//! Long lists on the dashboard: in every order, page after page, and what may be changed from them.

use super::{House, act, field, house};
use chrono::Duration;
use entities::ids::{ProfileId, TeamId};
use platform::ids::random_id;
use tests::{
    app::TestApp,
    client::Client,
    factory::{self, Job, Profile, Team, insert_jobs},
};
use uuid::Uuid;

/// Follows the links from page to page; what stands behind `mark` on each, in order.
async fn walk(client: &Client, first: &str, mark: &str) -> Vec<String> {
    let (mut seen, mut address, mut pages) = (vec![], first.to_owned(), 0);
    loop {
        let page = client.get(&address).await.text();
        let rows = page.split("<tbody>").nth(1).unwrap_or_default();
        let mark = format!("<td>{mark}");
        let found = rows.split(&mark).skip(1);
        seen.extend(found.filter_map(|rest| Some(rest.split('"').next()?.to_owned())));
        pages += 1;
        assert!(pages < 20, "{first} has no end");
        let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") else { return seen };
        address = rest.split('"').next().expect("a link").replace("&amp;", "&");
    }
}

/// Jobs of all sorts, so that equal ranks, several queues and several tables meet.
async fn insert_many(app: &TestApp) {
    let now = app.app.now();
    let ready = (1001..=1160).map(|id| Job {
        enqueued_at: now + Duration::seconds(id - 3600),
        queue: ["default", "media", "webhooks"][id as usize % 3].to_owned(),
        tenant: Some(Uuid::from_u128(id as u128 % 4)),
        priority: [100, 200, -9900][id as usize % 7 % 3],
        attempt: (id % 5) as i16,
        ..Job::ready(id, "file-gc")
    });
    let running = (1201..=1270)
        .map(|id| Job { started_at: Some(now - Duration::minutes(id % 30)), ..Job::running(id, "file-gc") });
    let dead = (1301..=1380).map(|id| Job {
        attempt: (id % 6) as i16,
        max_attempts: 10,
        errors: None,
        ..Job::dead(id, "send-mail", "")
    });
    insert_jobs(&app.app.db, ready.chain(running).chain(dead)).await;
    app.leaves_jobs(["file-gc"]);
    app.leaves_dead_jobs(["send-mail"]);
}

#[tokio::test]
async fn every_order_goes_on_from_page_to_page() {
    let House { app, ana } = house().await;
    insert_many(&app).await;
    for (order, truth) in [
        (
            "newest",
            "SELECT id FROM (SELECT id FROM queue.job UNION ALL SELECT id FROM queue.job_dead) j ORDER BY id DESC",
        ),
        ("oldest", "SELECT id FROM (SELECT id FROM queue.job UNION ALL SELECT id FROM queue.job_dead) j ORDER BY id"),
        ("running", "SELECT id FROM queue.job WHERE state = 2 ORDER BY started_at, id"),
        ("waiting", "SELECT id FROM queue.job WHERE state = 1 ORDER BY enqueued_at"),
        ("priority", "SELECT id FROM queue.job WHERE state = 1 ORDER BY priority DESC, lane DESC, id"),
        (
            "attempts",
            "SELECT id FROM (SELECT id, attempt FROM queue.job UNION ALL SELECT id, attempt FROM queue.job_dead) j
              ORDER BY greatest(attempt, 1) DESC, id DESC",
        ),
    ] {
        let truth: Vec<i64> = sqlx::query_scalar(truth).fetch_all(&app.app.pool).await.expect("an order");
        let seen = walk(&ana, &format!("/admin/jobs?sort={order}"), "<a href=\"/admin/jobs/").await;
        let seen = seen.iter().map(|id| id.parse().expect("a number"));
        // What the house itself asked for meanwhile is left out.
        let seen: Vec<i64> = seen.filter(|id| *id > 1000).collect();
        assert_eq!(seen, truth, "{order}");
    }
    let dead =
        walk(&ana, "/admin/jobs?sort=attempts&state=dead&kind=send-mail", "<a href=\"/admin/jobs/").await;
    assert_eq!((dead.len(), dead[0].as_str()), (80, "1379"), "{dead:?}");
    let queue = walk(&ana, "/admin/jobs?sort=priority&queue=media", "<a href=\"/admin/jobs/").await;
    assert_eq!(queue.len(), 53);
    let bad = ana.get("/admin/jobs?sort=sideways").await;
    assert_eq!(bad.status, 400);
    assert!(bad.text().contains("one of newest, oldest, running"), "{}", bad.text());
}

#[tokio::test]
async fn all_that_match_are_those_of_the_order() {
    let House { app, ana } = house().await;
    insert_many(&app).await;
    let page = ana.get("/admin/jobs?sort=running&state=dead").await.text();
    assert!(page.contains("value=\"running\" checked") && !page.contains("value=\"dead\" checked"), "{page}");
    let asked = [("action", "cancel"), ("which", "all"), ("sort", "running")];
    let question = act(&ana, "/admin/jobs/confirm", &asked).await.text();
    assert!(question.contains("Cancel 70 jobs?"), "{question}");
    assert_eq!(field(&question[question.find("class=\"confirm\"").expect("a form")..], "sort"), "running");
    let done = act(&ana, "/admin/jobs/act", &asked).await;
    assert_eq!(done.header("location"), "/admin/jobs?state=running&sort=running&did=cancel&n=70");
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE cancel_by = 'ana@example.com'").await, 70);
    assert_eq!(
        app.count("SELECT count(*) FROM queue.job WHERE state = 1").await,
        160,
        "those that wait are left"
    );
}

#[tokio::test]
async fn one_job_gets_another_priority_on_its_page() {
    let House { app, ana } = house().await;
    let reader = app.person("reader").await;
    insert_many(&app).await;
    let page = ana.get("/admin/jobs/1007").await.text();
    let form = &page[page.find("value=\"prioritise\"").expect("a form")..];
    assert_eq!(field(form, "priority"), "100");
    let fields = [("action", "prioritise"), ("id", "1007"), ("priority", "321"), ("back", "job")];
    let done = act(&ana, "/admin/jobs/act", &fields).await;
    assert_eq!(done.header("location"), "/admin/jobs/1007?did=prioritise&n=1");
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE priority = 321 AND id = 1007").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE priority = 321").await, 1);
    assert!(!ana.get("/admin/jobs/1210").await.text().contains("value=\"prioritise\""), "it runs already");
    assert!(!reader.get("/admin/jobs/1007").await.text().contains("value=\"prioritise\""));
}

#[tokio::test]
async fn people_and_teams_are_found_beyond_the_first_page() {
    let House { app, ana } = house().await;
    // In threes, whose order is that of their keys.
    let (now, db) = (app.app.now(), &app.app.db);
    let guests = (1..=230).map(|n| Profile {
        id: ProfileId(random_id()),
        fullname: "Guest".to_owned(),
        created_at: now - Duration::days(n / 3),
        ..Profile::of(format!("guest-{n}@example.com"))
    });
    factory::insert(db, guests).await;
    let crews = (1..=230).map(|n| Team {
        id: TeamId(random_id()),
        name: format!("Crew {n}"),
        created_at: now - Duration::days(n / 3),
        ..Team::default()
    });
    factory::insert(db, crews).await;
    for (first, mark, truth) in [
        (
            "/admin/people?q=guest",
            "<a href=\"/admin/people/",
            "SELECT id FROM profile WHERE fullname = 'Guest' ORDER BY created_at DESC, id DESC",
        ),
        (
            "/admin/teams?q=CREW",
            "<a href=\"/admin/teams/",
            "SELECT id FROM team WHERE name LIKE 'Crew %' ORDER BY created_at DESC, id DESC",
        ),
    ] {
        let truth: Vec<uuid::Uuid> =
            sqlx::query_scalar(truth).fetch_all(&app.app.pool).await.expect("an order");
        let truth: Vec<String> = truth.iter().map(uuid::Uuid::to_string).collect();
        assert_eq!(walk(&ana, first, mark).await, truth, "{first}");
    }
    let bad = ana.get("/admin/people?after=yesterday").await;
    assert_eq!(bad.status, 400);
    assert!(bad.text().contains("after: should be where another page ended"), "{}", bad.text());
}

#[tokio::test]
async fn quotas_are_set_and_removed_after_a_question() {
    let House { app, ana } = house().await;
    let ben = app.person("ben").await;
    let person = format!("/admin/people/{}", ben.profile["id"].as_str().expect("an id"));
    let team = format!("/admin/teams/{}", ben.profile["defaultTeamId"].as_str().expect("an id"));
    for (page, quota, stored, foreign) in [
        (
            &person,
            "teams-per-profile",
            "SELECT count(*) FROM usage_quote
             WHERE target = 'teams-per-profile' AND quote = 12 AND profile_id IS NOT NULL
               AND team_id IS NULL",
            "cups-per-day",
        ),
        (
            &team,
            "projects-per-team",
            "SELECT count(*) FROM usage_quote
             WHERE target = 'projects-per-team' AND quote = 12 AND team_id IS NOT NULL
               AND profile_id IS NULL",
            "teams-per-profile",
        ),
    ] {
        let set = async |quota: &str, most: &str| {
            act(&ana, &format!("{page}/quota"), &[("quota", quota), ("most", most)]).await
        };
        assert!(ana.get(page).await.text().contains("what the settings say holds"));
        assert_eq!(set(quota, "7").await.header("location"), format!("{page}?did=quota-set"));
        assert_eq!(set(quota, "12").await.status, 303);
        assert_eq!(app.count(stored).await, 1, "the other one is replaced");
        assert_eq!(app.count("SELECT count(*) FROM usage_quote").await, 1);
        for (quota, most, told) in [
            (quota, "0", "most: should be a number from 1 to"),
            (quota, "many", "most: should be a number from 1 to"),
            (foreign, "5", "quota: should be one of"),
        ] {
            let refused = set(quota, most).await;
            assert_eq!(refused.status, 400);
            assert!(refused.text().contains(told), "{}", refused.text());
        }
        let shown = ana.get(page).await.text();
        let link = shown.split("href=\"").find(|rest| rest.contains("remove-quota?quota=")).expect("a link");
        let link = link.split('"').next().expect("an end");
        let question = ana.get(link).await.text();
        assert!(
            question.contains("limited to <b>12</b>") && question.contains("there is no limit"),
            "{question}"
        );
        assert_eq!(app.count("SELECT count(*) FROM usage_quote").await, 1, "asking removes nothing");
        let key = field(&question[question.find("class=\"confirm\"").expect("a form")..], "quota");
        let other = if page == &person { &team } else { &person };
        let elsewhere = act(&ana, &format!("{other}/remove-quota"), &[("quota", &key)]).await;
        assert_eq!(elsewhere.status, 404, "it is not theirs");
        let gone = act(&ana, &format!("{page}/remove-quota"), &[("quota", &key)]).await;
        assert_eq!(gone.header("location"), format!("{page}?did=quota-removed"));
        assert_eq!(app.count("SELECT count(*) FROM usage_quote").await, 0);
    }
    let events = "SELECT count(*) FROM audit_log \
        WHERE name IN ('dashboard-people-quota', 'dashboard-teams-quota') AND props ? 'most'";
    assert_eq!(app.count(events).await, 4);
}

#[tokio::test]
async fn what_the_database_cannot_hold_is_refused_by_name() {
    let House { app: _app, ana } = house().await;
    let long_ago = format!("people?after=-7000000000000000000.{}", Uuid::nil());
    for (page, named) in [
        ("jobs?text=%00", "text"),
        ("jobs?kind=a%00b", "kind"),
        ("jobs?queue=%00a", "queue"),
        ("jobs?group=%00", "group"),
        ("jobs/confirm?action=retry&which=all&kind=%00", "kind"),
        ("people?q=a%00", "q"),
        ("teams?q=%00b", "q"),
        ("storage?object=%00", "object"),
        ("sign-in?next=%00", "next"),
        (&long_ago, "after"),
    ] {
        let answer = ana.get(&format!("/admin/{page}")).await;
        assert_eq!(answer.status, 400, "{page}");
        assert!(answer.text().contains(&format!("{named}: should be")), "{page}: {}", answer.text());
    }
    let refused = super::post(&ana, "/admin/sign-in", &[("email", "a\0@example.com")]).await;
    assert!(refused.status == 400 && refused.text().contains("email: should be"), "{}", refused.text());
    assert_eq!(ana.get("/admin/jobs?hours=60000000").await.status, 200, "all of them");
    for sort in ["newest", "oldest", "running", "waiting", "priority", "attempts"] {
        for rank in [i64::MIN, i64::MAX] {
            let answer = ana.get(&format!("/admin/jobs?sort={sort}&before={rank}.1")).await;
            assert!(!answer.status.is_server_error(), "{sort} {rank}: {}", answer.status);
        }
    }
}
