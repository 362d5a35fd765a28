//! Answers that are sent while they are made, and what else no method of the API answers yet: tried with methods that
//! only these tests mount.

use std::{sync::OnceLock, time::Duration};

use api::{
    Mount,
    rpc::{
        catalog::{Catalog, MethodList},
        ctx::Ctx,
        dispatch::Methods,
        error::{Error, Fault, Result},
        method::{Access, Entry, Method},
        reply::{Events, MediaType, Nothing, Streamed},
        stream::ByteStream,
        tx_mode::TxMode,
    },
};
use bytes::Bytes;
use domain::file::parts::unpack;
use futures_util::{StreamExt, stream};
use poem::{EndpointExt, Route};
use poem_openapi::Object;
use reqwest::{Method as Verb, Response};
use serde_json::json;
use tests::{
    app::TestApp,
    client::{Answer, Client},
    document::pack,
};
use tokio::sync::Notify;
use transit::value::Value;

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Told when what endless bytes hold is dropped.
static BYTES_DROPPED: Notify = Notify::const_new();
/// Told when what endless work holds is dropped.
static WORK_DROPPED: Notify = Notify::const_new();

struct Guard(&'static Notify);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// What happens.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// In a word.
    how: String,
}

struct Octets;

impl MediaType for Octets {
    const NAME: &'static str = "application/octet-stream";
}

struct GetTrialBytes;

impl Method for GetTrialBytes {
    const NAME: &'static str = "get-trial-bytes";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "2.0";
    type Params = Params;
    type Output = Streamed<Octets>;

    async fn call(_: &Ctx, params: Params) -> Result<Streamed<Octets>> {
        let pieces = stream::iter((0..3).map(|n| Ok(Bytes::from(vec![n; 1000]))));
        let broken = || stream::iter([Err(Error::internal("unexpected", "broken"))]);
        Ok(Streamed::new(match params.how.as_str() {
            "whole" => ByteStream::new(pieces).with_length(3000),
            "unknown length" => ByteStream::new(pieces),
            "broken" => ByteStream::new(pieces.chain(broken())),
            "broken with length" => ByteStream::new(pieces.chain(broken())).with_length(4000),
            _ => {
                let guard = Guard(&BYTES_DROPPED);
                ByteStream::new(stream::repeat_with(move || {
                    let _held = &guard;
                    Ok(Bytes::from_static(&[0; 1000]))
                }))
            }
        }))
    }
}

/// How far it is.
#[derive(Debug, Object)]
struct Step {
    /// This one.
    index: i64,
    /// All of them.
    total: i64,
}

/// What came of it.
#[derive(Debug, Object)]
struct Outcome {
    /// The files.
    ids: Vec<uuid::Uuid>,
}

struct WatchTrial;

impl Method for WatchTrial {
    const NAME: &'static str = "watch-trial";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "2.0";
    type Params = Params;
    type Output = Events<Step, Outcome>;

    async fn call(_: &Ctx, params: Params) -> Result<Events<Step, Outcome>> {
        if params.how == "refused" {
            return Err(Error::hidden());
        }
        Ok(Events::of(move |progress| async move {
            for index in 1..=2 {
                progress.tell(Step { index, total: 2 }).await;
            }
            match params.how.as_str() {
                "end" => Ok(Outcome { ids: vec![uuid::Uuid::nil()] }),
                "error" => Err(Error::new(Fault::Validation, "trial-failed").hint("on\npurpose")),
                "panic" => panic!("on purpose"),
                _ => {
                    let _held = Guard(&WORK_DROPPED);
                    std::future::pending().await
                }
            }
        }))
    }
}

struct ChangeTrial;

impl Method for ChangeTrial {
    const NAME: &'static str = "change-trial";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "2.0";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::Conflict, "vern-conflict")];
    type Params = Params;
    type Output = Nothing;

    async fn call(_: &Ctx, _: Params) -> Result<Nothing> {
        Err(Error::new(Fault::Conflict, "vern-conflict"))
    }
}

struct Trial;

impl MethodList for Trial {
    fn catalog() -> &'static Catalog {
        static LIST: &[Entry] = &[
            Entry::of::<ChangeTrial>("trial", "Change it."),
            Entry::of::<GetTrialBytes>("trial", "Get bytes."),
            Entry::of::<WatchTrial>("trial", "Watch it."),
        ];
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| Catalog::build(LIST))
    }
}

/// A door to the same Atelier with the trial methods.
async fn door(app: &TestApp) -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    let never = tokio_util::sync::CancellationToken::new();
    let state = api::State::new(app.app.clone());
    let endpoint = Route::new().at("/:name", Methods::of::<Trial>(&state)).boxed();
    let mount = Mount { path: "/trial", endpoint };
    tokio::spawn(api::serve(state, Some(mount), listener, never));
    Client::new(&base)
}

async fn ask(client: &Client, method: &str, how: &str) -> Response {
    let asked = client.request(Verb::POST, &format!("/trial/{method}")).json(&json!({"how": how}));
    asked.header("accept", "application/json").send().await.expect("an answer begins")
}

async fn is_dropped(what: &Notify) {
    tokio::time::timeout(PATIENCE, what.notified()).await.expect("what made the answer is dropped");
}

#[tokio::test]
async fn bytes_come_whole_or_visibly_cut_off_and_end_with_the_reader() {
    let app = TestApp::start().await;
    let client = door(&app).await;
    for how in ["whole", "unknown length"] {
        let answer = Answer::of(ask(&client, "get-trial-bytes", how).await).await;
        assert_eq!((answer.status.as_u16(), answer.bytes.len()), (200, 3000), "{how}");
        assert_eq!(answer.header("content-type"), "application/octet-stream");
        assert_eq!(answer.header("content-length"), if how == "whole" { "3000" } else { "" });
    }
    for how in ["broken", "broken with length"] {
        let answer = ask(&client, "get-trial-bytes", how).await;
        assert_eq!(answer.status().as_u16(), 200, "{how}");
        let length = answer.bytes().await.map(|bytes| bytes.len());
        assert!(length.is_err(), "{how}: {length:?} bytes look whole");
    }
    let mut endless = ask(&client, "get-trial-bytes", "endless").await;
    assert!(endless.chunk().await.expect("a piece").is_some());
    drop(endless);
    is_dropped(&BYTES_DROPPED).await;
    let head = client.request(Verb::HEAD, "/trial/get-trial-bytes?how=endless").send().await;
    assert_eq!(head.expect("answers").status().as_u16(), 200);
    is_dropped(&BYTES_DROPPED).await;
}

#[tokio::test]
async fn events_tell_how_far_the_work_is_and_how_it_ends() {
    let app = TestApp::start().await;
    let client = door(&app).await;
    let progress = "event: progress\ndata: {\"~:index\":1,\"~:total\":2}\n\n\
        event: progress\ndata: {\"~:index\":2,\"~:total\":2}\n\n";
    let error = "event: error\ndata: {\"~:type\":\"~:";
    for (how, last) in [
        ("end", "event: end\ndata: {\"~:ids\":[\"~u00000000-0000-0000-0000-000000000000\"]}\n\n".to_owned()),
        (
            "error",
            format!("{error}validation\",\"~:code\":\"~:trial-failed\",\"~:hint\":\"on\\npurpose\"}}\n\n"),
        ),
        ("panic", format!("{error}server-error\",\"~:code\":\"~:unexpected\"}}\n\n")),
    ] {
        let answer = Answer::of(ask(&client, "watch-trial", how).await).await;
        assert_eq!(answer.status.as_u16(), 200, "{how}");
        assert_eq!(answer.header("content-type"), "text/event-stream;charset=UTF-8");
        assert_eq!(answer.header("cache-control"), "no-cache, no-store, max-age=0, must-revalidate");
        assert_eq!(answer.header("x-accel-buffering"), "no");
        assert_eq!(answer.text(), format!("{progress}{last}"), "{how}");
    }
    let refused = Answer::of(ask(&client, "watch-trial", "refused").await).await;
    assert_eq!(
        refused.failure(),
        "404 not-found/object-not-found",
        "before it begins it is an ordinary answer"
    );
    let mut watched = ask(&client, "watch-trial", "for ever").await;
    assert!(watched.chunk().await.expect("an event").is_some());
    drop(watched);
    is_dropped(&WORK_DROPPED).await;
}

#[tokio::test]
async fn a_conflict_is_409() {
    let app = TestApp::start().await;
    let answer = Answer::of(ask(&door(&app).await, "change-trial", "now").await).await;
    assert_eq!(answer.failure(), "409 validation/vern-conflict");
}

#[test]
fn the_document_tells_of_all_of_them() {
    let document = api::openapi::document_of::<Trial>();
    let responses = |name: &str| document["paths"][format!("/{name}")]["post"]["responses"].clone();
    let bytes = &responses("get-trial-bytes")["200"]["content"];
    let binary = json!({"type": "string", "format": "binary"});
    assert_eq!(*bytes, json!({"application/octet-stream": {"schema": binary}}));
    let events = &responses("watch-trial")["200"]["content"]["text/event-stream"]["schema"]["properties"];
    let refers = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    assert_eq!(events["progress"], refers("WatchTrialStep"));
    assert_eq!(events["end"], refers("WatchTrialOutcome"));
    assert_eq!(events["error"], refers("Error"));
    let conflict = &responses("change-trial")["409"];
    assert_eq!(conflict["description"], "Refused: vern-conflict.");
}

/// A page of so many shapes, with keys that come again and again.
fn drawing(file: uuid::Uuid, shapes: u128) -> Value {
    let page_id = uuid::Uuid::from_u128(1);
    let mut data = document::file::new_data(file, page_id);
    let shape = |n: u128| {
        let id = Value::Uuid(uuid::Uuid::from_u128(n));
        let entries = [
            ("id", id.clone()),
            ("type", Value::keyword("rect")),
            ("name", Value::text("Rectangle \u{1f58d}")),
            ("points", Value::Vec(vec![Value::Float(0.5), Value::Int(7)])),
        ];
        (id, Value::tagged("shape", Value::map(entries)))
    };
    let pages = data.at_mut(&Value::keyword("pages-index")).expect("pages");
    let page = pages.at_mut(&Value::Uuid(page_id)).expect("a page");
    let objects = page.at_mut(&Value::keyword("objects")).and_then(Value::entries_mut).expect("shapes");
    objects.extend((2..shapes + 2).map(shape));
    data
}

#[tokio::test]
async fn a_large_document_goes_out_piece_by_piece_or_visibly_cut_off() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let id = ana.file("Sketch").await["id"].clone();
    let file = uuid::Uuid::parse_str(id.as_str().expect("an id")).expect("a uuid");
    let params = Value::Map(vec![(Value::keyword("id"), Value::Uuid(file))]);
    let data = drawing(file, 3_000);
    pack(&app.app.pool, file, &data).await;
    unpack::unpack_all(&app.app).await.expect("becomes rows");
    let json = ana.call("get-file", json!({"id": id})).await;
    let answer = ana.call_transit("get-file", &params).await;
    let verbose = ana.request(Verb::GET, &format!("/api/main/methods/get-file?id={file}&transit_verbose"));
    let verbose = Answer::of(verbose.send().await.expect("answers")).await;
    assert!(verbose.text().starts_with("{\"~:"), "{}", verbose.text().chars().take(80).collect::<String>());
    for answer in [&answer, &verbose, &json] {
        assert_eq!(answer.header("content-length"), "", "it is sent while it is made");
    }
    let json = json.ok();
    for answer in [answer, verbose] {
        let value = answer.transit();
        assert!(value.get("data").is_some_and(|own| own.same(&data)));
        assert_eq!(value.get("permissions").and_then(|held| held.get("is-owner")), Some(&Value::Bool(true)));
        assert_eq!(value.to_json()["permissions"]["canEdit"], json["permissions"]["canEdit"]);
    }
    let page = "00000000-0000-0000-0000-000000000001";
    let objects = |json: &serde_json::Value| json["data"]["pagesIndex"][page]["objects"].clone();
    assert_eq!(objects(&json), objects(&json!({"data": data.to_json()})));

    // The last of the shapes that are read.
    let spoil = async |id: u128| {
        let spoil = "UPDATE file_part SET raw = 'x' WHERE id = $1";
        let spoilt = sqlx::query(spoil).bind(uuid::Uuid::from_u128(id)).execute(&app.app.pool);
        assert!(spoilt.await.expect("spoils").rows_affected() > 0);
    };
    spoil(3_001).await;
    let verbose = ana.request(Verb::GET, &format!("/api/main/methods/get-file?id={file}&transit_verbose"));
    let json = ana.request(Verb::POST, "/api/main/methods/get-file").json(&json!({"id": id}));
    for request in [verbose, json.header("accept", "application/json")] {
        let cut = request.send().await.expect("begins");
        assert_eq!(cut.status().as_u16(), 200);
        let length = cut.bytes().await.map(|bytes| bytes.len());
        assert!(length.is_err(), "{length:?} bytes look whole");
    }
    pack(&app.app.pool, file, &drawing(file, 1)).await;
    unpack::unpack_all(&app.app).await.expect("becomes rows");
    spoil(2).await;
    let refused = ana.call("get-file", json!({"id": id})).await;
    assert_eq!(refused.failure(), "500 server-error/unexpected", "a short one fails whole");
}
