//! Webhooks that do not listen: attempts, the end of them, being switched off, and making deliveries again by hand.

use super::scene::{JSON, Scene, of_deliveries};
use jobs::{
    Job as _,
    admin::{self, Action, Target},
    all::run_webhook::RunWebhook,
    read::State,
};
use serde_json::{Value as Json, json};
use std::time::Instant;

/// Every attempt of what waits is made.
async fn a_day_passes(scene: &Scene) {
    scene.app.run_jobs().await;
    for _ in 1..RunWebhook::MAX_ATTEMPTS {
        scene.try_again().await;
    }
}

fn state(hook: &Json) -> [Json; 3] {
    ["isActive", "errorCode", "errorCount"].map(|name| hook[name].clone())
}

#[tokio::test]
async fn what_fails_five_times_and_then_arrives_arrives_once() {
    let scene = Scene::new().await;
    scene.hook(JSON).await;
    scene.target.answer(500);
    scene.rename("Bill").await;
    scene.app.run_jobs().await;
    let waits = scene.deliveries(vec![State::Scheduled]).await;
    assert_eq!((waits.len(), waits[0].attempt), (1, 1), "it waits before it is tried again");
    let shown = state(&scene.seen().await);
    assert_eq!(shown, [json!(true), json!("unexpected-status:500"), json!(0)], "and whoever looks sees why");
    for _ in 1..5 {
        scene.try_again().await;
    }
    scene.target.answer(204);
    scene.try_again().await;
    scene.try_again().await;
    assert_eq!(scene.names(), ["rename-file"; 6], "five attempts in vain, and one that arrived");
    let ids: Vec<String> = scene.told().iter().map(|one| one.header("x-atelier-event").to_owned()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "whoever hears it twice can tell");
    assert_eq!(state(&scene.seen().await), [json!(true), Json::Null, json!(0)]);
    let done = scene.deliveries(vec![State::Done]).await;
    assert_eq!((done.len(), done[0].attempt, done[0].errors.len()), (1, 6, 5));
    assert!(format!("{:?}", done[0].progress).contains("answered 204"), "{done:?}");
}

#[tokio::test]
async fn after_three_that_were_given_up_it_is_switched_off_and_whoever_made_it_hears_so() {
    let scene = Scene::new().await;
    let hook = scene.hook(JSON).await;
    scene.target.answer(500);
    for (round, name) in ["One", "Two"].into_iter().enumerate() {
        scene.rename(name).await;
        a_day_passes(&scene).await;
        let count = round + 1;
        assert_eq!(state(&scene.seen().await), [json!(true), json!("unexpected-status:500"), json!(count)]);
    }
    assert_eq!(scene.told().len(), 2 * usize::try_from(RunWebhook::MAX_ATTEMPTS).expect("few"));
    scene.rename("Three").await;
    a_day_passes(&scene).await;
    assert_eq!(state(&scene.seen().await), [json!(false), json!("unexpected-status:500"), json!(3)]);
    let mail = scene.app.newest_mail("ana@").await;
    for part in [scene.target.host(), "Ink", "answered with the status 500", "/#/dashboard/webhooks?team-id="]
    {
        assert!(mail.contains(part), "{part} is not in {mail}");
    }
    let before = scene.told().len();
    scene.rename("Four").await;
    scene.app.run_jobs().await;
    assert_eq!(scene.told().len(), before, "it hears nothing any more");

    // Somebody mends it, and an operator makes what was given up again.
    scene.target.answer(200);
    let on = json!({"id": hook["id"], "uri": scene.target.uri(), "mtype": JSON, "isActive": true});
    scene.ana.call("update-webhook", on).await.ok();
    assert_eq!(state(&scene.seen().await), [json!(true), Json::Null, json!(0)]);
    let dead = scene.deliveries(vec![State::Dead]).await;
    assert_eq!(dead.len(), 3);
    assert_eq!(dead[0].errors.len(), usize::try_from(RunWebhook::MAX_ATTEMPTS).expect("few"));
    let all = Target::Matching(of_deliveries(vec![State::Dead]));
    admin::apply(&scene.app.app.pool, Action::Retry, &all, "tests").await.expect("goes");
    scene.app.run_jobs().await;
    assert_eq!(scene.told().len(), before + 3);
    assert_eq!(scene.deliveries(vec![State::Dead]).await.len(), 0);
}

#[tokio::test]
async fn something_that_arrives_between_makes_up_for_what_was_given_up() {
    let scene = Scene::new().await;
    scene.hook(JSON).await;
    for _ in 0..2 {
        scene.target.answer(500);
        for name in ["One", "Two"] {
            scene.rename(name).await;
        }
        a_day_passes(&scene).await;
        assert_eq!(scene.seen().await["errorCount"], 2);
        scene.target.answer(200);
        scene.rename("Three").await;
        scene.app.run_jobs().await;
        assert_eq!(state(&scene.seen().await), [json!(true), Json::Null, json!(0)]);
    }
    scene.app.leaves_dead_jobs(["run-webhook"]);
}

#[tokio::test]
async fn a_redirect_and_silence_are_no_answer() {
    let scene = Scene::new().await;
    scene.hook(JSON).await;
    scene.target.answer(302);
    scene.rename("Bill").await;
    scene.app.run_jobs().await;
    assert_eq!(scene.seen().await["errorCode"], "unexpected-status:302");
    assert_eq!(scene.told().len(), 1, "nothing is sent elsewhere");
    scene.target.stand_still();
    let begun = Instant::now();
    scene.try_again().await;
    assert!(begun.elapsed().as_secs() < 20, "nobody waits for long");
    assert_eq!(scene.seen().await["errorCode"], "timeout", "and that is no success");
    scene.app.leaves_jobs(["run-webhook"]);
}

#[tokio::test]
async fn what_is_gone_meanwhile_ends_with_a_note() {
    for (what, note) in [("deleted", "the webhook is gone"), ("off", "the webhook was switched off")] {
        let scene = Scene::new().await;
        let hook = scene.hook(JSON).await;
        scene.rename("Bill").await;
        match what {
            "deleted" => drop(scene.ana.call("delete-webhook", json!({"id": hook["id"]})).await.ok()),
            _ => {
                let uri = scene.target.uri();
                let off = json!({"id": hook["id"], "uri": uri, "mtype": JSON, "isActive": false});
                scene.ana.call("update-webhook", off).await.ok();
            }
        }
        scene.app.run_jobs().await;
        assert_eq!(scene.told().len(), 0, "{what}");
        let done = scene.deliveries(vec![State::Done]).await;
        assert_eq!(done.len(), 1, "{what}");
        assert!(format!("{:?}", done[0].progress).contains(note), "{done:?}");
    }
}
