//! Every method, as everybody: who may do what, and in both formats the same.

mod calls;
mod facts;
mod scene;
mod spoil;

use api::methods::ALL;
use scene::{Role, Scene};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use tests::client::Answer;

/// What people read, and what is tested here.
const TABLE: &str = include_str!("../../../docs/PERMISSIONS.md");

/// The rows of the table: a method, and what each role is answered.
fn table() -> BTreeMap<&'static str, Vec<&'static str>> {
    let rows = TABLE.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells =
        rows.map(|row| row.trim_end_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')));
    cells.filter_map(|mut cells| Some((cells.next()?, cells.collect()))).collect()
}

/// An answer in the table's words.
fn word(answer: &Answer) -> String {
    if answer.status.is_success() {
        return "yes".to_owned();
    }
    let failure = answer.failure();
    match failure.as_str() {
        "401 authentication/authentication-required" => "login".to_owned(),
        "404 not-found/object-not-found" => "none".to_owned(),
        _ => failure.rsplit('/').next().unwrap_or_default().to_owned(),
    }
}

#[test]
fn the_table_has_every_method() {
    let known: BTreeSet<&str> = ALL.iter().map(|method| method.name).collect();
    let table = table();
    let said: BTreeSet<&str> = table.keys().copied().collect();
    let (missing, gone): (Vec<_>, Vec<_>) =
        (known.difference(&said).collect(), said.difference(&known).collect());
    assert!(missing.is_empty(), "docs/PERMISSIONS.md has no row of {missing:?}");
    assert!(gone.is_empty(), "docs/PERMISSIONS.md has rows of {gone:?}, which are no methods");
    assert!(table.values().all(|row| row.len() == Role::ALL.len()), "a row of another length");
}

#[test]
fn what_people_read_counts_every_method() {
    let count = format!("{} methods", ALL.len());
    for (file, text) in [
        ("README.md", include_str!("../../../README.md")),
        ("CHANGELOG.md", include_str!("../../../CHANGELOG.md")),
    ] {
        assert!(text.contains(&count), "{file}: there are {count}");
    }
}

/// Walks every method as somebody, each on things of its own.
async fn walk(role: Role) {
    let mut scene = Scene::open().await;
    let column = Role::ALL.iter().position(|other| *other == role).expect("a column");
    let table = table();
    let mut wrong = String::new();
    for method in ALL {
        let call = scene.call(role, method.name).await;
        let got = word(&call.send_json().await);
        let said = table.get(method.name).and_then(|row| row.get(column)).copied().unwrap_or("nothing");
        if got != said {
            writeln!(wrong, "{}: {got}; the table says {said}", method.name).expect("grows");
        }
    }
    assert!(wrong.is_empty(), "{role:?}\n{wrong}");
    // A second mail to an address waits for its time, and so does what is told of comments.
    scene.app.leaves_jobs(["send-mail"]);
    if ![Role::Nobody, Role::Outsider].contains(&role) {
        scene.app.leaves_jobs(["send-comment-mail"]);
    }
}

#[tokio::test]
async fn nobody_signed_in() {
    walk(Role::Nobody).await;
}

#[tokio::test]
async fn a_member_of_another_team() {
    walk(Role::Outsider).await;
}

#[tokio::test]
async fn a_viewer() {
    walk(Role::Viewer).await;
}

#[tokio::test]
async fn an_editor() {
    walk(Role::Editor).await;
}

#[tokio::test]
async fn an_admin() {
    walk(Role::Admin).await;
}

#[tokio::test]
async fn the_owner() {
    walk(Role::Owner).await;
}

#[tokio::test]
async fn json_and_transit_tell_the_same() {
    let mut scene = Scene::open().await;
    let mut wrong = String::new();
    for method in ALL {
        let call = scene.call(Role::Owner, method.name).await;
        let json = call.send_json().await;
        // What reads is asked again, what changes is done again to other things.
        let reads = method.name.starts_with("get-");
        let again = if reads { call.clone() } else { scene.call(Role::Owner, method.name).await };
        let transit = again.send_transit().await;
        let told = match facts::compare(&json, &call.me, &transit, &again.me, reads) {
            Ok(()) => continue,
            Err(told) => told,
        };
        writeln!(wrong, "{}: {told}", method.name).expect("grows");
    }
    assert!(wrong.is_empty(), "{wrong}");
    // A second mail to an address waits for its time, and so does what is told of comments.
    scene.app.leaves_jobs(["send-mail", "send-comment-mail"]);
}

#[tokio::test]
async fn what_the_database_cannot_hold_is_no_failure_of_ours() {
    let mut scene = Scene::open().await;
    let (mut wrong, mut asked) = (String::new(), 0);
    for method in ALL {
        for call in scene.call(Role::Owner, method.name).await.spoilt() {
            for answer in [call.send_json().await, call.send_transit().await] {
                asked += 1;
                if answer.status.is_server_error() {
                    writeln!(wrong, "{}: {}: {call:?}", method.name, answer.failure()).expect("grows");
                }
            }
        }
    }
    assert!(wrong.is_empty() && asked > ALL.len(), "{asked} calls\n{wrong}");
}
