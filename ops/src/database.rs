//! The database of an installation: the configured one, or the private one and whoever keeps it up.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use platform::config::Secret;

use crate::{
    cluster::Cluster,
    data_dir::{DataDir, Lock},
    settings::Settings,
};

/// A command waits this long for whoever starts or stops the private database at the moment.
const OPEN_MAX: Duration = Duration::from_secs(20);
/// A command that keeps the private database up waits this long for others that use it meanwhile.
const GUESTS_MAX: Duration = Duration::from_secs(600);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Where it is, and whether this process keeps it up.
#[derive(Debug)]
pub(crate) struct Database {
    /// Its address with name and password.
    pub(crate) uri: Secret,
    /// What it is, in words, when it is private.
    pub(crate) private: Option<String>,
    cluster: Option<Cluster>,
    data_dir: DataDir,
    /// Held to the last: as the owner of the data directory, or as a guest in it.
    lock: Option<Lock>,
    is_owner: bool,
}

impl Database {
    /// The configured one, or the private one of the data directory: started when nobody keeps it up.
    ///
    /// # Errors
    /// The private database cannot be used.
    pub(crate) async fn open(settings: &Settings) -> Result<Database> {
        if settings.config.database.uri.is_some() {
            return Database::visit(settings).await;
        }
        let asked = Instant::now();
        loop {
            if let Some(lock) = settings.data_dir.lock()? {
                return Database::own(settings, lock).await;
            }
            // Its owner may be starting it, or may be just about to stop.
            match Database::visit(settings).await {
                Err(_) if asked.elapsed() < OPEN_MAX => tokio::time::sleep(LOOK_EVERY).await,
                done => return done,
            }
        }
    }

    /// The configured one, or the private one, which this process then keeps up. The lock is held in any case: one
    /// process runs on a data directory.
    ///
    /// # Errors
    /// The private database cannot be used.
    pub(crate) async fn own(settings: &Settings, lock: Lock) -> Result<Database> {
        let data_dir = settings.data_dir.clone();
        if let Some(uri) = settings.config.database.uri.clone() {
            return Ok(Database {
                uri,
                private: None,
                cluster: None,
                data_dir,
                lock: Some(lock),
                is_owner: true,
            });
        }
        let binaries = settings.config.database.binaries.as_deref();
        let cluster = Cluster::own(&data_dir, &lock, binaries).await?;
        Ok(Database::private(cluster, data_dir, lock, true))
    }

    /// The configured one, or the private one that another process keeps up.
    ///
    /// # Errors
    /// There is no such process, or its database does not answer.
    pub(crate) async fn visit(settings: &Settings) -> Result<Database> {
        let data_dir = settings.data_dir.clone();
        if let Some(uri) = settings.config.database.uri.clone() {
            return Ok(Database { uri, private: None, cluster: None, data_dir, lock: None, is_owner: false });
        }
        let guest = data_dir.visit()?.context("the private database is being stopped")?;
        let cluster = Cluster::visit(&data_dir).await?;
        Ok(Database::private(cluster, data_dir, guest, false))
    }

    fn private(cluster: Cluster, data_dir: DataDir, lock: Lock, is_owner: bool) -> Database {
        let (uri, private) = (cluster.uri.clone(), Some(cluster.description.clone()));
        Database { uri, private, cluster: Some(cluster), data_dir, lock: Some(lock), is_owner }
    }

    /// Whether the database is private and kept up by this process, so that nobody else has a word about it.
    pub(crate) fn is_mine(&self) -> bool {
        self.cluster.is_some() && self.is_owner
    }

    /// Waits until a private database that this process keeps up ends by itself, which it should not; tells its last
    /// words. For ever in all other cases.
    pub(crate) async fn died(&mut self) -> String {
        match &mut self.cluster {
            Some(cluster) => cluster.died().await,
            None => std::future::pending().await,
        }
    }

    /// Stops the private database when this process keeps it up, after other commands have done with it.
    ///
    /// # Errors
    /// It does not stop.
    pub(crate) async fn close(self) -> Result<()> {
        let asked = Instant::now();
        let mut shut = None;
        while self.is_mine() && shut.is_none() && asked.elapsed() < GUESTS_MAX {
            shut = self.data_dir.shut_out_guests()?;
            if shut.is_none() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        let stopped = self.stop().await;
        // Whoever comes now finds neither a guest book that is shut nor a server that is about to go.
        drop(shut);
        stopped
    }

    /// As [`Database::close`], without waiting for others.
    ///
    /// # Errors
    /// It does not stop.
    pub(crate) async fn stop(self) -> Result<()> {
        let stopped = match self.cluster {
            Some(cluster) => cluster.stop().await,
            None => Ok(()),
        };
        drop(self.lock);
        stopped
    }
}
