//! A web server that gives out what a test puts there.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

#[derive(Default)]
struct Shelf {
    pages: HashMap<String, (String, Vec<u8>)>,
    requests: usize,
}

/// A running server on a free loopback port; ends with the test.
pub struct WebServer {
    host: String,
    shelf: Arc<Mutex<Shelf>>,
    server: JoinHandle<()>,
}

impl WebServer {
    /// Starts one that has nothing yet.
    pub async fn start() -> WebServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let host = listener.local_addr().expect("bound").to_string();
        let shelf = Arc::new(Mutex::new(Shelf::default()));
        let shared = Arc::clone(&shelf);
        let server = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(answer(socket, Arc::clone(&shared)));
            }
        });
        WebServer { host, shelf, server }
    }

    /// Where it answers, such as `127.0.0.1:40123`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Gives something out from now on; its address.
    pub fn serve(&self, mtype: &str, bytes: &[u8]) -> String {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let path = format!("/{}", shelf.pages.len());
        shelf.pages.insert(path.clone(), (mtype.to_owned(), bytes.to_vec()));
        format!("http://{}{path}", self.host)
    }

    /// How many requests came.
    pub fn requests(&self) -> usize {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner).requests
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(mut socket: TcpStream, shelf: Arc<Mutex<Shelf>>) {
    let mut request = vec![];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut piece = [0; 1024];
        match socket.read(&mut piece).await {
            Ok(read) if read > 0 => request.extend(&piece[..read]),
            _ => return,
        }
    }
    let path = String::from_utf8_lossy(&request).split(' ').nth(1).unwrap_or_default().to_owned();
    let page = {
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.requests += 1;
        shelf.pages.get(&path).cloned()
    };
    let (status, mtype, bytes) = match page {
        Some((mtype, bytes)) => ("200 OK", mtype, bytes),
        None => ("404 Not Found", "text/plain".to_owned(), vec![]),
    };
    let length = bytes.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {mtype}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    // A client that goes away is its own business.
    let _ = socket.write_all(&[head.as_bytes(), &bytes].concat()).await;
}
