//! Who may see a picture: by its file, by a share link, by nobody's leave.

use entities::{ids::FileId, storage_object::BucketName};
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::Client,
    factory::{self, Blob},
    person::Person,
    picture,
};

/// The three addresses of a picture that is large enough to have a small version.
async fn three_addresses(ana: &Person, file: &Json) -> Vec<String> {
    let media = ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(200, 120, 3)).await.ok();
    let id = |field: &str| media[field].as_str().expect("an id").to_owned();
    vec![
        format!("/assets/by-id/{}", id("mediaId")),
        format!("/assets/by-file-media-id/{}", id("id")),
        format!("/assets/by-file-media-id/{}/thumbnail", id("id")),
    ]
}

fn file_id(file: &Json) -> FileId {
    file["id"].as_str().and_then(|id| id.parse().ok()).expect("the id of a file")
}

async fn statuses(client: &Client, addresses: &[String], query: &str) -> Vec<u16> {
    let mut found = vec![];
    for address in addresses {
        found.push(client.get(&format!("{address}{query}")).await.status.as_u16());
    }
    found
}

#[tokio::test]
async fn a_picture_is_seen_by_those_who_see_its_file() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let file = ana.file("Sketch").await;
    let addresses = three_addresses(&ana, &file).await;
    assert_eq!(statuses(&ana, &addresses, "").await, [200, 200, 200]);
    assert_eq!(statuses(&bo, &addresses, "").await, [404, 404, 404], "somebody else");
    assert_eq!(statuses(&app.anonymous(), &addresses, "").await, [401, 401, 401], "nobody");
    assert!(ana.get(&addresses[0]).await.header("cache-control").starts_with("private"));

    // A role in the file alone is enough.
    factory::give_role_in_file(&app.app.db, file_id(&file), bo.id()).await;
    assert_eq!(statuses(&bo, &addresses, "").await, [200, 200, 200]);

    ana.call("delete-file", json!({"id": file["id"]})).await.ok();
    assert_eq!(statuses(&ana, &addresses, "").await, [404, 404, 404], "deleted");
    app.run_jobs().await;
}

#[tokio::test]
async fn a_share_link_opens_the_pictures_of_its_file_only() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let (shown, hidden) = (ana.file("Shown").await, ana.file("Hidden").await);
    let shown_at = three_addresses(&ana, &shown).await;
    // Other content: equal content is one object, and is shown by either file.
    let other = ana.upload_picture(&hidden["id"], "b.png", "image/png", picture::png(50, 50, 9)).await.ok();
    let hidden_at = [format!("/assets/by-id/{}", other["mediaId"].as_str().expect("an id"))];
    let link = ana.share(&shown["id"], &[], "team").await;
    let nobody = app.anonymous();
    let query = format!("?share-id={link}");
    assert_eq!(statuses(&nobody, &shown_at, &query).await, [200, 200, 200]);
    assert_eq!(statuses(&nobody, &hidden_at, &query).await, [401]);
    let other_link = format!("?share-id={}", uuid::Uuid::from_u128(78));
    assert_eq!(statuses(&nobody, &shown_at, &other_link).await, [401, 401, 401]);
}

#[tokio::test]
async fn equal_content_is_one_object_and_each_file_opens_it() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let (hers, his) = (ana.file("Hers").await, bo.file("His").await);
    let by_ana = three_addresses(&ana, &hers).await;
    let by_bo = three_addresses(&bo, &his).await;
    assert_eq!(by_ana[0], by_bo[0], "one object");
    assert_eq!(statuses(&bo, &by_ana, "").await, [200, 404, 404], "the object, not her picture");
}

#[tokio::test]
async fn old_front_ends_can_have_the_old_rule() {
    let app = TestApp::with(Settings::default().set("ATELIER_PUBLIC_FILE_MEDIA", "true")).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let addresses = three_addresses(&ana, &file).await;
    assert_eq!(statuses(&app.anonymous(), &addresses, "").await, [200, 200, 200]);
    assert!(app.anonymous().get(&addresses[0]).await.header("cache-control").starts_with("max-age"));
}

#[tokio::test]
async fn parts_of_uploads_are_for_whoever_sent_them_and_documents_for_nobody() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let of = |bucket| Blob { size: 0, content_type: "text/plain".to_owned(), ..Blob::of(bucket) };
    let owner = json!({"profile-id": ana.profile["id"]});
    let part = Blob { metadata: Some(owner), ..of(BucketName::Tempfile) };
    let document = of(BucketName::FileData);
    let at = [&part, &document].map(|blob| format!("/assets/by-id/{}", blob.id));
    factory::insert(&app.app.db, [part, document]).await;
    assert_eq!(statuses(&ana, &at, "").await, [200, 404]);
    assert_eq!(statuses(&bo, &at, "").await, [404, 404]);
    assert_eq!(statuses(&app.anonymous(), &at, "").await, [401, 401]);
}

#[tokio::test]
async fn a_picture_goes_into_another_file_only_from_one_that_is_seen() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let (hers, more, his) = (ana.file("Hers").await, ana.file("More").await, bo.file("His").await);
    let media = ana.upload_picture(&hers["id"], "a.png", "image/png", picture::png(200, 120, 3)).await.ok();
    let clone = |file: &Json| json!({"fileId": file["id"], "isLocal": false, "id": media["id"]});
    let copy = ana.call("clone-file-media-object", clone(&more)).await.ok();
    assert_ne!(copy["id"], media["id"]);
    for field in ["mediaId", "thumbnailId", "width", "height", "mtype", "name"] {
        assert_eq!(copy[field], media[field], "{field}");
    }
    assert_eq!((&copy["fileId"], &copy["isLocal"]), (&more["id"], &json!(false)));
    assert_eq!(app.blobs().len(), 2, "nothing is stored twice");
    let stolen = bo.call("clone-file-media-object", clone(&his)).await;
    assert_eq!(stolen.failure(), "404 not-found/object-not-found");
    let planted = bo.call("clone-file-media-object", clone(&hers)).await;
    assert_eq!(planted.failure(), "404 not-found/object-not-found");
}
