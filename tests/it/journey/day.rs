//! The day itself: two people in two processes.

use super::{
    bin, comments, drawing, history,
    kinds::reads,
    libraries,
    people::{MEMBER, Somebody, TEAM},
    share,
    stage::{PROJECT, Stage, TILE, id, opens},
    web_app::{Ask, body},
};
use transit::value::Value;
use uuid::Uuid;

/// The first page: what is asked at once, and that one project is the drafts.
async fn dashboard(who: &Somebody, team: Uuid) {
    let of_team = [("team-id", Ask::Id(team))];
    for (method, params, kind) in [
        ("get-teams", &[][..], format!("V {TEAM}")),
        ("get-team-members", &of_team[..], format!("V {MEMBER}")),
        ("get-projects", &of_team[..], format!("V {PROJECT}")),
        ("get-font-variants", &of_team[..], "V M".to_owned()),
        ("get-unread-comment-threads", &of_team[..], format!("V {}", comments::THREAD)),
        ("get-team-recent-files", &of_team[..], format!("V {TILE}")),
        ("get-builtin-templates", &[][..], "V {id s, name s}".to_owned()),
    ] {
        reads(method, &who.web.read(method, params).await, &kind);
    }
    let projects = who.web.read("get-projects", &of_team).await;
    let drafts =
        super::stage::items(&projects).iter().filter(|one| one.get("is-default") == Some(&Value::Bool(true)));
    assert_eq!(drafts.count(), 1);
}

#[tokio::test]
async fn two_people_in_two_processes_work_for_a_day() {
    let stage = Stage::new().await;
    let mut ana = Somebody::registers(&stage, "ana").await;
    ana.is_welcomed().await;
    let mut bo = Somebody::registers(&stage, "bo").await;
    let team = ana.makes_team_with(&stage, &mut bo).await;
    dashboard(&ana, team).await;
    dashboard(&bo, bo.team).await;
    let said = body([("name", Value::text("Posters")), ("team-id", Value::Uuid(team))]);
    let made = ana.web.write("create-project", &said).await;
    reads(
        "create-project",
        &made,
        "{id u, team-id u, name s, is-default b, is-pinned b, created-at t, modified-at t}",
    );
    let sketch = libraries::creates(&mut ana.web, id(&made, "id"), "Sketch").await;

    let mut of_ana = opens(&ana, team, sketch.id).await;
    drawing::enters(&mut ana, team, &of_ana, None).await;
    let mut of_bo = opens(&bo, team, sketch.id).await;
    drawing::enters(&mut bo, team, &of_bo, Some(&mut ana)).await;
    let lines = of_ana.drawing();
    let board = vec![lines.add(10, Uuid::nil(), "frame"), lines.add(11, Uuid::from_u128(10), "rect")];
    drawing::sees(&mut ana, &mut bo, (&mut of_ana, &mut of_bo), board).await;
    drawing::sees(
        &mut bo,
        &mut ana,
        (&mut of_bo, &mut of_ana),
        vec![lines.set(11, "name", Value::text("Moon"))],
    )
    .await;
    drawing::points(&mut bo, &mut ana, &of_bo).await;
    let picture = drawing::uploads(&stage, &ana, &of_ana).await;
    drawing::pictures(&mut ana, &of_ana).await;
    comments::talk(&stage, &mut ana, &mut bo, team, &of_ana).await;
    share::with_strangers(&stage, &mut ana, &mut bo, (&mut of_ana, &mut of_bo), picture).await;
    libraries::shared(&mut ana, &mut bo, team, &of_bo).await;
    history::restored(&mut ana, &mut bo, &mut of_ana, &mut of_bo).await;
    bin::and_back(&stage, &mut ana, &mut bo, team, &of_ana).await;
    opens(&bo, team, sketch.id).await;
    ana.leaves().await;
    let again = Somebody::logs_in(&stage, "ana@example.com").await;
    dashboard(&again, team).await;
    stage.app.run_jobs().await;
}
