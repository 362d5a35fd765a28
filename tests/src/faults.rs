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
    /// The answer ends after so many bytes, head included.
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

#[derive(Default)]
struct Shared {
    rules: Mutex<Vec<Rule>>,
    held: Notify,
}

impl Shared {
    fn rules(&self) -> MutexGuard<'_, Vec<Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fault for a request, if there is one left.
    fn take(&self, method: &str) -> Option<Fault> {
        let mut rules = self.rules();
        let rule = rules.iter_mut().find(|rule| rule.method == method && rule.times > 0)?;
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
        let upstream = endpoint.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
        let shared = Arc::new(Shared::default());
        let faults = Arc::clone(&shared);
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(pass(socket, upstream.clone(), Arc::clone(&faults)));
            }
        });
        FaultProxy { endpoint, shared, server }
    }

    /// Does this to the next `times` requests of a method.
    pub fn break_next(&self, method: &str, times: usize, fault: Fault) {
        self.shared.rules().push(Rule { method: method.to_owned(), times, fault });
    }

    /// Nothing is broken any more.
    pub fn heal(&self) {
        self.shared.rules().clear();
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

/// One request on one connection, whatever the client hoped for.
async fn pass(mut client: TcpStream, upstream: String, shared: Arc<Shared>) {
    let Some((head, rest)) = head(&mut client).await else { return };
    let text = String::from_utf8_lossy(&head).into_owned();
    let fault = shared.take(text.split(' ').next().unwrap_or_default());
    match fault {
        Some(Fault::Status(status)) => return refuse(client, &text, rest.len(), status).await,
        Some(Fault::Slow(time)) => tokio::time::sleep(time).await,
        Some(Fault::HoldBefore) => return hold(&shared).await,
        _ => {}
    }
    let Ok(mut server) = TcpStream::connect(upstream).await else { return };
    // The answer ends with the connection, so nothing needs to be understood.
    let closing = [&head[..head.len() - 2], b"connection: close\r\n\r\n", &rest].concat();
    if server.write_all(&closing).await.is_err() {
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
