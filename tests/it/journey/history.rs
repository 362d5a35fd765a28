//! Snapshots: made, looked at, and restored under the eyes of somebody else.

use super::{
    drawing::{save, sees},
    kinds::reads,
    people::Somebody,
    stage::{Opened, features, field, get_file, id, int, items},
    web_app::{Ask, body, kind_of},
};
use transit::value::Value;
use uuid::Uuid;

const SNAPSHOTS: &str =
    "V {id u, label s, revn i, created-at t, modified-at t, created-by s, profile-id u?, locked-by u?}";

/// Ana goes back to what was; Bo, who draws on, is told to read again and loses nothing else.
pub async fn restored(ana: &mut Somebody, bo: &mut Somebody, mine: &mut Opened, theirs: &mut Opened) {
    let label = body([("file-id", Value::Uuid(mine.id)), ("label", Value::text("1 December, 13:00"))]);
    let made = ana.web.write("create-file-snapshot", &label).await;
    reads("create-file-snapshot", &made, "{id u}");
    let snapshot = id(&made, "id");
    let named = body([("id", Value::Uuid(snapshot)), ("label", Value::text("Before the party"))]);
    ana.web.write("update-file-snapshot", &named).await;
    let drawing = mine.drawing();
    sees(bo, ana, (theirs, mine), vec![drawing.add(30, Uuid::nil(), "rect")]).await;

    let listed = ana.web.read("get-file-snapshots", &[("file-id", Ask::Id(mine.id))]).await;
    reads("get-file-snapshots", &listed, SNAPSHOTS);
    let row = items(&listed).iter().find(|row| id(row, "id") == snapshot).expect("is listed");
    assert_eq!(field(row, "created-by"), &Value::text("user"));
    let of_snapshot = [("file-id", Ask::Id(mine.id)), ("id", Ask::Id(snapshot)), ("features", features())];
    let shown = ana.web.read("get-file-snapshot", &of_snapshot).await;
    reads("get-file-snapshot", &shown, "{id u, revn i, vern i, data {id u, pages V u}}");
    assert_eq!(id(&shown, "id"), mine.id, "it takes the place of the file");

    let restore = body([("file-id", Value::Uuid(mine.id)), ("id", Value::Uuid(snapshot))]);
    ana.web.write("restore-file-snapshot", &restore).await;
    let heard = bo.socket.hears("file-restored").await;
    reads("file-restored", &heard, "{topic u, file-id u, vern i}");
    assert_ne!(int(&heard, "vern"), theirs.vern);
    assert_eq!(ana.socket.settle().await, [], "whoever restored reads again by themselves");
    // What was on its way is refused as what the web app understands: it reads the file again.
    let late = save(&bo.web, theirs, Uuid::from_u128(0xbad), vec![drawing.add(31, Uuid::nil(), "rect")]);
    let refused =
        bo.web.try_write("update-file", &[("id", Ask::Id(mine.id))], &late).await.expect_err("is late");
    assert_eq!(kind_of(&refused), "validation/vern-conflict");
    for (who, file) in [(&ana.web, &mut *mine), (&bo.web, &mut *theirs)] {
        let got = get_file(who, file.id).await;
        (file.revn, file.vern) = (int(&got, "revn"), int(&got, "vern"));
    }
    assert_eq!(theirs.vern, int(&heard, "vern"));
    sees(bo, ana, (theirs, mine), vec![drawing.add(32, Uuid::nil(), "rect")]).await;
    let listed = ana.web.read("get-file-snapshots", &[("file-id", Ask::Id(mine.id))]).await;
    reads("get-file-snapshots", &listed, SNAPSHOTS);
    let by_system = items(&listed).iter().filter(|row| field(row, "created-by") == &Value::text("system"));
    assert_eq!(by_system.count(), 1, "what was there before");
}
