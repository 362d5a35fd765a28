//! A server that webhooks tell, and when each call came.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::waits::PATIENCE;

/// Ends with this value.
pub(crate) struct Target {
    address: SocketAddr,
    came: UnboundedReceiver<Instant>,
    server: JoinHandle<()>,
}

impl Target {
    /// One that takes so long for each answer.
    pub(crate) async fn start(takes: Duration) -> Result<Target> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, (tell, came)) = (listener.local_addr()?, unbounded_channel());
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(answer(socket, tell.clone(), takes));
            }
        });
        Ok(Target { address, came, server })
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// When the next call came.
    pub(crate) async fn next(&mut self) -> Result<Instant> {
        timeout(PATIENCE, self.came.recv()).await.context("nothing is told")?.context("the server ended")
    }

    /// How many came since that was last asked.
    pub(crate) fn count(&mut self) -> usize {
        std::iter::from_fn(|| self.came.try_recv().ok()).count()
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(mut socket: TcpStream, tell: UnboundedSender<Instant>, takes: Duration) {
    let mut bytes = vec![0; 16 << 10];
    // A call is small: it comes in one piece, or in two with its body after its head.
    let mut filled = 0;
    while !is_whole(&bytes[..filled]) {
        match socket.read(&mut bytes[filled..]).await {
            Ok(read) if read > 0 => filled += read,
            _ => return,
        }
    }
    // Nobody waits for it any more when the measuring has ended.
    let _ = tell.send(Instant::now());
    sleep(takes).await;
    let _ = socket.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    bytes.len() >= end + 4 + length.unwrap_or(0)
}
