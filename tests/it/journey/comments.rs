//! What people say about a design.

use super::{
    kinds::reads,
    people::Somebody,
    stage::{Opened, Stage, field, id, int, items},
    web_app::{Ask, WebApp, body},
};
use crate::comments::mails::mails_go;
use transit::value::Value;
use uuid::Uuid;

pub const THREAD: &str = "{id u, page-id u, file-id u, project-id u, owner-id u, owner-fullname s?, owner-email s?, \
    page-name s?, file-name s, seqn i, content s, participants S u, mentions C u, created-at t, modified-at t, \
    position #point {x n, y n}, frame-id u, is-resolved b, count-comments i?, \
    count-unread-comments i?, owner-photo-id u?}";
const COMMENT: &str = "{id u, thread-id u, file-id u, owner-id u, content s, created-at t, modified-at t, \
    owner-fullname s?, owner-email s?, owner-photo-id u?}";

/// The threads of a file, as it is opened.
pub async fn listed(web: &WebApp, file: Uuid) -> Value {
    let all = web.read("get-comment-threads", &[("file-id", Ask::Id(file)), ("share-id", Ask::Nil)]).await;
    reads("get-comment-threads", &all, &format!("V {THREAD}"));
    all
}

async fn thread(web: &WebApp, file: Uuid, thread: Uuid) -> Value {
    let got = web.read("get-comment-thread", &[("file-id", Ask::Id(file)), ("id", Ask::Id(thread))]).await;
    reads("get-comment-thread", &got, THREAD);
    got
}

/// One asks the other, who reads it at the bell and in a mail, answers, and resolves it.
pub async fn talk(stage: &Stage, ana: &mut Somebody, bo: &mut Somebody, team: Uuid, file: &Opened) {
    let content = format!("Darker? @[Bo]({})", bo.id);
    let point = Value::tagged("point", body([("x", Value::Float(12.5)), ("y", Value::Int(-3))]));
    let said = body([
        ("file-id", Value::Uuid(file.id)),
        ("page-id", Value::Uuid(file.page)),
        ("frame-id", Value::Uuid(Uuid::nil())),
        ("position", point),
        ("content", Value::text(&content)),
        ("mentions", Value::Vec(vec![Value::Uuid(bo.id)])),
        ("share-id", Value::Nil),
    ]);
    let begun = ana.web.write("create-comment-thread", &said).await;
    reads("create-comment-thread", &begun, "{id u, file-id u}");
    let id_of = id(&begun, "id");
    thread(&ana.web, file.id, id_of).await;

    let rest = stage.mailed(&bo.email, "workspace?").await;
    for part in [
        format!("file-id={}", file.id),
        format!("page-id={}", file.page),
        format!("team-id={team}"),
        format!("comment-id={id_of}"),
    ] {
        assert!(rest.split('&').any(|one| one == part), "{part} is not in {rest}");
    }
    let bell = bo.web.read("get-unread-comment-threads", &[("team-id", Ask::Id(team))]).await;
    reads("get-unread-comment-threads", &bell, &format!("V {THREAD}"));
    assert_eq!(int(&items(&bell)[0], "count-unread-comments"), 1);

    let of_thread = [("thread-id", Ask::Id(id_of)), ("share-id", Ask::Nil)];
    let read = bo.web.read("get-comments", &of_thread).await;
    reads("get-comments", &read, &format!("V {COMMENT}"));
    let mark = body([("id", Value::Uuid(id_of)), ("share-id", Value::Nil)]);
    bo.web.write("update-comment-thread-status", &mark).await;
    let answer = body([
        ("thread-id", Value::Uuid(id_of)),
        ("content", Value::text("Yes")),
        // A mention of nobody is nil among them.
        ("mentions", Value::Vec(vec![Value::Nil])),
        ("share-id", Value::Nil),
    ]);
    let made = bo.web.write("create-comment", &answer).await;
    reads("create-comment", &made, COMMENT);
    let edit = [
        ("id", field(&made, "id").clone()),
        ("content", Value::text("Yes!")),
        ("mentions", Value::Vec(vec![])),
    ];
    bo.web.write("update-comment", &body(edit)).await;
    let resolve = [("id", Value::Uuid(id_of)), ("is-resolved", Value::Bool(true)), ("share-id", Value::Nil)];
    ana.web.write("update-comment-thread", &body(resolve)).await;
    let got = thread(&ana.web, file.id, id_of).await;
    assert_eq!((field(&got, "is-resolved"), int(&got, "count-comments")), (&Value::Bool(true), 2));
    let Value::Set(participants) = field(&got, "participants") else { panic!("a set") };
    assert_eq!(participants.len(), 2);
    let all = body([("threads", Value::Vec(vec![Value::Uuid(id_of)]))]);
    ana.web.write("mark-all-threads-as-read", &all).await;
    assert_eq!(items(&listed(&bo.web, file.id).await).len(), 1);
    mails_go(&stage.app).await;
}
