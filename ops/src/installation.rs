//! An installation opened by a command: its settings, its drivers, its database.

use anyhow::{Context as _, Result, anyhow, bail};
use dashboard::wording;
use domain::file::parts::unpack;
use domain::instance::{self, JoinError, Participation};
use platform::app::App;

use crate::{
    database::Database,
    settings::{DataDirArgs, Settings},
};

/// The drivers, and the private database behind them when there is one.
#[derive(Debug)]
pub(crate) struct Installation {
    /// The drivers.
    pub(crate) app: App,
    /// Where their database is.
    pub(crate) database: Database,
}

impl Installation {
    /// Opens what the settings name, with every migration applied.
    ///
    /// # Errors
    /// The settings cannot be used, the database cannot be reached, or it lacks migrations.
    pub(crate) async fn open(data_dir: &DataDirArgs) -> Result<Installation> {
        let settings = Settings::of_command(data_dir)?;
        platform::log::init(&settings.config.log);
        let database = Database::open(&settings).await?;
        match connect(settings, &database).await {
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
        close_pool(&self.app).await;
        self.database.close().await
    }

    /// Opens, does it, closes.
    ///
    /// # Errors
    /// Those of the work, else those of opening and closing.
    pub(crate) async fn with<T>(
        data_dir: &DataDirArgs,
        work: impl AsyncFnOnce(&App) -> Result<T>,
    ) -> Result<T> {
        let installation = Installation::open(data_dir).await?;
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

/// Lets connections end; one that hangs in a statement is left behind.
pub(crate) async fn close_pool(app: &App) {
    const CLOSE_MAX: std::time::Duration = std::time::Duration::from_secs(2);
    if tokio::time::timeout(CLOSE_MAX, app.pool.close()).await.is_err() {
        tracing::debug!("a connection to the database was still at work");
    }
}

/// Before this process does jobs: whether it has the installation's secret and blobs.
///
/// # Errors
/// It has not, in words.
pub(crate) async fn join_installation(app: &App, participation: Participation) -> Result<()> {
    instance::join(app, participation).await.map_err(|error| match error {
        JoinError::Failed(error) => anyhow!(error),
        refused => anyhow!(wording::cannot_join(&refused)),
    })
}

/// Applies every migration, those of the queue included, and makes rows of documents that are whole. That goes file by
/// file: who is stopped goes on the next time, and until then whoever changes a file does it. How many there were.
///
/// # Errors
/// The database refuses, or was used by a newer program.
pub(crate) async fn migrate(app: &App) -> Result<u64> {
    migration::up(&app.db).await.context("the database could not be migrated")?;
    jobs::install(&app.pool).await.context("the queue's tables could not be migrated")?;
    let unpacked = unpack::unpack_all(app).await.context("documents could not be made rows")?;
    for (file, why) in &unpacked.failed {
        tracing::warn!(%file, why, "the document of a file cannot be read, and stays as it is");
    }
    Ok(unpacked.done)
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
