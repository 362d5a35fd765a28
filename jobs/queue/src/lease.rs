//! The lease keeper: renews what this process still works on, and writes progress, until the last result of a
//! shutdown is written.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    connection::{Link, within},
    engine::Engine,
    sql,
};

/// Readers see progress within 2 s, and handlers hear within 2 s that they are to stop, also without a message.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// Renews leases older than a third of their length, so that short jobs cost nothing.
pub(crate) async fn keeper(engine: Arc<Engine>) {
    let mut link = Link::new("keeper", &engine.options, false);
    let beat = engine.config.lease / 3;
    let pause = (beat / 4).clamp(Duration::from_millis(10), PROGRESS_EVERY);
    let mut asked = Instant::now();
    while !engine.closed() {
        let called = tokio::time::timeout(pause, engine.cancels.notified()).await.is_ok();
        // A statement that hangs must not cost the lease.
        renew(&engine, &mut link, beat).await;
        write_progress(&engine, &mut link, beat).await;
        if called || asked.elapsed() >= PROGRESS_EVERY {
            asked = Instant::now();
            find_cancelled(&engine, &mut link, beat).await;
        }
    }
}

async fn renew(engine: &Engine, link: &mut Link, beat: Duration) {
    let (ids, tokens) = engine.leases.older(beat);
    if ids.is_empty() {
        return;
    }
    let kept = within(beat, async {
        let query = sqlx::query_scalar::<_, i64>(sql::RENEW).bind(&ids).bind(&tokens);
        query.bind(engine.config.lease.as_secs_f64()).fetch_all(link.open().await?).await
    });
    let kept = kept.await;
    if let Ok(kept) = link.settle(kept).await {
        engine.leases.renewed(&ids, &tokens, &kept);
    }
}

async fn write_progress(engine: &Engine, link: &mut Link, beat: Duration) {
    let (ids, tokens, texts) = engine.leases.progress_changes();
    if ids.is_empty() {
        return;
    }
    let written = within(beat, async {
        let query = sqlx::query(sql::PROGRESS).bind(&ids).bind(&tokens).bind(&texts);
        query.execute(link.open().await?).await
    });
    let written = written.await;
    let is_written = link.settle(written).await.is_ok();
    engine.leases.progress_was_written(&ids, is_written);
}

/// Which of the running jobs somebody wants to end. Short jobs are not worth the question.
async fn find_cancelled(engine: &Engine, link: &mut Link, beat: Duration) {
    let (ids, tokens) = engine.leases.held();
    if ids.is_empty() {
        return;
    }
    let found = within(beat, async {
        let query = sqlx::query_as::<_, (i64, String)>(sql::CANCEL_REQUESTS).bind(&ids).bind(&tokens);
        query.fetch_all(link.open().await?).await
    });
    let found = found.await;
    if let Ok(found) = link.settle(found).await {
        engine.leases.cancel(found);
    }
}
