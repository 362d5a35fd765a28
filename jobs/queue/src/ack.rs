//! The acker: writes results in batches, durably, each fenced by the token of its claim.

use std::{sync::Arc, time::Duration};

use sqlx::PgConnection;
use tokio::{sync::mpsc::UnboundedReceiver, time::Instant};

use crate::{
    connection::{Link, STATEMENT_MAX, within},
    engine::{Ack, Engine},
    maintain::DAYS_AHEAD,
    outcome::Outcome,
    sql,
};

/// Most results in one statement.
const BATCH_MAX: usize = 500;
/// How long a result waits for company while other jobs run.
const LINGER: Duration = Duration::from_millis(5);
/// After this many refusals of a batch its results are written one by one, so that one that cannot be written does
/// not hold up the others.
const REFUSALS_MAX: u32 = 3;

/// Runs until every sender is gone.
pub(crate) async fn acker(engine: Arc<Engine>, mut results: UnboundedReceiver<Ack>) {
    let mut link = Link::new("acker", &engine.options, true);
    let mut batch: Vec<Ack> = Vec::with_capacity(BATCH_MAX);
    while !engine.closed() {
        // Wakes now and then to see that the engine was closed: the engine itself holds a sender.
        let first =
            tokio::time::timeout(Duration::from_secs(1), results.recv_many(&mut batch, BATCH_MAX)).await;
        if first.is_err() || batch.is_empty() {
            continue;
        }
        let deadline = Instant::now() + LINGER;
        while batch.len() < BATCH_MAX && !engine.quiet() && !engine.draining() && Instant::now() < deadline {
            // Not woken by each result: that would cost more than the result does.
            tokio::time::sleep(LINGER / 5).await;
            while batch.len() < BATCH_MAX
                && let Ok(result) = results.try_recv()
            {
                batch.push(result);
            }
        }
        // As the lease keeper does: rows are locked in the order of their ids.
        batch.sort_unstable_by_key(|ack| ack.id);
        write(&engine, &mut link, &mut batch).await;
        engine.acked(&batch);
        batch.clear();
    }
}

/// Returns when all of `batch` is written or has been given up. Writing a batch again is safe: rows that have moved
/// no longer match their token.
async fn write(engine: &Engine, link: &mut Link, batch: &mut [Ack]) {
    let mut refusals = 0;
    while refusals < REFUSALS_MAX {
        match flush(engine, link, batch).await {
            Ok(()) => return,
            Err(error) => refusals += u32::from(is_refusal(&error)),
        }
    }
    for ack in batch {
        write_one(engine, link, ack).await;
    }
}

/// One result by itself, then without its progress. When the database refuses even that, its values are wrong and will
/// be so each time: the job becomes a dead job that says so, instead of running again and again. When that is
/// refused too, the lease ends and the job is rescued.
async fn write_one(engine: &Engine, link: &mut Link, ack: &mut Ack) {
    let mut refusals = 0;
    loop {
        let Err(error) = flush(engine, link, std::slice::from_ref(ack)).await else { return };
        refusals += u32::from(is_refusal(&error));
        if refusals == 1 {
            ack.progress = None;
        }
        if refusals == REFUSALS_MAX {
            ack.outcome = Outcome::Dead(format!("the result could not be written: {error}"));
        }
        if refusals == 2 * REFUSALS_MAX {
            tracing::error!(job = ack.id, %error, "queue: a result could not be written; the job will run again");
            return;
        }
    }
}

/// The database looked at the values and said no (bad data, a constraint, a wrong statement). Everything else, such
/// as a restart, a standby that only reads, a full disk, heals by itself.
fn is_refusal(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|e| e.code());
    code.is_some_and(|code| ["22", "23", "42"].contains(&code.get(..2).unwrap_or("")))
}

async fn flush(engine: &Engine, link: &mut Link, batch: &[Ack]) -> sqlx::Result<()> {
    let written = within(STATEMENT_MAX, async { flush_on(link.open().await?, batch).await }).await;
    let missing_day = written
        .as_ref()
        .err()
        .and_then(|e| e.as_database_error())
        .is_some_and(|e| e.code().as_deref() == Some("23514"));
    if missing_day {
        // Only when no maintenance ran for days: the history has no partition for today.
        let made = within(STATEMENT_MAX, async {
            sqlx::query(sql::HISTORY_ADD_DAYS).bind(DAYS_AHEAD).execute(link.open().await?).await
        })
        .await;
        link.settle(made).await?;
    }
    let moved = link.settle(written).await?;
    if moved < batch.len() as u64 {
        metrics::counter!("atelier_queue_acks_fenced_total").increment(batch.len() as u64 - moved);
    }
    if batch.iter().any(|ack| matches!(ack.outcome, Outcome::Retry { .. })) {
        // The timer must learn the new time.
        engine.due.notify_one();
    }
    Ok(())
}

/// Writes the batch and answers how many rows were still ours.
async fn flush_on(conn: &mut PgConnection, batch: &[Ack]) -> sqlx::Result<u64> {
    flush_progress(conn, batch).await?;
    let mut moved = flush_done(conn, batch).await?;
    moved += flush_ended(conn, batch, sql::DEAD, |outcome| match outcome {
        Outcome::Dead(error) => Some(error),
        _ => None,
    })
    .await?;
    moved += flush_ended(conn, batch, sql::CANCELLED, |outcome| match outcome {
        Outcome::Cancelled(error) => Some(error),
        _ => None,
    })
    .await?;
    moved += flush_retries(conn, batch).await?;
    Ok(moved)
}

async fn flush_progress(conn: &mut PgConnection, batch: &[Ack]) -> sqlx::Result<()> {
    let changed = || batch.iter().filter_map(|ack| ack.progress.as_deref().map(|text| (ack, text)));
    if changed().next().is_none() {
        return Ok(());
    }
    let (ids, tokens): (Vec<i64>, Vec<i64>) = changed().map(|(ack, _)| (ack.id, ack.token)).unzip();
    let texts: Vec<&str> = changed().map(|(_, text)| text).collect();
    sqlx::query(sql::PROGRESS).bind(&ids).bind(&tokens).bind(&texts).execute(conn).await?;
    Ok(())
}

async fn flush_done(conn: &mut PgConnection, batch: &[Ack]) -> sqlx::Result<u64> {
    let done = batch.iter().filter(|ack| matches!(ack.outcome, Outcome::Done));
    let (ids, tokens): (Vec<i64>, Vec<i64>) = done.map(|ack| (ack.id, ack.token)).unzip();
    if ids.is_empty() {
        return Ok(0);
    }
    Ok(sqlx::query(sql::DONE).bind(&ids).bind(&tokens).execute(conn).await?.rows_affected())
}

/// Those that end with an error, by `sql`.
async fn flush_ended(
    conn: &mut PgConnection,
    batch: &[Ack],
    sql: &'static str,
    error: impl Fn(&Outcome) -> Option<&String>,
) -> sqlx::Result<u64> {
    let (mut ids, mut tokens, mut errors) = (vec![], vec![], vec![]);
    for ack in batch {
        if let Some(error) = error(&ack.outcome) {
            ids.push(ack.id);
            tokens.push(ack.token);
            errors.push(error.as_str());
        }
    }
    if ids.is_empty() {
        return Ok(0);
    }
    let query = sqlx::query(sql).bind(&ids).bind(&tokens).bind(&errors);
    Ok(query.execute(conn).await?.rows_affected())
}

async fn flush_retries(conn: &mut PgConnection, batch: &[Ack]) -> sqlx::Result<u64> {
    let (mut ids, mut tokens, mut delays, mut refunds, mut errors) = (vec![], vec![], vec![], vec![], vec![]);
    for ack in batch {
        if let Outcome::Retry { delay, error, refund } = &ack.outcome {
            ids.push(ack.id);
            tokens.push(ack.token);
            delays.push(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX));
            refunds.push(i16::from(*refund));
            errors.push(error.as_deref());
        }
    }
    if ids.is_empty() {
        return Ok(0);
    }
    // Somebody may have asked for the end of one whose attempt failed by itself before it was told.
    let cancelled = sqlx::query(sql::CANCELLED_INSTEAD_OF_RETRY).bind(&ids).bind(&tokens);
    let ended = cancelled.execute(&mut *conn).await?.rows_affected();
    let query = sqlx::query(sql::RETRY).bind(&ids).bind(&tokens).bind(&delays).bind(&refunds).bind(&errors);
    Ok(ended + query.execute(conn).await?.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_connection_is_no_refusal() {
        assert!(!is_refusal(&sqlx::Error::PoolTimedOut));
        assert!(!is_refusal(&sqlx::Error::Io(std::io::Error::other("gone"))));
    }
}
