//! A proxy before an HTTP server that breaks what it is told to break.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What is done to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Answered with this status, and never passed on.
    Status(u16),
    /// Passed on after a while.
    Slow(Duration),
    /// Closed before anything of it is passed on.
    Lost,
    /// Half of it is passed on, then it is closed.
    Half,
    /// The answer ends after so many bytes, head included: after none as soon as the request is passed on, whatever the
    /// server makes of it; after one when it has done its work.
    Cut(usize),
    /// Held before it is passed on, for ever.
    HoldBefore,
    /// Passed on, and its answer held for ever.
    HoldAfter,
}

struct Rule {
    method: String,
    times: usize,
    fault: Fault,
}

/// What happens to every so many-th request.
#[derive(Default)]
struct Habit {
    requests: usize,
    nth: usize,
    faults: Vec<Fault>,
}

impl Habit {
    /// The fault for the next request, if it is its turn.
    fn next(&mut self) -> Option<Fault> {
        self.requests += 1;
        let turn = self.requests.checked_div(self.nth)?;
        let is_turn = self.requests.is_multiple_of(self.nth) && !self.faults.is_empty();
        is_turn.then(|| self.faults[turn % self.faults.len()])
    }
}

struct Shared {
    upstream: Mutex<String>,
    rules: Mutex<Vec<Rule>>,
    habit: Mutex<Habit>,
    held: Notify,
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// The fault for a request, if there is one left.
    fn take(&self, method: &str) -> Option<Fault> {
        let mut rules = lock(&self.rules);
        let Some(rule) = rules.iter_mut().find(|rule| rule.method == method && rule.times > 0) else {
            return lock(&self.habit).next();
        };
        rule.times -= 1;
        Some(rule.fault)
    }
}

/// A running proxy on a free loopback port; ends with the test.
pub struct FaultProxy {
    /// Where it answers, such as `http://127.0.0.1:40123`.
    pub endpoint: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl FaultProxy {
    /// Before a server such as `http://127.0.0.1:40122`.
    pub async fn before(endpoint: &str) -> FaultProxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let here = format!("http://{}", listener.local_addr().expect("bound"));
        let shared = Arc::new(Shared {
            upstream: Mutex::new(address(endpoint)),
            rules: Mutex::default(),
            habit: Mutex::default(),
            held: Notify::new(),
        });
        let faults = Arc::clone(&shared);
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(pass(socket, Arc::clone(&faults)));
            }
        });
        FaultProxy { endpoint: here, shared, server }
    }

    /// The server answers at another address from now on.
    pub fn move_to(&self, endpoint: &str) {
        *lock(&self.shared.upstream) = address(endpoint);
    }

    /// Does these in turn, one to every `nth` request of any method that is not broken otherwise.
    pub fn break_each(&self, nth: usize, faults: &[Fault]) {
        *lock(&self.shared.habit) = Habit { requests: 0, nth, faults: faults.to_vec() };
    }

    /// How many requests came since then that were not broken otherwise.
    pub fn requests(&self) -> usize {
        lock(&self.shared.habit).requests
    }

    /// Does this to the next `times` requests of a method.
    pub fn break_next(&self, method: &str, times: usize, fault: Fault) {
        lock(&self.shared.rules).push(Rule { method: method.to_owned(), times, fault });
    }

    /// Nothing is broken any more.
    pub fn heal(&self) {
        lock(&self.shared.rules).clear();
        lock(&self.shared.habit).nth = 0;
    }

    /// Waits until a request is held.
    pub async fn holds(&self) {
        self.shared.held.notified().await;
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn address(endpoint: &str) -> String {
    endpoint.trim_start_matches("http://").to_owned()
}

/// One request on one connection, whatever the client hoped for.
async fn pass(mut client: TcpStream, shared: Arc<Shared>) {
    let Some((head, rest)) = head(&mut client).await else { return };
    let text = String::from_utf8_lossy(&head).into_owned();
    let fault = shared.take(text.split(' ').next().unwrap_or_default());
    match fault {
        Some(Fault::Status(status)) => return refuse(client, &text, rest.len(), status).await,
        Some(Fault::Lost) => return,
        Some(Fault::Slow(time)) => tokio::time::sleep(time).await,
        Some(Fault::HoldBefore) => return hold(&shared).await,
        _ => {}
    }
    let upstream = lock(&shared.upstream).clone();
    let Ok(mut server) = TcpStream::connect(upstream).await else { return };
    // The answer ends with the connection, so nothing needs to be understood.
    let mut closing = [&head[..head.len() - 2], b"connection: close\r\n\r\n", &rest].concat();
    if fault == Some(Fault::Half) {
        closing.truncate(closing.len() - rest.len().div_ceil(2));
    }
    if server.write_all(&closing).await.is_err() || fault == Some(Fault::Half) {
        return;
    }
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let up = tokio::io::copy(&mut from_client, &mut to_server);
    let down = async {
        match fault {
            Some(Fault::Cut(bytes)) => {
                let _ = tokio::io::copy(&mut from_server.take(bytes as u64), &mut to_client).await;
            }
            Some(Fault::HoldAfter) => {
                // It has done its work when it begins to answer.
                let _ = from_server.read_u8().await;
                hold(&shared).await;
            }
            _ => {
                let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
            }
        }
    };
    tokio::select! {
        () = down => {}
        // A client that only stops sending still listens.
        () = async { let _ = up.await; std::future::pending::<()>().await } => {}
    }
}

async fn hold(shared: &Shared) {
    shared.held.notify_one();
    std::future::pending().await
}

/// The head of a request with its empty line, and what came behind it.
async fn head(client: &mut TcpStream) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut seen = vec![];
    loop {
        if let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = seen.split_off(end + 4);
            return Some((seen, rest));
        }
        let mut piece = [0; 4096];
        match client.read(&mut piece).await {
            Ok(read) if read > 0 => seen.extend(&piece[..read]),
            _ => return None,
        }
    }
}

/// Answers after the body was read, so that the client is there to hear it.
async fn refuse(mut client: TcpStream, head: &str, mut read: usize, status: u16) {
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    let mut piece = [0; 4096];
    while read < length.unwrap_or(0) {
        match client.read(&mut piece).await {
            Ok(more) if more > 0 => read += more,
            _ => return,
        }
    }
    let answer = format!("HTTP/1.1 {status} Broken\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    // A client that goes away is its own business.
    let _ = client.write_all(answer.as_bytes()).await;
}
