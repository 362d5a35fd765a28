//! One connection, from its first byte to its last.

use super::{
    body::{self, Discarded},
    limits::Limits,
    linger::Linger,
    paced::{self, Pace},
    socket,
    unread::{Owner, Unread},
};
use crate::http::reader::Reader;
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::{
    body::{Body as _, Incoming},
    service::service_fn,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use poem::{
    Endpoint, Request, Response,
    http::{HeaderValue, Method, StatusCode, Version, header, uri::Scheme},
    web::{LocalAddr, RemoteAddr},
};
use std::{convert::Infallible, io, net::SocketAddr, sync::Arc};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

/// Streams of one HTTP/2 connection that may be reset because their client went on sending after they had ended, as it
/// does with a large body that was refused. The library counts them as misdeeds and ends the connection, with all that
/// is under way on it, after 1,024: a front server's connection gets there by refusals alone.
const RESETS_MAX: usize = 1_000_000;

/// What the connections of a server share.
pub struct Shared<E> {
    /// Answers.
    pub endpoint: E,
    /// Where the server listens.
    pub address: LocalAddr,
    /// From here on each connection ends with its next answer.
    pub draining: CancellationToken,
    /// From here on connections at rest are closed.
    pub ending: CancellationToken,
    /// What a client may do to a connection.
    pub limits: Limits,
    /// Those that are being closed.
    pub linger: Arc<Linger>,
    /// What was answered and not read.
    pub unread: Unread,
}

/// Answers on a connection until either side ends it, or it rests for too long.
pub async fn serve<E>(shared: Arc<Shared<E>>, stream: TcpStream, peer: SocketAddr)
where
    E: Endpoint<Output = Response> + 'static,
{
    // An answer leaves when it is written, not when the last one was heard of. A connection that is gone already ends
    // at its first read.
    let _ = stream.set_nodelay(true);
    let (socket, activity, spent) = socket::lend(stream, shared.limits.stall);
    let peer = RemoteAddr(peer.into());
    let number = shared.unread.connection();
    let service = service_fn(|request| {
        let answer = answer(Arc::clone(&shared), request, peer.clone(), number);
        async { Ok::<_, Infallible>(hyper::Response::from(answer.await)) }
    });
    let mut protocols = auto::Builder::new(TokioExecutor::new());
    protocols.http1().timer(TokioTimer::new()).header_read_timeout(shared.limits.idle);
    protocols.http2().max_local_error_reset_streams(RESETS_MAX);
    {
        // Why it ended is the client's business: what could be answered was.
        // Apart, so that a connection that became a socket does not keep the room for it.
        let mut connection =
            Box::pin(protocols.serve_connection_with_upgrades(TokioIo::new(socket), service));
        let has_ended = tokio::select! {
            _ = connection.as_mut() => true,
            () = activity.rests_for(shared.limits.idle) => false,
            () = shared.ending.cancelled() => false,
        };
        if !has_ended {
            connection.as_mut().graceful_shutdown();
            tokio::select! {
                _ = connection => {}
                () = activity.rests_for(shared.limits.idle) => return,
            }
        }
    }
    // The protocol and its buffers are gone by now.
    if let Ok(stream) = spent.await {
        shared.linger.close(stream, &activity).await;
    }
}

/// Answers one request. Every answer goes through here, whoever made it.
async fn answer<E>(
    shared: Arc<Shared<E>>,
    request: hyper::Request<Incoming>,
    peer: RemoteAddr,
    connection: u64,
) -> Response
where
    E: Endpoint<Output = Response>,
{
    let mut request: Request = (request, shared.address.clone(), peer, Scheme::HTTP).into();
    // HTTP/2 ends streams one by one, without their connection.
    let is_sequential = request.version() < Version::HTTP_2;
    let is_head = request.method() == Method::HEAD;
    say_host(&mut request);
    let lent = body::lend(&mut request);
    let mut response = shared.endpoint.get_response(request).await;
    let discarded = match lent {
        Some(lent) => lent.discard(&shared.limits).await,
        None => Discarded::ToEnd,
    };
    // One that becomes a socket ends by itself.
    let is_socket = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    let is_last = !matches!(discarded, Discarded::ToEnd) || shared.draining.is_cancelled();
    if is_sequential && is_last && !is_socket {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if let Discarded::TooLong(body) = discarded
        && !is_sequential
    {
        let linger = Arc::clone(&shared.linger);
        tokio::spawn(async move { linger.take_over(body).await });
    }
    if is_head && !is_sequential {
        leave_out_body(&mut response);
    }
    let owner =
        response.data::<Reader>().map_or(Owner::Connection(connection), |reader| Owner::Reader(*reader));
    let pace = match is_sequential {
        true => Pace { piece_bytes: paced::PIECE_BYTES, stall: None },
        false => Pace { piece_bytes: paced::STREAM_PIECE_BYTES, stall: Some(shared.limits.stall) },
    };
    paced::pace(&mut response, pace, &shared.unread, owner);
    response
}

/// What HEAD gets: the head that GET would get. The library does it for HTTP/1.1, and sends the body with HTTP/2.
fn leave_out_body(response: &mut Response) {
    let body: BoxBody<Bytes, io::Error> = response.take_body().into();
    let says_it = body.is_end_stream() || response.headers().contains_key(header::CONTENT_LENGTH);
    if let Some(bytes) = body.size_hint().exact().filter(|_| !says_it) {
        response.headers_mut().insert(header::CONTENT_LENGTH, bytes.into());
    }
}

/// HTTP/2 says in the address what HTTP/1.1 says in a header; whoever looks for it finds it there.
fn say_host(request: &mut Request) {
    let host = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(header::HOST, host);
    }
}
