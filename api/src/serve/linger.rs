//! Closing a connection so that its last answer is read: a system that closes one with unread bytes resets it, and a
//! reset overtakes what is under way. So our side ends first, and what the client still sends is read and dropped until
//! it ends its own.

use super::{limits::Limits, socket::Activity};
use bytes::Bytes;
use http_body_util::{BodyExt as _, combinators::BoxBody};
use std::io;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Semaphore,
    time::timeout,
};

const BUFFER_BYTES: usize = 8 << 10;

/// The connections of a server that are being closed.
pub struct Linger {
    limits: Limits,
    slots: Semaphore,
}

impl Linger {
    /// None yet.
    pub fn new(limits: Limits) -> Linger {
        Linger { limits, slots: Semaphore::new(limits.lingering) }
    }

    /// Closes a connection, once its client has what was written to it.
    pub async fn close(&self, mut stream: TcpStream, activity: &Activity) {
        if activity.has_hung_up() || !activity.has_written_within(self.limits.quiet) {
            return;
        }
        let Ok(_slot) = self.slots.try_acquire() else { return };
        if stream.shutdown().await.is_ok() {
            // Whoever is not done by now is cut off.
            let _ = timeout(self.limits.linger_time, self.read_over(&mut stream)).await;
        }
    }

    /// Reads over what a client goes on sending of a body that was refused: HTTP/2 would reset its stream, and some
    /// clients take that for the answer although they have one.
    pub async fn take_over(&self, body: BoxBody<Bytes, io::Error>) {
        let Ok(_slot) = self.slots.try_acquire() else { return };
        let _ = timeout(self.limits.linger_time, self.read_body_over(body)).await;
    }

    async fn read_body_over(&self, mut body: BoxBody<Bytes, io::Error>) {
        let mut bytes = 0;
        while let Ok(Some(Ok(frame))) = timeout(self.limits.quiet, body.frame()).await {
            bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            if bytes > self.limits.linger_bytes {
                return;
            }
        }
    }

    async fn read_over(&self, stream: &mut TcpStream) {
        let (mut buffer, mut bytes) = (vec![0; BUFFER_BYTES], 0);
        while let Ok(Ok(count @ 1..)) = timeout(self.limits.quiet, stream.read(&mut buffer)).await {
            bytes += count as u64;
            if bytes > self.limits.linger_bytes {
                return;
            }
        }
    }
}
