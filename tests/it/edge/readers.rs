//! Clients that ask for much and read little: others get their answers, and memory does not fill.

use bytes::Bytes;
use reqwest::Method;
use tests::{
    app::TestApp,
    connection::{Asked, Content, Streams},
};

/// Answers to one connection of nobody's wait up to so many bytes.
const UNREAD_BYTES_MAX: usize = 64 << 20;
/// Room for a piece of an answer.
const WINDOW: u32 = 16 << 10;

fn get(path: &str, cookie: Option<String>) -> Asked {
    let headers = cookie.map(|cookie| ("cookie", cookie)).into_iter().collect();
    Asked { method: Method::GET, path: path.to_owned(), headers, content: Content::Sized(Bytes::new()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_nobody_takes_are_given_up_for_others() {
    let app = TestApp::start().await;
    let asked = get("/api/main/doc", None);
    let mut streams = Streams::narrow(&app.base, WINDOW).await;
    let whole = streams.ask(&asked).await.expect("an answer").bytes;
    let mut begun = vec![];
    for _ in 0..UNREAD_BYTES_MAX / whole.len() + 5 {
        begun.push(streams.begin(&asked).await.expect("a head"));
    }
    let (last, first) = (begun.pop().expect("the last"), begun.swap_remove(0));
    assert!(Streams::finish(first).await.is_err(), "it waited longest");
    assert_eq!(Streams::finish(last).await.expect("an answer").bytes, whole);
    assert_eq!(streams.ask(&asked).await.expect("the connection goes on").bytes, whole);
}
