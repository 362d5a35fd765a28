//! Over the list of jobs, not from memory.

use jobs::all::ALL;
use tests::app::{TestApp, operator};

#[tokio::test]
async fn every_job_runs_twice_on_an_empty_house() {
    let app = TestApp::start().await;
    for job in ALL {
        for _ in 0..2 {
            let payload = (job.example)();
            let id =
                jobs::enqueue_named(&app.app.db, &operator(), job.name, payload, jobs::Enqueue::default())
                    .await;
            let id = id.expect("enqueues").expect("is new");
            app.run_jobs().await;
            let shown = jobs::read::show(&app.app.pool, id).await.expect("reads").expect("is known");
            assert_eq!(shown.state, jobs::read::State::Done, "{}: {:?}", job.name, shown.errors);
        }
    }
}

#[tokio::test]
async fn payloads_are_small() {
    for job in ALL {
        let bytes = (job.example)().to_string().len();
        assert!(bytes <= 4096, "{}: {bytes} bytes", job.name);
    }
}
