//! Teams on the dashboard.

use super::people::{act, audit_events, done, house};
use atelier_queue::NewJob;
use chrono::Duration;
use domain::{event::Event, role::Role};
use entities::ids::{ProfileId, TeamId};
use serde_json::json;

#[tokio::test]
async fn a_team_is_found_handed_over_deleted_and_restored() {
    let (app, ana) = house().await;
    let (ben, cleo, reader) = (app.person("ben").await, app.person("cleo").await, app.person("reader").await);
    let team = ben.team("Lighthouse").await;
    let id = team["id"].as_str().expect("an id").to_owned();
    let project = ben.project(&team, "Tower").await;
    ben.file_in(&project["id"], "Lamp").await;
    app.join(&team, &cleo, Role::Editor).await;
    let page = format!("/admin/teams/{id}");
    for text in ["lightHOUSE", "ben%40example"] {
        let list = ana.get(&format!("/admin/teams?q={text}")).await.text();
        assert!(list.contains(&page) && list.contains("ben@example.com"), "{list}");
    }
    assert!(!ana.get("/admin/teams?q=nowhere").await.text().contains(&page));
    let shown = reader.get(&page).await.text();
    assert!(shown.contains("cleo@example.com") && shown.contains("editor"), "{shown}");
    assert!(
        shown.contains("<dt>Files</dt><dd>1</dd>") && shown.contains("<dt>Projects</dt><dd>2</dd>"),
        "{shown}"
    );
    assert!(!shown.contains("Delete…"), "nothing to press for who only looks");
    assert_eq!(reader.get(&format!("{page}/delete")).await.status, 403);

    let to = cleo.id_of("id");
    let question = ana.get(&format!("{page}/transfer?to={to}")).await.text();
    assert!(question.contains("cleo@example.com) becomes the owner"), "{question}");
    let (parsed, old) = (|id: &str| id.parse().expect("a uuid"), ben.id_of("id"));
    let (mut of_cleo, mut of_ben) = (app.app.bus.subscribe(&to).await, app.app.bus.subscribe(&old).await);
    done(&ana, &format!("{page}/transfer"), &[("to", &to)]).await;
    for (heard, who, role) in [(&mut of_cleo, &to, Role::Owner), (&mut of_ben, &old, Role::Admin)] {
        let told = Event::role_changed(TeamId(parsed(&id)), ProfileId(parsed(who)), role);
        assert_eq!(heard.try_recv().expect("was told before the answer came"), told.encoded());
    }
    let owner = "SELECT count(*) FROM team_profile_rel r
                   JOIN profile p ON p.id = r.profile_id JOIN team t ON t.id = r.team_id
                 WHERE t.name = 'Lighthouse' AND r.is_owner AND p.email = 'cleo@example.com'";
    assert_eq!(app.count(owner).await, 1);
    let stranger = act(&ana, &format!("{page}/transfer"), &[("to", &reader.id_of("id"))]).await;
    assert_eq!(stranger.status, 400);

    let question = ana.get(&format!("{page}/delete")).await.text();
    assert!(question.contains("2 projects and 1 file go with it. 2 members"), "{question}");
    done(&ana, &format!("{page}/delete"), &[]).await;
    app.run_jobs().await;
    let gone =
        "SELECT count(*) FROM file f JOIN team t ON t.deleted_at = f.deleted_at WHERE t.name = 'Lighthouse'";
    assert_eq!(app.count(gone).await, 1);
    assert!(!ana.get("/admin/teams?q=light").await.text().contains(&page));
    assert!(ana.get("/admin/teams?q=light&deleted=1").await.text().contains("can come back"));
    let shown = ana.get(&page).await.text();
    assert!(shown.contains("<dt>Files</dt><dd>1</dd>"), "what can come back is counted: {shown}");
    assert_eq!(ana.get(&format!("{page}/delete")).await.status, 400);
    assert!(done(&ana, &format!("{page}/restore"), &[]).await.contains("is back"));
    assert_eq!(app.count("SELECT count(*) FROM file WHERE deleted_at IS NOT NULL").await, 0);
    for name in ["transfer", "delete", "restore"] {
        assert_eq!(audit_events(&app, &format!("dashboard-teams-{name}"), &id).await, 1, "{name}");
    }
    let own = ben.id_of("defaultTeamId");
    assert!(ana.get(&format!("/admin/teams/{own}")).await.text().contains("own first team"));
    assert_eq!(act(&ana, &format!("/admin/teams/{own}/delete"), &[]).await.status, 400);
    assert_eq!(ana.get("/admin/teams/00000000-0000-0000-0000-000000000001").await.status, 404);
}

#[tokio::test]
async fn a_job_leads_to_its_team_and_to_who_asked() {
    let (app, ana) = house().await;
    let (team, who) = (ana.id_of("defaultTeamId"), ana.id_of("id"));
    let job = NewJob {
        tenant: Some(team.parse().expect("a uuid")),
        origin: Some(json!({"profile_id": who})),
        delay: Duration::days(1),
        ..NewJob::new("default", "file-gc", json!({}))
    };
    let id = atelier_queue::enqueue(&app.app.pool, job).await.expect("enqueues").expect("is new");
    let page = ana.get(&format!("/admin/jobs/{id}")).await.text();
    for address in [format!("/admin/teams/{team}"), format!("/admin/people/{who}")] {
        assert!(page.contains(&format!("href=\"{address}\"")), "{address}: {page}");
        assert_eq!(ana.get(&address).await.status, 200, "{address}");
    }
    app.leaves_jobs(["file-gc"]);
}
