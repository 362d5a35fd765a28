//! What emptying the bin does to others: libraries, batches that are old, and another team's things.

use super::bin::{Bin, DELETE, RESTORE};
use super::scene::{ask, delete, done, events, id, library, link, set, sorted};
use crate::files::libraries::icons::{fill, is_absorbed, place};
use chrono::Duration;
use jobs::all::objects_gc::ObjectsGc;
use tests::client::Answer;

#[tokio::test]
async fn a_library_that_goes_for_good_is_taken_over_first() {
    let bin = Bin::new().await;
    let icons = library(&bin.ana, &bin.project, "Icons").await;
    let poster = bin.ana.file_in(&bin.project["id"], "Poster").await;
    fill(&bin.ana, &icons).await;
    link(&bin.ana, &poster, &icons).await;
    let to = place(&bin.ana, &poster, id(&icons)).await;
    // Both are in the bin, where the file stays: it went with its library, and needed nothing of it.
    delete(&bin.ana, &icons).await;
    delete(&bin.ana, &poster).await;
    let alike = "UPDATE file SET deleted_at = (SELECT deleted_at FROM file WHERE name = 'Icons') WHERE name = 'Poster'";
    sqlx::query(alike).execute(&bin.app.app.pool).await.expect("is deleted alike");
    bin.app.run_jobs().await;
    assert_eq!(bin.app.count("SELECT count(*) FROM file_library_absorption").await, 0, "nobody had to");
    done(&bin.app, &bin.bo, DELETE, &bin.team, &[&icons]).await;
    bin.app.run_jobs().await;
    bin.app.run_job_later(ObjectsGc {}, Duration::minutes(1)).await;
    assert_eq!(bin.app.count("SELECT count(*) FROM file WHERE name = 'Icons'").await, 0);
    done(&bin.app, &bin.bo, RESTORE, &bin.team, &[&poster]).await;
    assert!(is_absorbed(&bin.ana, to, id(&icons)).await, "it comes back with what it used");
    bin.app.run_jobs().await;
}

#[tokio::test]
async fn a_job_that_died_is_asked_for_again_by_whoever_asks() {
    let bin = Bin::new().await;
    let one = &bin.files[0];
    let left = ask(&bin.bo, RESTORE, &bin.team, &[one]).await;
    super::scene::counts(&bin.app, "SELECT count(*) FROM bin_batch", 1).await;
    drop(left);
    // As if somebody had taken the dead job away.
    sqlx::query("DELETE FROM queue.job WHERE kind = 'bin-batch'")
        .execute(&bin.app.app.pool)
        .await
        .expect("goes");
    let told = done(&bin.app, &bin.bo, RESTORE, &bin.team, &[one]).await;
    assert_eq!(set(&told.last().expect("an end").1), sorted(&[one]));
    assert_eq!(bin.app.count("SELECT count(*) FROM bin_batch").await, 1, "the one that was there");
}

#[tokio::test]
async fn batches_are_forgotten_by_those_that_come_later() {
    let bin = Bin::new().await;
    done(&bin.app, &bin.bo, RESTORE, &bin.team, &[&bin.files[0]]).await;
    let old = "UPDATE bin_batch SET created_at = now() - interval '2 days', finished_at = now() - interval '2 days'";
    sqlx::query(old).execute(&bin.app.app.pool).await.expect("is old");
    let empty = events(&Answer::of(ask(&bin.bo, RESTORE, &bin.team, &[]).await).await);
    assert_eq!(empty.len(), 1);
    assert_eq!(bin.app.count("SELECT count(*) FROM bin_batch").await, 1);
}
