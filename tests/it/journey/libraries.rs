//! A file that others use: published, linked, changed, and taken over.

use super::{
    drawing::draws,
    kinds::reads,
    people::Somebody,
    stage::{FEATURES, Opened, field, get_file, id, int, items, texts},
    web_app::{Ask, WebApp, body, text},
};
use tests::drawing::change;
use transit::value::Value;
use uuid::Uuid;

pub const ROWS: &str =
    "V {id u, name s, synced-at t?, modified-at t, is-indirect b, revn i, vern i, project-id u}";
const COUNTED: &str = "{count i}";
const SHOWN: &str = "{count i, sample V M}";

/// A new file, as the dashboard makes it: opened at its first page.
pub async fn creates(web: &mut WebApp, project: Uuid, name: &str) -> Opened {
    let said = body([
        ("project-id", Value::Uuid(project)),
        ("name", Value::text(name)),
        ("features", texts(&FEATURES)),
    ]);
    let made = web.write("create-file", &said).await;
    reads("create-file", &made, "{id u, project-id u, name s, revn i, vern i, data {pages V u}}");
    let page = items(field(field(&made, "data"), "pages"))[0].as_uuid().expect("a uuid");
    Opened { id: id(&made, "id"), page, project, revn: int(&made, "revn"), vern: int(&made, "vern") }
}

fn color(number: u128, name: &str) -> Value {
    let color = body([
        ("id", Value::Uuid(Uuid::from_u128(number))),
        ("name", Value::text(name)),
        ("color", Value::text("#102030")),
        ("opacity", Value::Int(1)),
    ]);
    change("add-color", [("color", color)])
}

/// Ana publishes colours, Bo uses them in the file that both have open, and hears when they change.
pub async fn shared(ana: &mut Somebody, bo: &mut Somebody, team: Uuid, file: &Opened) {
    let mut library = creates(&mut ana.web, file.project, "Inks").await;
    draws(&mut ana.web, &mut library, vec![color(70, "Night")]).await;
    let summary = ana.web.read("get-file-summary", &[("id", Ask::Id(library.id))]).await;
    reads(
        "get-file-summary",
        &summary,
        &format!(
            "{{name s, components {COUNTED}, colors {COUNTED}, \
        typographies {COUNTED}, variants {COUNTED}}}"
        ),
    );
    ana.web
        .write("set-file-shared", &body([("id", Value::Uuid(library.id)), ("is-shared", Value::Bool(true))]))
        .await;
    let all = bo.web.read("get-team-shared-files", &[("team-id", Ask::Id(team))]).await;
    reads(
        "get-team-shared-files",
        &all,
        &format!(
            "C {{id u, name s, team-id u, project-id u, is-shared b, revn i, vern i, \
        created-at t, modified-at t, thumbnail-id u?, library-summary {{components {SHOWN}, colors {SHOWN}, \
        typographies {SHOWN}, variants {COUNTED}, media {COUNTED}?}}}}"
        ),
    );
    let pair = [("file-id", Value::Uuid(file.id)), ("library-id", Value::Uuid(library.id))];
    let linked = bo.web.write("link-file-to-library", &body(pair.clone())).await;
    reads("link-file-to-library", &linked, "(C u)?");
    let usage = bo.web.read("get-library-usage", &[("file-id", Ask::Id(library.id))]).await;
    reads("get-library-usage", &usage, "{used-in i}");
    assert_eq!(int(&usage, "used-in"), 1);
    let rows = bo.web.read("get-file-libraries", &[("file-id", Ask::Id(file.id))]).await;
    reads("get-file-libraries", &rows, ROWS);
    assert_eq!(id(&items(&rows)[0], "id"), library.id);
    // Each of them is read whole.
    let got = get_file(&bo.web, library.id).await;
    reads(
        "the colours of a library",
        field(field(&got, "data"), "colors"),
        "[u {id u, name s, color s, opacity n}]",
    );
    let of_components = [("file-id", Ask::Id(library.id)), ("tag", text("component"))];
    bo.web.read("get-file-object-thumbnails", &of_components).await;
    let has = bo.web.write("has-file-libraries", &body([("file-id", Value::Uuid(file.id))])).await;
    assert_eq!(has, Value::Bool(true));
    let by = bo.web.read("get-library-file-references", &[("file-id", Ask::Id(library.id))]).await;
    reads("get-library-file-references", &by, "V {id u, name s}");

    draws(&mut ana.web, &mut library, vec![color(71, "Dusk")]).await;
    let heard = bo.socket.hears("library-change").await;
    reads(
        "library-change",
        &heard,
        "{topic u, profile-id u, file-id u, session-id u, revn i, modified-at t, changes V M}",
    );
    assert_eq!((id(&heard, "topic"), id(&heard, "file-id")), (team, library.id));
    bo.web.write("update-file-library-sync-status", &body(pair)).await;
    let rows = bo.web.read("get-file-libraries", &[("file-id", Ask::Id(file.id))]).await;
    let row = &items(&rows)[0];
    assert!(field(row, "synced-at").as_instant() >= field(row, "modified-at").as_instant(), "{row:?}");
    let now = Value::Instant(1_780_000_000_000);
    bo.web
        .write("ignore-file-library-sync-status", &body([("file-id", Value::Uuid(file.id)), ("date", now)]))
        .await;
    assert_eq!(ana.socket.settle().await, [], "its own session is passed by");
}
