//! What a test leaves in the queue: nothing, but for what it names. Work that nobody looked at may have failed, or may
//! never run, and a test that ends before it knows nothing of either.

use std::{collections::BTreeSet, fmt, io::Write as _, thread};

use sqlx::{Connection as _, PgConnection};

/// Of each kind that is left: whether it is dead, how many there are, and the last error of one that has failed.
const LEFT: &str = "
    SELECT kind, false AS is_dead, count(*), max(errors->-1->>'error') AS error FROM queue.job GROUP BY kind
     UNION ALL
    SELECT kind, true, count(*), max(errors->-1->>'error') FROM queue.job_dead GROUP BY kind
     ORDER BY is_dead, kind";

/// Kinds of jobs that a test says it leaves.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// Waiting, running, or waiting for another attempt.
    pub(crate) unfinished: BTreeSet<String>,
    pub(crate) dead: BTreeSet<String>,
}

/// Jobs of one kind that a test has left.
struct Left {
    kind: String,
    is_dead: bool,
    count: i64,
    error: Option<String>,
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.is_dead { "dead" } else { "unfinished" };
        write!(f, "{} {state} {}", self.count, self.kind)?;
        self.error.as_ref().map_or(Ok(()), |error| write!(f, " ({error})"))
    }
}

/// Compares what is in a queue with what its test has named.
///
/// # Panics
/// When they differ, or when the database does not answer. In a thread other than the test's a panic would be nobody's
/// failure, so that the whole process ends there.
pub(crate) fn check(uri: &str, named: &Named, test: thread::ThreadId) {
    if thread::panicking() {
        // It has failed already, and a second panic would hide why.
        return;
    }
    if thread::current().id() != test {
        // Past the capture of the test runner, which would swallow it with the process.
        let words = b"a TestApp has to end in the thread of its test, which fails when jobs are left\n";
        let _ = std::io::stderr().write_all(words);
        std::process::abort();
    }
    let left = look(uri);
    let of = |is_dead| left.iter().filter(move |left| left.is_dead == is_dead).map(|left| left.kind.clone());
    let found = Named { unfinished: of(false).collect(), dead: of(true).collect() };
    let shown: Vec<String> = left.iter().map(Left::to_string).collect();
    assert!(
        found == *named,
        "the test leaves [{}], and names {named:?}: run them with `app.run_jobs()`, or name them with \
         `app.leaves_jobs([…])` or `app.leaves_dead_jobs([…])`",
        shown.join(", ")
    );
}

/// Asks on a thread of its own, with a runtime of its own: the test's may not wait, nor end another.
fn look(uri: &str) -> Vec<Left> {
    let asked = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(ask(uri)).expect("the database of the test answers")
    };
    let rows = thread::scope(|scope| scope.spawn(asked).join()).expect("looks");
    rows.into_iter().map(|(kind, is_dead, count, error)| Left { kind, is_dead, count, error }).collect()
}

async fn ask(uri: &str) -> sqlx::Result<Vec<(String, bool, i64, Option<String>)>> {
    let mut conn = PgConnection::connect(uri).await?;
    let rows = sqlx::query_as(LEFT).fetch_all(&mut conn).await?;
    conn.close().await?;
    Ok(rows)
}
