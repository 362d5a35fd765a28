//! A PostgreSQL server of a test's own, which can be crashed.

use std::{path::PathBuf, process::Command};

use tempfile::TempDir;

/// A running server on a socket of its own. Durable, unlike the one that tests share; gone when it is dropped.
pub struct Postgres {
    place: TempDir,
    /// Where its only database is.
    pub uri: String,
}

impl Postgres {
    /// Makes a cluster and starts it.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Postgres {
        let place = tempfile::tempdir().expect("a folder");
        let uri = launch(&place);
        Postgres { place, uri }
    }

    /// As an administrator would: every connection is ended, whatever it is doing.
    ///
    /// # Panics
    /// When it does not start again.
    pub fn restart(&self) {
        script("restart", &self.place, &[]);
    }

    /// As if the machine had lost its power, but for what the system had been told to write; then starts it again.
    ///
    /// # Panics
    /// When it does not start again.
    pub fn crash_and_start(&self) {
        script("stop", &self.place, &[]);
        launch(&self.place);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        script("stop", &self.place, &[]);
    }
}

fn launch(place: &TempDir) -> String {
    script("start", place, &["fsync=on", "synchronous_commit=on", "max_connections=200"])
}

/// `ops/scripts/postgres`, and what it prints.
fn script(what: &str, place: &TempDir, options: &[&str]) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ops/scripts/postgres");
    let done = Command::new(path).arg(what).arg(place.path()).args(options).output().expect("runs");
    assert!(done.status.success(), "{what}: {done:?}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}
