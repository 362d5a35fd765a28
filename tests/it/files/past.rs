//! What people do with snapshots of a drawing.

use reqwest::Method;
use serde_json::{Value as Json, json};
use tests::{
    client::{Answer, Client},
    drawing::Drawing,
};
use transit::{Limits, value::Value};
use uuid::Uuid;

/// The session that restores.
pub const SESSION: Uuid = Uuid::from_u128(0x5e55);

/// The past of a drawing.
#[derive(Clone, Copy)]
pub struct Past(pub Drawing);

impl Past {
    /// A new snapshot.
    pub async fn make(self, who: &Client, label: &str) -> Uuid {
        let made =
            who.call("create-file-snapshot", json!({"fileId": self.0.file, "label": label})).await.ok();
        id(&made)
    }

    /// All that are seen.
    pub async fn list(self, who: &Client) -> Vec<Json> {
        let listed = who.call("get-file-snapshots", json!({"fileId": self.0.file})).await.ok();
        listed.as_array().expect("a list").clone()
    }

    /// Those of the system.
    pub async fn of_system(self, who: &Client) -> Vec<Json> {
        let listed = self.list(who).await;
        listed.into_iter().filter(|one| one["createdBy"] == "system").collect()
    }

    /// The file as a snapshot shows it, in transit.
    pub async fn look(self, who: &Client, snapshot: Uuid) -> Value {
        let params = [("file-id", Value::Uuid(self.0.file)), ("id", Value::Uuid(snapshot))];
        let answer = who.call_transit("get-file-snapshot", &Value::map(params)).await;
        assert!(answer.status.is_success(), "{}", answer.text());
        transit::read(&answer.bytes, &Limits::STORED).expect("transit")
    }

    /// Its document.
    pub async fn document(self, who: &Client, snapshot: Uuid) -> Value {
        self.look(who, snapshot).await.get("data").expect("a document").clone()
    }

    /// Brings a snapshot back.
    pub async fn restore(self, who: &Client, snapshot: Uuid) -> Answer {
        let request = who.request(Method::POST, "/api/main/methods/restore-file-snapshot");
        let params = json!({"fileId": self.0.file, "id": snapshot});
        let request =
            request.header("accept", "application/json").header("x-session-id", SESSION.to_string());
        Answer::of(request.json(&params).send().await.expect("an answer")).await
    }

    /// The revision and the version mark of the file.
    pub async fn head(self, who: &Client) -> (i64, i64) {
        let file = who.call("get-file", json!({"id": self.0.file})).await.ok();
        (file["revn"].as_i64().expect("a number"), file["vern"].as_i64().expect("a number"))
    }

    /// Sends changes as of a revision and a version mark.
    pub async fn send(self, who: &Client, (revn, vern): (i64, i64), changes: Vec<Value>) -> Answer {
        let params = [
            ("id", Value::Uuid(self.0.file)),
            ("session-id", Value::Uuid(Uuid::from_u128(1))),
            ("revn", Value::Int(revn)),
            ("vern", Value::Int(vern)),
            ("changes", Value::Vec(changes)),
        ];
        who.call_transit("update-file", &Value::map(params)).await
    }

    /// Sends changes as of now.
    pub async fn draw(self, who: &Client, changes: Vec<Value>) {
        let head = self.head(who).await;
        let answer = self.send(who, head, changes).await;
        assert!(answer.status.is_success(), "{}", answer.text());
    }
}

/// The id of something.
pub fn id(thing: &Json) -> Uuid {
    thing["id"].as_str().expect("an id").parse().expect("a uuid")
}
