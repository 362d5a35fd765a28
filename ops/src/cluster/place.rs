//! Where the private cluster lies: `cluster` in the data directory, or behind a link of that name.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, symlink},
    },
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use platform::ids::random_id;

use super::{
    binaries::Binaries,
    user::{self, User},
};
use crate::home::{Home, private_directory};

/// Names the socket; nothing listens on this port.
pub(super) const PORT: u16 = 5432;
/// The longest path of a socket that the system takes, less what PostgreSQL adds.
const SOCKET_BYTES_MAX: usize = 107 - "/.s.PGSQL.5432.lock".len();
/// Where clusters go whose data directory the database's user cannot enter.
const ELSEWHERE: &str = "/var/lib/atelier";

/// The directory of one cluster.
#[derive(Debug)]
pub(super) struct Place {
    root: PathBuf,
    socket: PathBuf,
    /// Who the server runs as; `None`: like us.
    pub(super) user: Option<User>,
}

impl Place {
    /// The place of the cluster, made when there is none.
    ///
    /// # Errors
    /// It cannot be made.
    pub(super) fn prepare(home: &Home) -> Result<Place> {
        let user = User::of_server()?;
        let link = home.path().join("cluster");
        if link.symlink_metadata().is_err() {
            match user {
                Some(user) if !user.can_enter(home.path()) => make_elsewhere(&link)?,
                _ => private_directory(&link)?,
            }
        }
        let root = link.canonicalize().with_context(|| format!("{} leads nowhere", link.display()))?;
        let place = Place { socket: socket(&root), root, user };
        place.secure_directory(&place.root)?;
        place.secure_directory(&place.socket)?;
        if let Some(user) = user
            && !user.can_enter(&place.root)
        {
            bail!("the database's user cannot enter {}: give its parents the mode 711", place.root.display());
        }
        Ok(place)
    }

    /// The place of a cluster that is there.
    ///
    /// # Errors
    /// The link leads nowhere.
    pub(super) fn find(home: &Home) -> Result<Option<Place>> {
        let link = home.path().join("cluster");
        if link.symlink_metadata().is_err() {
            return Ok(None);
        }
        let root = link.canonicalize().with_context(|| format!("{} leads nowhere", link.display()))?;
        Ok(Some(Place { socket: socket(&root), root, user: User::of_server()? }))
    }

    /// The server's data directory.
    pub(super) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The directory of its socket.
    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }

    /// What the server says.
    pub(super) fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    /// Makes the cluster when there is none. It appears under its name only when it is complete.
    ///
    /// # Errors
    /// `initdb` refuses, or the cluster is of another version.
    pub(super) fn initialise(&self, binaries: &Binaries, password: &str) -> Result<()> {
        let data = self.data();
        if let Ok(version) = fs::read_to_string(data.join("PG_VERSION")) {
            if version.trim().parse() == Ok(binaries.major) {
                return Ok(());
            }
            bail!(
                "the database in {} was made by PostgreSQL {}, found is {}: set ATELIER_PG_BIN to the former's programs",
                data.display(),
                version.trim(),
                binaries.version(),
            );
        }
        let (draft, secret) = (self.root.join("data.draft"), self.root.join("password"));
        // A start that was interrupted may have left one.
        if draft.exists() {
            fs::remove_dir_all(&draft)?;
        }
        fs::write(&secret, password)?;
        self.give(&secret, 0o600)?;
        let mut initdb = user::command(&binaries.program("initdb"), self.user);
        initdb.arg("-D").arg(&draft).arg("--pwfile").arg(&secret);
        initdb.args(["-U", super::NAME, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C"]);
        let output = initdb.output().context("initdb cannot be run");
        fs::remove_file(&secret)?;
        let output = output?;
        if !output.status.success() {
            bail!("initdb refused: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        fs::rename(&draft, &data)?;
        Ok(())
    }

    /// Makes a directory for the server's user and root only.
    fn secure_directory(&self, path: &Path) -> Result<()> {
        private_directory(path)?;
        let found = fs::symlink_metadata(path)?;
        let ours = [Some(rustix::process::geteuid().as_raw()), self.user.map(|user| user.uid)];
        // The short socket lies where everybody may make directories.
        if !found.is_dir() || !ours.contains(&Some(found.uid())) {
            bail!("{} belongs to somebody else: remove it, or use a shorter data directory", path.display());
        }
        self.give(path, 0o700)
    }

    fn give(&self, path: &Path, mode: u32) -> Result<()> {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
        self.user.map_or(Ok(()), |user| user.owns(path))
    }
}

/// A directory of its own with a name of its own, and a link to it.
fn make_elsewhere(link: &Path) -> Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o711).create(ELSEWHERE)?;
    let real = Path::new(ELSEWHERE).join(random_id().simple().to_string());
    private_directory(&real)?;
    symlink(&real, link).with_context(|| format!("{} cannot be made", link.display()))
}

/// Inside the place, unless the path would be too long for the system.
fn socket(root: &Path) -> PathBuf {
    let inside = root.join("socket");
    if inside.as_os_str().as_bytes().len() <= SOCKET_BYTES_MAX {
        return inside;
    }
    let mut hasher = DefaultHasher::new();
    root.hash(&mut hasher);
    std::env::temp_dir().join(format!("atelier-{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_gets_a_short_socket() {
        assert_eq!(socket(Path::new("/data/cluster")), Path::new("/data/cluster/socket"));
        let long = PathBuf::from(format!("/{}", "deep/".repeat(30)));
        let short = socket(&long);
        assert!(short.as_os_str().len() <= SOCKET_BYTES_MAX, "{}", short.display());
        assert_eq!(short, socket(&long));
    }
}
