//! Bodies that nobody reads to their end: the answer says that the connection ends with it, and it is read in full by
//! whoever first sends everything.

use std::{io, sync::Arc};

use bytes::Bytes;
use reqwest::Method;
use tests::{
    connection::{Asked, Connection, Content, Streams},
    nginx::Nginx,
};
use tokio::task::JoinSet;

use super::kinds;

/// How often each kind is asked.
const TIMES: usize = 2_000;
/// Who asks side by side.
const CLIENTS: usize = 4;
/// Much more than the buffers of a connection hold.
const HUGE_BYTES: usize = 24 << 20;

/// Asks on a connection of its own, until that has ended.
async fn ask_once(base: &str, asked: &Asked, status: u16) -> Result<(), String> {
    let mut connection = Connection::open(base).await;
    let answer = connection.ask(asked).await.map_err(|lost| format!("lost: {lost}"))?;
    let told = answer.header("connection");
    if answer.status.as_u16() != status || told != "close" {
        return Err(format!("{} instead of {status}, connection: {told}", answer.status));
    }
    match connection.rest().await {
        Ok(rest) if rest.is_empty() => Ok(()),
        rest => Err(format!("then {rest:?}")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http_1_each_answer_is_the_last_and_is_read() {
    let app = kinds::strict().await;
    let ana = app.person("ana").await;
    for kind in kinds::of_large_bodies(&ana).into_iter().map(Arc::new) {
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            let (base, kind) = (app.base.clone(), Arc::clone(&kind));
            clients.spawn(async move {
                let mut wrong = vec![];
                for (asked, status) in kind.ways.iter().cycle().take(TIMES / CLIENTS) {
                    wrong.extend(ask_once(&base, asked, *status).await.err());
                }
                wrong
            });
        }
        assert_eq!(clients.join_all().await.concat(), Vec::<String>::new(), "{}", kind.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_http_2_the_connection_goes_on() {
    let app = kinds::strict().await;
    let ana = app.person("ana").await;
    let streams = Streams::open(&app.base).await;
    for kind in kinds::of_large_bodies(&ana).into_iter().map(Arc::new) {
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            let (mut streams, kind) = (streams.clone(), Arc::clone(&kind));
            clients.spawn(async move {
                for (asked, status) in kind.ways.iter().cycle().take(TIMES / CLIENTS) {
                    let answer =
                        streams.ask(asked).await.unwrap_or_else(|lost| panic!("{}: {lost}", kind.name));
                    assert_eq!(answer.status.as_u16(), *status, "{}", kind.name);
                }
            });
        }
        clients.join_all().await;
    }
}

fn huge(path: &str) -> Asked {
    let headers = vec![("content-type", "application/json".to_owned())];
    let content = Content::Sized(Bytes::from(vec![b' '; HUGE_BYTES]));
    Asked { method: Method::POST, path: path.to_owned(), headers, content }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_sends_a_huge_body_first_reads_its_refusal() {
    let app = kinds::strict().await;
    let nginx = Nginx::before(&app).await;
    for (path, status) in [
        ("/api/main/methods/get-teams", 401),
        ("/api/main/methods/login-with-password", 413),
        ("/api/main/doc", 200),
    ] {
        let direct = ask_once(&app.base, &huge(path), status).await;
        assert_eq!(direct, Ok(()), "{path}");
        for _ in 0..10 {
            let led = Connection::open(&nginx.base).await.ask(&huge(path)).await;
            assert_eq!(led.expect("an answer").status.as_u16(), status, "{path} through nginx");
        }
    }
}

/// A client that asks before it sends.
async fn expecting(base: &str, method: &str, body: &'static [u8]) -> io::Result<Connection> {
    let mut connection = Connection::open(base).await;
    let headers = [("content-type", "application/json"), ("expect", "100-continue")];
    let asked = Asked {
        method: Method::POST,
        path: format!("/api/main/methods/{method}"),
        headers: headers.map(|(name, value)| (name, value.to_owned())).to_vec(),
        content: Content::Sized(Bytes::from_static(body)),
    };
    connection.send_head(&asked).await?;
    Ok(connection)
}

#[tokio::test]
async fn a_body_is_asked_for_when_it_is_wanted_only() {
    let app = kinds::strict().await;
    let mut refused = expecting(&app.base, "get-teams", b"{}").await.expect("is sent");
    let answer = refused.answer().await.expect("an answer");
    assert_eq!((answer.status.as_u16(), answer.header("connection")), (401, "close"));
    assert_eq!(refused.rest().await.expect("ends"), b"");

    let mut wanted = expecting(&app.base, "login-with-password", b"{}").await.expect("is sent");
    assert_eq!(wanted.answer().await.expect("an answer").status.as_u16(), 100);
    wanted.send(b"{}").await.expect("is sent");
    let answer = wanted.answer().await.expect("an answer");
    assert_eq!((answer.status.as_u16(), answer.header("connection")), (400, ""));
    let get = b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n";
    wanted.send(get).await.expect("is kept");
    assert_eq!(wanted.answer().await.expect("an answer").text(), "OK");
}

/// A client of libcurl 7.88 takes a stream that is reset for one without an answer, although it has the answer.
#[tokio::test]
async fn over_http_2_a_refused_body_is_read_over() {
    let app = kinds::strict().await;
    let body = app.directory().join("body");
    std::fs::write(&body, vec![b' '; 3 << 20]).expect("writes");
    for (method, status) in [("get-teams", "401"), ("login-with-password", "413")] {
        let mut curl = tokio::process::Command::new("curl");
        curl.args(["--silent", "--show-error", "--http2-prior-knowledge", "--output", "/dev/null"])
            .args(["--write-out", "%{http_code}", "--header", "content-type: application/json"])
            .arg("--data-binary")
            .arg(format!("@{}", body.display()))
            .arg(format!("{}/api/main/methods/{method}", app.base));
        let done = curl.output().await.expect("runs");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        let why = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && said == status, "{method}: {said} {why}");
    }
}
