//! What the harness itself promises: a test that leaves jobs says so, or fails.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jobs::{Enqueue, Job as _, all::delete_object::DeleteObject};
use tests::{
    app::{TestApp, operator},
    factory::{Job, insert_jobs},
};

async fn leaves_one(app: &TestApp) {
    let enqueued =
        jobs::enqueue(&app.app.db, &operator(), &DeleteObject::example(), Enqueue::default()).await;
    enqueued.expect("enqueues").expect("is new");
}

/// What a test fails with that ends here.
fn failure(app: TestApp) -> Option<String> {
    let failed = catch_unwind(AssertUnwindSafe(|| drop(app))).err()?;
    Some(*failed.downcast::<String>().expect("a text"))
}

#[tokio::test]
async fn a_test_that_leaves_a_job_fails() {
    let app = TestApp::start().await;
    leaves_one(&app).await;
    let why = failure(app).expect("fails");
    assert!(why.contains("leaves [1 unfinished delete-object]"), "{why}");
}

#[tokio::test]
async fn a_test_that_leaves_a_dead_job_fails_and_tells_its_error() {
    let app = TestApp::start().await;
    insert_jobs(&app.app.db, [Job::dead(7, "send-mail", "the server is away")]).await;
    let why = failure(app).expect("fails");
    assert!(why.contains("leaves [1 dead send-mail (the server is away)]"), "{why}");
}

#[tokio::test]
async fn what_is_named_may_stay() {
    let app = TestApp::start().await;
    leaves_one(&app).await;
    insert_jobs(&app.app.db, [Job::dead(7, "send-mail", "the server is away")]).await;
    app.leaves_jobs(["delete-object"]);
    app.leaves_dead_jobs(["send-mail"]);
    assert_eq!(failure(app), None);
}

#[tokio::test]
async fn what_is_named_has_to_be_there() {
    for wrong in [TestApp::leaves_jobs::<1>, TestApp::leaves_dead_jobs::<1>] {
        let app = TestApp::start().await;
        wrong(&app, ["send-mail"]);
        let why = failure(app).expect("fails");
        assert!(why.contains("leaves []") && why.contains("send-mail"), "{why}");
    }
    let app = TestApp::start().await;
    leaves_one(&app).await;
    app.leaves_dead_jobs(["delete-object"]);
    assert!(failure(app).is_some(), "it is not dead");
}

#[tokio::test]
async fn work_that_was_done_is_not_left() {
    let app = TestApp::start().await;
    leaves_one(&app).await;
    app.run_jobs().await;
    assert_eq!(failure(app), None);
}
