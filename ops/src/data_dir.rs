//! The data directory: secrets, the lock, and what the running instance was told.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use platform::ids::random_id;

/// Made by us, it can be passed through by the database's own user and listed by nobody else.
const MODE: u32 = 0o711;
const NO_GUEST_BOOK: &str = "the guests of the data directory cannot be counted";
/// A file larger than this was not written by us.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// A data directory that exists.
#[derive(Debug, Clone)]
pub(crate) struct DataDir {
    root: PathBuf,
}

/// Held by the one process that runs on a data directory; let go when it ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "its life is what counts")] File);

impl DataDir {
    /// A data directory by its path, there or not: for commands that must not make one.
    pub(crate) fn at(path: &Path) -> DataDir {
        DataDir { root: path.canonicalize().unwrap_or_else(|_| path.to_owned()) }
    }

    /// Opens a data directory, making it when it is missing.
    ///
    /// # Errors
    /// It cannot be made or is no directory.
    pub(crate) fn open(path: &Path) -> Result<DataDir> {
        let failed = || format!("the data directory {} cannot be used", path.display());
        DirBuilder::new().recursive(true).mode(MODE).create(path).with_context(failed)?;
        Ok(DataDir { root: path.canonicalize().with_context(failed)? })
    }

    /// Where it is, as an absolute path.
    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    /// Makes this process the one that runs here. `None`: another one does.
    ///
    /// # Errors
    /// The lock file cannot be used.
    pub(crate) fn lock(&self) -> Result<Option<Lock>> {
        let path = self.root.join("lock");
        let failed = || format!("{} cannot be used", path.display());
        let options =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        let mut file = options.with_context(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error).with_context(failed),
        }
        // Only for people who look; the lock itself does not depend on it.
        file.set_len(0).with_context(failed)?;
        write!(file, "{}", std::process::id()).with_context(failed)?;
        Ok(Some(Lock(file)))
    }

    /// Makes this process a guest: whoever keeps the private database up for a moment waits for it. `None`: its owner
    /// is stopping it.
    ///
    /// # Errors
    /// The file cannot be used.
    pub(crate) fn visit(&self) -> Result<Option<Lock>> {
        let file = self.guest_book()?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).context(NO_GUEST_BOOK),
        }
    }

    /// Shuts out guests, until the lock is dropped. `None`: some are here.
    ///
    /// # Errors
    /// The file cannot be used.
    pub(crate) fn shut_out_guests(&self) -> Result<Option<Lock>> {
        let file = self.guest_book()?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).context(NO_GUEST_BOOK),
        }
    }

    fn guest_book(&self) -> Result<File> {
        let path = self.root.join("guests");
        let opened =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
        opened.with_context(|| format!("{} cannot be used", path.display()))
    }

    /// The process that holds the lock, as it wrote itself down.
    pub(crate) fn holder(&self) -> String {
        self.read("lock")
            .ok()
            .flatten()
            .filter(|pid| !pid.is_empty())
            .unwrap_or_else(|| "of unknown number".to_owned())
    }

    /// A secret that only this directory knows: made once, 32 random bytes as text, readable by its owner only.
    ///
    /// # Errors
    /// The file can neither be read nor made, or is empty.
    pub(crate) fn secret(&self, name: &str) -> Result<String> {
        if let Some(secret) = self.read(name)? {
            if secret.is_empty() {
                bail!(
                    "{} is empty: put the old secret back, or remove the file",
                    self.root.join(name).display()
                );
            }
            return Ok(secret);
        }
        let secret = format!("{}{}", random_id().simple(), random_id().simple());
        let file = self.draft(secret.as_bytes())?;
        // Of two processes that come here at once, the second takes what the first made.
        match file.persist_noclobber(self.root.join(name)) {
            Ok(_) => Ok(secret),
            Err(_) => self.read(name)?.context("the secret was removed while it was being made"),
        }
    }

    /// The secret of this name, if it was made before.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn known_secret(&self, name: &str) -> Result<Option<String>> {
        Ok(self.read(name)?.filter(|secret| !secret.is_empty()))
    }

    /// Keeps the settings that the running instance was given, so that other commands find the same database,
    /// blobs and secrets by the directory alone. Readable by the owner only.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn keep_settings(&self, settings: &BTreeMap<String, String>) -> Result<()> {
        let file = self.draft(&serde_json::to_vec_pretty(settings)?)?;
        file.persist(self.root.join("settings.json")).context("the settings cannot be kept")?;
        Ok(())
    }

    /// What [`DataDir::keep_settings`] kept in a data directory; empty when nothing was.
    ///
    /// # Errors
    /// The file is not one of ours.
    pub(crate) fn kept_settings(path: &Path) -> Result<BTreeMap<String, String>> {
        let Some(text) = read(&path.join("settings.json"))? else { return Ok(BTreeMap::new()) };
        serde_json::from_str(&text).context("settings.json in the data directory is damaged: remove it")
    }

    /// A file of mode 0600 that is not there yet under its name.
    fn draft(&self, bytes: &[u8]) -> Result<tempfile::NamedTempFile> {
        let mut file =
            tempfile::NamedTempFile::new_in(&self.root).context("the data directory cannot be written to")?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(file)
    }

    fn read(&self, name: &str) -> Result<Option<String>> {
        read(&self.root.join(name))
    }
}

fn read(path: &Path) -> Result<Option<String>> {
    let failed = || format!("{} cannot be read", path.display());
    let file = match File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened.with_context(failed)?,
    };
    let mut text = String::new();
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).with_context(failed)?;
    Ok(Some(text.trim().to_owned()))
}

/// Makes a directory for its owner only, parents included.
pub(crate) fn private_directory(path: &Path) -> Result<()> {
    let failed = || format!("{} cannot be made", path.display());
    DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(failed)?;
    let is_dir = fs::metadata(path).with_context(failed)?.is_dir();
    if is_dir { Ok(()) } else { bail!("{} is no directory", path.display()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn secrets_are_made_once_and_kept_private() {
        let directory = tempfile::tempdir().unwrap();
        let data_dir = DataDir::open(&directory.path().join("a/b")).unwrap();
        let secret = data_dir.secret("secret.key").unwrap();
        assert_eq!(secret.len(), 64);
        assert_eq!(data_dir.secret("secret.key").unwrap(), secret);
        assert_ne!(data_dir.secret("other").unwrap(), secret);
        let mode = fs::metadata(data_dir.path().join("secret.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(data_dir.path().join("secret.key"), "").unwrap();
        assert!(data_dir.secret("secret.key").unwrap_err().to_string().contains("is empty"));
    }

    #[test]
    fn one_process_at_a_time() {
        let directory = tempfile::tempdir().unwrap();
        let data_dir = DataDir::open(directory.path()).unwrap();
        let lock = data_dir.lock().unwrap();
        assert!(lock.is_some());
        assert!(data_dir.lock().unwrap().is_none());
        assert_eq!(data_dir.holder(), std::process::id().to_string());
        drop(lock);
        assert!(data_dir.lock().unwrap().is_some());
    }

    #[test]
    fn settings_come_back() {
        let directory = tempfile::tempdir().unwrap();
        let data_dir = DataDir::open(directory.path()).unwrap();
        assert_eq!(DataDir::kept_settings(data_dir.path()).unwrap(), BTreeMap::new());
        let settings = BTreeMap::from([("PENPOT_TENANT".to_owned(), "ink".to_owned())]);
        data_dir.keep_settings(&settings).unwrap();
        assert_eq!(DataDir::kept_settings(data_dir.path()).unwrap(), settings);
    }
}
