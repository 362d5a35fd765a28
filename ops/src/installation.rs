//! An installation opened by a command: its settings, its database, its drivers.

use anyhow::{Context as _, Result, bail};
use platform::{app::App, config::Secret};

use crate::{
    cluster::Cluster,
    home::Lock,
    settings::{Place, Settings},
};

/// The drivers, and the private database behind them when there is one.
#[derive(Debug)]
pub(crate) struct Installation {
    /// The drivers.
    pub(crate) app: App,
    /// Where their database is.
    pub(crate) database: Database,
}

/// Where the database is, and whether this process keeps it up.
#[derive(Debug)]
pub(crate) struct Database {
    /// Its address with name and password.
    pub(crate) uri: Secret,
    /// What it is, in words, when it is private.
    pub(crate) private: Option<String>,
    cluster: Option<Cluster>,
    /// Goes last: while it is held, nobody else starts the cluster.
    lock: Option<Lock>,
}

impl Installation {
    /// Opens what the settings name, with every migration applied.
    ///
    /// # Errors
    /// The settings cannot be used, the database cannot be reached, or it lacks migrations.
    pub(crate) async fn open(place: &Place) -> Result<Installation> {
        let settings = Settings::of_command(place)?;
        platform::log::init(&settings.config.log);
        let database = Database::open(&settings).await?;
        let opened = connect(settings, &database).await;
        match opened {
            Ok(app) => Ok(Installation { app, database }),
            Err(error) => {
                database.close().await?;
                Err(error)
            }
        }
    }

    /// Lets go of the database; stops it when it runs for this command only.
    ///
    /// # Errors
    /// The private database does not stop.
    pub(crate) async fn close(self) -> Result<()> {
        self.app.pool.close().await;
        self.database.close().await
    }

    /// Opens, does it, closes.
    ///
    /// # Errors
    /// Those of the work, else those of opening and closing.
    pub(crate) async fn with<T>(place: &Place, work: impl AsyncFnOnce(&App) -> Result<T>) -> Result<T> {
        let installation = Installation::open(place).await?;
        let done = work(&installation.app).await;
        let closed = installation.close().await;
        let done = done?;
        closed?;
        Ok(done)
    }
}

async fn connect(settings: Settings, database: &Database) -> Result<App> {
    let app = App::connect(settings.config, &database.uri).await?;
    if database.is_mine() {
        migrate(&app).await?;
    } else {
        refuse_outdated(&app).await?;
    }
    Ok(app)
}

impl Database {
    /// The one that is configured, or the private one of the data directory: started when nobody keeps it up.
    ///
    /// # Errors
    /// The private database cannot be used.
    pub(crate) async fn open(settings: &Settings) -> Result<Database> {
        if settings.config.database.uri.is_none()
            && let Some(lock) = settings.home.lock()?
        {
            return Database::own(settings, lock).await;
        }
        Database::visit(settings).await
    }

    /// The one that is configured, or the private one, which this process then keeps up. The lock is held in any
    /// case: one process runs on a data directory.
    ///
    /// # Errors
    /// The private database cannot be used.
    pub(crate) async fn own(settings: &Settings, lock: Lock) -> Result<Database> {
        if let Some(uri) = settings.config.database.uri.clone() {
            return Ok(Database { uri, private: None, cluster: None, lock: Some(lock) });
        }
        let binaries = settings.config.database.binaries.as_deref();
        let cluster = Cluster::own(&settings.home, &lock, binaries).await?;
        Ok(Database::private(cluster, Some(lock)))
    }

    /// The one that is configured, or the private one that another process keeps up.
    ///
    /// # Errors
    /// There is no such process, or its database does not answer.
    pub(crate) async fn visit(settings: &Settings) -> Result<Database> {
        match settings.config.database.uri.clone() {
            Some(uri) => Ok(Database { uri, private: None, cluster: None, lock: None }),
            None => Ok(Database::private(Cluster::visit(&settings.home).await?, None)),
        }
    }

    fn private(cluster: Cluster, lock: Option<Lock>) -> Database {
        let (uri, private) = (Secret::from(cluster.uri.as_str()), Some(cluster.description.clone()));
        Database { uri, private, cluster: Some(cluster), lock }
    }

    /// Whether the database is private and kept up by this process, so that nobody else has a word about it.
    pub(crate) fn is_mine(&self) -> bool {
        self.cluster.is_some() && self.lock.is_some()
    }

    /// Stops the private database when this process keeps it up.
    ///
    /// # Errors
    /// It does not stop.
    pub(crate) async fn close(self) -> Result<()> {
        let stopped = match self.cluster {
            Some(cluster) => cluster.stop().await,
            None => Ok(()),
        };
        drop(self.lock);
        stopped
    }
}

/// Applies every migration, those of the queue included.
///
/// # Errors
/// The database refuses, or was used by a newer program.
pub(crate) async fn migrate(app: &App) -> Result<()> {
    migration::up(&app.db).await.context("the database could not be migrated")?;
    jobs::install(&app.pool).await.context("the queue's tables could not be migrated")?;
    Ok(())
}

/// For those who use a database without owning it.
///
/// # Errors
/// It lacks migrations.
pub(crate) async fn refuse_outdated(app: &App) -> Result<()> {
    let missing = missing_migrations(app).await?;
    if missing.is_empty() {
        return Ok(());
    }
    bail!("the database lacks {}: run `atelier migrate`", missing.join(", "))
}

/// Names of the migrations that are missing.
///
/// # Errors
/// The database refuses.
pub(crate) async fn missing_migrations(app: &App) -> Result<Vec<String>> {
    let mut missing =
        migration::pending(&app.db).await.context("the database does not tell its migrations")?;
    if !jobs::is_installed(&app.pool).await? {
        missing.push("the queue's tables".to_owned());
    }
    Ok(missing)
}
