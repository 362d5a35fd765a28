//! Drawing in a file, as an editor does.

use serde_json::{Value as Json, json};
use transit::{Limits, value::Value};
use uuid::Uuid;

use crate::client::{Answer, Client};

/// A file with one page.
#[derive(Debug, Clone, Copy)]
pub struct Drawing {
    /// The file.
    pub file: Uuid,
    /// Its first page.
    pub page: Uuid,
}

/// What an editor sends along.
struct Sending {
    session: Uuid,
    revn: i64,
    commit: Option<Uuid>,
    changes: Vec<Value>,
}

/// A change of a type, with its fields.
pub fn change<const N: usize>(kind: &str, fields: [(&str, Value); N]) -> Value {
    Value::map([("type", Value::keyword(kind))].into_iter().chain(fields))
}

impl Drawing {
    /// A file as it was answered when it was made.
    ///
    /// # Panics
    /// When it is none.
    pub fn of(file: &Json) -> Drawing {
        let id = |json: &Json| json.as_str().expect("an id").parse().expect("a uuid");
        Drawing { file: id(&file["id"]), page: id(&file["data"]["pages"][0]) }
    }

    /// A shape of a type is added, of 10 × 10.
    pub fn add(&self, id: u128, parent: Uuid, kind: &str) -> Value {
        change(
            "add-obj",
            [
                ("id", Value::Uuid(Uuid::from_u128(id))),
                ("page-id", Value::Uuid(self.page)),
                ("frame-id", Value::Uuid(parent)),
                ("parent-id", Value::Uuid(parent)),
                ("obj", shape(id, parent, kind)),
            ],
        )
    }

    /// An attribute of a shape is set.
    pub fn set(&self, id: u128, attribute: &str, value: Value) -> Value {
        let set = Value::map([
            ("type", Value::keyword("set")),
            ("attr", Value::keyword(attribute)),
            ("val", value),
        ]);
        change(
            "mod-obj",
            [
                ("id", Value::Uuid(Uuid::from_u128(id))),
                ("page-id", Value::Uuid(self.page)),
                ("operations", Value::Vec(vec![set])),
            ],
        )
    }

    /// A typography in a font is added to the library.
    pub fn typography(&self, id: u128, font: &str) -> Value {
        let texts = [
            "name",
            "font-family",
            "font-variant-id",
            "font-size",
            "font-weight",
            "font-style",
            "line-height",
            "letter-spacing",
            "text-transform",
        ];
        let texts = texts.map(|name| (name, Value::text("16")));
        let own = [("id", Value::Uuid(Uuid::from_u128(id))), ("font-id", Value::text(font))];
        let typography = Value::map(own.into_iter().chain(texts));
        change("add-typography", [("typography", typography)])
    }

    /// A shape is moved into another one.
    pub fn moved(&self, id: u128, into: Uuid) -> Value {
        change(
            "mov-objects",
            [
                ("page-id", Value::Uuid(self.page)),
                ("parent-id", Value::Uuid(into)),
                ("shapes", Value::Vec(vec![Value::Uuid(Uuid::from_u128(id))])),
            ],
        )
    }

    /// Sends changes in transit, and takes transit.
    pub async fn send(&self, client: &Client, session: Uuid, revn: i64, changes: Vec<Value>) -> Answer {
        let sending = Sending { session, revn, commit: None, changes };
        self.transit(client, sending).await.expect("a whole answer")
    }

    /// The same under a name.
    pub async fn send_named(
        &self,
        client: &Client,
        session: Uuid,
        revn: i64,
        commit: Uuid,
        changes: Vec<Value>,
    ) -> Answer {
        self.try_send_named(client, session, revn, commit, changes).await.expect("a whole answer")
    }

    /// The same; none when no whole answer comes.
    pub async fn try_send_named(
        &self,
        client: &Client,
        session: Uuid,
        revn: i64,
        commit: Uuid,
        changes: Vec<Value>,
    ) -> Option<Answer> {
        self.transit(client, Sending { session, revn, commit: Some(commit), changes }).await
    }

    async fn transit(&self, client: &Client, sending: Sending) -> Option<Answer> {
        let params = [
            ("id", Value::Uuid(self.file)),
            ("session-id", Value::Uuid(sending.session)),
            ("revn", Value::Int(sending.revn)),
            ("vern", Value::Int(0)),
            ("changes", Value::Vec(sending.changes)),
            ("commit-id", sending.commit.map_or(Value::Nil, Value::Uuid)),
        ];
        client.try_call_transit("update-file", &Value::map(params)).await
    }

    /// Sends changes as JSON says them, and takes JSON.
    pub async fn send_in_json(
        &self,
        client: &Client,
        session: Uuid,
        revn: i64,
        changes: Vec<Value>,
    ) -> Answer {
        self.json(client, Sending { session, revn, commit: None, changes }).await.expect("a whole answer")
    }

    /// The same under a name.
    pub async fn send_named_in_json(
        &self,
        client: &Client,
        session: Uuid,
        revn: i64,
        commit: Uuid,
        changes: Vec<Value>,
    ) -> Answer {
        let sent = self.try_send_named_in_json(client, session, revn, commit, changes).await;
        sent.expect("a whole answer")
    }

    /// The same; none when no whole answer comes.
    pub async fn try_send_named_in_json(
        &self,
        client: &Client,
        session: Uuid,
        revn: i64,
        commit: Uuid,
        changes: Vec<Value>,
    ) -> Option<Answer> {
        self.json(client, Sending { session, revn, commit: Some(commit), changes }).await
    }

    async fn json(&self, client: &Client, sending: Sending) -> Option<Answer> {
        let params = json!({
            "id": self.file,
            "sessionId": sending.session,
            "revn": sending.revn,
            "vern": 0,
            "commitId": sending.commit,
        });
        // Numbers of documents do not pass through serde_json, which reads some of them one unit off.
        let mut body = params.to_string();
        body.pop();
        let changes = transit::json::write(&Value::Vec(sending.changes));
        let body = format!("{body},\"changes\":{}}}", String::from_utf8_lossy(&changes));
        client.try_call_raw("update-file", "application/json", body).await
    }

    /// The document, in transit.
    ///
    /// # Panics
    /// When it cannot be read.
    pub async fn read(&self, client: &Client) -> Value {
        let answer = client.call_transit("get-file", &Value::map([("id", Value::Uuid(self.file))])).await;
        assert!(answer.status.is_success(), "{}", answer.text());
        let answer = transit::read(&answer.bytes, &Limits::STORED).expect("transit");
        answer.get("data").expect("a document").clone()
    }

    /// A shape of the page.
    ///
    /// # Panics
    /// When there is none.
    pub fn shape<'d>(&self, document: &'d Value, id: u128) -> &'d Value {
        let page = document.get("pages-index").and_then(|pages| pages.at(&Value::Uuid(self.page)));
        let shapes = page.and_then(|page| page.get("objects")).expect("shapes");
        shapes.at(&Value::Uuid(Uuid::from_u128(id))).unwrap_or_else(|| panic!("no shape {id}"))
    }

    /// What a shape of the page holds.
    ///
    /// # Panics
    /// When it holds nothing.
    pub fn children(&self, document: &Value, id: u128) -> Vec<Uuid> {
        self.shape(document, id).get("shapes").and_then(Value::as_uuids).expect("children")
    }
}

/// A whole shape.
pub fn shape(id: u128, parent: Uuid, kind: &str) -> Value {
    let numbers = |names: &[&'static str], number: f64| {
        names.iter().map(|name| (*name, Value::Float(number))).collect::<Vec<_>>()
    };
    let rect =
        [numbers(&["x", "y", "x1", "y1"], 0.0), numbers(&["width", "height", "x2", "y2"], 10.0)].concat();
    let matrix = [numbers(&["a", "d"], 1.0), numbers(&["b", "c", "e", "f"], 0.0)].concat();
    let point = |(x, y)| Value::tagged("point", Value::map([("x", Value::Float(x)), ("y", Value::Float(y))]));
    let points = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)].map(point);
    let mut entries = vec![
        ("id", Value::Uuid(Uuid::from_u128(id))),
        ("name", Value::text("Shape")),
        ("type", Value::keyword(kind)),
        ("selrect", Value::tagged("rect", Value::map(rect))),
        ("points", Value::Vec(points.to_vec())),
        ("transform", Value::tagged("matrix", Value::map(matrix.clone()))),
        ("transform-inverse", Value::tagged("matrix", Value::map(matrix))),
        ("parent-id", Value::Uuid(parent)),
        ("frame-id", Value::Uuid(parent)),
    ];
    entries.extend(numbers(&["x", "y"], 0.0));
    entries.extend(numbers(&["width", "height"], 10.0));
    if matches!(kind, "frame" | "group" | "bool") {
        entries.push(("shapes", Value::Vec(Vec::new())));
    }
    Value::tagged("shape", Value::map(entries))
}
