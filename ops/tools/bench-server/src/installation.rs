//! A fresh Atelier: a database and a directory of its own, and somebody who is signed in and has files.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};
use domain::{
    file::{self, NewFile},
    instance::{self, Participation},
    permission::{self, Operator},
    profile, session,
};
use entities::ids::{FileId, ProfileId};
use platform::{app::App, config::Config};
use sqlx::Executor as _;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{bench::Bench, process::Process};

/// Their address.
pub(crate) const OWNER: &str = "somebody@example.com";
/// Of everybody.
pub(crate) const PASSWORD: &str = "correct horse battery";
const SECRET: &str = "a secret that only this bench has";

/// Ends with this value, but for the database, which ends with its server.
pub(crate) struct Installation {
    /// Its drivers in this process.
    pub(crate) app: App,
    pub(crate) owner: ProfileId,
    /// The header of whoever is signed in, without its name.
    pub(crate) cookie: String,
    /// Files of theirs.
    pub(crate) files: Vec<FileId>,
    uri: String,
    folder: TempDir,
}

/// Where to reach an API in this process.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<std::io::Result<()>>,
}

/// An API in a process of its own.
pub(crate) struct Role {
    pub(crate) address: SocketAddr,
    pub(crate) process: Process,
}

impl Installation {
    /// Everything new, with so many files.
    pub(crate) async fn make(bench: &Bench, files: usize) -> Result<Installation> {
        Installation::with(bench, files, &[]).await
    }

    /// The same, with more settings.
    pub(crate) async fn with(bench: &Bench, files: usize, settings: &[(&str, &str)]) -> Result<Installation> {
        let folder = tempfile::tempdir()?;
        let name = format!("s_{}", platform::ids::random_id().simple());
        let create = format!("CREATE DATABASE {name}");
        bench.pool.execute(sqlx::AssertSqlSafe(create)).await?;
        let mut uri = Url::parse(&bench.uri)?;
        uri.set_path(&name);
        let uri = uri.to_string();
        let mut vars = BTreeMap::from([
            ("ATELIER_DATA_DIR".to_owned(), folder.path().display().to_string()),
            ("PENPOT_SECRET_KEY".to_owned(), SECRET.to_owned()),
        ]);
        vars.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let app = App::connect(Config::from_vars(vars)?, &uri).await?;
        migration::up(&app.db).await?;
        jobs::install(&app.pool).await?;
        instance::join(&app, Participation::LongRunning).await?;
        let (now, name, password) = (app.now(), "Somebody".to_owned(), PASSWORD.to_owned());
        let person = profile::create::by_operator(&app, &operator(), name, OWNER, password, now).await?;
        let opened = session::create(&app.db, &app.secrets, person.id, None, now).await?;
        let cookie = format!("{}={}", app.config.auth.cookie_name, opened.token);
        let made = make_files(&app, &person, files).await?;
        Ok(Installation { app, owner: person.id, cookie, files: made, uri, folder })
    }

    /// Its database.
    pub(crate) fn uri(&self) -> &str {
        &self.uri
    }

    /// Where the blobs lie.
    pub(crate) fn assets(&self) -> std::path::PathBuf {
        self.folder.path().join("assets")
    }

    /// For what a part wants to lay down beside.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Answers on a free port of this process.
    pub(crate) async fn serve(&self) -> Result<Served> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let (state, stopped) = (api::State::new(self.app.clone()), stop.clone());
        let task = tokio::spawn(async move { api::serve(state, None, listener, stopped).await });
        Ok(Served { address, stop, task })
    }

    /// Starts `atelier api` on it, with more settings.
    pub(crate) fn start(&self, bench: &Bench, name: &str, settings: &[(&str, &str)]) -> Result<Role> {
        let mut command = Command::new(&bench.atelier);
        command.args(["api", "--port", "0", "--data-dir"]).arg(self.folder.path());
        command.env("PENPOT_DATABASE_URI", &self.uri).env("PENPOT_SECRET_KEY", SECRET);
        command.envs(settings.iter().copied()).stdout(Stdio::piped());
        let errors = self.folder.path().join(format!("{name}.errors"));
        let mut process = Process::start(&mut command, &errors)?;
        let said = process.child().stdout.take().context("no output")?;
        let mut address = None;
        for line in BufReader::new(said).lines() {
            let line = line?;
            if let Some(found) = line.strip_prefix("API on http://") {
                address = Some(found.parse()?);
            }
            if line == "ready" {
                let address = address.context("no address was told")?;
                return Ok(Role { address, process });
            }
        }
        anyhow::bail!("atelier ended: {}", std::fs::read_to_string(errors)?)
    }

    /// Lets go of the connections, so that the next one has them.
    pub(crate) async fn close(self) {
        self.app.pool.close().await;
    }
}

impl Served {
    /// Ends as with a signal.
    pub(crate) async fn end(self) -> Result<()> {
        self.stop.cancel();
        Ok(self.task.await??)
    }
}

async fn make_files(app: &App, person: &entities::profile::Model, count: usize) -> Result<Vec<FileId>> {
    let project = person.default_project_id.context("no drafts")?;
    let mut files = vec![];
    for number in 0..count {
        let wanted = NewFile { id: None, name: format!("File {number}"), is_shared: false, features: None };
        let tx = platform::db::begin(&app.db).await?;
        let project = permission::project_editor(&tx, person.id, project).await?;
        files.push(file::create(app, &tx, &project, wanted, app.now()).await?.file.id);
        tx.commit().await?;
    }
    Ok(files)
}

/// Whoever measures.
pub(crate) fn operator() -> Operator {
    operator::at_command_line("bench@here")
}
