//! How sockets end: what clients do wrong, who reads too slowly, and a process that stops.

use super::scene::{Scene, field};
use tests::socket::{Socket, code_of, message};
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use transit::value::Value;
use uuid::Uuid;

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

#[tokio::test]
async fn what_nobody_understands_is_answered_and_goes_on() {
    let scene = Scene::alone().await;
    let mut ana = Socket::in_file(&scene.ana, scene.file()).await;
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    for (text, code) in [
        ("", "malformed-transit"),
        ("hello", "malformed-transit"),
        ("{", "malformed-transit"),
        (deep.as_str(), "malformed-transit"),
        ("null", "params-validation"),
        ("[]", "params-validation"),
        (r#"["^ "]"#, "params-validation"),
        (r#"["^0","^1"]"#, "malformed-transit"),
        (r#"{"~:type":{"~:type":1}}"#, "params-validation"),
        (r#"{"~:type":"~:subscribe-file","~:file-id":"~u00"}"#, "malformed-transit"),
        (r#"{"~:type":"~:subscribe-file","~:file-id":"me"}"#, "params-validation"),
        (r#"{"~:type":"~:subscribe-team"}"#, "params-validation"),
        (r#"{"~:type":"~:pointer-update"}"#, "params-validation"),
        (r#"{"~:type":"~:join-file"}"#, "unknown-message-type"),
        (r#"{"~:type":"~:file-change","~:revn":9}"#, "unknown-message-type"),
    ] {
        ana.send(Message::text(text.to_owned())).await;
        let heard = ana.hears("error").await;
        let short: String = text.chars().take(60).collect();
        assert_eq!(code_of(&heard), code, "{short}: {heard:?}");
    }
    ana.send(Message::Ping(Bytes::from_static(b"there?"))).await;
    assert_eq!(ana.settle().await, []);
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn what_is_no_text_ends_the_socket() {
    let scene = Scene::alone().await;
    for (sent, end) in [
        (Message::Binary(Bytes::from_static(b"hello")), (1003, "text-only")),
        (Message::text("a".repeat((64 << 10) + 1)), (1009, "too-large")),
    ] {
        let mut ana = Socket::open(&scene.ana).await;
        ana.send(sent).await;
        assert_eq!(ana.end().await, (end.0, end.1.to_owned()));
    }
    // Frames as no client makes them: no mask, a text that is none, a continuation of nothing, an unknown kind, one
    // that says it is longer than anything may be.
    for (bytes, code) in [
        (&b"\x81\x02hi"[..], 1002),
        (b"\x81\x82\x00\x00\x00\x00\xff\xfe", 1007),
        (b"\x80\x82\x00\x00\x00\x00hi", 1002),
        (b"\x83\x82\x00\x00\x00\x00hi", 1002),
        (b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00", 1009),
    ] {
        let mut ana = Socket::open(&scene.ana).await;
        ana.stream().write_all(bytes).await.expect("is sent");
        assert_eq!(ana.end().await.0, code, "{bytes:?}");
    }
    // The end of a client is answered in kind.
    let mut ana = Socket::open(&scene.ana).await;
    ana.send(Message::Close(None)).await;
    ana.is_cut().await;
    scene.app.run_jobs().await;
}

/// Front servers end what is silent for a minute.
#[tokio::test]
async fn who_says_nothing_is_asked_and_stays() {
    let scene = Scene::alone().await;
    let mut ana = Socket::open(&scene.ana).await;
    ana.is_asked().await;
    assert_eq!(ana.settle().await, []);
    scene.app.run_jobs().await;
}

/// Somebody does not read; everybody else hears everything, and that this one is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_is_dropped() {
    let scene = Scene::alone().await;
    let (mut ana, mut bo) = scene.both().await;
    let words = "a".repeat(64 << 10);
    let mut is_gone = false;
    for n in 0..1000 {
        let news = Value::map([
            ("type", Value::keyword("news")),
            ("n", Value::Int(n)),
            ("words", Value::text(&words)),
        ]);
        scene.app.app.bus.publish(&scene.file().to_string(), transit::write(&news)).await;
        let mut heard = ana.hear().await;
        if heard.get("type") == Some(&Value::keyword("disconnect")) {
            assert_eq!(field(&heard, "session-id"), &Value::Uuid(bo.session));
            is_gone = true;
            heard = ana.hear().await;
        }
        assert_eq!(field(&heard, "n"), &Value::Int(n));
        if is_gone {
            break;
        }
    }
    assert!(is_gone, "64 MB are more than anybody keeps for one");
    bo.is_cut().await;
    let text = scene.app.anonymous().get("/metrics").await.text();
    assert!(text.contains(r#"atelier_websocket_closed_total{reason="too-slow"}"#), "{text}");
    scene.app.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_stops_says_so_and_waits_for_nobody() {
    let scene = Scene::new().await;
    let mut ana = Socket::in_file(&scene.ana, scene.file()).await;
    let (base, stop) = scene.process(None).await;
    let mut bo = Socket::in_file(&scene.bo.at(&base), scene.file()).await;
    ana.hears("join-file").await;
    let mut deaf = Socket::open(&scene.bo.at(&base)).await;
    let session = bo.session;
    stop.cancel();
    assert_eq!(bo.end().await, (1001, "stopping".to_owned()));
    let heard = ana.hears("disconnect").await;
    assert_eq!(field(&heard, "session-id"), &Value::Uuid(session));
    timeout(PATIENCE, stop.ended()).await.expect("stops");
    deaf.is_cut().await;

    // The tab goes on in another process.
    let mut bo = Socket::reopen(&scene.bo, session).await;
    bo.say(&message("subscribe-file", [("file-id", Value::Uuid(scene.file()))])).await;
    ana.hears("join-file").await;
    bo.hears("presence").await;
    scene.drawing.send(&scene.ana, Uuid::from_u128(1), 0, vec![]).await.transit();
    bo.hears("file-change").await;
    scene.app.run_jobs().await;
}
