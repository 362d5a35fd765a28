//! The real binary as a process.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use platform::config::environment;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

/// A fresh data directory needs initdb and every migration.
const READY_MAX: Duration = Duration::from_secs(180);

/// A running `atelier`.
pub struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it printed up to `ready`.
    pub said: String,
}

/// What a finished command left.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

/// The binary that was built beside the tests.
pub fn binary() -> PathBuf {
    let exe = std::env::current_exe().expect("the running test");
    let folder = exe.parent().and_then(Path::parent).expect("target/debug");
    let binary = folder.join("atelier");
    assert!(binary.exists(), "{} is missing: run the tests with `make test`", binary.display());
    binary
}

/// A data directory that the database's own user may enter.
pub fn data_directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(directory.path(), mode).expect("permissions");
    directory
}

/// A port that nobody holds now.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").port()
}

/// Runs one of the house's scripts to its end, with this build's binary.
pub async fn script(path: &str, arguments: &[&str]) -> Finished {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut command = Command::new(root.join(path));
    command.args(arguments).env("ATELIER", binary()).stdin(Stdio::null()).kill_on_drop(true);
    finish(path, command).await
}

fn command(arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    // Only what the test says: a developer's own settings must not reach it.
    let prefixes = ["PENPOT_", "ATELIER_", "OTEL_"];
    let ours = |name: &String| prefixes.iter().any(|prefix| name.starts_with(prefix));
    for name in environment().into_keys().filter(ours) {
        command.env_remove(name);
    }
    command.envs(settings.iter().copied());
    command
}

/// Runs a command to its end.
pub async fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Finished {
    finish(&format!("{arguments:?}"), command(arguments, settings)).await
}

/// Runs a command to its end, with a file as its standard input.
pub async fn run_with_input(arguments: &[&str], settings: &[(&str, &str)], input: &Path) -> Finished {
    let mut command = command(arguments, settings);
    command.stdin(std::fs::File::open(input).expect("input"));
    finish(&format!("{arguments:?}"), command).await
}

async fn finish(what: &str, mut command: Command) -> Finished {
    let output = timeout(READY_MAX, command.output());
    let output = output.await.unwrap_or_else(|_| panic!("{what} took too long")).expect("runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Finished { status: output.status, out: text(&output.stdout), err: text(&output.stderr) }
}

/// Starts a command that says `ready` and goes on.
///
/// # Panics
/// When it ends or stays silent instead.
pub async fn start(arguments: &[&str], settings: &[(&str, &str)]) -> Running {
    launch(command(arguments, settings), arguments).await
}

/// As [`start`], with the log in a file.
pub async fn start_logging(arguments: &[&str], settings: &[(&str, &str)], log: &Path) -> Running {
    let mut command = command(arguments, settings);
    command.stderr(std::fs::File::create(log).expect("a file for the log"));
    launch(command, arguments).await
}

/// As [`start`], in a process that can write files of so many KiB at most.
pub async fn start_limited(arguments: &[&str], settings: &[(&str, &str)], file_kib: u32) -> Running {
    let plain = command(arguments, settings);
    let mut limited = Command::new("bash");
    // Without the trap a write beyond the limit would end the process instead of failing.
    let script = format!("trap '' XFSZ; ulimit -f {file_kib}; exec \"$@\"");
    limited.args(["-c", &script, "limited"]).arg(binary()).args(arguments);
    for (name, value) in plain.as_std().get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited.stdin(Stdio::null()).kill_on_drop(true);
    launch(limited, arguments).await
}

async fn launch(mut command: Command, arguments: &[&str]) -> Running {
    command.stdout(Stdio::piped());
    let mut child = command.spawn().expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut said = String::new();
    let ready = async {
        while let Some(line) = lines.next_line().await.expect("text") {
            said.push_str(&line);
            said.push('\n');
            if line.trim() == "ready" {
                return true;
            }
        }
        false
    };
    let ready = timeout(READY_MAX, ready).await.unwrap_or(false);
    assert!(ready, "{arguments:?} never was ready: {said}");
    Running { child, lines, said }
}

impl Running {
    /// Asks it to stop, and waits for its end.
    pub async fn terminate(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended().await
    }

    /// Asks it to stop, and does not wait.
    pub fn ask_to_stop(&self) {
        self.signal(Signal::TERM);
    }

    /// Asks it to stop again and again, as somebody who has lost patience, until it ends.
    pub async fn insist(mut self) -> ExitStatus {
        loop {
            self.signal(Signal::TERM);
            if let Ok(status) = timeout(Duration::from_millis(50), self.ended()).await {
                return status;
            }
        }
    }

    /// The first address that it printed: where its API answers.
    ///
    /// # Panics
    /// When there is none.
    pub fn address(&self) -> &str {
        self.said.split_whitespace().find(|word| word.starts_with("http")).expect("tells where")
    }

    /// The address among what it printed, such as `http://127.0.0.1:40123`, without what it told to ask there.
    ///
    /// # Panics
    /// When there is none.
    pub fn health_address(&self) -> &str {
        self.said.split_whitespace().find_map(|word| word.strip_suffix("/readyz")).expect("tells where")
    }

    /// Kills it at once, as a crash would.
    pub async fn kill(mut self) {
        self.signal(Signal::KILL);
        self.ended().await;
    }

    /// Waits for its own end.
    pub async fn wait(mut self) -> ExitStatus {
        timeout(READY_MAX, self.ended()).await.expect("ends in time")
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id().expect("still runs")).expect("a number");
        kill_process(Pid::from_raw(pid).expect("a process"), signal).expect("is signalled");
    }

    async fn ended(&mut self) -> ExitStatus {
        // Its output is read to the end, or a full pipe would hold it.
        let rest = async { while let Ok(Some(_)) = self.lines.next_line().await {} };
        let (status, ()) = tokio::join!(self.child.wait(), rest);
        status.expect("ends")
    }
}
