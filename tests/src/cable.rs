//! A cable between a process and a server, which can be cut.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinHandle},
};

/// A cable; it goes with the test.
#[derive(Debug)]
pub struct Cable {
    /// Where its near end is, such as `127.0.0.1:40123`.
    pub address: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    is_cut: AtomicBool,
    lines: Mutex<Vec<AbortHandle>>,
}

impl Cable {
    /// To a server such as `127.0.0.1:6379`.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn to(server: &str) -> Cable {
        let far = server.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        let shared = Arc::new(Shared::default());
        let lines = Arc::clone(&shared);
        let server = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if lines.is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let far = far.clone();
                let line = tokio::spawn(async move {
                    if let Ok(mut far) = TcpStream::connect(far).await {
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                    }
                });
                lines.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.abort_handle());
            }
        });
        Cable { address, shared, server }
    }

    /// Cuts every line; whoever comes is let go.
    pub fn cut(&self) {
        self.shared.is_cut.store(true, Ordering::SeqCst);
        let mut lines = self.shared.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.drain(..).for_each(|line| line.abort());
    }

    /// From here on lines hold again.
    pub fn mend(&self) {
        self.shared.is_cut.store(false, Ordering::SeqCst);
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.cut();
        self.server.abort();
    }
}
