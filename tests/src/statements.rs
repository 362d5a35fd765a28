//! What a process asks its database: a tap on the connections, which understands as much of PostgreSQL's protocol as it
//! takes to count statements, and to cut a connection at one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use url::Url;

const SOCKET: &str = ".s.PGSQL.5432";
/// The version of the protocol, in the first message that is no question about encryption.
const PROTOCOL: [u8; 4] = [0, 3, 0, 0];

/// Where a connection is cut, or held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The statement is lost.
    Before,
    /// The statement is carried out, and its answer is lost.
    After,
}

/// Where somebody is held.
struct Hold {
    /// What their transaction has asked by then.
    steps: Vec<String>,
    how: Cut,
    /// How many others may pass before.
    passes: usize,
}

/// What becomes of a connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stop {
    Cut(Cut),
    Held(Cut),
}

/// What was asked, and what is to be cut or held.
#[derive(Default)]
struct Seen {
    asked: Vec<String>,
    /// Transactions that were committed.
    transactions: Vec<Vec<String>>,
    /// After how many statements from now on.
    cut: Option<(usize, Cut)>,
    hold: Option<Hold>,
    /// Bytes that the database answered.
    bytes: usize,
}

/// Tells of whoever is held.
#[derive(Default)]
struct Told {
    is_held: Notify,
    is_gone: Notify,
}

/// Stands before the database of a test; ends with it.
pub struct Tap {
    /// Where the database is, seen through the tap.
    pub uri: String,
    seen: Arc<Mutex<Seen>>,
    told: Arc<Told>,
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
        let (seen, told) = (Arc::<Mutex<Seen>>::default(), Arc::<Told>::default());
        let server = tokio::spawn(serve(listener, upstream, Arc::clone(&seen), Arc::clone(&told)));
        Tap { uri: uri.to_string(), seen, told, server, _directory: directory }
    }

    /// Cuts the connection on which the statement comes that is the next after so many others.
    pub fn cut(&self, after: usize, how: Cut) {
        lock(&self.seen).cut = Some((after, how));
    }

    /// Whether the statement to cut at did come; it is not waited for any more.
    pub fn was_cut(&self) -> bool {
        lock(&self.seen).cut.take().is_none()
    }

    /// Holds whoever has asked these statements in one transaction, at the last of them, until they go; so many others
    /// pass there before.
    pub fn hold(&self, steps: &[String], how: Cut, passes: usize) {
        lock(&self.seen).hold = Some(Hold { steps: steps.to_vec(), how, passes });
    }

    /// Waits until somebody is held.
    pub async fn holds(&self) {
        self.told.is_held.notified().await;
    }

    /// Waits until whoever was held has gone, and the database was told.
    pub async fn is_left(&self) {
        self.told.is_gone.notified().await;
    }

    /// What the last transaction asked that was committed and asked something with these words in it.
    ///
    /// # Panics
    /// When there was none.
    pub fn transaction(&self, words: &str) -> Vec<String> {
        let seen = lock(&self.seen);
        let with = |steps: &&Vec<String>| steps.iter().any(|step| step.contains(words));
        seen.transactions.iter().rfind(with).unwrap_or_else(|| panic!("nobody asked {words}")).clone()
    }

    /// Bytes that the database answered since the last look.
    pub fn bytes(&self) -> usize {
        std::mem::take(&mut lock(&self.seen).bytes)
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

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve(listener: UnixListener, upstream: PathBuf, seen: Arc<Mutex<Seen>>, told: Arc<Told>) {
    while let Ok((client, _)) = listener.accept().await {
        let server = UnixStream::connect(&upstream).await.expect("the test server answers");
        let (seen, told) = (Arc::clone(&seen), Arc::clone(&told));
        tokio::spawn(async move {
            let stop = Mutex::new(None);
            // Whichever end goes, the other one is told.
            let _ = pass(client, server, &seen, &told, &stop).await;
            if matches!(*lock(&stop), Some(Stop::Held(_))) {
                told.is_gone.notify_one();
            }
        });
    }
}

async fn pass(
    client: UnixStream,
    server: UnixStream,
    seen: &Mutex<Seen>,
    told: &Told,
    stop: &Mutex<Option<Stop>>,
) -> std::io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let stopped = || *lock(stop);
    let up = async {
        let (mut messages, mut piece) = (Messages::default(), vec![0; 64 * 1024]);
        loop {
            let n = from_client.read(&mut piece).await?;
            if n == 0 {
                return Ok(());
            }
            // Before it is passed on, so that what was answered has been seen.
            if let Some(now) = messages.read(&piece[..n], &mut lock(seen)) {
                *lock(stop) = Some(now);
            }
            match stopped() {
                Some(Stop::Cut(Cut::Before)) => return Ok(()),
                Some(Stop::Held(Cut::Before)) => {
                    told.is_held.notify_one();
                    while from_client.read(&mut piece).await? > 0 {}
                    return Ok(());
                }
                _ => to_server.write_all(&piece[..n]).await?,
            }
        }
    };
    let down = async {
        let mut piece = vec![0; 64 * 1024];
        loop {
            let n = from_server.read(&mut piece).await?;
            lock(seen).bytes += n;
            match stopped() {
                _ if n == 0 => return Ok(()),
                // It has done its work when it begins to answer.
                Some(Stop::Cut(Cut::After)) => return Ok(()),
                Some(Stop::Held(Cut::After)) => {
                    told.is_held.notify_one();
                    return std::future::pending().await;
                }
                _ => to_client.write_all(&piece[..n]).await?,
            }
        }
    };
    tokio::select! {
        done = up => done,
        done = down => done,
    }
}

/// What one client says.
#[derive(Default)]
struct Messages {
    unread: Vec<u8>,
    has_begun: bool,
    /// The texts of prepared statements by their names.
    prepared: HashMap<Vec<u8>, String>,
    /// What was asked since the last transaction began.
    steps: Vec<String>,
}

impl Messages {
    /// Notes statements; what becomes of the connection, if it does not go on.
    fn read(&mut self, bytes: &[u8], seen: &mut Seen) -> Option<Stop> {
        self.unread.extend_from_slice(bytes);
        let mut stop = None;
        while let Some((kind, body)) = self.next() {
            if let Some(statement) = self.statement(kind, &body) {
                stop = stop.or(self.note(statement, seen));
            }
        }
        stop
    }

    /// What is asked, if it is asked something.
    fn statement(&mut self, kind: u8, body: &[u8]) -> Option<String> {
        let mut texts = body.split(|byte| *byte == 0);
        let mut text = || texts.next().unwrap_or_default();
        match kind {
            b'Q' => Some(plain(text())),
            // A name, and what it stands for.
            b'P' => {
                let name = text().to_owned();
                self.prepared.insert(name, plain(text()));
                None
            }
            // What its result is called, and the name of the statement.
            b'B' => {
                let name = (text(), text()).1;
                Some(self.prepared.get(name).cloned().unwrap_or_default())
            }
            _ => None,
        }
    }

    fn note(&mut self, statement: String, seen: &mut Seen) -> Option<Stop> {
        if statement.starts_with("BEGIN") {
            self.steps.clear();
        }
        self.steps.push(statement.clone());
        if statement == "COMMIT" {
            seen.transactions.push(self.steps.clone());
        }
        seen.asked.push(statement);
        let is_there = |hold: &&mut Hold| hold.steps == self.steps;
        if let Some(hold) = seen.hold.as_mut().filter(is_there) {
            let Some(passes) = hold.passes.checked_sub(1) else {
                return seen.hold.take().map(|hold| Stop::Held(hold.how));
            };
            hold.passes = passes;
        }
        let (left, how) = seen.cut?;
        seen.cut = left.checked_sub(1).map(|left| (left, how));
        (left == 0).then_some(Stop::Cut(how))
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
