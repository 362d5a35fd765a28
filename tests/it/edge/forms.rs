//! Forms with more in them than a method asks for.

use bytes::Bytes;
use reqwest::Method;
use std::path::Path;
use tests::{
    app::TestApp,
    connection::{Asked, Connection, Content},
    person::Person,
    picture,
};

fn part(head: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("--cut\r\ncontent-disposition: form-data; name={head}\r\n");
    let kind = if head.contains("filename") { "content-type: image/png\r\n" } else { "" };
    [head.as_bytes(), kind.as_bytes(), b"\r\n", content, b"\r\n"].concat()
}

async fn begin(base: &str, person: &Person, body: &[u8]) -> Connection {
    let headers = vec![
        ("cookie", person.cookie.clone().expect("signed in")),
        ("content-type", "multipart/form-data; boundary=cut".to_owned()),
        ("accept", "application/json".to_owned()),
    ];
    let path = "/api/main/methods/upload-file-media-object".to_owned();
    let content = Content::Sized(Bytes::copy_from_slice(body));
    let mut connection = Connection::open(base).await;
    let asked = Asked { method: Method::POST, path, headers, content };
    connection.send_head(&asked).await.expect("is sent");
    connection
}

fn spooled(directory: &Path) -> usize {
    std::fs::read_dir(directory).map_or(0, |files| files.count())
}

#[tokio::test]
async fn files_that_no_param_names_are_kept_nowhere() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let strangers: Vec<u8> =
        (0..5).flat_map(|at| part(&format!("\"f{at}\"; filename=\"a\""), &[b'a'; 100_000])).collect();
    let picture = part("\"content\"; filename=\"a.png\"", &picture::png(300, 200, 1));
    let fields = [
        part("\"file-id\"", file["id"].as_str().expect("an id").as_bytes()),
        part("\"is-local\"", b"true"),
        part("\"name\"", b"a.png"),
        b"--cut--\r\n".to_vec(),
    ];
    let whole = [strangers, picture, fields.concat()].concat();
    let last = fields.concat().len();
    let mut connection = begin(&app.base, &ana, &whole).await;
    connection.send(&whole[..whole.len() - last]).await.expect("is sent");
    let uploads = app.app.config.data_dir.join("uploads");
    // The one that is asked for comes after them.
    while spooled(&uploads) == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(spooled(&uploads), 1);
    connection.send(&whole[whole.len() - last..]).await.expect("is sent");
    connection.answer().await.expect("an answer").ok();

    let picture = || part("\"content\"; filename=\"a.png\"", &picture::png(30, 20, 1));
    let twice = [picture(), picture(), fields.concat()].concat();
    let mut connection = begin(&app.base, &ana, &twice).await;
    connection.send(&twice).await.expect("is sent");
    let refused = connection.answer().await.expect("an answer");
    assert_eq!(refused.failure(), "400 validation/malformed-multipart");
}
