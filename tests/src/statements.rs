//! What a process asks its database: a tap on the connections, which understands as much of PostgreSQL's protocol as it
//! takes to count statements, and to cut a connection at one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;
use url::Url;

const SOCKET: &str = ".s.PGSQL.5432";
/// The version of the protocol, in the first message that is no question about encryption.
const PROTOCOL: [u8; 4] = [0, 3, 0, 0];

/// Where a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The statement is lost.
    Before,
    /// The statement is carried out, and its answer is lost.
    After,
}

/// What was asked, and what is to be cut.
#[derive(Default)]
struct Seen {
    asked: Vec<String>,
    /// After how many statements from now on.
    cut: Option<(usize, Cut)>,
}

/// Stands before the database of a test; ends with it.
pub struct Tap {
    /// Where the database is, seen through the tap.
    pub uri: String,
    seen: Arc<Mutex<Seen>>,
    server: JoinHandle<()>,
    _directory: TempDir,
}

impl Tap {
    /// Before a database that is reached by a socket in a directory.
    ///
    /// # Panics
    /// When it is reached in another way.
    pub fn before(uri: &str) -> Tap {
        let mut uri = Url::parse(uri).expect("a URI");
        let host = uri.query_pairs().find(|(name, _)| name == "host").expect("a socket").1.into_owned();
        let directory = tempfile::tempdir().expect("a directory");
        uri.set_query(Some(&format!("host={}", directory.path().display())));
        let listener = UnixListener::bind(directory.path().join(SOCKET)).expect("listens");
        let upstream = Path::new(&host).join(SOCKET);
        let seen = Arc::<Mutex<Seen>>::default();
        let server = tokio::spawn(serve(listener, upstream, Arc::clone(&seen)));
        Tap { uri: uri.to_string(), seen, server, _directory: directory }
    }

    /// Cuts the connection on which the statement comes that is the next after so many others.
    pub fn cut(&self, after: usize, how: Cut) {
        lock(&self.seen).cut = Some((after, how));
    }

    /// Whether the statement to cut at did come; it is not waited for any more.
    pub fn was_cut(&self) -> bool {
        lock(&self.seen).cut.take().is_none()
    }

    /// The statements that were carried out since the last look, in their order, with one space where there was more.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.seen).asked)
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: UnixListener, upstream: PathBuf, seen: Arc<Mutex<Seen>>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = UnixStream::connect(&upstream).await.expect("the test server answers");
        tokio::spawn(pass(client, server, Arc::clone(&seen)));
    }
}

async fn pass(client: UnixStream, server: UnixStream, seen: Arc<Mutex<Seen>>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let is_mute = AtomicBool::new(false);
    let up = async {
        let (mut messages, mut piece) = (Messages::default(), vec![0; 64 * 1024]);
        loop {
            let n = from_client.read(&mut piece).await?;
            // Before it is passed on, so that what was answered has been seen.
            match messages.read(&piece[..n], &mut lock(&seen)) {
                _ if n == 0 => return Ok::<(), std::io::Error>(()),
                Some(Cut::Before) => return Ok(()),
                Some(Cut::After) => is_mute.store(true, Ordering::SeqCst),
                None => {}
            }
            to_server.write_all(&piece[..n]).await?;
        }
    };
    let down = async {
        let mut piece = vec![0; 64 * 1024];
        loop {
            let n = from_server.read(&mut piece).await?;
            // It has done its work when it begins to answer.
            if n == 0 || is_mute.load(Ordering::SeqCst) {
                return Ok::<(), std::io::Error>(());
            }
            to_client.write_all(&piece[..n]).await?;
        }
    };
    // Either end may go.
    tokio::select! {
        _ = up => {}
        _ = down => {}
    }
}

/// What one client says.
#[derive(Default)]
struct Messages {
    unread: Vec<u8>,
    has_begun: bool,
    /// The texts of prepared statements by their names.
    prepared: HashMap<Vec<u8>, String>,
}

impl Messages {
    /// Notes statements; where the connection is cut, if it is.
    fn read(&mut self, bytes: &[u8], seen: &mut Seen) -> Option<Cut> {
        let before = seen.asked.len();
        self.note(bytes, &mut seen.asked);
        let count = seen.asked.len() - before;
        let (left, how) = seen.cut?;
        seen.cut = (count <= left).then(|| (left - count, how));
        (count > left).then_some(how)
    }

    fn note(&mut self, bytes: &[u8], asked: &mut Vec<String>) {
        self.unread.extend_from_slice(bytes);
        while let Some((kind, body)) = self.next() {
            let mut texts = body.split(|byte| *byte == 0);
            let mut text = || texts.next().unwrap_or_default();
            match kind {
                b'Q' => asked.push(plain(text())),
                // A name, and what it stands for.
                b'P' => {
                    let name = text().to_owned();
                    self.prepared.insert(name, plain(text()));
                }
                // What its result is called, and the name of the statement.
                b'B' => {
                    let name = (text(), text()).1;
                    asked.push(self.prepared.get(name).cloned().unwrap_or_default());
                }
                _ => {}
            }
        }
    }

    /// A whole message: its kind, 0 for those of the beginning, and what it says.
    fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        let at = usize::from(self.has_begun);
        let length = self.unread.get(at..at + 4)?;
        let length = u32::from_be_bytes(length.try_into().ok()?) as usize;
        if self.unread.len() < at + length {
            return None;
        }
        let kind = if self.has_begun { self.unread[0] } else { 0 };
        let body = self.unread[at + 4..at + length].to_vec();
        self.unread.drain(..at + length);
        self.has_begun |= body.starts_with(&PROTOCOL);
        Some((kind, body))
    }
}

fn plain(sql: &[u8]) -> String {
    String::from_utf8_lossy(sql).split_whitespace().collect::<Vec<_>>().join(" ")
}
