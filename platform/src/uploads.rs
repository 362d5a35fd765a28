//! Uploads on their way: temporary files below the data directory, which is on a disk where `/tmp` may not be.

use std::{
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tempfile::NamedTempFile;

/// Files older than this belong to no living request.
const LEFTOVER_AGE: Duration = Duration::from_secs(24 * 3600);

/// Makes temporary files. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Uploads {
    directory: PathBuf,
}

impl Uploads {
    /// In this directory, which is made when the first file is.
    pub fn new(directory: PathBuf) -> Uploads {
        Uploads { directory }
    }

    /// A new file, readable by its owner only, which is removed when it is dropped.
    ///
    /// # Errors
    /// The directory cannot be made or written to.
    pub async fn file(&self) -> io::Result<NamedTempFile> {
        let directory = self.directory.clone();
        let made = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&directory)?;
            NamedTempFile::new_in(&directory)
        });
        made.await.map_err(io::Error::other)?
    }

    /// Removes what killed processes left behind.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub async fn remove_leftovers(&self) -> io::Result<()> {
        let directory = self.directory.clone();
        tokio::task::spawn_blocking(move || remove_old(&directory)).await.map_err(io::Error::other)?
    }
}

fn remove_old(directory: &Path) -> io::Result<()> {
    if !directory.exists() {
        return Ok(());
    }
    let old = SystemTime::now() - LEFTOVER_AGE;
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.metadata()?.modified()? < old {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_go_with_their_holder_and_leftovers_with_time() {
        let directory = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(directory.path().join("uploads"));
        uploads.remove_leftovers().await.unwrap();
        let file = uploads.file().await.unwrap();
        let old = directory.path().join("uploads/old");
        std::fs::File::create(&old).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
        uploads.remove_leftovers().await.unwrap();
        assert!(!old.exists() && file.path().exists());
        let path = file.path().to_owned();
        drop(file);
        assert!(!path.exists());
    }
}
