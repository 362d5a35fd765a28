//! A link for strangers, with and without an account: they see the prototype, and what they may of what is said.

use super::{
    drawing::sees,
    kinds::reads,
    people::Somebody,
    stage::{FEATURES, Opened, Stage, field, id, items},
    web_app::{Ask, WebApp, body, kind_of},
};
use tests::drawing::change;
use transit::value::Value;
use uuid::Uuid;

const LINK: &str = "{id u, file-id u, pages S u, who-comment s, who-inspect s}";
const BUNDLE: &str = "{file {id u, name s, revn i, is-shared b, project-id u, data {pages V u, pages-index [u any]}}, \
    project {id u, name s, team-id u}, team {id u, name s, features S s, is-default b}, \
    users V {id u, fullname s, name s, email s?, photo-id u?}, libraries V {id u, data M}, fonts V M, share-links V M, \
    permissions {type k, is-owner b, is-admin b, can-edit b, can-read b, is-logged b, in-team b, who-comment s, \
    who-inspect s, pages S u}}";

async fn looks(web: &WebApp, file: Uuid, link: Uuid) -> Result<Value, Value> {
    // It cannot know what the team has, and declares everything.
    let features =
        FEATURES.iter().map(|one| (*one).to_owned()).chain(["fdata/pointer-map".to_owned()]).collect();
    let params = [("file-id", Ask::Id(file)), ("share-id", Ask::Id(link)), ("features", Ask::Many(features))];
    web.try_read("get-view-only-bundle", &params).await
}

/// What the link shows: its page alone, in both places that name pages.
fn shows(bundle: &Value, file: &Opened, is_logged: bool) {
    reads("get-view-only-bundle", bundle, BUNDLE);
    let permissions = field(bundle, "permissions");
    let told = ["type", "is-logged", "in-team"].map(|name| field(permissions, name).clone());
    assert_eq!(told, [Value::keyword("share-link"), Value::Bool(is_logged), Value::Bool(false)]);
    let data = field(field(bundle, "file"), "data");
    let page = Value::Uuid(file.page);
    assert_eq!(field(data, "pages"), &Value::Vec(vec![page.clone()]));
    assert_eq!(field(data, "pages-index").entries().len(), 1);
    assert!(field(data, "pages-index").at(&page).is_some());
}

/// Ana shares the first of two pages, and takes the link back.
pub async fn with_strangers(
    stage: &Stage,
    ana: &mut Somebody,
    bo: &mut Somebody,
    (mine, theirs): (&mut Opened, &mut Opened),
    picture: Uuid,
) {
    let second =
        change("add-page", [("id", Value::Uuid(Uuid::from_u128(50))), ("name", Value::text("Secret"))]);
    sees(ana, bo, (&mut *mine, theirs), vec![second]).await;
    let said = body([
        ("file-id", Value::Uuid(mine.id)),
        ("pages", Value::Set(vec![Value::Uuid(mine.page)])),
        ("who-comment", Value::text("team")),
        ("who-inspect", Value::text("all")),
    ]);
    let link = ana.web.write("create-share-link", &said).await;
    reads("create-share-link", &link, LINK);
    assert_eq!(
        field(&link, "pages"),
        &Value::Set(vec![Value::Uuid(mine.page)]),
        "else it is not found again"
    );
    let link = id(&link, "id");

    let visitor = WebApp::open(&stage.base);
    shows(&looks(&visitor, mine.id, link).await.expect("is shown"), mine, false);
    // The page shows pictures without naming the link.
    let path = format!("/assets/by-file-media-id/{picture}");
    assert_eq!(visitor.picture(&path).await.status.as_u16(), 200);
    assert_ne!(
        WebApp::open(&stage.base).picture(&path).await.status.as_u16(),
        200,
        "whoever has no link sees nothing"
    );
    let cleo = Somebody::registers(stage, "cleo").await;
    shows(&looks(&cleo.web, mine.id, link).await.expect("is shown"), mine, true);
    // The prototype stays on the screen: what only the team may read is an empty list, and no refusal.
    let asked = [("file-id", Ask::Id(mine.id)), ("share-id", Ask::Id(link))];
    let threads = cleo.web.read("get-comment-threads", &asked).await;
    assert_eq!(items(&threads), []);
    ana.web.write("delete-share-link", &body([("id", Value::Uuid(link))])).await;
    for web in [&visitor, &cleo.web] {
        let gone = looks(web, mine.id, link).await.expect_err("is gone");
        assert_eq!(kind_of(&gone), "not-found/object-not-found");
    }
}
