//! Clients that say much and send little: others do not wait for them.

use bytes::Bytes;
use reqwest::Method;
use tests::{
    app::TestApp,
    connection::{Asked, Connection, Content},
    person::Person,
};

/// The longest body that a method takes.
const LONGEST_BYTES: usize = 16 << 20;
/// As many of those as there is room for.
const MANY: usize = 16;

/// Asks to be asked for a body that does not come.
async fn silent(base: &str, person: &Person, content: Content) -> Connection {
    let headers = vec![
        ("cookie", person.cookie.clone().expect("signed in")),
        ("content-type", "application/json".to_owned()),
        ("expect", "100-continue".to_owned()),
    ];
    let path = "/api/main/methods/update-file".to_owned();
    let mut connection = Connection::open(base).await;
    let asked = Asked { method: Method::POST, path, headers, content };
    connection.send_head(&asked).await.expect("is sent");
    assert_eq!(connection.answer().await.expect("an answer").status.as_u16(), 100, "it is waited for");
    connection
}

#[tokio::test]
async fn what_was_only_announced_takes_no_room() {
    let app = TestApp::start().await;
    let (eva, vic) = (app.person("eva").await, app.person("vic").await);
    let longest = Bytes::from(vec![b' '; LONGEST_BYTES]);
    for content in [Content::Sized(longest), Content::Pieces(vec![])] {
        let mut connections = vec![];
        for _ in 0..MANY {
            connections.push(silent(&app.base, &eva, content.clone()).await);
        }
        let body = format!("{{\"note\": \"{}\"}}", "a".repeat(100_000));
        tokio::select! {
            biased;
            answer = connections[0].answer() => panic!("others waited until she was given up: {answer:?}"),
            answer = vic.call_raw("get-teams", "application/json", body) => answer.ok(),
        };
    }
}
