//! What is read of a file besides the whole: a page, counts, what its picture is drawn from.

use super::scene::{Scene, field};
use entities::ids::{FileId, StorageObjectId};
use reqwest::Method;
use serde_json::{Value as Json, json};
use tests::{
    client::{Answer, Client},
    drawing,
    factory::insert_board_thumbnail,
    person::Person,
    statements::Tap,
};
use transit::value::Value;
use uuid::Uuid;

const SESSION: Uuid = Uuid::from_u128(1);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

/// A page with two boards, one in the other, with a shape each; and a second, empty page.
async fn drawn() -> Scene {
    let scene = Scene::new().await;
    let drawing = &scene.drawing;
    let picture = drawing.set(13, "thumbnail", Value::text("data:image/png;base64,AAAA"));
    let second = [("id", Value::Uuid(id(50))), ("name", Value::text("Second"))];
    let changes = vec![
        drawing.add(10, Uuid::nil(), "frame"),
        drawing.add(11, id(10), "frame"),
        drawing.add(12, id(11), "rect"),
        drawing.add(13, Uuid::nil(), "rect"),
        picture,
        drawing::change("add-page", second),
    ];
    drawing.send(&scene.ana, SESSION, 0, changes).await.transit();
    scene
}

fn shapes(page: &Json) -> Vec<u128> {
    let shapes = page["objects"].as_object().expect("shapes").keys();
    let mut ids: Vec<u128> = shapes.map(|id| id.parse::<Uuid>().expect("a uuid").as_u128()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn a_page_is_read_whole_or_some_of_its_shapes() {
    let scene = drawn().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let ask = async |params: Json| {
        let mut all = json!({"fileId": drawing.file});
        for (name, value) in params.as_object().expect("params") {
            all[name] = value.clone();
        }
        ana.call("get-page", all).await
    };
    let first = ask(json!({})).await.ok();
    assert_eq!((&first["name"], shapes(&first)), (&json!("Page 1"), vec![0, 10, 11, 12, 13]));
    assert_eq!(first["objects"][id(13).to_string()].get("thumbnail"), None, "its editor's own picture");
    assert_eq!(ask(json!({"pageId": id(50)})).await.ok()["name"], "Second");
    let some = ask(json!({"pageId": drawing.page, "objectId": [id(11), id(13), id(99)]})).await.ok();
    assert_eq!(shapes(&some), [11, 12, 13]);
    let board = ask(json!({"pageId": drawing.page, "objectId": id(10)})).await.ok();
    assert_eq!(shapes(&board), [10, 11, 12]);
    for (params, failure) in [
        (json!({"objectId": [id(10)]}), "400 validation/params-validation"),
        (json!({"pageId": id(51)}), "404 not-found/object-not-found"),
        (json!({"features": ["components/v2"]}), "400 restriction/feature-not-supported"),
    ] {
        assert_eq!(ask(params.clone()).await.failure(), failure, "{params}");
    }
    // As clients of Penpot ask: ids alone in transit, repeated in a query.
    let params = [
        ("file-id", Value::Uuid(drawing.file)),
        ("page-id", Value::Uuid(drawing.page)),
        ("object-id", Value::Uuid(id(12))),
    ];
    let page = ana.call_transit("get-page", &Value::map(params)).await.transit();
    let objects = field(&page, "objects").entries();
    assert!(matches!(objects, [(Value::Uuid(_), Value::Tagged(tag, _))] if tag == "shape"), "{objects:?}");
    let path = format!(
        "/api/rpc/command/get-page?file-id={}&page-id={}&object-id={}&object-id={}",
        drawing.file,
        drawing.page,
        id(12),
        id(13)
    );
    let query = ana.request(Method::GET, &path).header("accept", "application/json").send().await;
    assert_eq!(shapes(&Answer::of(query.expect("answers")).await.ok()), [12, 13]);
}

#[tokio::test]
async fn a_link_opens_its_pages() {
    let scene = drawn().await;
    let stranger: Person = scene.app.person("cy").await;
    let link = scene.ana.share(&json!(scene.drawing.file), &[id(50)], "team").await;
    let ask = async |who: &Client, params: Json| {
        let mut all = json!({"fileId": scene.drawing.file});
        for (name, value) in params.as_object().expect("params") {
            all[name] = value.clone();
        }
        let answer = who.call("get-page", all).await;
        if answer.status.is_success() { "yes".to_owned() } else { answer.failure() }
    };
    let hidden = "404 not-found/object-not-found";
    for (params, outcome) in [
        (json!({}), hidden),
        (json!({"pageId": id(50)}), hidden),
        (json!({"pageId": id(50), "shareId": id(71)}), hidden),
        (json!({"shareId": link}), hidden),
        (json!({"pageId": id(50), "shareId": link}), "yes"),
    ] {
        assert_eq!(ask(&stranger, params.clone()).await, outcome, "{params}");
    }
    let mine = ask(&scene.bo, json!({"shareId": link})).await;
    assert_eq!(mine, "yes", "a role opens every page");
    let nobody = scene.app.anonymous();
    let asked = ask(&nobody, json!({"pageId": id(50), "shareId": link})).await;
    assert_eq!(asked, "401 authentication/authentication-required");
}

#[tokio::test]
async fn what_a_file_consists_of_is_counted() {
    let scene = drawn().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let color = |n: u128| {
        let color = Value::map([
            ("id", Value::Uuid(id(n))),
            ("name", Value::text("Ink")),
            ("color", Value::text("#000000")),
        ]);
        drawing::change("add-color", [("color", color)])
    };
    let component = |n: u128| {
        let fields = [
            ("id", Value::Uuid(id(n))),
            ("name", Value::text("Button")),
            ("path", Value::text("")),
            ("main-instance-id", Value::Uuid(id(10))),
            ("main-instance-page", Value::Uuid(drawing.page)),
        ];
        drawing::change("add-component", fields)
    };
    let deleted = drawing::change("del-component", [("id", Value::Uuid(id(31)))]);
    let changes = vec![color(20), color(21), component(30), component(31), deleted];
    drawing.send(ana, SESSION, 1, changes).await.transit();
    let stats = ana.call("get-file-stats", json!({"id": drawing.file})).await.ok();
    assert_eq!(stats["pageCount"], 2);
    assert_eq!(stats["shapeCounts"], json!({"total": 4, "byType": {"frame": 2, "rect": 2}}));
    assert_eq!((&stats["componentCount"], &stats["deletedComponentCount"]), (&json!(2), &json!(1)));
    assert_eq!((&stats["colorCount"], &stats["typographyCount"]), (&json!(2), &json!(0)));
    assert_eq!((&stats["libraryCount"], &stats["referencedByCount"]), (&json!(0), &json!(0)));
    assert_eq!((&stats["revn"], &stats["fileId"]), (&json!(2), &json!(drawing.file)));
    assert!(stats["updatedAt"].is_string());
}

#[tokio::test]
async fn everybody_may_know_that_there_is_a_file_and_no_document_lies_elsewhere() {
    let scene = Scene::new().await;
    let (nobody, file) = (scene.app.anonymous(), scene.drawing.file);
    let info = nobody.call("get-file-info", json!({"id": file})).await.ok();
    assert_eq!(info, json!({"id": file, "deletedAt": null}));
    let fragment = json!({"fileId": file, "fragmentId": id(1)});
    for who in [&nobody, &*scene.ana] {
        let answer = who.call("get-file-fragment", fragment.clone()).await;
        assert_eq!(answer.failure(), "404 not-found/object-not-found");
    }
    scene.ana.call("delete-file", json!({"id": file})).await.ok();
    scene.app.run_jobs().await;
    let gone = nobody.call("get-file-info", json!({"id": file})).await;
    assert_eq!(gone.failure(), "404 not-found/object-not-found");
}

#[tokio::test]
async fn the_picture_of_a_file_is_drawn_from_its_flagged_board() {
    let scene = drawn().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let ask = async |strip: Option<bool>| {
        let params = json!({"fileId": drawing.file, "stripFramesWithThumbnails": strip});
        ana.call("get-file-data-for-thumbnail", params).await.ok()
    };
    let first = ask(None).await;
    assert_eq!((&first["revn"], &first["fileId"]), (&json!(1), &json!(drawing.file)));
    assert_eq!(shapes(&first["page"]), [0, 10, 11, 12, 13], "no board is flagged");

    let flag = drawing.set(11, "use-for-thumbnail", Value::Bool(true));
    let shown = drawing.set(11, "show-content", Value::Bool(true));
    drawing.send(ana, SESSION, 1, vec![flag, shown]).await.transit();
    let page = ask(None).await["page"].clone();
    assert_eq!((shapes(&page), &page["thumbnailFrameId"]), (vec![11, 12], &json!(id(11))));

    let png = tests::picture::png(20, 20, 1);
    let media = ana.upload_picture(&json!(drawing.file), "a.png", "image/png", png).await.ok();
    let picture: Uuid = media["mediaId"].as_str().expect("an id").parse().expect("a uuid");
    let object = format!("{}/{}/{}/frame", drawing.file, drawing.page, id(11));
    let (db, file) = (&scene.app.app.db, FileId(drawing.file));
    insert_board_thumbnail(db, file, object, StorageObjectId(picture)).await;
    let board = ask(None).await["page"]["objects"][id(11).to_string()].clone();
    assert_eq!((&board["thumbnailId"], &board["shapes"]), (&json!(picture), &json!([])));
    assert_eq!(board["childrenBounds"]["width"], 10.0);
    let board = ask(Some(false)).await["page"]["objects"][id(11).to_string()].clone();
    assert_eq!((board.get("thumbnailId"), &board["shapes"]), (None, &json!([id(12)])));

    ana.call("delete-file", json!({"id": drawing.file})).await.ok();
    scene.app.run_jobs().await;
    assert_eq!(ask(None).await["revn"], 2, "the bin shows pictures too");
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let scene = drawn().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let ask = async |who: &Client, seen: Option<&str>| {
        let mut request =
            who.request(Method::GET, &format!("/api/main/methods/get-file?id={}", drawing.file));
        if let Some(seen) = seen {
            request = request.header("if-none-match", seen);
        }
        let answer = Answer::of(request.send().await.expect("answers")).await;
        (answer.status.as_u16(), answer.header("etag").to_owned())
    };
    let (status, tag) = ask(ana, None).await;
    assert!(status == 200 && tag.starts_with("W/\""), "{status} {tag}");
    assert_eq!(ask(ana, Some(&tag)).await, (304, tag.clone()));
    assert_eq!(ask(&scene.bo, Some(&tag)).await.0, 200, "it says who may do what");
    drawing.send(&scene.bo, SESSION, 1, vec![drawing.set(13, "name", Value::text("Other"))]).await.transit();
    let (status, other) = ask(ana, Some(&tag)).await;
    assert!(status == 200 && other != tag, "{status} {other}");
}

#[tokio::test]
async fn large_shapes_leave_the_database_once() {
    let scene = Scene::new().await;
    let drawing = &scene.drawing;
    let large = |number: u128| {
        let mut shape = drawing.add(number, Uuid::nil(), "rect");
        let note = Value::text(&"x".repeat(30 << 10));
        shape.at_mut(&Value::keyword("obj")).expect("a shape").put("note", note);
        shape
    };
    for (revn, first) in [(0, 100), (1, 200)] {
        drawing.send(&scene.ana, SESSION, revn, (first..first + 100).map(large).collect()).await.transit();
    }
    let tap = Tap::before(&scene.app.database.uri);
    let ana = scene.ana.at(&scene.app.process_on(&tap.uri).await);
    tap.bytes();
    let answer = ana.call_transit("get-file", &Value::map([("id", Value::Uuid(drawing.file))])).await;
    let (read, sent) = (tap.bytes(), answer.bytes.len());
    assert!(sent > 200 * (30 << 10) && read > sent / 2, "{sent} of {read} bytes: it is not seen");
    assert!(read < 2 * sent, "{read} bytes were read for {sent}");
}
