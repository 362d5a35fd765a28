//! A connection's socket is lent to the protocol that is spoken on it. It comes back open, and it is known when it was
//! last used.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::oneshot,
    time::{Instant, Sleep, sleep, sleep_until},
};

/// A socket in the hands of a protocol; stream and way back are there until it is dropped.
pub struct Socket {
    stream: Option<TcpStream>,
    back: Option<oneshot::Sender<TcpStream>>,
    activity: Arc<Activity>,
    /// How long a write may wait for the client, and the time that runs while one does.
    stall_max: Duration,
    stall: Option<Pin<Box<Sleep>>>,
}

const NEVER: u64 = u64::MAX;

/// When a socket was used.
pub struct Activity {
    begun: Instant,
    /// Milliseconds after the beginning.
    used: AtomicU64,
    written: AtomicU64,
    hung_up: AtomicBool,
}

/// Lends a stream: what the protocol gets, what is known of it meanwhile, and where it comes back.
pub fn lend(stream: TcpStream, stall_max: Duration) -> (Socket, Arc<Activity>, oneshot::Receiver<TcpStream>) {
    let (back, returned) = oneshot::channel();
    let activity = Arc::new(Activity {
        begun: Instant::now(),
        used: AtomicU64::new(0),
        written: AtomicU64::new(NEVER),
        hung_up: AtomicBool::new(false),
    });
    let socket = Socket {
        stream: Some(stream),
        back: Some(back),
        activity: Arc::clone(&activity),
        stall_max,
        stall: None,
    };
    (socket, activity, returned)
}

impl Activity {
    /// Returns when nothing was read or written for so long, counted from now at the earliest.
    pub async fn rests_for(&self, duration: Duration) {
        let mut since = Instant::now();
        loop {
            sleep_until(since + duration).await;
            let used = self.begun + Duration::from_millis(self.used.load(Relaxed));
            if used <= since {
                return;
            }
            since = used;
        }
    }

    /// Whether the client has ended its side.
    pub fn has_hung_up(&self) -> bool {
        self.hung_up.load(Relaxed)
    }

    /// Whether something was written within so long.
    pub fn has_written_within(&self, duration: Duration) -> bool {
        let written = self.written.load(Relaxed);
        written != NEVER && self.begun.elapsed().saturating_sub(Duration::from_millis(written)) < duration
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Socket {
    /// Does something with the stream.
    fn with<T>(
        &mut self,
        act: impl FnOnce(Pin<&mut TcpStream>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match &mut self.stream {
            Some(stream) => act(Pin::new(stream)),
            None => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    /// Writes something, or fails when the client has taken nothing for too long.
    fn write<T>(
        &mut self,
        context: &mut Context<'_>,
        act: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let done = self.with(|stream| act(stream, context));
        if done.is_ready() {
            let now = self.activity.now();
            self.activity.used.store(now, Relaxed);
            self.activity.written.store(now, Relaxed);
            self.stall = None;
            return done;
        }
        let stall_max = self.stall_max;
        let stall = self.stall.get_or_insert_with(|| Box::pin(sleep(stall_max)));
        ready!(stall.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some((stream, back)) = self.stream.take().zip(self.back.take()) {
            // Nobody waits for it when the server was cut off.
            let _ = back.send(stream);
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(self.with(|stream| stream.poll_read(context, buffer)))?;
        self.activity.used.store(self.activity.now(), Relaxed);
        if buffer.filled().len() == before {
            self.activity.hung_up.store(true, Relaxed);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.write(context, |stream, context| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write(context, |stream, context| stream.poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|stream| stream.poll_shutdown(context))
    }
}
