//! A PostgreSQL server of a test's own, which can be crashed.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::database::server;

/// A running server on a socket of its own. Durable, unlike the one that tests share; gone when it is dropped.
pub struct Postgres {
    place: TempDir,
    bin: PathBuf,
}

impl Postgres {
    /// Makes a cluster and starts it.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start() -> Postgres {
        let place = tempfile::tempdir().expect("a folder");
        std::fs::set_permissions(place.path(), PermissionsExt::from_mode(0o711)).expect("may be entered");
        let bin = PathBuf::from(server("ATELIER_TEST_PG_BIN"));
        let postgres = Postgres { place, bin };
        for folder in [postgres.data(), postgres.socket()] {
            std::fs::create_dir(&folder).expect("a folder");
            if let Some(user) = server_user() {
                run(Command::new("chown").arg(user).arg(&folder));
            }
        }
        let initdb = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
        run(postgres.command("initdb").arg("-D").arg(postgres.data()).args(initdb));
        postgres.launch();
        postgres
    }

    /// Where its only database is.
    pub fn uri(&self) -> String {
        format!("postgres://postgres@localhost/postgres?host={}", self.socket().display())
    }

    /// As if the machine had lost its power, but for what the system had been told to write; then starts it again.
    ///
    /// # Panics
    /// When it does not start again.
    pub fn crash_and_start(&self) {
        self.stop();
        self.launch();
    }

    fn launch(&self) {
        let options = format!(
            "-k {} -c listen_addresses= -c fsync=on -c synchronous_commit=on -c max_connections=200",
            self.socket().display()
        );
        let log = self.data().join("log");
        run(self.pg_ctl().arg("-l").arg(log).arg("-w").arg("-o").arg(options).arg("start"));
    }

    fn stop(&self) {
        run(self.pg_ctl().args(["-m", "immediate", "stop"]));
    }

    fn pg_ctl(&self) -> Command {
        let mut command = self.command("pg_ctl");
        command.arg("-D").arg(self.data());
        command
    }

    /// One of its programs, as a user that it accepts.
    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = match server_user() {
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", user, "--clear-groups"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    fn socket(&self) -> PathBuf {
        self.place.path().join("socket")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            let _ = self.pg_ctl().args(["-m", "immediate", "stop"]).status();
        }
    }
}

/// PostgreSQL refuses to be root.
fn server_user() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let known = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap_or_default();
    Some(if known.lines().any(|line| line.starts_with("postgres:")) { "postgres" } else { "nobody" })
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}
