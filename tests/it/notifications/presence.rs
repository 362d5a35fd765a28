//! Who else has a file open, and where they point.

use super::scene::{Scene, field, kinds};
use tests::socket::{Socket, message};
use transit::{Limits, value::Value};
use uuid::Uuid;

fn uuid(id: impl Into<Uuid>) -> Value {
    Value::Uuid(id.into())
}

/// What tells who somebody is.
fn is_of(heard: &Value, socket: &Socket, profile: impl Into<Uuid>, file: Uuid) {
    assert_eq!(field(heard, "session-id"), &uuid(socket.session));
    assert_eq!(field(heard, "profile-id"), &uuid(profile));
    assert_eq!(field(heard, "topic"), &uuid(file));
    assert_eq!(heard.get("socket-id"), None, "that is among processes");
}

async fn people_meet(scene: &Scene) {
    let file = scene.file();
    let mut ana = Socket::in_file(&scene.ana, file).await;
    let mut bo = Socket::open(&scene.there(&scene.bo)).await;
    let opens = [("file-id", uuid(file)), ("version", Value::text("2.12"))];
    bo.say(&message("subscribe-file", opens)).await;
    let joined = ana.hears("join-file").await;
    is_of(&joined, &bo, scene.bo.id(), file);
    assert_eq!(field(&joined, "version"), &Value::text("2.12"));
    is_of(&bo.hears("presence").await, &ana, scene.ana.id(), file);

    // The second tab of somebody is another face; it is told of both.
    let mut tab = Socket::open(&scene.there(&scene.ana)).await;
    tab.say(&message("subscribe-file", [("file-id", uuid(file))])).await;
    is_of(&ana.hears("join-file").await, &tab, scene.ana.id(), file);
    is_of(&bo.hears("join-file").await, &tab, scene.ana.id(), file);
    let mut present = [tab.hears("presence").await, tab.hears("presence").await];
    present.sort_by_key(|one| field(one, "session-id").as_uuid() != Some(ana.session));
    is_of(&present[0], &ana, scene.ana.id(), file);
    is_of(&present[1], &bo, scene.bo.id(), file);
    assert_eq!(present[1].get("version"), Some(&Value::text("2.12")));

    // Whoever points is who they are, whatever they say.
    let points = message(
        "pointer-update",
        [
            ("file-id", uuid(file)),
            ("page-id", uuid(scene.drawing.page)),
            (
                "position",
                Value::tagged("point", Value::map([("x", Value::Float(1.5)), ("y", Value::Float(2.0))])),
            ),
            ("zoom", Value::Float(0.5)),
            ("vbox", Value::Nil),
            ("profile-id", uuid(scene.bo.id())),
            ("session-id", uuid(Uuid::from_u128(7))),
            ("topic", uuid(scene.bo.id())),
        ],
    );
    ana.say(&points).await;
    for other in [&mut bo, &mut tab] {
        let heard = other.hears("pointer-update").await;
        is_of(&heard, &ana, scene.ana.id(), file);
        for name in ["page-id", "position", "zoom", "vbox", "file-id"] {
            assert_eq!(field(&heard, name), field(&points, name));
        }
        assert_eq!(field(&heard, "subs-id"), &uuid(file));
    }

    bo.say(&message("unsubscribe-file", [("file-id", uuid(file))])).await;
    for other in [&mut ana, &mut tab] {
        is_of(&other.hears("leave-file").await, &bo, scene.bo.id(), file);
    }
    // From another file nobody points into this one, and nobody is heard there.
    bo.say(&points).await;
    assert_eq!(bo.settle().await, []);
    let gone = tab.session;
    drop(tab);
    let heard = ana.hears("disconnect").await;
    assert_eq!(field(&heard, "session-id"), &uuid(gone));
    assert_eq!(ana.settle().await, [], "and nothing of its own");
}

#[tokio::test]
async fn people_of_two_processes_meet() {
    let scene = Scene::new().await;
    people_meet(&scene).await;
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn people_of_one_process_without_redis_meet() {
    let scene = Scene::alone().await;
    people_meet(&scene).await;
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn one_file_is_open_at_a_time() {
    let scene = Scene::new().await;
    let (mut ana, mut bo) = scene.both().await;
    let other: Uuid = super::scene::id(&scene.bo.file_in(&scene.project["id"], "Other").await["id"]);
    bo.subscribe(other).await;
    assert_eq!(field(&ana.hears("leave-file").await, "session-id"), &uuid(bo.session));
    // Of a file that is not the open one there is nothing to close.
    bo.say(&message("unsubscribe-file", [("file-id", uuid(scene.file()))])).await;
    bo.settle().await;
    ana.say(&message("subscribe-file", [("file-id", uuid(other))])).await;
    bo.hears("join-file").await;
    ana.hears("presence").await;
    scene.app.run_jobs().await;
}

/// The line of a tab breaks, and it is back, perhaps in another process, before anybody noticed.
#[tokio::test]
async fn a_tab_that_is_back_keeps_its_face() {
    let scene = Scene::new().await;
    let (mut ana, mut bo) = scene.both().await;
    for base in [&scene.other, &scene.app.base] {
        let mut back = Socket::reopen(&scene.bo.at(base), bo.session).await;
        back.say(&message("subscribe-file", [("file-id", uuid(scene.file()))])).await;
        ana.hears("join-file").await;
        back.hears("presence").await;
        assert_eq!(bo.end().await, (1008, "replaced".to_owned()));
        bo = back;
    }
    bo.say(&message("pointer-update", [("file-id", uuid(scene.file()))])).await;
    ana.hears("pointer-update").await;
    assert_eq!(kinds(&ana.settle().await), Vec::<&str>::new(), "nobody is gone");
    scene.app.run_jobs().await;
}

/// What web apps read: objects with keywords as keys, and no cache codes.
#[tokio::test]
async fn messages_are_verbose_transit() {
    let scene = Scene::alone().await;
    let (mut ana, mut bo) = scene.both().await;
    // Both forms are understood.
    let file = scene.file();
    let text = format!(r#"{{"~:type":"~:pointer-update","~:file-id":"~u{file}","~:zoom":1.5}}"#);
    ana.send(tokio_tungstenite::tungstenite::Message::text(text)).await;
    let heard = bo.hear_text().await;
    for part in [
        r#""~:type":"~:pointer-update""#.to_owned(),
        format!(r#""~:topic":"~u{file}""#),
        r#""~:zoom":1.5"#.to_owned(),
    ] {
        assert!(heard.starts_with('{') && heard.contains(&part), "{part} in {heard}");
    }
    let read = transit::read(heard.as_bytes(), &Limits::STORED).expect("transit");
    assert_eq!(heard.as_bytes(), transit::write_verbose(&read));

    // Other tabs of one person hear what one of them says.
    let mut tab = Socket::open(&scene.ana).await;
    ana.say(&message("broadcast", [("words", Value::text("hello"))])).await;
    let heard = tab.hears("broadcast").await;
    assert_eq!(field(&heard, "words"), &Value::text("hello"));
    assert_eq!(field(&heard, "subs-id"), &uuid(scene.ana.id()));
    assert_eq!(bo.settle().await, [], "nobody else does");
    scene.app.run_jobs().await;
}
