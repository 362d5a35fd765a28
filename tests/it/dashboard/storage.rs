//! The dashboard's pages about storage: what is there and why, what goes, and the jobs that check and move it.

use super::{House, act, field, house};
use entities::{ids::StorageObjectId, storage_object::BucketName};
use jobs::all::storage_gc_plan::StorageGcPlan;
use platform::storage::{BlobSource, Blobs};
use tests::{
    app::TestApp,
    factory::{self, Blob},
    person::Person,
    picture,
};

async fn upload(ana: &Person, seed: u8) -> StorageObjectId {
    let file = ana.file("Sketch").await;
    let media = ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, seed)).await.ok();
    media["mediaId"].as_str().expect("an id").parse().expect("a uuid")
}

async fn sql(app: &TestApp, text: &'static str, id: StorageObjectId) {
    sqlx::query(text).bind(id.0).execute(&app.app.pool).await.unwrap_or_else(|e| panic!("{text}: {e}"));
}

/// Nothing refers to it any more, and it was touched long enough ago for a sweep to look.
async fn forget(app: &TestApp, id: StorageObjectId) {
    sql(app, "DELETE FROM file_media_object WHERE media_id = $1", id).await;
    let old = "UPDATE storage_object SET touched_at = now() - interval '3 hours', touched_by = 'a test' WHERE id = $1";
    sql(app, old, id).await;
}

#[tokio::test]
async fn sums_name_buckets_and_teams() {
    let House { app, ana } = house().await;
    let ben = app.person("ben").await;
    for seed in 0..3 {
        upload(&ben, seed).await;
    }
    let (id, reader) = (upload(&ana, 9).await, app.person("reader").await);
    let page = reader.get("/admin/storage").await.text();
    assert!(page.contains("Counted just now"), "{page}");
    let row = page.split("<td>file-media-object</td>").nth(1).expect("a bucket");
    assert!(row.starts_with("<td>fs</td><td class=\"n\">4</td>"), "{row}");
    let teams = page.split("aria-label=\"Largest teams\"").nth(1).expect("teams");
    let place = |person: &Person| teams.find(person.profile["defaultTeamId"].as_str().expect("a team"));
    assert!(place(&ben).expect("is there") < place(&ana).expect("is there"), "the largest first: {teams}");
    assert!(!page.contains("action=\"/admin/storage/"), "nothing to press for who only looks");

    let found = ana.get(&format!("/admin/storage?object=https://design.example/assets/by-id/{id}")).await;
    assert_eq!(found.header("location"), format!("/admin/storage/objects/{id}"));
    let bad = ana.get("/admin/storage?object=nonsense").await;
    assert_eq!(bad.status, 400);
    assert!(bad.text().contains("object: should be the ID of a blob"), "{}", bad.text());
    assert_eq!(ben.get("/admin/storage").await.status, 403);
    assert_eq!(ben.get(&format!("/admin/storage/objects/{id}")).await.status, 403);
}

#[tokio::test]
async fn of_many_blobs_a_sample_is_counted() {
    let House { app, ana } = house().await;
    let one = Blob::of(BucketName::Tempfile);
    factory::insert(&app.app.db, [one.clone()]).await;
    factory::multiply_blob(&app.app.db, one.id, 199_999).await;
    let page = ana.get("/admin/storage").await.text();
    assert!(page.contains("Estimated from a sample"), "{page}");
    let row = page.split("<td>tempfile</td>").nth(1).expect("a bucket");
    let cell =
        row.split("<td class=\"n\">").nth(1).and_then(|rest| rest.split('<').next()).expect("a number");
    let count: i64 = cell.replace('\u{202f}', "").parse().expect("digits");
    assert!((150_000..=250_000).contains(&count), "{count}");
}

#[tokio::test]
async fn a_blob_says_why_and_comes_back() {
    let House { app, ana } = house().await;
    let (id, lost) = (upload(&ana, 1).await, upload(&ana, 2).await);
    let address = format!("/admin/storage/objects/{id}");
    let page = ana.get(&address).await.text();
    assert!(page.contains("Kept: 1 row refers to it.") && page.contains("picture in a file"), "{page}");
    assert!(page.contains("<b>Sketch</b>") && !page.contains(">Restore<"), "{page}");

    forget(&app, id).await;
    let plan = ana.get("/admin/storage").await.text();
    assert!(plan.contains("1 blob (") && plan.contains("would be hidden"), "{plan}");
    assert!(plan.contains(&format!("href=\"{address}\"")) && plan.contains("a test"), "{plan}");
    app.run_job_later(jobs::all::storage_gc_touched::StorageGcTouched {}, chrono::Duration::zero()).await;
    let page = ana.get(&address).await.text();
    assert!(page.contains("hidden since") && page.contains(">Restore<"), "{page}");
    let reader = app.person("reader").await;
    assert!(!reader.get(&address).await.text().contains(">Restore<"));
    let restore = format!("/admin/storage/{id}/restore");
    let refused = act(&reader, &restore, &[]).await;
    assert_eq!(refused.status, 403);
    let hidden = "SELECT count(*) FROM storage_object WHERE deleted_at IS NOT NULL";
    assert_eq!(app.count(hidden).await, 1);
    let back = act(&ana, &restore, &[]).await;
    assert!(ana.get(back.header("location")).await.text().contains("It is back."));
    assert_eq!(app.count(hidden).await, 0);
    assert_eq!(app.count("SELECT count(*) FROM audit_log WHERE name = 'dashboard-storage-restore'").await, 1);
    let again = act(&ana, &restore, &[]).await;
    assert_eq!(again.status, 400);
    assert!(again.text().contains("it is not hidden"), "{}", again.text());

    std::fs::remove_file(app.directory().join("assets").join(Blobs::path(lost.0))).expect("loses");
    assert!(ana.get(&format!("/admin/storage/objects/{lost}")).await.text().contains("not there"));
    for none in ["00000000-0000-0000-0000-000000000001", "nonsense"] {
        assert_eq!(ana.get(&format!("/admin/storage/objects/{none}")).await.status, 404, "{none}");
    }
}

#[tokio::test]
async fn a_scrub_is_started_held_and_its_findings_are_shown() {
    let House { app, ana } = house().await;
    let lost = upload(&ana, 1).await;
    std::fs::remove_file(app.directory().join("assets").join(Blobs::path(lost.0))).expect("loses");
    let start = async |depth: &str| act(&ana, "/admin/storage/scrub/start", &[("depth", depth)]).await;
    assert_eq!(start("shallow").await.status, 400);
    assert_eq!(start("deep").await.header("location"), "/admin/storage?did=started");
    assert_eq!(start("quick").await.header("location"), "/admin/storage?did=twin");
    let asked = "SELECT count(*) FROM queue.job WHERE kind = 'storage-scrub' AND (payload->>'deep')::bool
                   AND origin->>'profile_id' IS NOT NULL";
    assert_eq!(app.count(asked).await, 1);
    let event =
        "SELECT count(*) FROM audit_log WHERE name = 'dashboard-storage-start' AND props->>'depth' = 'deep'
                  AND props->>'target' = 'scrub'";
    assert_eq!(app.count(event).await, 1);

    let switch =
        async |action: &str| act(&ana, &format!("/admin/storage/storage-scrub/{action}"), &[]).await.status;
    assert_eq!(switch("pause").await, 303);
    let paused = "SELECT count(*) FROM queue.control WHERE scope = 'kind' AND name = 'storage-scrub'
                    AND paused_by = 'ana@example.com'";
    assert_eq!(app.count(paused).await, 1);
    let page = ana.get("/admin/storage").await.text();
    assert!(page.contains("Resume scrubs") && page.contains("by ana@example.com"), "{page}");
    assert!(page.contains("Cancel…"), "{page}");
    assert_eq!(switch("resume").await, 303);
    assert_eq!(switch("explode").await, 404);

    app.run_jobs().await;
    let page = ana.get("/admin/storage").await.text();
    assert!(page.contains("<b>1 missing</b>") && page.contains("rows without bytes"), "{page}");
    assert!(page.contains(&format!("/admin/storage/objects/{lost}")), "{page}");
    assert!(page.contains("class=\"state done\"") && !page.contains("Cancel…"), "{page}");
}

#[tokio::test]
async fn blobs_move_after_their_count_was_shown() {
    let House { app, ana } = house().await;
    let id = upload(&ana, 1).await;
    let blobs = &app.app.blobs;
    let bytes = blobs.read_all("fs", id.0, 1 << 20).await.expect("reads");
    let size = bytes.len() as u64;
    blobs.put("db", id.0, BlobSource::Bytes(bytes), size).await.expect("puts");
    sql(&app, "UPDATE storage_object SET backend = 'db' WHERE id = $1", id).await;

    let ask = "/admin/storage/migrate/ask";
    for (from, to, told) in [
        ("fs", "db", "new blobs still go to fs"),
        ("tape", "fs", "tape is not configured"),
        ("fs", "fs", "both are the same"),
    ] {
        let refused = act(&ana, ask, &[("from", from), ("to", to)]).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains(told), "{}", refused.text());
    }
    let order = [("from", "db"), ("to", "fs"), ("bucket", "file-media-object")];
    let question = act(&ana, ask, &order).await.text();
    assert!(question.contains("Move 1 blob from db to fs?"), "{question}");
    assert_eq!(field(&question, "bucket"), "file-media-object");
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE kind = 'storage-migrate'").await, 0);
    let bad = act(&ana, ask, &[("from", "db"), ("to", "fs"), ("bucket", "x")]).await;
    assert!(bad.text().contains("bucket: should be one of file-media-object"), "{}", bad.text());

    assert_eq!(act(&ana, "/admin/storage/migrate/start", &order).await.status, 303);
    app.run_jobs().await;
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE backend = 'db'").await, 0);
    let page = ana.get("/admin/storage").await.text();
    assert!(page.contains("db to fs, only file-media-object"), "{page}");
}

#[tokio::test]
async fn a_scrub_puts_right_what_it_was_told_after_a_question() {
    let House { app, ana } = house().await;
    let unused = upload(&ana, 1).await;
    sql(&app, "DELETE FROM file_media_object WHERE media_id = $1", unused).await;
    sql(
        &app,
        "UPDATE storage_object SET created_at = now() - interval '3 days', touched_at = NULL WHERE id = $1",
        unused,
    )
    .await;
    assert_eq!(act(&ana, "/admin/storage/scrub/start", &[("depth", "quick")]).await.status, 303);
    app.run_jobs().await;
    let untouched = "SELECT count(*) FROM storage_object WHERE touched_at IS NULL \
        AND created_at < now() - interval '2 days'";
    assert_eq!(app.count(untouched).await, 1, "a scrub that was told nothing puts nothing right");

    let ask = "/admin/storage/scrub/ask";
    for (fields, told) in [
        (vec![("depth", "quick")], "repair: choose at least one of missing"),
        (vec![("depth", "quick"), ("repair", "everything")], "repair: should be one of missing"),
        (vec![("depth", "x"), ("repair", "unused")], "depth: should be quick or deep"),
    ] {
        let refused = act(&ana, ask, &fields).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains(told), "{}", refused.text());
    }
    let chosen = [("depth", "quick"), ("repair", "unused"), ("repair", "stray")];
    let question = act(&ana, ask, &chosen).await.text();
    assert!(question.contains("<b>1 unused</b>") && question.contains("<b>0 stray</b>"), "{question}");
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE kind = 'storage-scrub'").await, 0);
    assert_eq!(act(&ana, "/admin/storage/scrub/start", &chosen).await.status, 303);
    let event = "SELECT count(*) FROM audit_log \
        WHERE name = 'dashboard-storage-start' AND props->'repairs' = '[\"unused\", \"stray\"]'";
    assert_eq!(app.count(event).await, 1);
    app.run_jobs().await;
    assert_eq!(app.count(untouched).await, 0, "the sweep will look at it");
    let page = ana.get("/admin/storage").await.text();
    assert!(page.contains("quick, repairs unused, stray") && page.contains("1 repaired"), "{page}");
}

#[tokio::test]
async fn a_plan_that_was_seen_is_carried_out() {
    let House { app, ana } = house().await;
    let (goes, stays) = (upload(&ana, 1).await, upload(&ana, 2).await);
    forget(&app, goes).await;
    let question = act(&ana, "/admin/storage/sweep/ask", &[]).await.text();
    assert!(
        question.contains("Carry out the plan for 1 blob?") && question.contains(&goes.to_string()),
        "{question}"
    );
    let at =
        field(&question[question.find("class=\"confirm\"").expect("a form")..], "at").replace("&#43;", "+");
    let hidden = "SELECT count(*) FROM storage_object WHERE deleted_at IS NOT NULL";
    assert_eq!(app.count(hidden).await, 0, "asking changes nothing");
    for (at, told) in [
        ("soon", "at: should be the moment of a plan"),
        ("2020-01-01T00:00:00Z", "at: the plan is too old"),
        ("2999-01-01T00:00:00Z", "at: the plan is too old"),
    ] {
        let refused = act(&ana, "/admin/storage/sweep/start", &[("at", at)]).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains(told), "{}", refused.text());
    }
    // What becomes due after it was seen is left alone.
    sql(&app, "DELETE FROM file_media_object WHERE media_id = $1", stays).await;
    sql(
        &app,
        "UPDATE storage_object SET touched_at = now() - interval '2 hours' + interval '50 ms' WHERE id = $1",
        stays,
    )
    .await;
    assert_eq!(
        act(&ana, "/admin/storage/sweep/start", &[("at", &at)]).await.header("location"),
        "/admin/storage?did=started"
    );
    assert_eq!(
        act(&ana, "/admin/storage/sweep/start", &[("at", &at)]).await.header("location"),
        "/admin/storage?did=twin"
    );
    let payload = "SELECT payload FROM queue.job WHERE kind = 'storage-gc-plan'";
    let payload: serde_json::Value =
        sqlx::query_scalar(payload).fetch_one(&app.app.pool).await.expect("waits");
    let job: StorageGcPlan = serde_json::from_value(payload).expect("a payload");
    assert_eq!(job.at.to_rfc3339(), at, "it takes what was seen");
    let page = ana.get("/admin/storage").await.text();
    assert!(page.contains("Carried out by hand") && page.contains("Cancel…"), "{page}");
    assert_eq!(act(&ana, "/admin/storage/storage-gc-plan/pause", &[]).await.status, 303);
    assert!(ana.get("/admin/storage").await.text().contains("Resume plans"));
    assert_eq!(act(&ana, "/admin/storage/storage-gc-plan/resume", &[]).await.status, 303);
    app.run_jobs().await;
    assert_eq!(app.count(hidden).await, 1);
    assert!(ana.get(&format!("/admin/storage/objects/{goes}")).await.text().contains("hidden since"));
    let page = ana.get("/admin/storage").await.text();
    assert!(page.contains("1 done, 0 stay"), "{page}");
    assert_eq!(
        app.count("SELECT count(*) FROM audit_log WHERE name = 'dashboard-storage-start' AND props ? 'at'")
            .await,
        2
    );
}

#[tokio::test]
async fn nothing_is_carried_out_while_the_sweeps_are_paused() {
    let House { app, ana } = house().await;
    let id = upload(&ana, 1).await;
    forget(&app, id).await;
    let question = act(&ana, "/admin/storage/sweep/ask", &[]).await.text();
    let at =
        field(&question[question.find("class=\"confirm\"").expect("a form")..], "at").replace("&#43;", "+");
    assert_eq!(act(&ana, "/admin/storage/sweep/start", &[("at", &at)]).await.status, 303);
    let pause = jobs::admin::Scope::Kind("storage-gc-deleted".to_owned());
    jobs::admin::pause(&app.app.pool, &pause, "somebody").await.expect("pauses");
    for (path, fields) in [("ask", vec![]), ("start", vec![("at", at.as_str())])] {
        let refused = act(&ana, &format!("/admin/storage/sweep/{path}"), &fields).await;
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains("storage-gc-deleted are paused"), "{}", refused.text());
    }
    // The one that was asked for before stops as well.
    app.run_jobs().await;
    assert_eq!(app.count("SELECT count(*) FROM storage_object WHERE deleted_at IS NOT NULL").await, 0);
    let dead = "SELECT count(*) FROM queue.job_dead WHERE kind = 'storage-gc-plan'
                  AND errors->-1->>'error' LIKE '%storage-gc-deleted is paused%'";
    assert_eq!(app.count(dead).await, 1);
    app.leaves_dead_jobs(["storage-gc-plan"]);
}
