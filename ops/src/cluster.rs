//! A private PostgreSQL: made, started, found again and stopped by us, for whoever has none.
//!
//! It listens on a socket that only we and its own user reach, and asks for a password all the same. One process
//! owns it: the one that holds the lock of the data directory. The server outlives an owner that was killed; the
//! next owner takes it over.

mod binaries;
mod paths;
mod postmaster;
mod user;

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, bail};
use platform::config::Secret;
use sqlx::{Connection as _, PgConnection};

use crate::data_dir::{DataDir, Lock};
use binaries::Binaries;
use paths::{ClusterPaths, NAME};
use postmaster::Postmaster;

/// Starting, with the recovery of a crashed server before it.
const START_MAX: Duration = Duration::from_secs(60);
/// A guest waits this long for the owner's server to answer, and then looks whether there still is an owner.
const GUEST_MAX: Duration = Duration::from_secs(2);
const PASSWORD_FILE: &str = "database.password";

/// A server that answers.
#[derive(Debug)]
pub(crate) struct Cluster {
    /// Where it is, with name and password.
    pub(crate) uri: Secret,
    /// In words.
    pub(crate) description: String,
    /// The server, when this process is its owner.
    owned: Option<Postmaster>,
}

impl Cluster {
    /// As the owner: makes the cluster when it is missing, takes over a server that is running, or starts one.
    /// The lock shows that nobody else does the same.
    ///
    /// # Errors
    /// No PostgreSQL on this machine, a cluster of another version, or a server that does not come up: in words.
    pub(crate) async fn own(data_dir: &DataDir, _: &Lock, binaries: Option<&Path>) -> Result<Cluster> {
        let password = data_dir.secret(PASSWORD_FILE)?;
        let paths = ClusterPaths::prepare(data_dir)?;
        let binaries = Binaries::find(binaries, paths.major())?;
        paths.initialise(&binaries, &password)?;
        let log = data_dir.path().join("postgres.log");
        let mut postmaster = Postmaster::start_or_adopt(&paths, &binaries, log).await?;
        let admin = uri(&paths, &password, "postgres");
        tokio::select! {
            ready = create_database(&admin) => ready?,
            died = postmaster.died() => bail!("{died}"),
        }
        let description = format!("private {} in {}", binaries.version(), paths.data().display());
        Ok(Cluster { uri: uri(&paths, &password, NAME), description, owned: Some(postmaster) })
    }

    /// As a guest of the process that owns it.
    ///
    /// # Errors
    /// There is no cluster, or it does not answer.
    pub(crate) async fn visit(data_dir: &DataDir) -> Result<Cluster> {
        let paths =
            ClusterPaths::find(data_dir)?.context("there is no private database in this data directory")?;
        let password =
            data_dir.known_secret(PASSWORD_FILE)?.context("the password of the private database is gone")?;
        let uri = uri(&paths, &password, NAME);
        answers(&uri, GUEST_MAX).await?;
        Ok(Cluster { uri, description: format!("private, in {}", paths.data().display()), owned: None })
    }

    /// Waits until the server ends by itself, which it should not, and tells its last words. For ever, when it is not
    /// ours.
    pub(crate) async fn died(&mut self) -> String {
        match &mut self.owned {
            Some(postmaster) => postmaster.died().await,
            None => std::future::pending().await,
        }
    }

    /// Stops the server when it is ours; what clients have not committed is rolled back.
    ///
    /// # Errors
    /// It does not stop.
    pub(crate) async fn stop(mut self) -> Result<()> {
        match self.owned.take() {
            Some(postmaster) => postmaster.stop().await,
            None => Ok(()),
        }
    }
}

fn uri(paths: &ClusterPaths, password: &str, database: &str) -> Secret {
    let socket = paths.socket().display().to_string();
    let mut query = String::new();
    // Everything but letters and digits is escaped, so that a folder may have any name.
    for byte in socket.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => query.push(char::from(byte)),
            other => query.push_str(&format!("%{other:02X}")),
        }
    }
    Secret::from(format!(
        "postgres://{NAME}:{password}@localhost/{database}?host={query}&port={}",
        paths::PORT
    ))
}

async fn create_database(admin: &str) -> Result<()> {
    let mut conn = answers(admin, START_MAX).await?;
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(NAME)
        .fetch_one(&mut conn)
        .await?;
    if !there {
        sqlx::query("CREATE DATABASE atelier").execute(&mut conn).await?;
    }
    conn.close().await?;
    Ok(())
}

/// Asks until somebody answers.
async fn answers(uri: &str, limit: Duration) -> Result<PgConnection> {
    let asked = async {
        loop {
            match PgConnection::connect(uri).await {
                Err(error) if is_not_yet(&error) => tokio::time::sleep(Duration::from_millis(20)).await,
                done => return done,
            }
        }
    };
    match tokio::time::timeout(limit, asked).await {
        Ok(conn) => conn.context("the private database refused us"),
        Err(_) => bail!("the private database did not answer within {} s", limit.as_secs()),
    }
}

/// No socket yet, or SQLSTATE 57P03: starting up or recovering.
fn is_not_yet(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code == "57P03"),
        _ => false,
    }
}
