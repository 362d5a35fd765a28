//! What this process was told: its environment, the data directory, and what the running instance was told.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Result, anyhow};
use platform::config::{Config, environment};

use crate::home::Home;

/// Where an installation lives.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Place {
    /// The data directory [default: $ATELIER_DATA_DIR, else .atelier]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Typed settings, and the directory they speak of.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The data directory.
    pub(crate) home: Home,
    /// Everything else.
    pub(crate) config: Config,
    variables: BTreeMap<String, String>,
}

/// Names of variables that may be settings of ours.
const PREFIXES: [&str; 3] = ["PENPOT_", "ATELIER_", "AWS_"];
const DATA_DIR: &str = "ATELIER_DATA_DIR";
const SECRET_KEY: &str = "PENPOT_SECRET_KEY";
const PORT: &str = "PENPOT_HTTP_SERVER_PORT";

impl Settings {
    /// For a role that runs: its own environment only.
    ///
    /// # Errors
    /// Every variable that cannot be used, together.
    pub(crate) fn of_role(place: &Place, port: Option<u16>) -> Result<Settings> {
        let mut variables = environment();
        variables.extend(port.map(|port| (PORT.to_owned(), port.to_string())));
        let home = open_home(place, &variables)?;
        Settings::read(home, variables)
    }

    /// For a command about an installation: its own environment, and where that says nothing, what the instance on
    /// this data directory was told.
    ///
    /// # Errors
    /// Every variable that cannot be used, together.
    pub(crate) fn of_command(place: &Place) -> Result<Settings> {
        let own = environment();
        let home = open_home(place, &own)?;
        let mut variables = home.kept_settings()?;
        variables.extend(own.into_iter().filter(|(_, value)| !value.trim().is_empty()));
        Settings::read(home, variables)
    }

    /// The same with another port: the one a listener got who asked for any.
    ///
    /// # Errors
    /// None that the first reading had not had.
    pub(crate) fn with_port(self, port: u16) -> Result<Settings> {
        let mut variables = self.variables;
        variables.insert(PORT.to_owned(), port.to_string());
        Settings::read(self.home, variables)
    }

    /// Leaves the settings in the data directory for [`Settings::of_command`].
    ///
    /// # Errors
    /// The directory cannot be written to.
    pub(crate) fn keep(&self) -> Result<()> {
        let ours = |(name, _): &(&String, &String)| PREFIXES.iter().any(|prefix| name.starts_with(prefix));
        let kept = self.variables.iter().filter(ours).map(|(name, value)| (name.clone(), value.clone()));
        self.home.keep_settings(&kept.collect())
    }

    /// A missing secret key comes from the data directory, where it is made once.
    fn read(home: Home, mut variables: BTreeMap<String, String>) -> Result<Settings> {
        variables.insert(DATA_DIR.to_owned(), home.path().display().to_string());
        if variables.get(SECRET_KEY).is_none_or(|key| key.trim().is_empty()) {
            variables.insert(SECRET_KEY.to_owned(), home.secret("secret.key")?);
        }
        let config = Config::from_vars(variables.clone()).map_err(|errors| {
            let lines = errors.to_string().replace('\n', "\n  ");
            anyhow!("some settings cannot be used:\n  {lines}")
        })?;
        Ok(Settings { home, config, variables })
    }
}

fn open_home(place: &Place, variables: &BTreeMap<String, String>) -> Result<Home> {
    let named = variables.get(DATA_DIR).filter(|name| !name.trim().is_empty()).map(PathBuf::from);
    let path = place.data_dir.clone().or(named).unwrap_or_else(|| PathBuf::from(".atelier"));
    Home::open(&path)
}
