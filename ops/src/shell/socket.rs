//! The socket of an instance: for its owner and root only.

use std::{
    fs::Permissions,
    io::ErrorKind,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use platform::{app::App, config::ShellSocket};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{UnixListener, UnixStream, unix::OwnedReadHalf},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::{
    grammar::Grammar,
    session::Session,
    wire::{Answer, IDLE_MAX, REQUEST_BYTES_MAX, Request, SHELLS_MAX, WRITE_MAX},
};
use crate::{data_dir::private_directory, operator};

/// Bytes of a path that the system takes for a socket.
const PATH_BYTES_MAX: usize = 107;
/// Lines that run when the process stops have so long, as calls have.
const END_MAX: Duration = Duration::from_secs(20);
/// A full table of files empties again.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

/// A socket that is listened on, removed at the end.
#[derive(Debug)]
pub(crate) struct Socket {
    path: PathBuf,
    /// Which file it is: another's at the same place is left alone.
    inode: u64,
    listener: UnixListener,
}

/// Where sockets of instances on a data directory are by default.
pub(crate) fn directory(data_dir: &Path) -> PathBuf {
    data_dir.join("shell")
}

/// Sockets in a directory, answered or not, by name.
pub(crate) fn sockets(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    found.retain(|path| path.extension().is_some_and(|end| end == "sock"));
    found.sort();
    found
}

impl Socket {
    /// Listens where the settings say, if at all. A default place that cannot be used is told in the log, and the
    /// process does without.
    ///
    /// # Errors
    /// The place that was set cannot be used.
    pub(crate) fn open(app: &App, role: &str) -> Result<Option<Socket>> {
        match &app.config.shell {
            ShellSocket::Off => Ok(None),
            ShellSocket::At(path) => {
                let opened = Socket::at(path).with_context(|| {
                    format!("ATELIER_SHELL_SOCKET: {} cannot be listened on", path.display())
                });
                opened.map(Some)
            }
            ShellSocket::InDataDir => {
                let directory = directory(&app.config.data_dir);
                // Those of processes that were killed.
                for left in sockets(&directory) {
                    remove_stale(&left);
                }
                let path = directory.join(format!("{role}-{}.sock", std::process::id()));
                match Socket::at(&path) {
                    Ok(socket) => Ok(Some(socket)),
                    Err(error) => {
                        tracing::warn!(error = %format!("{error:#}"), "no shell can be used on this process");
                        Ok(None)
                    }
                }
            }
        }
    }

    fn at(path: &Path) -> Result<Socket> {
        if path.as_os_str().len() > PATH_BYTES_MAX {
            bail!("the path has more than {PATH_BYTES_MAX} bytes: set ATELIER_SHELL_SOCKET to a shorter one");
        }
        let directory = path.parent().context("it has no directory")?;
        private_directory(directory)?;
        let about = std::fs::metadata(directory)?;
        if about.mode() & 0o077 != 0 || about.uid() != rustix::process::geteuid().as_raw() {
            bail!("{} should belong to this user, with mode 0700", directory.display());
        }
        let listener = match UnixListener::bind(path) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                if !remove_stale(path) {
                    bail!("another process listens there");
                }
                UnixListener::bind(path)?
            }
            bound => bound?,
        };
        std::fs::set_permissions(path, Permissions::from_mode(0o600))?;
        let inode = std::fs::symlink_metadata(path)?.ino();
        Ok(Socket { path: path.to_owned(), inode, listener })
    }

    /// Lets people in until told to leave; lines that run may end, within 20 s.
    pub(crate) async fn serve(self, app: App, grammar: Grammar, leave: CancellationToken) -> Result<()> {
        let room = Arc::new(Semaphore::new(SHELLS_MAX));
        let mut shells = JoinSet::new();
        loop {
            let stream = tokio::select! {
                () = leave.cancelled() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        tracing::warn!(%error, "a shell could not be let in");
                        tokio::time::sleep(ACCEPT_AGAIN).await;
                        continue;
                    }
                },
            };
            while shells.try_join_next().is_some() {}
            let uid = stream.peer_cred().map(|peer| peer.uid());
            let Some(uid) = uid.ok().filter(|uid| *uid == 0 || *uid == rustix::process::geteuid().as_raw())
            else {
                tracing::warn!("somebody else's shell was turned away");
                continue;
            };
            let Ok(ctx) = room.clone().try_acquire_owned() else {
                tracing::warn!("a shell was turned away: {SHELLS_MAX} are open");
                continue;
            };
            let session = Session::new(app.clone(), operator::in_shell(uid), grammar);
            let leave = leave.clone();
            shells.spawn(async move {
                // Whoever hangs up or talks nonsense is told nothing more.
                if let Err(error) = talk(stream, session, leave).await {
                    tracing::debug!(error = %format!("{error:#}"), "a shell ended");
                }
                drop(ctx);
            });
        }
        let ends = async { while shells.join_next().await.is_some() {} };
        if timeout(END_MAX, ends).await.is_err() {
            tracing::warn!("a line of a shell was cut short: the process stops");
        }
        Ok(())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if std::fs::symlink_metadata(&self.path).is_ok_and(|about| about.ino() == self.inode) {
            drop(std::fs::remove_file(&self.path));
        }
    }
}

/// Removes a socket that nobody answers at; whether the place is free.
fn remove_stale(path: &Path) -> bool {
    match std::os::unix::net::UnixStream::connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => std::fs::remove_file(path).is_ok(),
        Err(error) => error.kind() == ErrorKind::NotFound,
        Ok(_) => false,
    }
}

async fn talk(stream: UnixStream, mut session: Session, leave: CancellationToken) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read);
    loop {
        let line = tokio::select! {
            () = leave.cancelled() => return Ok(()),
            line = timeout(IDLE_MAX, request(&mut read)) => line??,
        };
        let Some(request) = line else { return Ok(()) };
        let answer: Answer = session.answer(request).await;
        let mut text = serde_json::to_vec(&answer)?;
        text.push(b'\n');
        timeout(WRITE_MAX, write.write_all(&text)).await??;
    }
}

/// The next request; nothing at the end.
async fn request(read: &mut BufReader<OwnedReadHalf>) -> Result<Option<Request>> {
    let mut line = vec![];
    let most = u64::try_from(REQUEST_BYTES_MAX)?;
    read.take(most).read_until(b'\n', &mut line).await?;
    // A line that breaks off was not meant.
    if line.is_empty() || line.last() != Some(&b'\n') {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&line).context("no request")?))
}
