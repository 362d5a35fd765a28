//! Teams and fonts that the tests of this folder are about.

use std::path::Path;

use serde_json::{Value as Json, json};
use tests::{
    client::{Answer, FilePart},
    person::Person,
    python,
};
use transit::value::Value;
use uuid::Uuid;

/// What all variants of these tests share, unless they say otherwise.
pub const FONT: Uuid = Uuid::from_u128(7);

/// Where a file of a variant stands, and its media type.
pub const FILES: [(&str, &str); 4] = [
    ("ttfFileId", "font/ttf"),
    ("otfFileId", "font/otf"),
    ("woff1FileId", "font/woff"),
    ("woff2FileId", "font/woff2"),
];

/// The params of an upload without its files.
pub fn params(team: &Json) -> Json {
    json!({
        "teamId": team["id"], "fontId": FONT, "fontFamily": "Inky", "fontWeight": 400, "fontStyle": "normal",
    })
}

/// The same in transit, with files.
pub fn in_transit(team: &Json, data: Vec<(Value, Value)>) -> Value {
    let id = team["id"].as_str().expect("an id").parse().expect("a uuid");
    Value::map([
        ("team-id", Value::Uuid(id)),
        ("font-id", Value::Uuid(FONT)),
        ("font-family", Value::text("Inky")),
        ("font-weight", Value::Int(400)),
        ("font-style", Value::text("normal")),
        ("data", Value::Map(data)),
    ])
}

/// Uploads a file in one piece.
pub async fn upload(by: &Person, team: &Json, mtype: &str, file: &[u8]) -> Answer {
    upload_all(by, team, &[(mtype, file)]).await
}

/// Uploads the files of one variant, each in one piece, in transit as clients with bytes do; the answer in JSON.
pub async fn upload_all(by: &Person, team: &Json, files: &[(&str, &[u8])]) -> Answer {
    let data = files.iter().map(|(mtype, file)| (Value::text(mtype), Value::Bytes(file.to_vec())));
    let params = in_transit(team, data.collect());
    by.call_raw("create-font-variant", "application/transit+json", transit::write(&params)).await
}

/// Sends a file in so many pieces; the upload that they belong to.
pub async fn sent(by: &Person, file: &[u8], pieces: usize) -> Json {
    let pieces: Vec<&[u8]> = file.chunks(file.len().div_ceil(pieces)).collect();
    let begun = by.call("create-upload-session", json!({"totalChunks": pieces.len()})).await.ok();
    let session = begun["sessionId"].as_str().expect("an id").to_owned();
    for (index, piece) in pieces.into_iter().enumerate() {
        let fields = [("session-id", session.clone()), ("index", index.to_string())];
        let mtype = "application/octet-stream";
        let part = FilePart { field: "content", name: "piece", mtype, bytes: piece.to_vec() };
        by.upload("upload-chunk", &fields, part).await.ok();
    }
    begun["sessionId"].clone()
}

/// Makes a variant of uploads.
pub async fn assemble(by: &Person, team: &Json, uploads: Json) -> Answer {
    let mut params = params(team);
    params["uploads"] = uploads;
    by.call("create-font-variant", params).await
}

/// The bytes of a stored file, as anybody gets them.
pub async fn bytes(by: &Person, id: &Json) -> Vec<u8> {
    let answer = by.get(&format!("/assets/by-id/{}", id.as_str().expect("an id"))).await;
    assert!(answer.status.is_success(), "{}", answer.failure());
    answer.bytes
}

/// What others than us read in these files.
pub async fn facts(files: &[&[u8]]) -> Vec<Json> {
    let folder = tempfile::tempdir().expect("a folder");
    let paths: Vec<String> = (0..files.len()).map(|n| path(folder.path(), &n.to_string())).collect();
    for (path, file) in paths.iter().zip(files) {
        std::fs::write(path, file).expect("writes");
    }
    let arguments: Vec<&str> = std::iter::once("facts").chain(paths.iter().map(String::as_str)).collect();
    serde_json::from_str(&python::script("fonts.py", &arguments).await).expect("JSON")
}

/// A file packed as WOFF 2 by others than us, its outlines in their other form.
pub async fn packed(file: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (path(folder.path(), "from"), path(folder.path(), "to"));
    std::fs::write(&from, file).expect("writes");
    python::script("fonts.py", &["woff2", &from, &to]).await;
    std::fs::read(&to).expect("reads")
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}
