//! Why a blob is kept or goes, what the sweeps would do, and doing exactly that.

use chrono::Duration;
use domain::storage::{
    plan::{self, Refusal},
    reason::TouchReason,
    why::{self, RestoreError, Verdict},
};
use entities::ids::StorageObjectId;
use jobs::all::{
    objects_gc::ObjectsGc, storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched,
};
use serde_json::{Value as Json, json};
use tests::{
    app::{TestApp, operator},
    person::Person,
    picture,
};

async fn upload(ana: &Person, file: &Json, seed: u8) -> Json {
    // A small one, which is its own small version.
    ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, seed)).await.ok()
}

fn object(media: &Json) -> StorageObjectId {
    media["mediaId"].as_str().expect("an id").parse().expect("a uuid")
}

async fn why_of(app: &TestApp, id: StorageObjectId) -> why::Why {
    why::why(&app.app, id, app.app.now()).await.expect("is known")
}

/// As if nothing had happened to any blob for so long.
async fn age(app: &TestApp, by: &str) {
    let sql = format!(
        "UPDATE storage_object SET touched_at = touched_at - interval '{by}', deleted_at = deleted_at - interval '{by}'"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&app.app.pool).await.expect("ages");
}

async fn forget(app: &TestApp, media: &Json) {
    let sql = "DELETE FROM file_media_object WHERE id = $1::uuid";
    sqlx::query(sql).bind(media["id"].as_str()).execute(&app.app.pool).await.expect("forgets");
}

#[tokio::test]
async fn the_chain_of_what_refers_is_told_to_its_end() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Poster").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    let media = upload(&ana, &file, 1).await;
    let id = object(&media);
    let kept = why_of(&app, id).await;
    assert_eq!((kept.verdict, kept.goes_at), (Verdict::Referenced { count: 1 }, None));
    let used = &kept.uses[0];
    assert_eq!(
        (used.what.as_str(), used.holder.as_str()),
        ("picture in a file", media["id"].as_str().expect("id"))
    );
    let chain: Vec<(&str, &str)> = used.chain.iter().map(|link| (link.kind, link.name.as_str())).collect();
    assert_eq!(chain, [("file", "Sketch"), ("project", "Poster"), ("team", "Ink")]);

    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    app.run_jobs().await;
    let doomed = why_of(&app, id).await;
    assert!(matches!(doomed.verdict, Verdict::ReferencedByDeleted { count: 1, .. }), "{doomed:?}");
    assert!(doomed.uses[0].chain.iter().all(|link| link.deleted_at.is_some()), "{doomed:?}");

    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    let touched = why_of(&app, id).await;
    assert!(matches!(touched.verdict, Verdict::Unreferenced { .. }), "{touched:?}");
    assert!(touched.goes_at.is_some() && touched.uses.is_empty());

    app.run_job_later(StorageGcTouched {}, Duration::days(9)).await;
    let hidden = why_of(&app, id).await;
    let fate = Verdict::Hidden {
        since: hidden.object.hidden_at,
        until: hidden.object.deleted_at.expect("a time of grace"),
    };
    assert_eq!((hidden.verdict, hidden.goes_at), (fate, hidden.object.deleted_at));
    assert!(why::why(&app.app, StorageObjectId(uuid::Uuid::nil()), app.app.now()).await.is_err());
}

#[tokio::test]
async fn a_hidden_blob_comes_back_until_it_is_gone() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let media = upload(&ana, &file, 1).await;
    let id = object(&media);
    let eve = operator();
    let back = || why::restore(&app.app, &eve, id, app.app.now());
    assert!(matches!(back().await, Err(RestoreError::NotHidden)));
    forget(&app, &media).await;
    app.run_job_later(StorageGcTouched {}, Duration::hours(3)).await;
    assert!(why_of(&app, id).await.object.deleted_at.is_some());
    back().await.expect("comes back");
    let shown = why_of(&app, id).await;
    let reason = shown.object.touched_by.as_deref().and_then(TouchReason::parse);
    assert_eq!(
        (shown.object.deleted_at, reason),
        (None, Some(TouchReason::RestoredBy(eve.name().to_owned())))
    );
    // Unless something refers to it, it goes the same way again.
    app.run_job_later(StorageGcTouched {}, Duration::hours(3)).await;
    app.run_job_later(StorageGcDeleted {}, Duration::days(8)).await;
    assert!(matches!(back().await, Err(RestoreError::Failed(domain::Error::NotFound))));
    assert!(app.blobs().is_empty());
}

#[tokio::test]
async fn content_stored_again_while_the_old_is_hidden_makes_a_twin_of_it() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let old = upload(&ana, &file, 1).await;
    forget(&app, &old).await;
    app.run_job_later(StorageGcTouched {}, Duration::hours(3)).await;
    let new = upload(&ana, &file, 1).await;
    assert_ne!(object(&old), object(&new), "a hidden one is not given out again");
    why::restore(&app.app, &operator(), object(&old), app.app.now())
        .await
        .expect("comes back beside the new one");
    assert!(why_of(&app, object(&old)).await.object.is_twin);
    let third = upload(&ana, &file, 1).await;
    assert_eq!(object(&third), object(&new), "new references get the new one");
}

#[tokio::test]
async fn a_plan_is_carried_out_to_the_letter_or_not_at_all() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let (used, unused, again, later) = (
        upload(&ana, &file, 1).await,
        upload(&ana, &file, 2).await,
        upload(&ana, &file, 3).await,
        upload(&ana, &file, 4).await,
    );
    for media in [&unused, &again, &later] {
        forget(&app, media).await;
    }
    let now = app.app.now();
    assert!(plan::make(&app.app.db, now).await.expect("plans").items.is_empty(), "all of them are too young");
    age(&app, "3 hours").await;
    let made = plan::make(&app.app.db, now).await.expect("plans");
    assert_eq!((made.seen, made.items.len()), (4, 3), "{made:?}");
    assert!(
        made.items.iter().all(|item| item.id != object(&used) && item.action == plan::Action::Hide),
        "{made:?}"
    );
    assert_eq!(
        app.count("SELECT count(*) FROM storage_object WHERE deleted_at IS NOT NULL").await,
        0,
        "only told"
    );

    // It goes through JSON as it goes through a file.
    let made: plan::Plan = serde_json::from_value(json!(made)).expect("reads");
    upload(&ana, &file, 3).await; // Touched, and referred to.
    let outcomes = plan::apply(&app.app, &operator(), &made.items, now).await.expect("applies");
    let refused: Vec<_> = outcomes.iter().filter_map(|o| o.refused.map(|why| (o.id, why))).collect();
    assert_eq!(refused, [(object(&again), Refusal::Changed)]);
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE deleted_at IS NOT NULL").await, 2);

    // Not before their time, and then for good.
    let forecast = plan::make(&app.app.db, now + Duration::days(8)).await.expect("plans");
    let removals: Vec<_> =
        forecast.items.into_iter().filter(|item| item.action == plan::Action::Remove).collect();
    assert_eq!(removals.len(), 2);
    let outcomes = plan::apply(&app.app, &operator(), &removals, now).await.expect("applies");
    assert!(outcomes.iter().all(|o| matches!(o.refused, Some(Refusal::InGrace(_)))), "{outcomes:?}");
    why::restore(&app.app, &operator(), object(&later), now).await.expect("comes back");
    let outcomes =
        plan::apply(&app.app, &operator(), &removals, now + Duration::days(8)).await.expect("applies");
    let done: Vec<_> = outcomes.iter().filter(|o| o.refused.is_none()).map(|o| o.id).collect();
    assert_eq!(done, [object(&unused)]);
    assert_eq!(app.blobs().len(), 3);
}

#[tokio::test]
async fn something_that_is_referred_to_without_a_touch_is_refused_too() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let media = upload(&ana, &file, 1).await;
    forget(&app, &media).await;
    age(&app, "3 hours").await;
    let made = plan::make(&app.app.db, app.app.now()).await.expect("plans");
    // Behind the back of the rules.
    let sql = "UPDATE profile SET photo_id = $1";
    sqlx::query(sql).bind(object(&media).0).execute(&app.app.pool).await.expect("refers");
    let sql = "UPDATE storage_object SET bucket = 'profile'";
    sqlx::query(sql).execute(&app.app.pool).await.expect("turns into a photo");
    let outcomes = plan::apply(&app.app, &operator(), &made.items, app.app.now()).await.expect("applies");
    assert_eq!(outcomes[0].refused, Some(Refusal::Referenced));
}

#[tokio::test]
async fn sweeps_tell_what_they_would_do() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let media = upload(&ana, &file, 1).await;
    forget(&app, &media).await;
    age(&app, "3 hours").await;
    let id = jobs::enqueue(&app.app.db, &operator(), &StorageGcTouched {}, jobs::Enqueue::default())
        .await
        .expect("enqueues");
    let job = jobs::read::show(&app.app.pool, id.expect("is new")).await.expect("reads").expect("is known");
    let told = jobs::rehearse(&app.app, &operator(), &job).await.expect("rehearses");
    assert!(
        matches!(&told, jobs::Rehearsed::Would(text) if text.starts_with("would hide 1 blobs")),
        "{told:?}"
    );
    app.run_jobs().await;
}
