//! A web server that takes what is posted to it, and answers what a test says.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One request.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Its first line and its headers, lower case.
    pub head: String,
    /// Its body.
    pub body: Vec<u8>,
}

impl Posted {
    /// A header; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_default().trim()
    }
}

struct Received {
    /// None: no answer at all.
    status: Option<u16>,
    posted: Vec<Posted>,
}

/// A running server on a free loopback port; ends with the test.
pub struct Collector {
    host: String,
    received: Arc<Mutex<Received>>,
    server: JoinHandle<()>,
}

impl Collector {
    /// Starts one that answers with a status.
    pub async fn answering(status: u16) -> Collector {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let host = listener.local_addr().expect("bound").to_string();
        let received = Arc::new(Mutex::new(Received { status: Some(status), posted: vec![] }));
        let shared = Arc::clone(&received);
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(take(socket, Arc::clone(&shared)));
            }
        });
        Collector { host, received, server }
    }

    /// Where it listens, such as `127.0.0.1:40123`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Where it takes things.
    pub fn uri(&self) -> String {
        format!("http://{}/take", self.host)
    }

    /// Answers with another status from now on.
    pub fn answer(&self, status: u16) {
        self.received().status = Some(status);
    }

    /// Takes what comes from now on, and does not answer.
    pub fn stand_still(&self) {
        self.received().status = None;
    }

    /// What came so far does not count any more.
    pub fn forget(&self) {
        self.received().posted.clear();
    }

    /// What came, in its order.
    pub fn posted(&self) -> Vec<Posted> {
        self.received().posted.clone()
    }

    fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(mut socket: TcpStream, received: Arc<Mutex<Received>>) {
    let Some(posted) = read(&mut socket).await else { return };
    let status = {
        let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
        received.posted.push(posted);
        received.status
    };
    let Some(status) = status else { return std::future::pending().await };
    let answer = format!(
        "HTTP/1.1 {status} Said\r\ncontent-length: 0\r\nlocation: /elsewhere\r\nconnection: close\r\n\r\n"
    );
    // A client that goes away is its own business.
    let _ = socket.write_all(answer.as_bytes()).await;
}

async fn read(socket: &mut TcpStream) -> Option<Posted> {
    let (mut bytes, mut piece) = (vec![], [0; 4096]);
    loop {
        if let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let posted = Posted { head, body: bytes[end + 4..].to_vec() };
            if posted.body.len() >= posted.header("content-length").parse().unwrap_or(0) {
                return Some(posted);
            }
        }
        match socket.read(&mut piece).await {
            Ok(read) if read > 0 => bytes.extend(&piece[..read]),
            _ => return None,
        }
    }
}
