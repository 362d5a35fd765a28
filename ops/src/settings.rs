//! What this process was told: its environment, the data directory, and what the running instance was told.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow, bail};
use platform::config::{Config, Secret, environment};

use crate::data_dir::DataDir;

/// Where an installation lives.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct DataDirArgs {
    /// The data directory [default: $ATELIER_DATA_DIR, else .atelier]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Typed settings, and the directory they speak of.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The data directory.
    pub(crate) data_dir: DataDir,
    /// Everything else.
    pub(crate) config: Config,
    variables: BTreeMap<String, String>,
}

/// Names of variables that may be settings of ours.
const PREFIXES: [&str; 4] = ["PENPOT_", "ATELIER_", "AWS_", "OTEL_"];
const DATA_DIR: &str = "ATELIER_DATA_DIR";
const DATABASE: &str = "PENPOT_DATABASE_URI";
const KEY_FILE: &str = "secret.key";
const PORT: &str = "PENPOT_HTTP_SERVER_PORT";

impl Settings {
    /// For a role that runs: its own environment only. Makes the data directory when it is missing.
    ///
    /// # Errors
    /// Every variable that cannot be used, together.
    pub(crate) fn of_role(data_dir: &DataDirArgs, port: Option<u16>) -> Result<Settings> {
        let mut variables = environment();
        variables.extend(port.map(|port| (PORT.to_owned(), port.to_string())));
        Settings::read(&data_dir.path(&variables)?, variables, true)
    }

    /// For a command about an installation: its own environment, and where that says nothing, what the instance on
    /// this data directory was told.
    ///
    /// # Errors
    /// There is no installation, or every variable that cannot be used, together.
    pub(crate) fn of_command(data_dir: &DataDirArgs) -> Result<Settings> {
        let own = environment();
        let path = data_dir.path(&own)?;
        let mut variables = DataDir::kept_settings(&path)?;
        variables.extend(own.into_iter().filter(|(_, value)| !value.trim().is_empty()));
        if !variables.contains_key(DATABASE) && !path.join("cluster").exists() {
            bail!(
                "there is no installation in {}: start one with `atelier up`, or say where it is with --data-dir or \
                 {DATABASE}",
                path.display()
            );
        }
        Settings::read(&path, variables, false)
    }

    /// The same with another port: the one a listener got who asked for any.
    ///
    /// # Errors
    /// None that the first reading had not had.
    pub(crate) fn with_port(self, port: u16) -> Result<Settings> {
        let mut variables = self.variables;
        variables.insert(PORT.to_owned(), port.to_string());
        Settings::read(self.data_dir.path(), variables, true)
    }

    /// Whether a setting was given rather than left to its default.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.config.describe().iter().any(|setting| setting.name == name && setting.set)
    }

    /// Leaves the settings in the data directory for [`Settings::of_command`].
    ///
    /// # Errors
    /// The directory cannot be written to.
    pub(crate) fn keep(&self) -> Result<()> {
        let ours = |(name, _): &(&String, &String)| PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        let kept = self.variables.iter().filter(ours).map(|(name, value)| (name.clone(), value.clone()));
        self.data_dir.keep_settings(&kept.collect())
    }

    /// Nothing is made before every variable is known to be good, and nothing at all for a command. A missing secret
    /// key comes from the data directory, where a role makes it once.
    fn read(path: &Path, mut variables: BTreeMap<String, String>, make: bool) -> Result<Settings> {
        variables.insert(DATA_DIR.to_owned(), path.display().to_string());
        let mut config = Config::from_vars(variables.clone()).map_err(|errors| {
            let lines = errors.to_string().replace('\n', "\n  ");
            anyhow!("some settings cannot be used:\n  {lines}")
        })?;
        let data_dir = if make { DataDir::open(path)? } else { DataDir::at(path) };
        if config.auth.secret_key.is_none() {
            let key =
                if make { Some(data_dir.secret(KEY_FILE)?) } else { data_dir.known_secret(KEY_FILE)? };
            config.auth.secret_key = key.map(Secret::from);
        }
        Ok(Settings { data_dir, config, variables })
    }
}

impl DataDirArgs {
    /// Whether a directory was named on the line.
    pub(crate) fn is_named(&self) -> bool {
        self.data_dir.is_some()
    }

    fn path(&self, variables: &BTreeMap<String, String>) -> Result<PathBuf> {
        let named = variables.get(DATA_DIR).filter(|name| !name.trim().is_empty()).map(PathBuf::from);
        let path = self.data_dir.clone().or(named).unwrap_or_else(|| PathBuf::from(".atelier"));
        std::path::absolute(&path).with_context(|| format!("{} is no path", path.display()))
    }
}
