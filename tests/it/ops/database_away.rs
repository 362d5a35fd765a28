//! What is answered beside the calls while the database is away: 503, and when to come back.

use reqwest::{Method, header};
use serde_json::json;
use tests::{
    client::{Answer, Client, FilePart},
    picture,
    postgres::Postgres,
    process::{self, data_directory},
};

const EMAIL: &str = "ana@example.com";
const PASSWORD: &str = "correct horse battery";

/// Somebody tries to sign in on the dashboard.
async fn sign_in(client: &Client) -> Answer {
    let fields = [("email", EMAIL), ("password", PASSWORD), ("next", "/admin")];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = client.request(Method::POST, "/admin/sign-in").header(header::ORIGIN, client.base());
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
    Answer::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn pictures_and_the_dashboard_say_when_to_come_back() {
    let (data, postgres) = (data_directory(), Postgres::start());
    let folder = data.path().display().to_string();
    let settings = [
        ("PENPOT_DATABASE_URI", &*postgres.uri),
        ("ATELIER_DATA_DIR", &*folder),
        ("PENPOT_SECRET_KEY", "a secret that only tests have"),
        ("PENPOT_ADMINS", EMAIL),
    ];
    let migrated = process::run(&["migrate"], &settings).await;
    assert!(migrated.status.success(), "{migrated:?}");
    let word = data.path().join("word");
    std::fs::write(&word, PASSWORD).expect("is written");
    let create = ["profile", "create", "--email", EMAIL, "--fullname", "Ana"];
    assert!(process::run_with_input(&create, &settings, &word).await.status.success());
    let api = process::start(&["api", "--port", "0"], &settings).await;
    let mut client = Client::new(api.address());
    let project = client.login(EMAIL, PASSWORD).await.ok()["defaultProjectId"].clone();
    let file = client.call("create-file", json!({"projectId": project, "name": "Sketch"})).await.ok();
    let fields = [
        ("file-id", file["id"].as_str().expect("an id").to_owned()),
        ("name", "a".to_owned()),
        ("is-local", "true".to_owned()),
    ];
    let part =
        FilePart { field: "content", name: "a.png", mtype: "image/png", bytes: picture::png(24, 24, 3) };
    let media = client.upload("upload-file-media-object", &fields, part).await.ok();
    let paths = [
        format!("/assets/by-id/{}", media["mediaId"].as_str().expect("an id")),
        format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("an id")),
        "/admin".to_owned(),
        "/admin/jobs".to_owned(),
    ];
    for path in &paths {
        assert_eq!(client.get(path).await.status, 200, "{path}");
    }

    drop(postgres);
    for path in &paths {
        let answer = client.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"), "{path}");
        if path.starts_with("/assets") {
            assert!(answer.text().contains("database-unavailable"), "{}", answer.text());
        } else {
            assert!(answer.text().contains("the database does not answer"), "{}", answer.text());
        }
    }
    let answer = sign_in(&client).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "5"), "{}", answer.text());
    for path in ["/admin/sign-in", "/admin/assets/dashboard.css"] {
        assert_eq!(client.get(path).await.status, 200, "{path} asks no database");
    }
    api.kill().await;
}
