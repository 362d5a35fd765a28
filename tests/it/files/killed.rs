//! A process is killed before each statement of what changes a document, and once it is committed and nobody knows: it
//! is done or it is not, nothing is half, and whoever does it again does it once.
//!
//! The process is the real binary; it is held at a statement by a tap before its database, and killed there. Which
//! statements there are is seen in a run that nobody disturbs.

mod absorbed;
mod drawn;
mod restored;
mod unpacked;

use std::time::Duration;
use tests::app::TestApp;
use tests::process::{self, Running};
use tests::statements::{Cut, Tap};
use tokio::time::timeout;

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Something that one transaction does to a document.
trait Deed {
    /// Words of a statement that only this transaction asks.
    const WORDS: &'static str;
    /// How many transactions like it are let pass.
    const PASSES: usize = 0;

    /// The installation.
    fn app(&self) -> &TestApp;
    /// Makes something to do it to.
    async fn prepare(&mut self);
    /// Has a process do it that reaches the database there; the process ends with the future, as by kill -9.
    async fn act(&self, uri: &str);
    /// It was done, and once; or nothing of it was.
    async fn is_found(&self, is_done: bool, context: &str);
    /// Does what is left to do, as somebody who does not know how far it came.
    async fn finish(&mut self, is_done: bool, context: &str);
}

/// The real binary on the same installation, seen through another address of the database.
async fn start(app: &TestApp, uri: &str, words: &[&str]) -> Running {
    process::start(words, &settings(uri, &app.directory().display().to_string())).await
}

fn settings<'s>(uri: &'s str, data: &'s str) -> [(&'static str, &'s str); 4] {
    [
        ("PENPOT_DATABASE_URI", uri),
        ("ATELIER_DATA_DIR", data),
        ("PENPOT_SECRET_KEY", "a secret that only tests have"),
        ("PENPOT_FLAGS", "enable-access-tokens disable-secure-session-cookies"),
    ]
}

/// Kills it everywhere.
async fn killed_everywhere<D: Deed>(mut deed: D) {
    let tap = Tap::before(&deed.app().database.uri);
    deed.prepare().await;
    timeout(PATIENCE, deed.act(&tap.uri)).await.expect("is done");
    let steps = tap.transaction(D::WORDS);
    deed.finish(true, "undisturbed").await;
    assert!(steps.len() > 4 && steps.last().is_some_and(|last| last == "COMMIT"), "{steps:#?}");

    let before = (1..steps.len()).map(|at| (at, Cut::Before));
    for (at, how) in before.chain([(steps.len() - 1, Cut::After)]) {
        let context = format!("{how:?} statement {at}: {}", steps[at]);
        deed.prepare().await;
        tap.hold(&steps[..=at], how, D::PASSES);
        tokio::select! {
            // What is done after the last step can be seen before the tap says that it holds.
            () = deed.act(&tap.uri) => timeout(PATIENCE, tap.holds()).await.expect("somebody is held"),
            () = tap.holds() => {}
            () = tokio::time::sleep(PATIENCE) => panic!("{context}: nobody came there"),
        }
        // The future has gone, and the process with it.
        timeout(PATIENCE, tap.is_left()).await.expect("it is killed");
        let is_done = how == Cut::After;
        deed.is_found(is_done, &context).await;
        deed.finish(is_done, &context).await;
    }
    println!("killed before each of {} statements, and after the last", steps.len() - 1);
}

#[tokio::test]
async fn while_a_batch_is_applied() {
    killed_everywhere(drawn::Drawn::new().await).await;
}

#[tokio::test]
async fn while_a_snapshot_comes_back() {
    killed_everywhere(restored::Restored::new().await).await;
}

#[tokio::test]
async fn while_a_file_takes_over_a_library() {
    killed_everywhere(absorbed::Absorbed::new().await).await;
}

#[tokio::test]
async fn while_documents_become_rows() {
    killed_everywhere(unpacked::Unpacked::new().await).await;
}
