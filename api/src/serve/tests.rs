//! Clients that nobody wishes for, and handlers that fail. Each test shortens the limit that it is about.

use super::{
    limits::Limits,
    server::{Server, Stages},
};
use crate::http::request_id;
use futures_util::StreamExt as _;
use poem::{Body, Endpoint, EndpointExt as _, Request, Response, endpoint::make, http::StatusCode};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Never reached, unless something is wrong.
const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);
const SMALL: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbody";
const LARGE: &str = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\n";

const fn limits() -> Limits {
    Limits {
        idle: LONG,
        stall: LONG,
        discard_time: LONG,
        discard_bytes: 1000,
        quiet: LONG,
        linger_time: LONG,
        linger_bytes: u64::MAX,
        lingering: 10,
        unread_bytes: u64::MAX,
        unread_bytes_of_all: u64::MAX,
    }
}

struct Served {
    address: SocketAddr,
    draining: CancellationToken,
    closing: CancellationToken,
    task: JoinHandle<()>,
}

async fn serve<E>(limits: Limits, endpoint: E) -> Served
where
    E: Endpoint<Output = Response> + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (draining, closing) = (CancellationToken::new(), CancellationToken::new());
    let stages = Stages { draining: draining.clone(), closing: closing.clone(), grace: SHORT };
    let server = Server::new("test", listener, stages, limits).unwrap();
    let task = tokio::spawn(server.run(endpoint.around(request_id::give)));
    Served { address, draining, closing, task }
}

/// Refuses without reading.
async fn refusing(limits: Limits) -> Served {
    serve(limits, make(|_: Request| async { Ok::<_, poem::Error>(Response::from(StatusCode::UNAUTHORIZED)) }))
        .await
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Says something and listens until the server has ended its side.
    async fn hear(&self, said: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(said.as_bytes()).await.unwrap();
        rest(&mut stream).await
    }
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut rest = String::new();
    timeout(LONG, stream.read_to_string(&mut rest)).await.expect("ends in time").expect("is not reset");
    rest
}

/// Sends without an end, until the connection is cut.
async fn flood(stream: &mut TcpStream) {
    let cut = async { while stream.write_all(&[b'a'; 1000]).await.is_ok() {} };
    timeout(LONG, cut).await.expect("is cut");
}

fn ends_with_one_refusal(heard: &str) -> bool {
    heard.matches("HTTP/1.1 401").count() == 1 && heard.contains("connection: close\r\n")
}

#[tokio::test]
async fn a_body_that_does_not_come_ends_its_connection() {
    let served = refusing(Limits { discard_time: SHORT, ..limits() }).await;
    let heard = served.hear("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\n\r\nbo").await;
    assert!(ends_with_one_refusal(&heard), "{heard}");
}

#[tokio::test]
async fn requests_behind_each_other_are_answered_one_by_one() {
    let served = refusing(limits()).await;
    let heard =
        served.hear(&[SMALL, SMALL, "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"].concat()).await;
    assert_eq!(
        (heard.matches("HTTP/1.1 401").count(), heard.matches("connection: close").count()),
        (3, 1),
        "{heard}"
    );

    // What stands behind a body that was not read is part of it.
    let heard = served.hear(&[LARGE, SMALL].concat()).await;
    assert!(ends_with_one_refusal(&heard), "{heard}");
}

#[tokio::test]
async fn what_is_no_body_ends_its_connection() {
    let served = refusing(limits()).await;
    let heard =
        served.hear("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nno number\r\n").await;
    assert!(ends_with_one_refusal(&heard), "{heard}");
}

#[tokio::test]
async fn a_handler_that_fails_costs_no_connection() {
    let served = serve(
        limits(),
        make(|request: Request| async move {
            match request.uri().path() {
                "/panic" => panic!("a test"),
                _ => Err::<Response, _>(poem::Error::from_status(StatusCode::IM_A_TEAPOT)),
            }
        }),
    )
    .await;
    let panics = SMALL.replace("POST / ", "POST /panic ");
    let last = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let heard = served.hear(&[&panics, SMALL, &panics, last].concat()).await;
    let statuses: Vec<&str> =
        heard.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")).map(|line| &line[..3]).collect();
    assert_eq!(statuses, ["500", "418", "500", "418"], "{heard}");
}

#[tokio::test]
async fn a_handler_may_stop_in_the_middle_of_a_body() {
    let served = serve(
        limits(),
        make(|mut request: Request| async move {
            let first = request.take_body().into_bytes_stream().next().await;
            Ok::<_, poem::Error>(
                Response::builder().body(first.is_some_and(|piece| piece.is_ok()).to_string()),
            )
        }),
    )
    .await;
    let head = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut stream = served.connect().await;
    for _ in 0..2 {
        for piece in [head, "3\r\none\r\n", "3\r\ntwo\r\n", "0\r\n\r\n"] {
            stream.write_all(piece.as_bytes()).await.unwrap();
            tokio::task::yield_now().await;
        }
    }
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
    let heard = rest(&mut stream).await;
    assert_eq!((heard.matches("true").count(), heard.matches("false").count()), (2, 1), "{heard}");
}

#[tokio::test]
async fn whoever_goes_on_sending_is_cut_off() {
    for limits in [Limits { linger_time: SHORT, ..limits() }, Limits { linger_bytes: 100_000, ..limits() }] {
        let served = refusing(limits).await;
        let mut stream = served.connect().await;
        stream.write_all(LARGE.as_bytes()).await.unwrap();
        let heard = rest(&mut stream).await;
        assert!(ends_with_one_refusal(&heard), "{heard}");
        flood(&mut stream).await;
    }
}

#[tokio::test]
async fn only_so_many_connections_linger() {
    let served = refusing(Limits { lingering: 1, ..limits() }).await;
    let mut first = served.connect().await;
    first.write_all(LARGE.as_bytes()).await.unwrap();
    rest(&mut first).await;
    let mut second = served.connect().await;
    second.write_all(LARGE.as_bytes()).await.unwrap();
    flood(&mut second).await;
    first.write_all(b"the first is still listened to").await.unwrap();
    drop(first);
}

#[tokio::test]
async fn a_head_that_never_ends_is_not_waited_for() {
    let served = refusing(Limits { idle: SHORT, ..limits() }).await;
    for begun in ["", "GET / HT", "PRI * HTTP/2.0\r\n"] {
        assert_eq!(served.hear(begun).await, "", "{begun}");
    }
    let mut trickle = served.connect().await;
    let cut = async {
        while trickle.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, cut).await.expect("is cut");
}

/// Answers without an end; the other end is told when an answer is given up.
async fn endless(limits: Limits) -> (Served, oneshot::Receiver<()>) {
    let (gone, is_gone) = oneshot::channel::<()>();
    let gone = std::sync::Mutex::new(Some(gone));
    let endpoint = make(move |_: Request| {
        // Dropped with the answer.
        let held = gone.lock().unwrap().take();
        async move {
            let endless = futures_util::stream::repeat_with(move || {
                let _ = &held;
                Ok::<_, std::io::Error>(vec![b'a'; 64 << 10])
            });
            Ok::<_, poem::Error>(Response::builder().body(Body::from_bytes_stream(endless)))
        }
    });
    (serve(limits, endpoint).await, is_gone)
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_given_up() {
    let (served, is_gone) = endless(Limits { stall: SHORT, ..limits() }).await;
    let mut stream = served.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n").await.unwrap();
    assert!(timeout(LONG, is_gone).await.expect("is given up").is_err());
}

#[tokio::test]
async fn a_stream_without_a_window_is_given_up() {
    let (served, is_gone) = endless(Limits { stall: SHORT, ..limits() }).await;
    let mut stream = served.connect().await;
    let frame = |kind: u8, flags: u8, number: u8, payload: &[u8]| {
        [[0, 0, payload.len() as u8, kind, flags, 0, 0, 0, number].as_slice(), payload].concat()
    };
    let no_window = frame(4, 0, 0, &[0, 4, 0, 0, 0, 0]);
    // GET, /, http and an authority, by their numbers in the table of HPACK.
    let get = frame(1, 5, 1, &[0x82, 0x84, 0x86, 0x41, 1, b'a']);
    let said = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &no_window, &get].concat();
    stream.write_all(&said).await.unwrap();
    assert!(timeout(LONG, is_gone).await.expect("is given up").is_err());
    // Nothing but that stream has ended.
    stream.write_all(&frame(6, 0, 0, &[7; 8])).await.unwrap();
    let (mut heard, mut buffer) = (vec![], [0; 1024]);
    while !heard.windows(8).any(|bytes| bytes == [7; 8]) {
        let count = timeout(LONG, stream.read(&mut buffer)).await.expect("answers").unwrap();
        assert!(count > 0, "the connection goes on");
        heard.extend_from_slice(&buffer[..count]);
    }
}

#[tokio::test]
async fn it_stops_step_by_step() {
    let served = serve(
        limits(),
        make(|request: Request| async move {
            if request.uri().path() == "/never" {
                std::future::pending::<()>().await;
            }
            Ok::<_, poem::Error>(Response::builder().body("done"))
        }),
    )
    .await;
    let get = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    let mut at_rest = served.connect().await;
    at_rest.write_all(get.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    at_rest.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
    let mut never = served.connect().await;
    never.write_all(get.replace("/ ", "/never ").as_bytes()).await.unwrap();

    served.draining.cancel();
    let heard = served.hear(get).await;
    assert!(heard.contains("connection: close\r\n"), "{heard}");
    served.closing.cancel();
    assert!(!rest(&mut at_rest).await.contains("connection: close"), "it was answered before");
    // What does not end in time is cut off, and then it is over.
    timeout(LONG, served.task).await.expect("ends in time").unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}
