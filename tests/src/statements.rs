//! What a process asks its database: a tap on the connections, which understands as much of PostgreSQL's protocol as it
//! takes to count statements.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;
use url::Url;

const SOCKET: &str = ".s.PGSQL.5432";
/// The version of the protocol, in the first message that is no question about encryption.
const PROTOCOL: [u8; 4] = [0, 3, 0, 0];

/// Stands before the database of a test; ends with it.
pub struct Tap {
    /// Where the database is, seen through the tap.
    pub uri: String,
    asked: Arc<Mutex<Vec<String>>>,
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
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let server = tokio::spawn(serve(listener, upstream, Arc::clone(&asked)));
        Tap { uri: uri.to_string(), asked, server, _directory: directory }
    }

    /// The statements that were carried out since the last look, in their order, with one space where there was more.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.asked))
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock(asked: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: UnixListener, upstream: PathBuf, asked: Arc<Mutex<Vec<String>>>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = UnixStream::connect(&upstream).await.expect("the test server answers");
        tokio::spawn(pass(client, server, Arc::clone(&asked)));
    }
}

async fn pass(client: UnixStream, server: UnixStream, asked: Arc<Mutex<Vec<String>>>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async {
        let (mut messages, mut piece) = (Messages::default(), vec![0; 64 * 1024]);
        loop {
            let n = from_client.read(&mut piece).await?;
            if n == 0 {
                return Ok::<(), std::io::Error>(());
            }
            // Before it is passed on, so that what was answered has been seen.
            messages.read(&piece[..n], &mut lock(&asked));
            to_server.write_all(&piece[..n]).await?;
        }
    };
    // Either end may go.
    tokio::select! {
        _ = up => {}
        _ = tokio::io::copy(&mut from_server, &mut to_client) => {}
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
    fn read(&mut self, bytes: &[u8], asked: &mut Vec<String>) {
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
