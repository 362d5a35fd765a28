//! Clients that ask for much and read little: others get their answers, and memory does not fill.

use bytes::Bytes;
use reqwest::Method;
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    connection::{Asked, Content, Streams},
    drawing::Drawing,
    person::Person,
};
use tokio::task::JoinSet;
use transit::value::Value;
use uuid::Uuid;

/// Answers to one connection of nobody's wait up to so many bytes.
const UNREAD_BYTES_MAX: usize = 64 << 20;
/// Streams that a connection may have at a time; who asks for more waits.
const STREAMS_MAX: usize = 200;
/// Room for a piece of an answer.
const WINDOW: u32 = 16 << 10;

fn get(path: &str, cookie: Option<String>) -> Asked {
    let headers = cookie.map(|cookie| ("cookie", cookie)).into_iter().collect();
    Asked { method: Method::GET, path: path.to_owned(), headers, content: Content::Sized(Bytes::new()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_nobody_takes_are_given_up_for_others() {
    let app = TestApp::start().await;
    let asked = get("/api/main/doc/openapi.json", None);
    let mut streams = Streams::narrow(&app.base, WINDOW).await;
    let whole = streams.ask(&asked).await.expect("an answer").bytes;
    let mut begun = vec![];
    assert!(UNREAD_BYTES_MAX / whole.len() + 5 < STREAMS_MAX, "{} bytes", whole.len());
    for _ in 0..UNREAD_BYTES_MAX / whole.len() + 5 {
        begun.push(streams.begin(&asked).await.expect("a head"));
    }
    let (last, first) = (begun.pop().expect("the last"), begun.swap_remove(0));
    assert!(Streams::finish(first).await.is_err(), "it waited longest");
    assert_eq!(Streams::finish(last).await.expect("an answer").bytes, whole);
    assert_eq!(streams.ask(&asked).await.expect("the connection goes on").bytes, whole);
}

/// A file that does not fit into what a client takes unread.
async fn large_file(person: &Person) -> Uuid {
    let drawing = Drawing::of(&person.file("Large").await);
    let mut changes = vec![];
    for id in 10..15 {
        changes.push(drawing.add(id, Uuid::nil(), "rect"));
        changes.push(drawing.set(id, "name", Value::text(&"n".repeat(100_000))));
    }
    let drawn = drawing.send(person, Uuid::from_u128(1), 0, changes).await;
    assert!(drawn.status.is_success(), "{}", drawn.text());
    drawing.file
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_readers_leave_room_for_those_who_read_nothing_yet() {
    let app = TestApp::with(Settings::default().set("PENPOT_DATABASE_MAX_POOL_SIZE", "40")).await;
    let (vic, mut begun) = (app.person("vic").await, JoinSet::new());
    let file = vic.file("Small").await;
    for name in ["eva", "carl", "ben", "dan"] {
        let person = app.person(name).await;
        let path = format!("/api/main/methods/get-file?id={}", large_file(&person).await);
        // As many as one person may.
        for _ in 0..6 {
            let asked = get(&path, person.cookie.clone());
            let mut streams = Streams::narrow(&app.base, WINDOW).await;
            begun.spawn(async move { streams.begin(&asked).await.expect("a head") });
        }
    }
    let mut held = vec![];
    while held.len() < 16 {
        let answer = begun.join_next().await.expect("one more").expect("does not panic");
        assert_eq!(answer.status().as_u16(), 200);
        held.push(answer);
    }
    vic.call("get-file", json!({"id": file["id"]})).await.ok();
    drop(held);
}
