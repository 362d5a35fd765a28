//! A kept connection outlives every refusal of a small body: nothing is lost on it, and it is one connection all along.

use std::sync::Arc;

use api::State;
use tests::{
    client::Answer,
    connection::{Asked, Connection, Streams},
    nginx::Nginx,
};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::kinds::{self, Kind};

/// How often each kind is asked.
const TIMES: usize = 2_000;
/// Who asks side by side.
const CLIENTS: usize = 4;

/// How a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Http1,
    Http2,
    /// HTTP/1.1 to a front server, which ends a connection after some answers, and says so.
    Front,
}

/// A way to speak, opened.
enum Line {
    One(Connection),
    Shared(Streams),
}

impl Line {
    async fn open(way: Way, base: &str) -> Line {
        match way {
            Way::Http1 | Way::Front => Line::One(Connection::open(base).await),
            Way::Http2 => Line::Shared(Streams::open(base).await),
        }
    }

    /// None when it was lost.
    async fn ask(&mut self, asked: &Asked) -> Option<Answer> {
        match self {
            Line::One(connection) => connection.ask(asked).await.ok(),
            Line::Shared(streams) => streams.ask(asked).await.ok(),
        }
    }
}

/// What became of the requests of one kind.
#[derive(Debug, Default)]
struct Tally {
    lost: usize,
    /// Answers that ended their connection.
    last: usize,
    wrong: Vec<u16>,
}

/// One client, who goes on with a new connection where one has ended.
async fn client(way: Way, base: String, mut line: Line, kind: Arc<Kind>) -> Tally {
    let mut tally = Tally::default();
    for (asked, status) in kind.ways.iter().cycle().take(TIMES / CLIENTS) {
        let answer = line.ask(asked).await;
        let is_last = answer.as_ref().is_none_or(|answer| answer.header("connection") == "close");
        match answer {
            None => tally.lost += 1,
            Some(_) if is_last && way != Way::Front => tally.last += 1,
            Some(answer) if answer.status.as_u16() == *status => {}
            Some(answer) => tally.wrong.push(answer.status.as_u16()),
        }
        if is_last {
            line = Line::open(way, &base).await;
        }
    }
    tally
}

/// Asks one kind; what became of it.
async fn tally(way: Way, base: &str, kind: &Arc<Kind>) -> Tally {
    let (first, mut clients) = (Line::open(way, base).await, JoinSet::new());
    for _ in 0..CLIENTS {
        let line = match &first {
            Line::One(_) => Line::open(way, base).await,
            Line::Shared(streams) => Line::Shared(streams.clone()),
        };
        clients.spawn(client(way, base.to_owned(), line, Arc::clone(kind)));
    }
    let mut tally = Tally::default();
    for one in clients.join_all().await {
        tally.lost += one.lost;
        tally.last += one.last;
        tally.wrong.extend(one.wrong);
    }
    tally
}

/// Asks everything; what went wrong, in words.
async fn losses(way: Way, base: &str, kinds: Vec<Kind>) -> Vec<String> {
    let mut wrong = vec![];
    for kind in kinds.into_iter().map(Arc::new) {
        let tally = tally(way, base, &kind).await;
        if tally.lost + tally.last + tally.wrong.len() > 0 {
            wrong.push(format!("{}: {tally:?}", kind.name));
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http_1() {
    let app = kinds::strict().await;
    let kinds = [kinds::of_the_api(&app.person("ana").await), kinds::of_the_process()].concat();
    assert_eq!(losses(Way::Http1, &app.base, kinds).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http_2() {
    let app = kinds::strict().await;
    let kinds = [kinds::of_the_api(&app.person("ana").await), kinds::of_the_process()].concat();
    assert_eq!(losses(Way::Http2, &app.base, kinds).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn through_nginx() {
    let app = kinds::strict().await;
    let nginx = Nginx::before(&app).await;
    let kinds = kinds::of_the_api(&app.person("ana").await);
    assert_eq!(losses(Way::Front, &nginx.base, kinds).await, Vec::<String>::new());
}

/// What a worker answers about itself, and the dashboard as a process of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beside_the_api() {
    let app = kinds::strict().await;
    let [one, two] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0"));
    let (health, alone) = (one.await.expect("a free port"), two.await.expect("a free port"));
    let [health_base, alone_base] =
        [&health, &alone].map(|listener| format!("http://{}", listener.local_addr().expect("bound")));
    let (stop, state) = (CancellationToken::new(), State::new(app.app.clone()));
    tokio::spawn(api::serve_health(app.app.clone(), health, stop.clone(), stop.clone()));
    let mount = dashboard::mount(&state, stop.clone());
    tokio::spawn(api::serve_alone(state, mount, alone, stop.clone()));
    assert_eq!(losses(Way::Http1, &health_base, kinds::of_health()).await, Vec::<String>::new());
    assert_eq!(losses(Way::Http1, &alone_base, kinds::of_the_dashboard()).await, Vec::<String>::new());
    stop.cancel();
}
