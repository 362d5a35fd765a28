//! Enqueues three greetings in one transaction, and works until they are done.

use std::time::Duration;

use atelier_queue::{Config, JobError, NewJob, Router, Run, Waker, enqueue, install, read};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

#[derive(Serialize, Deserialize)]
struct Greet {
    name: String,
}

async fn greet(run: Run, greet: Greet) -> Result<(), JobError> {
    if greet.name == "Nobody" && run.attempt == 1 {
        return Err(JobError::retry("nobody was there"));
    }
    println!("Hello, {}! (attempt {})", greet.name, run.attempt);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri = std::env::args().nth(1).ok_or("usage: hello postgres://…")?;
    let pool = PgPool::connect(&uri).await?;
    install(&pool).await?;
    let waker = Waker::start(&pool);

    let shutdown = CancellationToken::new();
    let worker = tokio::spawn({
        let (pool, shutdown) = (pool.clone(), shutdown.clone());
        let router = Router::new().on("greet", greet);
        async move { atelier_queue::run(&pool, Config::default(), router, shutdown).await }
    });

    let mut tx = pool.begin().await?;
    let mut ids = vec![];
    for name in ["Ana", "Bo", "Nobody"] {
        let job = NewJob::new("default", "greet", json!(Greet { name: name.into() }));
        ids.extend(enqueue(&mut *tx, job).await?);
    }
    tx.commit().await?;
    waker.wake();

    for id in ids {
        let ended = read::wait(&pool, id, Duration::from_secs(10)).await?.ok_or("not within 10 s")?;
        println!("job {id}: {} after {} attempt(s)", ended.state, ended.attempt);
    }
    shutdown.cancel();
    worker.await??;
    Ok(())
}
