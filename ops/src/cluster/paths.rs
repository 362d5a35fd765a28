//! Where the private cluster lies: `cluster` in the data directory, or behind a link of that name.

use std::{
    fs::{self, DirBuilder},
    io::Write as _,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, symlink},
    },
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use platform::ids::random_id;
use rustix::fs::{Mode, OFlags};

use super::{
    binaries::Binaries,
    user::{self, User},
};
use crate::data_dir::{DataDir, private_directory};

/// The owner of everything in it, and its database.
pub(super) const NAME: &str = "atelier";
/// Names the socket; nothing listens on this port.
pub(super) const PORT: u16 = 5432;
/// The longest path of a socket that the system takes, less what PostgreSQL adds.
const SOCKET_BYTES_MAX: usize = 107 - "/.s.PGSQL.5432.lock".len();
/// Where clusters go whose data directory the database's user cannot enter.
const ELSEWHERE: &str = "/var/lib/atelier";

/// The directory of one cluster.
#[derive(Debug)]
pub(super) struct ClusterPaths {
    root: PathBuf,
    socket: PathBuf,
    /// Who the server runs as; `None`: like us.
    pub(super) user: Option<User>,
}

impl ClusterPaths {
    /// The paths of the cluster, made when there is none.
    ///
    /// # Errors
    /// It cannot be made.
    pub(super) fn prepare(data_dir: &DataDir) -> Result<ClusterPaths> {
        let user = User::of_server()?;
        let link = data_dir.path().join("cluster");
        if link.symlink_metadata().is_err() {
            match user {
                Some(user) if !user.can_enter(data_dir.path()) => make_elsewhere(&link)?,
                _ => private_directory(&link)?,
            }
        }
        let root = link.canonicalize().with_context(|| format!("{} leads nowhere", link.display()))?;
        let paths = ClusterPaths { socket: socket(&root), root, user };
        paths.secure_directory(&paths.root)?;
        paths.secure_directory(&paths.socket)?;
        if let Some(user) = user
            && !user.can_enter(&paths.root)
        {
            bail!("the database's user cannot enter {}: give its parents the mode 711", paths.root.display());
        }
        Ok(paths)
    }

    /// The paths of a cluster that is there.
    ///
    /// # Errors
    /// The link leads nowhere.
    pub(super) fn find(data_dir: &DataDir) -> Result<Option<ClusterPaths>> {
        let link = data_dir.path().join("cluster");
        if link.symlink_metadata().is_err() {
            return Ok(None);
        }
        let root = link.canonicalize().with_context(|| format!("{} leads nowhere", link.display()))?;
        Ok(Some(ClusterPaths { socket: socket(&root), root, user: User::of_server()? }))
    }

    /// The server's data directory.
    pub(super) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The directory of its socket.
    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }

    /// The version of PostgreSQL that made the cluster, if it is there.
    pub(super) fn major(&self) -> Option<u32> {
        fs::read_to_string(self.data().join("PG_VERSION")).ok()?.trim().parse().ok()
    }

    /// Makes the cluster when there is none. It appears under its name only when it is complete.
    ///
    /// # Errors
    /// `initdb` refuses, or the cluster is of another version.
    pub(super) fn initialise(&self, binaries: &Binaries, password: &str) -> Result<()> {
        let data = self.data();
        if let Some(major) = self.major() {
            if major == binaries.major {
                return Ok(());
            }
            bail!(
                "the database in {} was made by PostgreSQL {major}, found is {}: install the programs of {major}, or \
                 set ATELIER_PG_BIN to them",
                data.display(),
                binaries.version(),
            );
        }
        // A name of its own: an interrupted start may have left another one, with a process still at work in it.
        let draft = self.root.join(format!("draft-{}", random_id().simple()));
        let secret = self.password_file(password)?;
        tracing::info!(directory = %data.display(), "making a private PostgreSQL, once");
        let mut initdb = user::command(&binaries.program("initdb"), self.user);
        initdb.arg("-D").arg(&draft).arg("--pwfile").arg(secret.path());
        initdb.args(["-U", NAME, "-A", "scram-sha-256", "-E", "UTF8", "--locale=C"]);
        let output = initdb.output().context("initdb cannot be run")?;
        if !output.status.success() {
            bail!("initdb refused: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        fs::rename(&draft, &data)?;
        fs::File::open(&self.root)?.sync_all()?;
        self.remove_drafts();
        Ok(())
    }

    /// What interrupted starts left. Whatever cannot be removed now is no harm.
    fn remove_drafts(&self) {
        for entry in fs::read_dir(&self.root).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with("draft-") {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// Outside the place, because whoever owns that could put a link there and have us write elsewhere.
    fn password_file(&self, password: &str) -> Result<tempfile::NamedTempFile> {
        let mut file = tempfile::NamedTempFile::new().context("no temporary file can be made")?;
        file.write_all(password.as_bytes())?;
        file.flush()?;
        self.give(file.as_file())?;
        Ok(file)
    }

    /// Makes a directory for the server's user and root only. Its parents may belong to others, so it is opened
    /// without following a link, and everything else is done to what was opened.
    fn secure_directory(&self, path: &Path) -> Result<()> {
        let refused = || format!("{} cannot be used for the database", path.display());
        if path.symlink_metadata().is_err() {
            DirBuilder::new().mode(0o700).create(path).with_context(refused)?;
        }
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let opened = fs::File::from(rustix::fs::open(path, flags, Mode::empty()).with_context(refused)?);
        let owner = opened.metadata()?.uid();
        if owner != rustix::process::geteuid().as_raw() && self.user.is_none_or(|user| user.uid != owner) {
            bail!("{} belongs to somebody else: remove it, or use a shorter data directory", path.display());
        }
        opened.set_permissions(fs::Permissions::from_mode(0o700))?;
        self.give(&opened)
    }

    fn give(&self, file: &fs::File) -> Result<()> {
        let Some(User { uid, gid }) = self.user else { return Ok(()) };
        std::os::unix::fs::fchown(file, Some(uid), Some(gid))
            .context("a file cannot be given to the database's user")
    }
}

/// A directory of its own with a name of its own, and a link to it.
fn make_elsewhere(link: &Path) -> Result<()> {
    DirBuilder::new().recursive(true).mode(0o711).create(ELSEWHERE)?;
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
    // FNV-1a: the same in every release, whatever the environment.
    let hash = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let hash = root.as_os_str().as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, hash);
    PathBuf::from(format!("/tmp/atelier-{hash:016x}"))
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
