//! Helpers: ids, names, and calls that are watched.

use reqwest::{Method as Verb, Response};
use serde_json::{Value as Json, json};
use tests::{app::TestApp, client::Answer, person::Person};
use transit::{Limits, value::Value};
use uuid::Uuid;

pub const HIDDEN: &str = "404 not-found/object-not-found";

pub fn id(thing: &Json) -> Uuid {
    thing["id"].as_str().expect("an id").parse().expect("a uuid")
}

/// A field of each thing of a list, as text.
pub fn each(list: &Json, field: &str) -> Vec<String> {
    let text =
        |thing: &Json| thing[field].as_str().unwrap_or_else(|| panic!("no {field}: {thing}")).to_owned();
    list.as_array().expect("a list").iter().map(text).collect()
}

pub fn names(list: &Json) -> Vec<String> {
    each(list, "name")
}

/// The thing of a list that has this name.
pub fn named<'l>(list: &'l Json, name: &str) -> &'l Json {
    let found = list.as_array().expect("a list").iter().find(|thing| thing["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {list}"))
}

/// Asks for a list of a team.
pub async fn of_team(person: &Person, method: &str, team: &Json) -> Json {
    person.call(method, json!({"teamId": team["id"]})).await.ok()
}

pub async fn delete(person: &Person, file: &Json) {
    person.call("delete-file", json!({"id": file["id"]})).await.ok();
}

/// A published file.
pub async fn library(person: &Person, project: &Json, name: &str) -> Json {
    let params = json!({"projectId": project["id"], "name": name, "isShared": true});
    person.call("create-file", params).await.ok()
}

pub async fn link(person: &Person, file: &Json, library: &Json) {
    let params = json!({"fileId": file["id"], "libraryId": library["id"]});
    person.call("link-file-to-library", params).await.ok();
}

pub async fn libraries(person: &Person, file: &Json) -> Vec<String> {
    names(&person.call("get-file-libraries", json!({"fileId": file["id"]})).await.ok())
}

/// An event as it came: its name and its data.
pub type Event = (String, Value);

/// Asks for something of files in the bin; the answer has begun.
pub async fn ask(person: &Person, method: &str, team: &Json, files: &[&Json]) -> Response {
    let ids: Vec<&Json> = files.iter().map(|file| &file["id"]).collect();
    let request = person.request(Verb::POST, &format!("/api/main/methods/{method}"));
    request.json(&json!({"teamId": team["id"], "ids": ids})).send().await.expect("an answer begins")
}

/// Waits until the database counts so many.
pub async fn counts(app: &TestApp, sql: &'static str, wanted: i64) {
    let reached = async {
        while app.count(sql).await != wanted {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), reached).await.expect("it comes to that");
}

const WAITING: &str = "SELECT least(count(*), 1) FROM queue.job WHERE kind = 'bin-batch'";

/// The same, done by a worker meanwhile: every event.
pub async fn done(app: &TestApp, person: &Person, method: &str, team: &Json, files: &[&Json]) -> Vec<Event> {
    let answer = ask(person, method, team, files).await;
    let work = async {
        counts(app, WAITING, 1).await;
        app.run_jobs().await;
    };
    let (answer, ()) = tokio::join!(Answer::of(answer), work);
    events(&answer)
}

pub fn events(answer: &Answer) -> Vec<Event> {
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "text/event-stream;charset=UTF-8");
    let text = answer.text();
    let told = text.split("\n\n").filter(|event| !event.is_empty() && !event.starts_with(':'));
    told.map(|event| {
        let (name, data) = event.split_once('\n').unwrap_or_else(|| panic!("no event: {event}"));
        let data = data.strip_prefix("data: ").expect("data");
        let data = transit::read(data.as_bytes(), &Limits::default()).expect("transit");
        (name.strip_prefix("event: ").expect("a name").to_owned(), data)
    })
    .collect()
}

/// The ids of a set, in order.
pub fn set(value: &Value) -> Vec<Uuid> {
    let Value::Set(items) = value else { panic!("no set: {value:?}") };
    let mut ids: Vec<Uuid> = items.iter().map(|item| item.as_uuid().expect("a uuid")).collect();
    ids.sort_unstable();
    ids
}

pub fn sorted(files: &[&Json]) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = files.iter().map(|file| id(file)).collect();
    ids.sort_unstable();
    ids
}
