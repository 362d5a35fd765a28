//! The PostgreSQL programs of this machine.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

/// The oldest version that has what we use.
const MAJOR_MIN: u32 = 14;
const INSTALL: &str = "\
no PostgreSQL server programs were found. Either
  install them:          apt-get install postgresql    (Debian, Ubuntu; any version from 14 on)
  say where they are:    ATELIER_PG_BIN=/path/to/bin
  or use a server:       PENPOT_DATABASE_URI=postgresql://user:password@host/database";

/// A folder with `postgres` and `initdb`.
#[derive(Debug)]
pub(super) struct Binaries {
    folder: PathBuf,
    /// As it calls itself, such as `PostgreSQL 15.18`.
    version: String,
    /// 15 of 15.18.
    pub(super) major: u32,
}

impl Binaries {
    /// The given folder, or one of the usual places (Debian keeps them outside PATH): that of the wanted version,
    /// because a cluster needs the programs that made it, else the newest.
    ///
    /// # Errors
    /// There are none, or only older ones.
    pub(super) fn find(given: Option<&Path>, wanted: Option<u32>) -> Result<Binaries> {
        if let Some(folder) = given {
            let found = Binaries::at(folder);
            return found
                .with_context(|| format!("ATELIER_PG_BIN: no usable programs in {}", folder.display()));
        }
        let found = usual_places().into_iter().filter_map(|folder| Binaries::at(&folder).ok());
        found.max_by_key(|binaries| (Some(binaries.major) == wanted, binaries.major)).context(INSTALL)
    }

    fn at(folder: &Path) -> Result<Binaries> {
        let postgres = folder.join("postgres");
        if !folder.join("initdb").exists() {
            bail!("{} has no initdb", folder.display());
        }
        let output = Command::new(&postgres).arg("--version").output();
        let output = output.with_context(|| format!("{} cannot be run", postgres.display()))?;
        let (version, major) = version(&String::from_utf8_lossy(&output.stdout))
            .with_context(|| format!("{} does not tell its version", postgres.display()))?;
        if major < MAJOR_MIN {
            bail!("{} is version {major}, at least {MAJOR_MIN} is needed", postgres.display());
        }
        Ok(Binaries { folder: folder.to_owned(), version, major })
    }

    /// The path of one program.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Name and version, for people.
    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` → `PostgreSQL 15.18` and 15.
fn version(printed: &str) -> Option<(String, u32)> {
    let number = printed.split_once("(PostgreSQL) ")?.1.split_whitespace().next()?;
    let digits = number.split(|c: char| !c.is_ascii_digit()).next()?;
    Some((format!("PostgreSQL {number}"), digits.parse().ok()?))
}

fn usual_places() -> Vec<PathBuf> {
    let mut places = vec![];
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        places.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    // Debian and Ubuntu; the packages of the PostgreSQL project; Homebrew.
    for (parent, below) in [("/usr/lib/postgresql", "bin"), ("/usr", "bin"), ("/opt/homebrew/opt", "bin")] {
        for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let versioned = name.chars().all(|c| c.is_ascii_digit());
            if versioned || name.starts_with("pgsql-") || name.starts_with("postgresql") {
                places.push(entry.path().join(below));
            }
        }
    }
    places.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    places.retain(|place| place.join("postgres").is_file());
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(version(debian), Some(("PostgreSQL 15.18".to_owned(), 15)));
        assert_eq!(version("postgres (PostgreSQL) 17beta1").map(|(_, major)| major), Some(17));
        assert_eq!(version("something else"), None);
    }

    #[test]
    fn a_folder_without_programs_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = format!("{:#}", Binaries::find(Some(folder.path()), None).unwrap_err());
        assert!(error.contains("ATELIER_PG_BIN") && error.contains("initdb"), "{error}");
    }
}
