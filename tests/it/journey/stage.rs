//! Two processes of one installation behind nginx, at the address that people know, and what is read there.

use super::{
    kinds::reads,
    people::Somebody,
    web_app::{Ask, WebApp},
};
use crate::{
    comments::mails::mails_go,
    notifications::scene::{redis, through},
};
use tests::{
    app::TestApp,
    nginx::{Behind, Nginx},
    process::free_port,
};
use transit::value::Value;
use uuid::Uuid;

/// The features that the web app declares in an ordinary installation, and one that no server knows: it may send more
/// than is understood.
pub const FEATURES: [&str; 15] = [
    "fdata/objects-map",
    "fdata/shape-data-type",
    "fdata/path-data",
    "components/v2",
    "styles/v2",
    "layout/grid",
    "plugins/runtime",
    "design-tokens/v1",
    "text-editor/v2",
    "text-editor/v2-html-paste",
    "text-editor-wasm/v1",
    "render-wasm/v1",
    "tokens/numeric-input",
    "variants/v1",
    "wasm-export/v1",
];
pub const PASSWORD: &str = "correct horse battery";
pub const PROJECT: &str = "{id u, team-id u, name s, is-default b, is-pinned b, count i, created-at t, modified-at t, \
    deleted-at t?}";
/// A file of a list.
pub const TILE: &str = "{id u, project-id u, team-id u, name s, revn i, vern i, is-shared b, thumbnail-id u?, \
    created-at t, modified-at t}";
pub const HEAD: &str = "{id u, name s, project-id u, team-id u, revn i, vern i, features S s, is-shared b, \
    ignore-sync-until t?, data {id u, pages V u}}";

/// The installation.
pub struct Stage {
    pub app: TestApp,
    /// What people type.
    pub base: String,
    _nginx: Nginx,
}

impl Stage {
    pub async fn new() -> Stage {
        let port = free_port();
        let base = format!("http://127.0.0.1:{port}");
        let settings = through(&redis()).set("PENPOT_PUBLIC_URI", &base);
        let flags = "enable-access-tokens enable-webhooks disable-secure-session-cookies";
        let app = TestApp::with(settings.set("PENPOT_FLAGS", flags)).await;
        let processes = vec![app.base.clone(), app.another_process().await];
        let nginx = Nginx::on(port, &Behind { processes, ..Behind::of(&app) }).await.expect("nginx starts");
        Stage { app, base, _nginx: nginx }
    }

    /// The newest mail to somebody has a link to this route, as the web app spells it: what follows it.
    pub async fn mailed(&self, email: &str, route: &str) -> String {
        mails_go(&self.app).await;
        let mail = self.app.newest_mail(email).await;
        let link = format!("{}/#/{route}", self.base);
        let (_, rest) = mail.split_once(&link).unwrap_or_else(|| panic!("no {link} in {mail}"));
        rest.split(|c: char| c.is_whitespace() || c == ')').next().unwrap_or_default().to_owned()
    }
}

/// A file that somebody has open.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    pub id: Uuid,
    pub page: Uuid,
    pub project: Uuid,
    pub revn: i64,
    pub vern: i64,
}

/// A field that has to be there.
#[track_caller]
pub fn field<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or_else(|| panic!("no {name} in {value:?}"))
}

#[track_caller]
pub fn id(value: &Value, name: &str) -> Uuid {
    field(value, name).as_uuid().unwrap_or_else(|| panic!("{name} is no uuid: {value:?}"))
}

#[track_caller]
pub fn int(value: &Value, name: &str) -> i64 {
    field(value, name).as_int().unwrap_or_else(|| panic!("{name} is no number: {value:?}"))
}

/// The things of a list.
#[track_caller]
pub fn items(value: &Value) -> &[Value] {
    value.items().unwrap_or_else(|| panic!("no list: {value:?}"))
}

/// A set of texts.
pub fn texts(all: &[&str]) -> Value {
    Value::Set(all.iter().map(|one| Value::text(one)).collect())
}

/// The features as a query has them.
pub fn features() -> Ask {
    Ask::Many(FEATURES.iter().map(|one| (*one).to_owned()).collect())
}

/// `get-file`, as the workspace asks.
pub async fn get_file(web: &WebApp, file: Uuid) -> Value {
    let got = web.read("get-file", &[("id", Ask::Id(file)), ("features", features())]).await;
    reads("get-file", &got, HEAD);
    assert_eq!((id(&got, "id"), id(field(&got, "data"), "id")), (file, file));
    got
}

/// What the workspace reads before it shows a file, in its order; the file.
pub async fn opens(who: &Somebody, team: Uuid, file: Uuid) -> Opened {
    let web = &who.web;
    let of_file = [("file-id", Ask::Id(file))];
    let of_team = [("team-id", Ask::Id(team))];
    reads("get-teams", &web.read("get-teams", &[]).await, &format!("V {}", super::people::TEAM));
    super::comments::listed(web, file).await;
    let people = web.read("get-profiles-for-file-comments", &of_file).await;
    reads("get-profiles-for-file-comments", &people, "V {id u, fullname s, name s, email s, photo-id u?}");
    reads("get-font-variants", &web.read("get-font-variants", &of_team).await, "V M");
    let got = get_file(web, file).await;
    let thumbnails = web.read("get-file-object-thumbnails", &of_file).await;
    reads("get-file-object-thumbnails", &thumbnails, "[s u]");
    let data = field(&got, "data");
    let page = items(field(data, "pages"))[0].as_uuid().expect("a uuid");
    // The web app declares that it reads shapes as text, each when it is needed.
    let shown = field(data, "pages-index").at(&Value::Uuid(page)).expect("the page");
    reads("a page", shown, "{id u, name s, objects #penpot/objects-map/v2 [u s]}");
    let project = id(&got, "project-id");
    let told = web.read("get-project", &[("id", Ask::Id(project))]).await;
    reads("get-project", &told, "{id u, name s, team-id u, is-default b}");
    let libraries = web.read("get-file-libraries", &of_file).await;
    reads("get-file-libraries", &libraries, super::libraries::ROWS);
    Opened { id: file, page, project, revn: int(&got, "revn"), vern: int(&got, "vern") }
}
