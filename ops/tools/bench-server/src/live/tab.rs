//! A client that costs next to nothing: it looks which kind of message has come, and when.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use anyhow::{Result, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
    sync::Notify,
    task::JoinHandle,
};
use uuid::Uuid;

/// Frames of clients are masked; with zeros they stay as they are.
const MASK: [u8; 4] = [0; 4];
/// What is answered to what nobody understands: everything that was said before is done.
const SETTLED: &[u8] = b"unknown-message-type";

/// An open socket, until it is dropped.
pub(crate) struct Tab(JoinHandle<()>);

/// When the sockets of a round heard what is waited for.
pub(crate) struct Arrivals {
    state: Mutex<State>,
    done: Notify,
    sockets: usize,
}

#[derive(Default)]
struct State {
    wanted: Vec<u8>,
    heard: Vec<Instant>,
    settled: usize,
}

impl Arrivals {
    pub(crate) fn new(sockets: usize) -> Arrivals {
        Arrivals { state: Mutex::default(), done: Notify::new(), sockets }
    }

    /// From here on a message with these words is waited for.
    pub(crate) fn expect(&self, words: &[u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.wanted = words.to_vec();
        state.heard.clear();
    }

    /// When each socket heard it.
    pub(crate) async fn all(&self) -> Vec<Instant> {
        loop {
            {
                let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                if state.heard.len() >= self.sockets {
                    return state.heard.clone();
                }
            }
            self.done.notified().await;
        }
    }

    /// Returns when all are done with what they said.
    pub(crate) async fn settled(&self) {
        loop {
            if self.state.lock().unwrap_or_else(PoisonError::into_inner).settled >= self.sockets {
                return;
            }
            self.done.notified().await;
        }
    }

    fn heard(&self, text: &[u8]) {
        let at = Instant::now();
        let has = |words: &[u8]| !words.is_empty() && text.windows(words.len()).any(|some| some == words);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if has(&state.wanted) {
            state.heard.push(at);
        } else if has(SETTLED) {
            state.settled += 1;
        }
        if state.heard.len() >= self.sockets || state.settled >= self.sockets {
            drop(state);
            self.done.notify_one();
        }
    }
}

impl Tab {
    /// Opens it, and a file in it.
    pub(crate) async fn open(
        address: SocketAddr,
        cookie: &str,
        file: Option<Uuid>,
        (number, arrivals): (usize, Arc<Arrivals>),
    ) -> Result<Tab> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let session = Uuid::from_u128(number as u128 + 1000);
        let head = format!(
            "GET /ws/notifications?session-id={session} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\
             connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await?;
        let mut said = vec![];
        while !said.ends_with(b"\r\n\r\n") {
            said.push(stream.read_u8().await?);
        }
        ensure!(said.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&said));
        if let Some(file) = file {
            let open = format!(r#"{{"~:type":"~:subscribe-file","~:file-id":"~u{file}"}}"#);
            stream.write_all(&masked(0x81, open.as_bytes())).await?;
            stream.write_all(&masked(0x81, br#"{"~:type":"~:settle"}"#)).await?;
        }
        Ok(Tab(tokio::spawn(listen(stream, arrivals))))
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Connections to a server that only writes frames.
pub(crate) async fn bare(address: SocketAddr, sockets: usize, arrivals: &Arc<Arrivals>) -> Result<Vec<Tab>> {
    let mut tabs = vec![];
    for _ in 0..sockets {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        tabs.push(Tab(tokio::spawn(listen(stream, Arc::clone(arrivals)))));
    }
    Ok(tabs)
}

async fn listen(stream: TcpStream, arrivals: Arc<Arrivals>) {
    // Small, because there are many.
    let mut stream = BufReader::with_capacity(2048, stream);
    let mut text = vec![];
    while let Ok((kind, length)) = head(&mut stream).await {
        text.resize(length, 0);
        if stream.read_exact(&mut text).await.is_err() {
            return;
        }
        match kind {
            // A ping is answered with what it says.
            0x9 => {
                if stream.write_all(&masked(0x8a, &text)).await.is_err() {
                    return;
                }
            }
            0x8 => return,
            _ => arrivals.heard(&text),
        }
    }
}

async fn head(stream: &mut BufReader<TcpStream>) -> std::io::Result<(u8, usize)> {
    let (first, second) = (stream.read_u8().await?, stream.read_u8().await?);
    let length = match second & 0x7f {
        126 => u64::from(stream.read_u16().await?),
        127 => stream.read_u64().await?,
        length => u64::from(length),
    };
    Ok((first & 0x0f, usize::try_from(length).map_err(std::io::Error::other)?))
}

/// Of less than 126 bytes.
fn masked(first: u8, text: &[u8]) -> Vec<u8> {
    let length = 0x80 | u8::try_from(text.len().min(125)).unwrap_or(125);
    [&[first, length][..], &MASK, text].concat()
}
