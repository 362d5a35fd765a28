//! Saving what was drawn, hearing of it, and the small pictures that the page makes of it.

use super::{
    kinds::reads,
    people::Somebody,
    stage::{FEATURES, Opened, Stage, TILE, field, id, int, items, texts},
    web_app::{Ask, File, WebApp, body, text},
};
use tests::{drawing::Drawing, picture, socket::message};
use transit::value::Value;
use uuid::Uuid;

pub const FILE_CHANGE: &str =
    "{type k, topic u, profile-id u, file-id u, session-id u, revn i, vern i, changes V M}";

/// What one save is sent as.
pub fn save(web: &WebApp, file: &Opened, commit: Uuid, changes: Vec<Value>) -> Value {
    body([
        ("id", Value::Uuid(file.id)),
        ("revn", Value::Int(file.revn)),
        ("vern", Value::Int(file.vern)),
        ("session-id", Value::Uuid(web.session)),
        ("origin", Value::keyword("app.main.data.workspace/update-position")),
        ("created-at", Value::Instant(1_780_000_000_000)),
        ("commit-id", Value::Uuid(commit)),
        ("changes", Value::Vec(changes)),
        ("features", texts(&FEATURES)),
    ])
}

/// Saves: the page knows the highest revision that it has seen.
pub async fn draws(web: &mut WebApp, file: &mut Opened, changes: Vec<Value>) {
    let said = save(web, file, platform::ids::random_id(), changes);
    let answer = web.try_write("update-file", &[("id", Ask::Id(file.id))], &said).await.expect("is saved");
    reads("update-file", &answer, "{revn i, lagged V M}");
    file.revn = file.revn.max(int(&answer, "revn"));
}

impl Opened {
    /// Helpers for its changes.
    pub fn drawing(&self) -> Drawing {
        Drawing { file: self.id, page: self.page }
    }
}

/// Says that a file is open, and waits for the face of whoever is in it already.
pub async fn enters(who: &mut Somebody, team: Uuid, file: &Opened, other: Option<&mut Somebody>) {
    let version = ("version", Value::text("2.17.0"));
    who.socket.say(&message("subscribe-file", [("file-id", Value::Uuid(file.id)), version])).await;
    who.socket.say(&message("subscribe-team", [("team-id", Value::Uuid(team))])).await;
    let Some(other) = other else {
        assert_eq!(who.socket.settle().await, [], "nobody is there");
        return;
    };
    for (hears, of) in [(&mut other.socket, "join-file"), (&mut who.socket, "presence")] {
        let heard = hears.hears(of).await;
        reads(of, &heard, "{type k, topic u, file-id u, session-id u, profile-id u}");
    }
    who.socket.settle().await;
}

/// One draws, the other sees it as it was sent, and the one who drew hears nothing of it.
pub async fn sees(
    by: &mut Somebody,
    other: &mut Somebody,
    files: (&mut Opened, &mut Opened),
    changes: Vec<Value>,
) {
    let (mine, theirs) = files;
    draws(&mut by.web, mine, changes.clone()).await;
    let heard = other.socket.hears("file-change").await;
    reads("file-change", &heard, FILE_CHANGE);
    let from = [id(&heard, "topic"), id(&heard, "profile-id"), id(&heard, "session-id")];
    assert_eq!(from, [mine.id, by.id, by.web.session]);
    assert!(field(&heard, "changes").same(&Value::Vec(changes)), "{heard:?}");
    theirs.revn = theirs.revn.max(int(&heard, "revn"));
    assert_eq!(by.socket.settle().await, [], "its own session is passed by");
}

/// Where somebody points.
pub async fn points(by: &mut Somebody, other: &mut Somebody, file: &Opened) {
    let rect = ["x", "y", "width", "height", "x1", "y1", "x2", "y2"].map(|name| (name, Value::Float(1.5)));
    let point = Value::tagged("point", body([("x", Value::Float(10.5)), ("y", Value::Int(3))]));
    let said = message(
        "pointer-update",
        [
            ("file-id", Value::Uuid(file.id)),
            ("page-id", Value::Uuid(file.page)),
            ("zoom", Value::Float(0.5)),
            ("zoom-inverse", Value::Int(2)),
            ("vbox", Value::tagged("rect", body(rect))),
            ("vport", Value::Nil),
            ("position", point),
        ],
    );
    by.socket.say(&said).await;
    let heard = other.socket.hears("pointer-update").await;
    reads(
        "pointer-update",
        &heard,
        "{topic u, session-id u, profile-id u, page-id u, zoom n, zoom-inverse n, \
        vbox #rect {x n, y n, width n, height n}, vport any?, position #point {x n, y n}}",
    );
}

fn png(seed: u8) -> File {
    File { field: "media", name: "blob".to_owned(), mtype: "image/png", bytes: picture::png(252, 168, seed) }
}

/// The picture of a file in the list, and that of a board in it.
pub async fn pictures(who: &mut Somebody, file: &Opened) {
    let web = &who.web;
    let strip = ("strip-frames-with-thumbnails", text("true"));
    let query = [("file-id", Ask::Id(file.id)), ("revn", text(&file.revn.to_string())), strip];
    let drawn_from = web.bare("get-file-data-for-thumbnail", &query).await;
    reads(
        "get-file-data-for-thumbnail",
        &drawn_from,
        "{file-id u, revn i, page {objects [u #shape M], background s?, \
        thumbnail-frame-id u?}}",
    );
    let revn = int(&drawn_from, "revn").to_string();
    let query = [("file-id", Ask::Id(file.id)), ("revn", text(&revn))];
    let fields = [("file-id", file.id.to_string()), ("revn", revn)];
    let made = web.send("create-file-thumbnail", &query, &fields, png(3)).await;
    reads("create-file-thumbnail", &made, "{id u}");
    let shown = web.picture(&format!("/assets/by-id/{}", id(&made, "id"))).await;
    assert_eq!((shown.status.as_u16(), shown.header("content-type")), (200, "image/png"), "at once");
    let tiles = web.read("get-project-files", &[("project-id", Ask::Id(file.project))]).await;
    reads("get-project-files", &tiles, &format!("V {TILE}"));
    let tile = items(&tiles).iter().find(|tile| id(tile, "id") == file.id).expect("is listed");
    assert_eq!(id(tile, "thumbnail-id"), id(&made, "id"));

    let object = format!("{}/{}/{}/frame", file.id, file.page, Uuid::from_u128(10));
    let query = [("file-id", Ask::Id(file.id)), ("object-id", text(&object)), ("tag", text("frame"))];
    let fields =
        [("file-id", file.id.to_string()), ("object-id", object.clone()), ("tag", "frame".to_owned())];
    web.send("create-file-object-thumbnail", &query, &fields, png(4)).await;
    let kept = web.read("get-file-object-thumbnails", &[("file-id", Ask::Id(file.id))]).await;
    reads("get-file-object-thumbnails", &kept, "[s u]");
    let board = kept.at(&Value::text(&object)).and_then(Value::as_uuid).expect("the board's");
    assert_eq!(web.picture(&format!("/assets/by-id/{board}")).await.status.as_u16(), 200);
    let of_components = [("file-id", Ask::Id(file.id)), ("tag", text("component"))];
    let none = web.read("get-file-object-thumbnails", &of_components).await;
    assert_eq!(none.entries().len(), 0, "{none:?}");
    let gone = body([("object-ids", Value::Vec(vec![Value::text(&object)]))]);
    who.web.write("delete-file-object-thumbnails", &gone).await;
}

/// A picture that is put onto the page.
pub async fn uploads(stage: &Stage, who: &Somebody, file: &Opened) -> Uuid {
    let fields =
        [("file-id", file.id.to_string()), ("name", "Ink".to_owned()), ("is-local", "true".to_owned())];
    let part = File {
        field: "content",
        name: "blob".to_owned(),
        mtype: "image/png",
        bytes: picture::png(60, 40, 5),
    };
    let row = who.web.send("upload-file-media-object", &[], &fields, part).await;
    reads(
        "upload-file-media-object",
        &row,
        "{id u, name s, width i, height i, mtype s, is-local b, media-id u, \
        thumbnail-id u?}",
    );
    assert_eq!((int(&row, "width"), int(&row, "height")), (60, 40));
    let path = format!("/assets/by-file-media-id/{}", id(&row, "id"));
    assert_eq!(who.web.picture(&path).await.status.as_u16(), 200);
    stage.app.run_jobs().await;
    id(&row, "id")
}
