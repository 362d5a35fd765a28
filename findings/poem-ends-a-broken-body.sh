#!/bin/sh
# poem 3.1.12 ends a chunked answer properly although the stream that made it failed; hyper alone does not.
#
# What was done: one handler answers with a stream of one piece and then an error. It is served twice, by poem's own
# `Server` and, as the same kind of body, by hyper-util's HTTP/1 server. A client reads each answer to its end.
# What was seen: under hyper the connection is closed without the last chunk, so a client knows that the answer is not
# whole. Under poem the last chunk (`0`) comes all the same: a client cannot tell the half answer from a whole one.
# Why it matters: whoever streams from a database or another server through poem's `Server` hands out truncated answers
# that look complete. The connection is polled once more after it failed, and hyper then ends the body.
#
# Needs cargo and the crates' registry. Fails when what it states is not so any more.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"
cd "$work"

cat >Cargo.toml <<'TOML'
[package]
name = "broken-body"
version = "0.0.0"
edition = "2021"

[dependencies]
poem = { version = "=3.1.12", default-features = false, features = ["server"] }
hyper = { version = "=1.12.0", features = ["http1", "server"] }
hyper-util = { version = "=0.1.21", features = ["tokio"] }
http-body-util = "=0.1.5"
bytes = "1"
futures-util = "0.3"
tokio = { version = "1", features = ["full"] }
TOML

cat >src/main.rs <<'RUST'
use bytes::Bytes;
use futures_util::stream;
use std::io::{Error, Read, Write};
use std::net::{SocketAddr, TcpStream};

fn pieces() -> impl futures_util::Stream<Item = Result<Bytes, Error>> + Send + 'static {
    stream::iter([Ok(Bytes::from_static(b"half")), Err(Error::other("the source failed"))])
}

#[poem::handler]
fn broken() -> poem::Response {
    poem::Response::builder().body(poem::Body::from_bytes_stream(pieces()))
}

async fn by_poem() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = poem::listener::TcpAcceptor::from_tokio(listener).unwrap();
    tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(poem::Route::new().at("/", broken)));
    address
}

async fn by_hyper() -> SocketAddr {
    use futures_util::StreamExt;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let service = hyper::service::service_fn(|_| async {
                let frames = pieces().map(|piece| piece.map(hyper::body::Frame::data));
                Ok::<_, Error>(hyper::Response::new(http_body_util::StreamBody::new(frames)))
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(hyper_util::rt::TokioIo::new(socket), service);
            tokio::spawn(async move { drop(connection.await) });
        }
    });
    address
}

/// Whether the last chunk came, which says that the answer is whole.
fn looks_whole(address: SocketAddr) -> bool {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = vec![];
    // A connection that is cut off may end with an error: what came before it counts.
    let _ = socket.read_to_end(&mut answer);
    answer.ends_with(b"\r\n0\r\n\r\n")
}

#[tokio::main]
async fn main() {
    let (poem, hyper) = (by_poem().await, by_hyper().await);
    let ask = |address| tokio::task::spawn_blocking(move || looks_whole(address));
    println!("poem: the answer looks {}", if ask(poem).await.unwrap() { "whole" } else { "cut off" });
    println!("hyper: the answer looks {}", if ask(hyper).await.unwrap() { "whole" } else { "cut off" });
}
RUST

cargo run --quiet >output
cat output
cmp output - <<'SEEN'
poem: the answer looks whole
hyper: the answer looks cut off
SEEN
