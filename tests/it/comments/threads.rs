//! Threads are begun, answered, changed, moved and deleted.

use super::scene::{Scene, answer, id, list, said};
use serde_json::{Value as Json, json};
use tests::{
    app::Settings,
    client::Client,
    drawing::{Drawing, change},
};
use transit::value::Value;
use uuid::Uuid;

#[tokio::test]
async fn a_thread_is_begun_at_a_place_and_answered() {
    let scene = Scene::new().await;
    let Scene { ana, bo, cy, file, .. } = &scene;
    let mention = format!("Larger, @[bo]({})", bo.id());
    let begun = scene.begin(ana, &mention).await;
    for (name, value) in [
        ("fileId", file["id"].clone()),
        ("pageId", json!(scene.page())),
        ("pageName", json!("Page 1")),
        ("frameId", json!(Uuid::nil())),
        ("seqn", json!(1)),
        ("position", json!({"x": 10.5, "y": -3.0})),
        ("participants", json!([ana.id()])),
        ("mentions", json!([bo.id()])),
        ("isResolved", json!(false)),
        ("ownerId", json!(ana.id())),
        ("ownerFullname", json!("ana")),
        ("ownerEmail", json!("ana@example.com")),
    ] {
        assert_eq!(begun[name], value, "{name}: {begun}");
    }
    assert_eq!(begun["createdAt"], begun["modifiedAt"]);
    // Whoever may look may say something.
    let answered = answer(cy, &begun, "Why?").await;
    assert_eq!((&answered["threadId"], &answered["fileId"]), (&begun["id"], &file["id"]));
    assert_eq!((&answered["ownerFullname"], &answered["mentions"]), (&json!("cy"), &json!([])));
    let second = scene.begin(bo, "Bluer").await;
    assert_eq!(second["seqn"], 2);

    let threads = scene.threads(bo).await;
    assert_eq!(threads.len(), 2);
    for (name, value) in [
        ("id", begun["id"].clone()),
        ("content", json!(mention)),
        ("fileName", json!("Sketch")),
        ("projectId", scene.project["id"].clone()),
        ("teamId", scene.team["id"].clone()),
        ("countComments", json!(2)),
        ("countUnreadComments", json!(2)),
        ("ownerEmail", json!("ana@example.com")),
        ("modifiedAt", answered["createdAt"].clone()),
    ] {
        assert_eq!(threads[0][name], value, "{name}: {}", threads[0]);
    }
    let participants = threads[0]["participants"].as_array().expect("a list");
    assert!(participants.len() == 2 && participants.contains(&json!(cy.id())), "{participants:?}");
    let one = json!({"fileId": file["id"], "id": begun["id"], "shareId": null});
    assert_eq!(bo.call("get-comment-thread", one).await.ok(), threads[0]);
    let other = json!({"fileId": file["id"], "id": Uuid::from_u128(7)});
    assert_eq!(bo.call("get-comment-thread", other).await.ok(), Json::Null);
    assert_eq!(said(cy, &begun).await, [json!(mention), json!("Why?")]);
    let listed = list(&cy.call("get-comments", json!({"threadId": begun["id"]})).await);
    assert_eq!(listed[1], answered);

    let people = list(&bo.call("get-profiles-for-file-comments", json!({"fileId": file["id"]})).await);
    let names: Vec<&Json> = people.iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["ana", "bo", "cy"]);
    assert_eq!((&people[2]["email"], &people[2]["isActive"]), (&json!("cy@example.com"), &json!(true)));
    scene.app.leaves_jobs(["send-comment-mail"]);
}

#[tokio::test]
async fn transit_has_its_points_sets_and_empty_mentions() {
    let scene = Scene::new().await;
    let point = Value::tagged("point", Value::map([("x", Value::Float(1.5)), ("y", Value::Float(2.0))]));
    let params = Value::map([
        ("file-id", Value::Uuid(id(&scene.file["id"]))),
        ("page-id", Value::Uuid(scene.page())),
        ("frame-id", Value::Uuid(Uuid::nil())),
        ("position", point.clone()),
        ("content", Value::text("Who? @[nobody](x)")),
        // What the web app makes of a mention without an id.
        ("mentions", Value::Vec(vec![Value::Nil, Value::Uuid(scene.bo.id().0)])),
        ("share-id", Value::Nil),
    ]);
    let answer = scene.ana.call_transit("create-comment-thread", &params).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    let begun = answer.transit();
    let position = begun.get("position").expect("a place");
    assert!(position.same(&point), "{position:?}");
    assert_eq!(begun.get("mentions"), Some(&Value::Set(vec![Value::Uuid(scene.bo.id().0)])));
    let asked = Value::map([("file-id", Value::Uuid(id(&scene.file["id"])))]);
    let threads = scene.cy.call_transit("get-comment-threads", &asked).await.transit();
    let thread = threads.items().and_then(<[Value]>::first).expect("a thread");
    assert!(thread.get("position").expect("a place").same(&point));
    assert_eq!(thread.get("participants"), Some(&Value::Set(vec![Value::Uuid(scene.ana.id().0)])));
    let bad = scene.new_thread("x");
    for position in [json!({"x": 1}), json!("here"), json!({"x": "a", "y": 2})] {
        let mut params = bad.clone();
        params["position"] = position;
        let refused = scene.ana.call("create-comment-thread", params).await;
        assert_eq!(refused.failure(), "400 validation/params-validation");
    }
    scene.app.leaves_jobs(["send-comment-mail"]);
}

#[tokio::test]
async fn only_whoever_wrote_it_changes_what_was_said() {
    let scene = Scene::new().await;
    let Scene { ana, bo, .. } = &scene;
    let begun = scene.begin(bo, "Larger").await;
    let first = json!({"id": begun["commentId"], "content": "Larger by half"});
    for method in ["update-comment", "delete-comment"] {
        assert_eq!(ana.call(method, first.clone()).await.failure(), "400 validation/not-allowed", "{method}");
    }
    let whole = json!({"id": begun["id"]});
    assert_eq!(
        ana.call("delete-comment-thread", whole.clone()).await.failure(),
        "400 validation/not-allowed"
    );
    bo.call("update-comment", first).await.ok();
    let second = answer(ana, &begun, "Why?").await;
    assert_eq!(said(ana, &begun).await, ["Larger by half", "Why?"]);
    let threads = scene.threads(ana).await;
    assert_eq!((&threads[0]["content"], &threads[0]["mentions"]), (&json!("Larger by half"), &json!([])));

    // The first goes, and the thread begins with the second; with the last the thread goes.
    bo.call("delete-comment", json!({"id": begun["commentId"]})).await.ok();
    let threads = scene.threads(ana).await;
    assert_eq!((&threads[0]["content"], &threads[0]["countComments"]), (&json!("Why?"), &json!(1)));
    ana.call("delete-comment", json!({"id": second["id"]})).await.ok();
    assert_eq!(scene.threads(ana).await, [] as [Json; 0]);
    assert_eq!(scene.app.count("SELECT count(*) FROM comment_thread").await, 0);

    let third = scene.begin(bo, "Once more").await;
    assert_eq!(third["seqn"], 2, "a number is given once");
    bo.call("delete-comment-thread", json!({"id": third["id"]})).await.ok();
    assert_eq!(scene.app.count("SELECT count(*) FROM comment").await, 0);
    for (method, id) in
        [("get-comments", "threadId"), ("create-comment", "threadId"), ("update-comment", "id")]
    {
        let gone = bo.call(method, json!({id: third["id"], "content": "Anybody?"})).await;
        assert_eq!(gone.failure(), "404 not-found/object-not-found", "{method}");
    }
    scene.app.leaves_jobs(["send-comment-mail"]);
}

#[tokio::test]
async fn a_thread_is_resolved_and_moved_by_everybody_in_the_team() {
    let scene = Scene::new().await;
    let begun = scene.begin(&scene.ana, "Larger").await;
    let (cy, thread) = (&scene.cy, &begun["id"]);
    cy.call("update-comment-thread", json!({"id": thread, "isResolved": true})).await.ok();
    let resolved = scene.threads(cy).await;
    assert_eq!(
        (&resolved[0]["isResolved"], &resolved[0]["modifiedAt"]),
        (&json!(true), &begun["modifiedAt"])
    );
    let board = Uuid::from_u128(7);
    let place = json!({"id": thread, "position": {"x": 1e6, "y": 0.25}, "frameId": board});
    cy.call("update-comment-thread-position", place).await.ok();
    let moved = scene.threads(cy).await;
    assert_eq!(moved[0]["position"], json!({"x": 1e6, "y": 0.25}));
    assert_eq!((&moved[0]["frameId"], &moved[0]["pageId"]), (&json!(board), &json!(scene.page())));
    cy.call("update-comment-thread-frame", json!({"id": thread, "frameId": Uuid::nil()})).await.ok();
    let moved = scene.threads(cy).await;
    assert_eq!(moved[0]["frameId"], json!(Uuid::nil()));
    assert_eq!(moved[0]["position"], json!({"x": 1e6, "y": 0.25}));
}

/// Whoever deletes a board puts its threads on the page; other programs may not, and nothing is lost then.
#[tokio::test]
async fn a_thread_stays_when_its_board_goes() {
    let scene = Scene::new().await;
    let (ana, drawing) = (&scene.ana, Drawing::of(&scene.file));
    drawing.send(ana, Uuid::from_u128(1), 0, vec![drawing.add(7, Uuid::nil(), "frame")]).await.ok();
    let mut on_board = scene.new_thread("On the board");
    on_board["frameId"] = json!(Uuid::from_u128(7));
    let begun = ana.call("create-comment-thread", on_board).await.ok();
    let gone =
        change("del-obj", [("id", Value::Uuid(Uuid::from_u128(7))), ("page-id", Value::Uuid(drawing.page))]);
    drawing.send(ana, Uuid::from_u128(1), 1, vec![gone]).await.ok();
    answer(&scene.bo, &begun, "Where is it?").await;
    let threads = scene.threads(&scene.cy).await;
    assert_eq!((&threads[0]["frameId"], &threads[0]["countComments"]), (&begun["frameId"], &json!(2)));
    ana.call("update-comment-thread-frame", json!({"id": begun["id"], "frameId": Uuid::nil()})).await.ok();
    let threads = scene.threads(&scene.cy).await;
    assert_eq!((&threads[0]["frameId"], &threads[0]["position"]), (&json!(Uuid::nil()), &begun["position"]));
    scene.app.leaves_jobs(["send-comment-mail"]);
}

/// Clients save a new page a little later than what is said on it.
#[tokio::test]
async fn a_page_that_is_not_stored_yet_gets_its_name_with_an_answer() {
    let scene = Scene::new().await;
    let ana = &scene.ana;
    let page = Uuid::from_u128(77);
    let mut early = scene.new_thread("Here");
    early["pageId"] = json!(page);
    let begun = ana.call("create-comment-thread", early).await.ok();
    assert_eq!(begun["pageName"], Json::Null);
    let change = json!({"type": "add-page", "id": page, "name": "Cover"});
    let file = &scene.file["id"];
    let batch = json!({"id": file, "sessionId": file, "revn": 0, "vern": 0, "changes": [change]});
    ana.call("update-file", batch).await.ok();
    answer(ana, &begun, "There").await;
    assert_eq!(scene.threads(ana).await[0]["pageName"], "Cover");
}

async fn refusal(by: &Client, method: &str, params: Json) -> Json {
    let refused = by.call(method, params).await;
    assert_eq!(refused.failure(), "400 restriction/max-quote-reached", "{method}");
    refused.json()["target"].clone()
}

#[tokio::test]
async fn quotas_count_threads_and_comments_of_a_file() {
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-quotes disable-secure-session-cookies")
        .set("PENPOT_QUOTES_COMMENT_THREADS_PER_FILE", "2")
        .set("PENPOT_QUOTES_COMMENTS_PER_FILE", "3");
    let scene = Scene::with(settings).await;
    let first = scene.begin(&scene.ana, "One").await;
    scene.begin(&scene.bo, "Two").await;
    let more = refusal(&scene.ana, "create-comment-thread", scene.new_thread("Three")).await;
    assert_eq!(more, "comment-threads-per-file");
    answer(&scene.cy, &first, "Three").await;
    let more =
        refusal(&scene.cy, "create-comment", json!({"threadId": first["id"], "content": "Four"})).await;
    assert_eq!(more, "comments-per-file");
    scene.app.leaves_jobs(["send-comment-mail"]);
}

#[tokio::test]
async fn those_who_begin_threads_at_once_get_numbers_of_their_own() {
    let scene = Scene::new().await;
    let begin =
        |number: usize| scene.ana.call("create-comment-thread", scene.new_thread(&number.to_string()));
    let begun = futures_util::future::join_all((0..12).map(begin)).await;
    let mut numbers: Vec<i64> =
        begun.iter().map(|one| one.ok()["seqn"].as_i64().expect("a number")).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    let file = scene.ana.call("get-file", json!({"id": scene.file["id"]})).await.ok();
    assert_eq!(file["commentThreadSeqn"], 12);
}

#[tokio::test]
async fn the_audit_log_has_who_and_where_and_not_what() {
    let settings = Settings::default().set("PENPOT_FLAGS", "enable-audit-log disable-secure-session-cookies");
    let scene = Scene::with(settings).await;
    let begun = scene.begin(&scene.ana, "A secret plan").await;
    let share =
        json!({"id": begun["commentId"], "content": "A secret plan B", "shareId": Uuid::from_u128(9)});
    scene.ana.call("update-comment", share).await.ok();
    let told = "SELECT count(*) FROM audit_log WHERE name IN ('create-comment-thread', 'update-comment')
                 AND props->>'file-id' IS NOT NULL AND (props->>'content')::int IN (13, 15)";
    assert_eq!(scene.app.count(told).await, 2);
    let untold = "SELECT count(*) FROM audit_log
                   WHERE props::text LIKE '%secret%' OR props::text LIKE '%000000000009%'";
    assert_eq!(scene.app.count(untold).await, 0);
}
