//! Leaving without cutting anybody off: who comes late finds the door closed, and nobody finds it closing.
//!
//! A front server that keeps connections may send a call just when we close one that rests. It cannot know whether
//! that call ran, so it may not send it again. Hence connections end with an answer that says so, and are closed at
//! rest only when the front server has had time to do it itself.

use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{HeaderValue, header, uri::Scheme},
    listener::Acceptor,
    web::{LocalAddr, RemoteAddr},
};
use std::{future::pending, io::Result, pin::Pin, sync::Arc};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

type Answer = Pin<Box<dyn Future<Output = poem::Result<Response>> + Send>>;

/// The middleware that ends each connection with its next answer, once the process is leaving.
pub fn while_leaving<E: Endpoint + 'static>(
    leaving: &CancellationToken,
) -> impl Fn(Arc<E>, Request) -> Answer + Send + Sync + 'static {
    let leaving = leaving.clone();
    move |next, request| {
        let leaving = leaving.clone();
        Box::pin(async move {
            let mut response = next.call(request).await?.into_response();
            if leaving.is_cancelled() {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(response)
        })
    }
}

/// A listener that is closed before the server ends, and only when nobody waits at it: a connection that the system has
/// taken and we have not would be cut off.
pub struct Door {
    address: LocalAddr,
    listener: Option<TcpListener>,
    closing: CancellationToken,
}

impl Door {
    /// Open until `closing`.
    ///
    /// # Errors
    /// The listener has no address.
    pub fn new(listener: TcpListener, closing: CancellationToken) -> Result<Door> {
        Ok(Door { address: LocalAddr(listener.local_addr()?.into()), listener: Some(listener), closing })
    }
}

impl Acceptor for Door {
    type Io = TcpStream;

    fn local_addr(&self) -> Vec<LocalAddr> {
        vec![self.address.clone()]
    }

    async fn accept(&mut self) -> Result<(TcpStream, LocalAddr, RemoteAddr, Scheme)> {
        if let Some(listener) = &self.listener {
            let let_in = tokio::select! {
                // Whoever stands there first, the closing after them.
                biased;
                let_in = listener.accept() => Some(let_in),
                () = self.closing.cancelled() => None,
            };
            if let Some(let_in) = let_in {
                let (stream, from) = let_in?;
                return Ok((stream, self.address.clone(), RemoteAddr(from.into()), Scheme::HTTP));
            }
            self.listener = None;
        }
        pending().await
    }
}
