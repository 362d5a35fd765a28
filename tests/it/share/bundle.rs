//! What whoever looks at a file is shown of it: members all of it, others what a link opens.

use super::scene::{FIRST_BOARD, GONE, HIDDEN, SECOND, SECOND_BOARD, Scene, THIRD, id, key, names};
use reqwest::Method;
use serde_json::{Value as Json, json};
use tests::{
    client::{Answer, Client, FilePart},
    picture,
};
use transit::value::Value;
use uuid::Uuid;

#[tokio::test]
async fn a_link_opens_one_page_of_three_to_nobody_in_particular() {
    let scene = Scene::new().await;
    let link = scene.ana.share(&scene.file(), &[id(SECOND)], "team").await;
    let shown = scene.bundle(&scene.app.anonymous(), Some(link)).await;

    let data = &shown["file"]["data"];
    assert_eq!(names(data), ["components", "id", "options", "pages", "pagesIndex"]);
    assert_eq!((&data["id"], &data["pages"]), (&scene.file(), &json!([id(SECOND)])));
    assert_eq!(names(&data["pagesIndex"]), [id(SECOND).to_string()]);
    let page = &data["pagesIndex"][id(SECOND).to_string()];
    assert_eq!(page["name"], "Second");
    assert!(page["objects"][id(SECOND_BOARD).to_string()].is_object());
    let gone = &data["components"][id(GONE).to_string()];
    assert_eq!((&gone["deleted"], gone.get("objects")), (&json!(true), None), "its shapes lie on no page");

    assert_eq!(
        shown["permissions"],
        json!({
            "type": "share-link", "isOwner": false, "isAdmin": false, "canEdit": false, "canRead": true,
            "isLogged": false, "inTeam": false, "pages": [id(SECOND)], "whoComment": "team", "whoInspect": "all",
        })
    );
    assert_eq!(shown["team"]["permissions"], shown["permissions"]);
    assert_eq!((&shown["team"]["id"], &shown["team"]["name"]), (&scene.team["id"], &json!("Ink")));
    let project = json!({"id": scene.project["id"], "name": "Posters", "teamId": scene.team["id"]});
    assert_eq!(shown["project"], project);
    assert_eq!(shown["shareLinks"], json!([]), "each of them is a key");
    let ana = json!({
        "id": scene.ana.profile["id"], "email": "a***@****.com", "name": "ana", "fullname": "ana",
        "photoId": null, "canRead": true,
    });
    assert_eq!(shown["users"][0], ana, "no address");
    assert_eq!(shown["users"], shown["profiles"]);
    assert_eq!(shown["users"].as_array().map(Vec::len), Some(2));

    let eve = scene.bundle(&scene.eve, Some(link)).await;
    let permissions = &eve["permissions"];
    assert_eq!((&permissions["isLogged"], &permissions["inTeam"]), (&json!(true), &json!(false)));
    assert_eq!((&eve["file"], &eve["users"]), (&shown["file"], &shown["users"]));
}

#[tokio::test]
async fn members_are_shown_all_of_it() {
    let scene = Scene::new().await;
    let link = scene.ana.share(&scene.file(), &[id(SECOND)], "all").await;
    for (who, role) in [(&scene.ana, [true, true, true]), (&scene.cy, [false, false, false])] {
        // Whoever has a role needs no link, and loses nothing by one.
        for share in [None, Some(link)] {
            let shown = scene.bundle(who, share).await;
            let data = &shown["file"]["data"];
            assert_eq!(data["pages"], json!([scene.drawing.page, id(SECOND), id(THIRD)]));
            assert_eq!(names(data), ["components", "id", "options", "pages", "pagesIndex"]);
            let first = &data["pagesIndex"][scene.drawing.page.to_string()];
            assert!(first["objects"][id(FIRST_BOARD).to_string()].is_object());
            assert!(data["components"][id(GONE).to_string()]["objects"].is_object());
            let [owner, admin, edit] = role;
            let permissions = json!({
                "type": "membership", "isOwner": owner, "isAdmin": admin, "canEdit": edit, "canRead": true,
                "isLogged": true, "inTeam": true,
            });
            assert_eq!(shown["permissions"], permissions);
            assert_eq!(shown["shareLinks"][0]["id"], json!(link));
            assert_eq!(shown["users"][0]["email"], "ana@example.com");
            assert_eq!(shown["users"][0]["isOwner"], true);
        }
    }
}

#[tokio::test]
async fn without_a_link_or_with_another_one_there_is_nothing() {
    let scene = Scene::new().await;
    let other = scene.ana.file_in(&scene.project["id"], "Other").await;
    let elsewhere = scene.ana.share(&other["id"], &[id(SECOND)], "all").await;
    let mine = scene.ana.share(&scene.file(), &[id(SECOND)], "all").await;
    for share in [None, Some(elsewhere), Some(id(77))] {
        for who in [&scene.app.anonymous(), &*scene.eve] {
            assert_eq!(scene.asked(who, share).await.failure(), HIDDEN, "{share:?}");
        }
    }
    scene.bundle(&scene.app.anonymous(), Some(mine)).await;
    let elsewhere = json!({"fileId": other["id"], "shareId": mine});
    let asked = scene.app.anonymous().call("get-view-only-bundle", elsewhere).await;
    assert_eq!(asked.failure(), HIDDEN);
}

#[tokio::test]
async fn web_apps_ask_with_a_query_and_read_keywords_sets_and_texts() {
    let scene = Scene::new().await;
    let link = scene.ana.share(&scene.file(), &[id(SECOND), id(THIRD)], "all").await;
    let features = "features=fdata/objects-map&features=components/v2&features=fdata/path-data\
        &features=fdata/shape-data-type&features=layout/grid&features=design-tokens/v1&features=variants/v1\
        &features=styles/v2&features=plugins/runtime&features=tokens/numeric-input";
    let path = |more: &str| {
        let file = scene.drawing.file;
        format!("/api/main/methods/get-view-only-bundle?file-id={file}&share-id={link}{more}")
    };
    let nobody = scene.app.anonymous();
    let request = nobody.request(Method::GET, &path(&format!("&{features}"))).header("accept", "*/*");
    let shown = Answer::of(request.send().await.expect("answers")).await;
    assert!(shown.status.is_success(), "{}", shown.text());
    let shown = shown.transit();
    let permissions = shown.get("permissions").expect("permissions");
    assert_eq!(permissions.get("type"), Some(&Value::keyword("share-link")));
    assert_eq!(permissions.get("who-comment"), Some(&Value::text("all")));
    let pages = Value::Set(vec![key(SECOND), key(THIRD)]);
    assert_eq!(permissions.get("pages"), Some(&pages));
    let team = shown.get("team").expect("a team");
    assert!(matches!(team.get("features"), Some(Value::Set(_))));
    let data = shown.get("file").and_then(|file| file.get("data")).expect("a document");
    assert_eq!(data.get("pages"), Some(&Value::Vec(vec![key(SECOND), key(THIRD)])), "in their order");
    let page = data.get("pages-index").and_then(|pages| pages.at(&key(SECOND))).expect("a page");
    let shapes = page.get("objects").expect("shapes").entries();
    assert!(shapes.iter().all(|(_, shape)| matches!(shape, Value::Tagged(tag, _) if tag == "shape")));

    let old = nobody.request(Method::GET, &path("&features=components/v2"));
    let old = old.header("accept", "application/json").send().await.expect("answers");
    assert_eq!(Answer::of(old).await.failure(), "400 restriction/feature-not-supported");
}

#[tokio::test]
async fn small_pictures_and_fonts_come_along() {
    let scene = Scene::new().await;
    let file = scene.drawing.file;
    for (page, board) in [(scene.drawing.page, FIRST_BOARD), (id(SECOND), SECOND_BOARD)] {
        let object = format!("{file}/{page}/{}/frame", id(board));
        let fields = [("file-id", file.to_string()), ("object-id", object), ("tag", "frame".to_owned())];
        let bytes = picture::png(9, 9, u8::try_from(board).expect("small"));
        let part = FilePart { field: "media", name: "blob", mtype: "image/png", bytes };
        scene.ana.upload("create-file-object-thumbnail", &fields, part).await.ok();
    }
    scene.ana.font(&scene.team["id"], Uuid::from_u128(7)).await;

    let link = scene.ana.share(&scene.file(), &[id(SECOND)], "team").await;
    let nobody = scene.app.anonymous();
    let shown = scene.bundle(&nobody, Some(link)).await;
    let object = format!("{file}/{}/{}/frame", id(SECOND), id(SECOND_BOARD));
    assert_eq!(names(&shown["thumbnails"]), std::slice::from_ref(&object), "those of its pages");
    assert_eq!(shown["fonts"].as_array().map(Vec::len), Some(1));
    let all = scene.bundle(&scene.cy, None).await;
    assert_eq!(names(&all["thumbnails"]).len(), 2);

    let blob = shown["thumbnails"][&object].as_str().expect("an id").to_owned();
    let address = format!("/assets/by-id/{blob}?share-id={link}");
    assert_eq!(nobody.get(&address).await.status, 200);
    assert_eq!(nobody.get(&format!("/assets/by-id/{blob}")).await.status, 401);
}

#[tokio::test]
async fn nobody_reads_more_of_a_page_by_its_address() {
    let scene = Scene::new().await;
    let link = scene.ana.share(&scene.file(), &[id(SECOND)], "team").await;
    let ask = async |page: Json, share: Json| {
        let params = json!({"fileId": scene.file(), "pageId": page, "shareId": share});
        scene.eve.call("get-page", params).await
    };
    ask(json!(id(SECOND)), json!(link)).await.ok();
    for (page, share) in [(id(THIRD), json!(link)), (id(SECOND), Json::Null), (id(SECOND), json!(id(9)))] {
        assert_eq!(ask(json!(page), share).await.failure(), HIDDEN);
    }
}

/// A page of prototypes shows pictures by their address alone.
#[tokio::test]
async fn a_browser_that_looks_by_links_sees_their_pictures() {
    let scene = Scene::new().await;
    let hidden = scene.ana.file_in(&scene.project["id"], "Hidden").await;
    let other = scene.ana.file_in(&scene.project["id"], "Other").await;
    let picture = async |file: &Json, n: u8| {
        let bytes = picture::png(30, 30, n);
        let media = scene.ana.upload_picture(&file["id"], "a.png", "image/png", bytes).await.ok();
        format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("an id"))
    };
    let (hidden, others) = (picture(&hidden, 4).await, picture(&other, 5).await);
    let first = scene.ana.share(&scene.file(), &[id(SECOND)], "team").await;
    let second = scene.ana.share(&other["id"], &[], "team").await;

    let mut browser = scene.app.anonymous();
    let statuses = async |browser: &Client| {
        let mut found = vec![];
        for address in [&scene.picture, &others, &hidden] {
            found.push(browser.get(address).await.status.as_u16());
        }
        found
    };
    assert_eq!(statuses(&browser).await, [401, 401, 401]);
    let looks = async |browser: &mut Client, file: &Json, link: Uuid| {
        let shown = browser.call("get-view-only-bundle", json!({"fileId": file, "shareId": link})).await;
        assert!(shown.header("set-cookie").contains("; HttpOnly"), "{}", shown.header("set-cookie"));
        browser.cookie = shown.header("set-cookie").split(';').next().map(str::to_owned);
    };
    looks(&mut browser, &scene.file(), first).await;
    assert_eq!(statuses(&browser).await, [200, 401, 401]);
    looks(&mut browser, &other["id"], second).await;
    assert_eq!(statuses(&browser).await, [200, 200, 401], "by either link");
    scene.ana.call("delete-share-link", json!({"id": first})).await.ok();
    assert_eq!(statuses(&browser).await, [401, 200, 401]);
    let member = scene.asked(&scene.cy, Some(second)).await;
    assert_eq!(member.header("set-cookie"), "", "whoever has a role needs no link");
}
