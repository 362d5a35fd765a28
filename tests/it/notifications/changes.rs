//! Changes of documents, as those who have them open hear them: in the order of their revisions, each once, whichever
//! process made them and whatever became of its message.

use super::scene::{Scene, field, id, kinds, redis, through};
use serde_json::json;
use tests::{
    cable::Cable,
    drawing::{self, Drawing},
    socket::Socket,
};
use tokio_tungstenite::tungstenite::Message;
use transit::value::Value;
use uuid::Uuid;

fn color(number: u128) -> Value {
    let color = Value::map([
        ("id", Value::Uuid(Uuid::from_u128(number))),
        ("name", Value::text("Ink")),
        ("color", Value::text("#000000")),
    ]);
    drawing::change("add-color", [("color", color)])
}

fn renamed(drawing: &Drawing, name: &str) -> Value {
    drawing::change("mod-page", [("id", Value::Uuid(drawing.page)), ("name", Value::text(name))])
}

fn revn(heard: &Value) -> i64 {
    field(heard, "revn").as_int().expect("a number")
}

/// Hears so many changes, and nothing else.
async fn in_order(socket: &mut Socket, count: usize) {
    for n in (1..).take(count) {
        assert_eq!(revn(&socket.hears("file-change").await), n);
    }
    assert_eq!(socket.settle().await, []);
}

/// Two people draw at the same time, each in another process, and a third of each watch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_changes_of_two_processes_are_heard_in_order() {
    const EACH: usize = 250;
    let scene = Scene::new().await;
    let (mut here, mut there) = scene.both().await;
    let draw = |client: tests::client::Client, session: Uuid| {
        let drawing = scene.drawing;
        async move {
            for n in 0..EACH {
                let change = renamed(&drawing, &format!("{n}"));
                let answer = drawing.send(&client, session, 0, vec![change]).await;
                assert!(answer.status.is_success(), "{}", answer.text());
            }
        }
    };
    let ana = draw((*scene.ana).clone(), Uuid::from_u128(1));
    let bo = draw(scene.there(&scene.bo), Uuid::from_u128(2));
    tokio::join!(ana, bo, in_order(&mut here, 2 * EACH), in_order(&mut there, 2 * EACH));
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn everybody_hears_changes_but_the_session_that_made_them() {
    let scene = Scene::new().await;
    let (mut ana, mut bo) = scene.both().await;
    let shape = scene.drawing.add(10, Uuid::nil(), "rect");
    scene.drawing.send(&scene.ana, ana.session, 0, vec![shape.clone()]).await.transit();
    let heard = bo.hears("file-change").await;
    for (name, value) in [
        ("topic", Value::Uuid(scene.file())),
        ("file-id", Value::Uuid(scene.file())),
        ("profile-id", Value::Uuid(scene.ana.id().into())),
        ("session-id", Value::Uuid(ana.session)),
        ("revn", Value::Int(1)),
        ("vern", Value::Int(0)),
    ] {
        assert_eq!(field(&heard, name), &value);
    }
    assert!(field(&heard, "changes").same(&Value::Vec(vec![shape])), "as they were sent");
    assert_eq!(ana.settle().await, [], "its own passes it by");

    // Whoever opens the file now has read it before.
    let mut tab = Socket::in_file(&scene.ana, scene.file()).await;
    bo.hears("join-file").await;
    scene.drawing.send(&scene.bo, bo.session, 1, vec![renamed(&scene.drawing, "Ink")]).await.transit();
    loop {
        let heard = tab.hear().await;
        if kinds(std::slice::from_ref(&heard)) == ["file-change"] {
            assert_eq!(revn(&heard), 2);
            break;
        }
    }
    assert_eq!(bo.settle().await, []);
    scene.app.run_jobs().await;
}

/// The bus carries no more than a megabyte: what is larger is read where it was stored.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_changes_are_heard_whole_and_in_their_place() {
    let scene = Scene::new().await;
    let (mut ana, mut bo) = scene.both().await;
    let many: Vec<Value> = (100..1900).map(|n| scene.drawing.add(n, Uuid::nil(), "rect")).collect();
    assert!(transit::write(&Value::Vec(many.clone())).len() > 1 << 20);
    let batches = [vec![renamed(&scene.drawing, "One")], many, vec![renamed(&scene.drawing, "Three")]];
    for (n, batch) in batches.iter().enumerate() {
        let known = i64::try_from(n).expect("a number");
        let answer = scene.drawing.send(&scene.ana, Uuid::from_u128(1), known, batch.clone()).await;
        assert!(answer.status.is_success(), "{}", answer.text());
    }
    for socket in [&mut ana, &mut bo] {
        for (n, batch) in (1..).zip(&batches) {
            let heard = socket.hears("file-change").await;
            assert_eq!(revn(&heard), n);
            assert!(field(&heard, "changes").same(&Value::Vec(batch.clone())), "batch {n}");
        }
    }
    scene.app.run_jobs().await;
}

/// Another process commits, and Redis does not hear of it.
#[tokio::test]
async fn what_no_message_told_is_told_all_the_same() {
    let scene = Scene::new().await;
    let (mut ana, mut bo) = scene.both().await;
    let cable = Cable::to(redis().trim_start_matches("redis://").trim_end_matches("/0")).await;
    let (mute, stop) = scene.process(Some(&format!("redis://{}/0", cable.address))).await;
    cable.cut();
    let muted = scene.ana.at(&mute);
    for n in 0..3 {
        let answer =
            scene.drawing.send(&muted, Uuid::from_u128(1), n, vec![renamed(&scene.drawing, "Mute")]).await;
        assert!(answer.status.is_success(), "{}", answer.text());
    }
    for socket in [&mut ana, &mut bo] {
        for n in 1..=3 {
            assert_eq!(revn(&socket.hears("file-change").await), n);
        }
    }
    // One that is told comes after those that were not.
    scene.drawing.send(&muted, Uuid::from_u128(1), 3, vec![renamed(&scene.drawing, "Mute")]).await.transit();
    scene
        .drawing
        .send(&scene.ana, Uuid::from_u128(1), 4, vec![renamed(&scene.drawing, "Loud")])
        .await
        .transit();
    for socket in [&mut ana, &mut bo] {
        for n in 4..=5 {
            assert_eq!(revn(&socket.hears("file-change").await), n);
        }
    }
    for socket in [&mut ana, &mut bo] {
        assert_eq!(socket.settle().await, [], "none twice");
    }
    stop.cancel();
    scene.app.run_jobs().await;
}

/// Others cannot read the file form of tokens: they hear what it was understood as.
#[tokio::test]
async fn tokens_that_came_as_json_are_told_as_transit_has_them() {
    let scene = Scene::alone().await;
    let mut bo = Socket::in_file(&scene.bo, scene.file()).await;
    let tokens = json!({"Brand": {"ink": {"$value": "#0000ff", "$type": "color", "$description": ""}}});
    let params = json!({
        "id": scene.file(), "sessionId": Uuid::from_u128(1), "revn": 0, "vern": 0,
        "changes": [{"type": "set-tokens-lib", "tokensLib": tokens}],
    });
    scene.ana.call("update-file", params).await.ok();
    let heard = bo.hears("file-change").await;
    let change = &field(&heard, "changes").items().expect("a vector")[0];
    let document = scene.drawing.read(&scene.ana).await;
    let (told, stored) = (field(change, "tokens-lib"), field(&document, "tokens-lib"));
    let Value::Tagged(tag, _) = told else { panic!("{told:?}") };
    assert_eq!(tag, "penpot/tokens-lib");
    let ids = |library: &Value| {
        let text = String::from_utf8(transit::write_verbose(library)).expect("text");
        let mut ids: Vec<String> = text.split("\"~u").skip(1).map(|rest| rest[..36].to_owned()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(told), ids(stored), "the same sets and tokens");
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn users_of_a_library_hear_what_concerns_them() {
    let scene = Scene::new().await;
    let params = json!({"projectId": scene.project["id"], "name": "Library", "isShared": true});
    let library = Drawing::of(&scene.ana.call("create-file", params).await.ok());
    let mut bo = Socket::open(&scene.there(&scene.bo)).await;
    bo.subscribe_team(scene.team()).await;
    let session = Uuid::from_u128(1);
    for n in 0..20_i64 {
        let base = scene.ana.at(if n % 2 == 0 { &scene.other } else { &scene.app.base });
        let change =
            if n % 3 == 0 { renamed(&library, "Page") } else { color(u128::from(n.unsigned_abs()) + 10) };
        library.send(&base, session, n, vec![change]).await.transit();
    }
    for n in (0..20).filter(|n| n % 3 != 0) {
        let heard = bo.hears("library-change").await;
        assert_eq!(revn(&heard), n + 1);
        assert_eq!(field(&heard, "topic"), &Value::Uuid(scene.team()));
        assert_eq!(field(&heard, "file-id"), &Value::Uuid(library.file));
        assert!(matches!(field(&heard, "modified-at"), Value::Instant(_)));
        assert_eq!(field(&heard, "changes").items().map(<[Value]>::len), Some(1));
    }
    // A large one is read where it was stored.
    let many: Vec<Value> = (1000..13_000).map(color).collect();
    assert!(transit::write_plain(&Value::Vec(many.clone())).len() > 1 << 20);
    library.send(&scene.ana, session, 20, many).await.transit();
    let heard = bo.hears("library-change").await;
    assert_eq!((revn(&heard), field(&heard, "changes").items().map(<[Value]>::len)), (21, Some(12_000)));
    // Another team's are no business of this one.
    bo.subscribe_team(id(&scene.bo.profile["defaultTeamId"])).await;
    library.send(&scene.ana, session, 21, vec![color(7)]).await.transit();
    assert_eq!(bo.settle().await, []);
    scene.app.run_jobs().await;
}

/// Exporters of the reference publish in Redis, under the topic of a person.
#[tokio::test]
async fn what_others_publish_in_redis_is_passed_on() {
    let settings = through(&redis());
    let scene = Scene::with(settings).await;
    let mut ana = Socket::open(&scene.there(&scene.ana)).await;
    let topic = Uuid::from(scene.ana.id());
    let bus = &scene.app.app.bus;
    for unreadable in [&b"hello"[..], b"[1,2]", b"", b"{\"~:type\":", b"\xff\xfe"] {
        bus.publish(&topic.to_string(), unreadable.to_vec()).await;
    }
    let update = Value::map([
        ("type", Value::keyword("export-update")),
        ("resource-id", Value::Uuid(Uuid::from_u128(3))),
        ("status", Value::text("running")),
        ("done", Value::Int(1)),
    ]);
    bus.publish(&topic.to_string(), transit::write(&update)).await;
    let heard = ana.hears("export-update").await;
    for (name, value) in [
        ("topic", Value::Uuid(topic)),
        ("resource-id", Value::Uuid(Uuid::from_u128(3))),
        ("status", Value::text("running")),
        ("done", Value::Int(1)),
    ] {
        assert_eq!(field(&heard, name), &value);
    }
    // And what is for everybody, to everybody.
    let news =
        Value::map([("type", Value::keyword("notification")), ("code", Value::keyword("maintenance"))]);
    bus.publish(&Uuid::nil().to_string(), transit::write(&news)).await;
    assert_eq!(field(&ana.hears("notification").await, "topic"), &Value::Uuid(Uuid::nil()));
    ana.send(Message::text(r#"{"~:type":"~:keepalive"}"#)).await;
    assert_eq!(ana.settle().await, []);
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn a_restored_file_is_told_after_what_was_done_before() {
    let scene = Scene::new().await;
    let (mut ana, mut bo) = scene.both().await;
    let made = scene.ana.call("create-file-snapshot", json!({"fileId": scene.file()})).await.ok();
    scene.drawing.send(&scene.bo, bo.session, 0, vec![renamed(&scene.drawing, "Later")]).await.transit();
    let restore = json!({"fileId": scene.file(), "id": made["id"]});
    scene.ana.call("restore-file-snapshot", restore).await.ok();
    ana.hears("file-change").await;
    let vern = field(&ana.hears("file-restored").await, "vern").clone();
    assert_eq!(field(&bo.hears("file-restored").await, "vern"), &vern);
    // What is done to the restored file is heard as before.
    let head = scene.ana.call("get-file", json!({"id": scene.file()})).await.ok();
    let params = json!({
        "id": scene.file(), "sessionId": Uuid::from_u128(1), "revn": head["revn"], "vern": head["vern"], "changes": [],
    });
    scene.ana.call("update-file", params).await.ok();
    for socket in [&mut ana, &mut bo] {
        let heard = socket.hears("file-change").await;
        assert_eq!(
            (field(&heard, "vern"), revn(&heard)),
            (&vern, head["revn"].as_i64().expect("a number") + 1)
        );
    }
    scene.app.run_jobs().await;
}
