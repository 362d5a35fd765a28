//! Tells open pages that something changed: one look at the database a second for all of them, and none when nobody
//! looks.

use futures_util::{Stream, StreamExt as _, stream};
use poem::web::sse::{Event, SSE};
use sqlx::PgPool;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(1);
/// Then the browser asks again, and who asks is looked at again.
const LIFE_MAX: Duration = Duration::from_secs(600);
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// Pages that follow at a time; others are as they were when they were opened.
const FOLLOWERS_MAX: usize = 200;
/// Counted by PostgreSQL itself, within a second or so.
const CHANGES: &str = "select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::bigint from pg_stat_all_tables \
    where schemaname = 'queue' and relname <> 'sample'";

/// What changed last, and who follows it.
#[derive(Clone)]
pub struct Live {
    changes: watch::Receiver<i64>,
    followers: Arc<AtomicUsize>,
    stop: CancellationToken,
}

/// One page that follows.
struct Follower(Arc<AtomicUsize>);

impl Drop for Follower {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Live {
    /// Looks until `stop`.
    pub fn start(pool: &PgPool, stop: CancellationToken) -> Live {
        let (version, changes) = watch::channel(0);
        let followers = Arc::new(AtomicUsize::new(0));
        let (pool, counted, ended) = (pool.clone(), Arc::clone(&followers), stop.clone());
        tokio::spawn(async move {
            let look = async {
                loop {
                    tokio::time::sleep(EVERY).await;
                    if counted.load(Ordering::Acquire) == 0 {
                        continue;
                    }
                    if let Ok(now) = sqlx::query_scalar::<_, i64>(CHANGES).fetch_one(&pool).await {
                        version.send_if_modified(|last| std::mem::replace(last, now) != now);
                    }
                }
            };
            tokio::select! { () = look => {}, () = ended.cancelled() => {} }
        });
        Live { changes, followers, stop }
    }

    /// The stream of a page; none when too many follow already.
    pub fn follow(&self) -> Option<SSE> {
        let many = self.followers.fetch_add(1, Ordering::AcqRel) >= FOLLOWERS_MAX;
        let follower = Follower(Arc::clone(&self.followers));
        (!many).then(|| SSE::new(self.events(follower)).keep_alive(ALIVE_EVERY))
    }

    fn events(&self, follower: Follower) -> impl Stream<Item = Event> + Send + 'static {
        let mut changes = self.changes.clone();
        changes.mark_unchanged();
        let changed = stream::unfold((changes, follower), |(mut changes, follower)| async move {
            changes.changed().await.ok()?;
            let number = *changes.borrow_and_update();
            Some((Event::message(number.to_string()).event_type("changed"), (changes, follower)))
        });
        let stop = self.stop.clone();
        changed.take_until(async move {
            tokio::select! { () = tokio::time::sleep(LIFE_MAX) => {}, () = stop.cancelled_owned() => {} }
        })
    }
}
