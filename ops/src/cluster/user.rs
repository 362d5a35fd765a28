//! Who the server runs as: PostgreSQL refuses to be root.

use std::{
    fs,
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::Path,
    process::Command,
};

use anyhow::{Context as _, Result};
use platform::config::environment;

/// A user of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct User {
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl User {
    /// The user for the server when we are root: `postgres`, else `nobody`. `None`: we are somebody ourselves.
    ///
    /// # Errors
    /// We are root, and there is neither of them.
    pub(super) fn of_server() -> Result<Option<User>> {
        if !rustix::process::geteuid().is_root() {
            return Ok(None);
        }
        let passwd = fs::read_to_string("/etc/passwd").context("/etc/passwd cannot be read")?;
        let found = find(&passwd, "postgres").or_else(|| find(&passwd, "nobody"));
        found.map(Some).context("PostgreSQL does not run as root, and there is no user postgres or nobody")
    }

    /// Whether this user can pass through a directory and all its parents.
    pub(super) fn can_enter(self, path: &Path) -> bool {
        path.ancestors().all(|directory| {
            let Ok(metadata) = fs::metadata(directory) else { return false };
            let search = if metadata.uid() == self.uid {
                0o100
            } else if metadata.gid() == self.gid {
                0o010
            } else {
                0o001
            };
            metadata.mode() & search != 0
        })
    }
}

/// A command that runs as that user, if there is one, in a process group of its own: ^C must reach us, not it. Of our
/// environment it gets nothing but the path: our secrets are not its business.
pub(super) fn command(program: &Path, user: Option<User>) -> Command {
    let mut command = Command::new(program);
    let path = environment().remove("PATH").unwrap_or_else(|| "/usr/bin:/bin".to_owned());
    command
        .current_dir("/")
        .process_group(0)
        .env_clear()
        .env("PATH", path)
        .env("LC_ALL", "C")
        .env("TZ", "UTC");
    if let Some(user) = user {
        // Set before exec; supplementary groups go with it.
        command.uid(user.uid).gid(user.gid);
    }
    command
}

/// A line of /etc/passwd: name:x:uid:gid:…
fn find(passwd: &str, name: &str) -> Option<User> {
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some(User { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name() {
        let passwd =
            "root:x:0:0::/:/bin/sh\npostgresql:x:7:7::/:/x\npostgres:x:105:112:PostgreSQL:/var:/bin/bash\n";
        assert_eq!(find(passwd, "postgres"), Some(User { uid: 105, gid: 112 }));
        assert_eq!(find(passwd, "nobody"), None);
    }

    #[test]
    fn a_closed_directory_cannot_be_entered() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let inside = directory.path().join("inside");
        fs::create_dir(&inside).unwrap();
        let stranger = User { uid: 4_000_000, gid: 4_000_000 };
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o711)).unwrap();
        assert!(stranger.can_enter(&inside));
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!stranger.can_enter(&inside));
    }
}
