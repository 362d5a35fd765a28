//! A file that two people draw in, and what they hear of each other.

use bytes::Bytes;
use document::join::Join;
use document::part::{OpenPart, Part};
use document::split::split;
use domain::file::parts::read::{self, Form};
use domain::role::Role;
use entities::{file, ids::FileId};
use platform::app::App;
use sea_orm::EntityTrait;
use serde_json::Value as Json;
use tests::{
    app::{Settings, TestApp},
    client::Answer,
    drawing::Drawing,
    person::Person,
};
use tokio::{sync::broadcast::Receiver, time::timeout};
use transit::Limits;
use transit::value::Value;
use uuid::Uuid;

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// A file with one page that two people draw in.
pub struct Scene {
    pub app: TestApp,
    pub ana: Person,
    pub bo: Person,
    pub team: Json,
    pub drawing: Drawing,
}

impl Scene {
    pub async fn new() -> Scene {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Scene {
        let app = TestApp::with(settings).await;
        let (ana, bo) = (app.person("ana").await, app.person("bo").await);
        let team = ana.team("Ink").await;
        app.join(&team, &bo, Role::Editor).await;
        let project = ana.project(&team, "Posters").await;
        let file = ana.file_in(&project["id"], "Sketch").await;
        let drawing = Drawing::of(&file);
        Scene { app, ana, bo, team, drawing }
    }

    pub async fn heard(&self, topic: Uuid) -> Receiver<Bytes> {
        self.app.app.bus.subscribe(&topic.to_string()).await
    }
}

/// The next message.
pub async fn hears(heard: &mut Receiver<Bytes>) -> Value {
    let message = timeout(PATIENCE, heard.recv()).await.expect("is told").expect("is a message");
    transit::read(&message, &Limits::STORED).expect("transit")
}

/// A field that has to be there.
pub fn field<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or_else(|| panic!("no {name} in {value:?}"))
}

/// The revision before, and those that the client had not seen.
pub fn answered(answer: &Answer) -> (i64, Vec<i64>) {
    assert!(answer.status.is_success(), "{}", answer.text());
    let answer = answer.transit();
    let lagged = field(&answer, "lagged").items().expect("a list");
    let revns = lagged.iter().map(|row| field(row, "revn").as_int().expect("a number")).collect();
    (field(&answer, "revn").as_int().expect("a number"), revns)
}

/// The document as it is sent in a form.
pub async fn sent(app: &App, id: Uuid, form: Form) -> Vec<u8> {
    let tx = platform::db::begin_read(&app.db).await.expect("begins");
    let row = file::Entity::find_by_id(FileId(id)).one(&tx).await.expect("reads").expect("is there");
    let (sender, mut pieces) = tokio::sync::mpsc::channel(1);
    let send = async {
        let sent = read::send(app, &tx, &row, form, &sender).await;
        drop(sender);
        sent.expect("is sent");
    };
    let take = async {
        let mut all = vec![];
        while let Some(piece) = pieces.recv().await {
            all.extend_from_slice(&piece);
        }
        all
    };
    tokio::join!(send, take).1
}

/// What parts that are in memory are joined to.
pub fn joined(id: Uuid, form: Form, tree: &Value) -> Vec<u8> {
    let parts: Vec<Part> = split(tree.clone()).expect("a document").iter().map(OpenPart::to_part).collect();
    let (file, rest) = parts.split_first().expect("a file");
    let mut join = Join::file(form, id, file).expect("a file");
    // Each holder is followed by what it holds already.
    rest.iter().for_each(|part| join.push(part).expect("in order"));
    join.finish()
}

/// Shapes that are text become shapes.
pub fn unfold(data: &mut Value) {
    let pages = data.at_mut(&Value::keyword("pages-index")).and_then(Value::entries_mut).expect("pages");
    for (_, page) in pages {
        let Some(Value::Tagged(tag, shapes)) = page.take("objects") else { panic!("no tag: {page:?}") };
        assert_eq!(tag, "penpot/objects-map/v2");
        let shape = |(key, text): &(Value, Value)| {
            let text = text.as_str().expect("text");
            (key.clone(), transit::read(text.as_bytes(), &Limits::STORED).expect("transit"))
        };
        page.put("objects", Value::Map(shapes.entries().iter().map(shape).collect()));
    }
}

/// The document is this one, in transit; with `all`, in every form.
pub async fn forms_of(app: &App, id: Uuid, tree: &Value, all: bool, context: &str) {
    let read = |bytes: &[u8]| transit::read(bytes, &Limits::STORED).expect("transit");
    let plain = read(&sent(app, id, Form::Transit).await);
    assert!(plain.same(tree), "{context}:\n own: {plain:?}\nwant: {tree:?}");
    if !all {
        return;
    }
    let verbose = read(&sent(app, id, Form::Verbose).await);
    assert!(verbose.same(tree), "{context}: verbose");
    let mut mapped = read(&sent(app, id, Form::ObjectsMap).await);
    unfold(&mut mapped);
    assert!(mapped.same(tree), "{context}: shapes as text");
    // Compared with what transit said: sets are arrays here, in the order in which they are stored.
    let read = |bytes: &[u8]| transit::json::read(bytes, &Limits::STORED).expect("JSON");
    let (own, wanted) = (sent(app, id, Form::Json).await, joined(id, Form::Json, &plain));
    assert!(read(&own).same(&read(&wanted)), "{context}: JSON");
}
