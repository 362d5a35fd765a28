//! The server process: started, or found running, and stopped.

use std::{
    fs::{self, OpenOptions},
    io::ErrorKind,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::{
    binaries::Binaries,
    paths::{ClusterPaths, PORT},
    user::{self, User},
};

/// A fast shutdown ends sessions and writes everything down.
const STOP_MAX: Duration = Duration::from_secs(30);
/// What a killed server left running ends by itself soon.
const ORPHANS_MAX: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How often it is seen to that the server lives, in the long run.
const WATCH_EVERY: Duration = Duration::from_secs(1);
/// The log of the server starts anew when it is larger than this.
const LOG_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// How much of the log is shown when it dies.
const LOG_LINES_SHOWN: usize = 12;

/// A running server.
#[derive(Debug)]
pub(super) struct Postmaster {
    pid: Pid,
    data: PathBuf,
    log: PathBuf,
    user: Option<User>,
    /// When we started it, we must also take its exit status, or it stays a zombie.
    child: Option<Child>,
}

impl Postmaster {
    /// Takes over the server of this cluster that is running, or starts one.
    ///
    /// # Errors
    /// It cannot be started, or something else uses the cluster.
    pub(super) async fn start_or_adopt(
        paths: &ClusterPaths,
        binaries: &Binaries,
        log: PathBuf,
    ) -> Result<Postmaster> {
        let data = paths.data().canonicalize().context("the private database is gone")?;
        let user = paths.user;
        if let Some(pid) = running(&data, user) {
            tracing::info!(
                pid = pid.as_raw_pid(),
                "the private database was still running and is taken over"
            );
            return Ok(Postmaster { pid, data, log, user, child: None });
        }
        clear_remains(paths, &data).await?;
        let mut command = user::command(&binaries.program("postgres"), user);
        command.arg("-D").arg(&data).arg("-k").arg(paths.socket()).arg("-p").arg(PORT.to_string());
        command.args([
            "-c",
            "listen_addresses=",
            "-c",
            "unix_socket_permissions=0700",
            "-c",
            "max_connections=200",
        ]);
        let out = open_log(&log)?;
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
        let child = command.spawn().context("postgres cannot be started")?;
        let pid = Pid::from_child(&child);
        Ok(Postmaster { pid, data, log, user, child: Some(child) })
    }

    /// Waits until the server has ended by itself, and tells why.
    pub(super) async fn died(&mut self) -> String {
        let mut pause = LOOK_EVERY;
        while self.is_alive() {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(WATCH_EVERY);
        }
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..];
        format!("the private database ended; its last words in {}:\n{}", self.log.display(), last.join("\n"))
    }

    /// Stops it: the fast way first, then at once (the next start recovers).
    ///
    /// # Errors
    /// It outlives both.
    pub(super) async fn stop(mut self) -> Result<()> {
        for signal in [Signal::INT, Signal::QUIT] {
            if !self.is_alive() {
                return Ok(());
            }
            // It may end between the question and the signal.
            let _ = kill_process(self.pid, signal);
            let asked = Instant::now();
            while asked.elapsed() < STOP_MAX {
                if !self.is_alive() {
                    return Ok(());
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        bail!("the private database (process {}) does not stop", self.pid.as_raw_pid())
    }

    fn is_alive(&mut self) -> bool {
        match &mut self.child {
            Some(child) => matches!(child.try_wait(), Ok(None)),
            None => is_postmaster_of(self.pid.as_raw_pid(), &self.data, self.user),
        }
    }
}

impl Drop for Postmaster {
    /// After an error or a panic; an orderly end goes through [`Postmaster::stop`].
    fn drop(&mut self) {
        if self.is_alive() {
            let _ = kill_process(self.pid, Signal::INT);
        }
    }
}

/// The server that says it serves this cluster, if it lives and does.
fn running(data: &Path, user: Option<User>) -> Option<Pid> {
    let file = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let pid: i32 = file.lines().next()?.trim().parse().ok()?;
    is_postmaster_of(pid, data, user).then(|| Pid::from_raw(pid)).flatten()
}

/// Whether a process is alive, is PostgreSQL, and works in this directory. A number alone proves nothing: it may
/// belong to another process by now.
fn is_postmaster_of(pid: i32, data: &Path, user: Option<User>) -> bool {
    is_postgres(pid) && works_in(pid, data, user)
}

/// Whether a process is alive and is called so.
fn is_postgres(pid: i32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    let Some((head, tail)) = stat.rsplit_once(')') else { return false };
    head.ends_with("(postgres") && !tail.trim_start().starts_with(['Z', 'X'])
}

fn works_in(pid: i32, data: &Path, user: Option<User>) -> bool {
    let link = format!("/proc/{pid}/cwd");
    match (fs::read_link(&link), user) {
        (Ok(directory), _) => directory == data,
        // Root in a container may not look at processes of others; that other may.
        (Err(error), Some(_)) if error.kind() == ErrorKind::PermissionDenied => {
            let read = user::command(Path::new("readlink"), user).arg(&link).output();
            read.is_ok_and(|read| String::from_utf8_lossy(&read.stdout).trim_end() == data.to_string_lossy())
        }
        _ => false,
    }
}

/// What a killed server leaves: child processes that end soon, its pid file, its socket. The file must stay until
/// the last child has gone, for two servers on one cluster would destroy it.
async fn clear_remains(paths: &ClusterPaths, data: &Path) -> Result<()> {
    if !data.join("postmaster.pid").exists() {
        return Ok(());
    }
    let asked = Instant::now();
    while let Some(pid) = worker_in(data, paths.user) {
        if asked.elapsed() > ORPHANS_MAX {
            bail!("process {pid} of a killed server still uses {}: end it first", data.display());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let socket = paths.socket().join(format!(".s.PGSQL.{PORT}"));
    for remains in
        [data.join("postmaster.pid"), socket.clone(), socket.with_extension(format!("{PORT}.lock"))]
    {
        match fs::remove_file(&remains) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} cannot be removed", remains.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Any living process of PostgreSQL that works in this directory.
fn worker_in(data: &Path, user: Option<User>) -> Option<i32> {
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.into_iter().find(|pid| is_postmaster_of(*pid, data, user))
}

fn open_log(path: &Path) -> Result<fs::File> {
    let large = fs::metadata(path).is_ok_and(|log| log.len() > LOG_BYTES_MAX);
    if large {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    let opened = OpenOptions::new().create(true).append(true).open(path);
    opened.with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_somebody_else_is_no_server() {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().canonicalize().unwrap();
        for text in
            [std::process::id().to_string(), "0".to_owned(), "-1".to_owned(), "x".to_owned(), String::new()]
        {
            fs::write(data.join("postmaster.pid"), &text).unwrap();
            assert_eq!(running(&data, None), None, "{text}");
        }
    }

    #[tokio::test]
    async fn a_server_that_dies_tells_why() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("postgres.log");
        fs::write(&log, "one\nFATAL: no space\n").unwrap();
        let child = std::process::Command::new("true").spawn().unwrap();
        let pid = Pid::from_child(&child);
        let mut postmaster =
            Postmaster { pid, data: directory.path().to_owned(), log, user: None, child: Some(child) };
        assert!(postmaster.died().await.ends_with("one\nFATAL: no space"));
    }
}
