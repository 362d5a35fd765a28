//! A file with three pages that Ana shows around.

use domain::role::Role;
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::{Answer, Client},
    drawing::{self, Drawing, change},
    person::Person,
    picture,
};
use transit::value::Value;
use uuid::Uuid;

pub const HIDDEN: &str = "404 not-found/object-not-found";

/// The second page, the third one, a board on the first and one on the second, a component that was deleted.
pub const SECOND: u128 = 50;
pub const THIRD: u128 = 51;
pub const FIRST_BOARD: u128 = 10;
pub const SECOND_BOARD: u128 = 60;
pub const GONE: u128 = 31;

pub struct Scene {
    pub app: TestApp,
    /// Owns the team.
    pub ana: Person,
    /// May look.
    pub cy: Person,
    /// Is no member.
    pub eve: Person,
    pub team: Json,
    pub project: Json,
    pub drawing: Drawing,
    /// Where a picture in the file is, by its id there.
    pub picture: String,
}

impl Scene {
    pub async fn new() -> Scene {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Scene {
        let app = TestApp::with(settings).await;
        let (ana, cy, eve) = (app.person("ana").await, app.person("cy").await, app.person("eve").await);
        let team = ana.team("Ink").await;
        app.join(&team, &cy, Role::Viewer).await;
        let project = ana.project(&team, "Posters").await;
        let file = ana.file_in(&project["id"], "Sketch").await;
        let drawing = Drawing::of(&file);
        let media =
            ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(200, 120, 3)).await.ok();
        let picture = format!("/assets/by-file-media-id/{}", media["id"].as_str().expect("an id"));
        drawing.send(&ana, id(1), 0, changes(&drawing)).await.transit();
        drawing.send(&ana, id(1), 1, vec![change("del-component", [("id", key(GONE))])]).await.transit();
        Scene { app, ana, cy, eve, team, project, drawing, picture }
    }

    pub fn file(&self) -> Json {
        json!(self.drawing.file)
    }

    /// The bundle, or why there is none.
    pub async fn asked(&self, who: &Client, share: Option<Uuid>) -> Answer {
        let mut params = json!({"fileId": self.file()});
        if let Some(share) = share {
            params["shareId"] = json!(share);
        }
        who.call("get-view-only-bundle", params).await
    }

    pub async fn bundle(&self, who: &Client, share: Option<Uuid>) -> Json {
        self.asked(who, share).await.ok()
    }
}

/// Two more pages, a board on each of the first two, a colour, a component that stays and one that will not.
fn changes(drawing: &Drawing) -> Vec<Value> {
    let page = |page: u128, name: &str| change("add-page", [("id", key(page)), ("name", Value::text(name))]);
    let component = |n: u128| {
        let (name, path) = (("name", Value::text("Button")), ("path", Value::text("")));
        let main =
            [("main-instance-id", key(FIRST_BOARD)), ("main-instance-page", Value::Uuid(drawing.page))];
        change("add-component", [("id", key(n)), name, path, main[0].clone(), main[1].clone()])
    };
    let color = [("id", key(20)), ("name", Value::text("Ink")), ("color", Value::text("#000000"))];
    let on_second = change(
        "add-obj",
        [
            ("id", key(SECOND_BOARD)),
            ("page-id", key(SECOND)),
            ("frame-id", Value::Uuid(Uuid::nil())),
            ("parent-id", Value::Uuid(Uuid::nil())),
            ("obj", drawing::shape(SECOND_BOARD, Uuid::nil(), "frame")),
        ],
    );
    vec![
        drawing.add(FIRST_BOARD, Uuid::nil(), "frame"),
        page(SECOND, "Second"),
        page(THIRD, "Third"),
        on_second,
        change("add-color", [("color", Value::map(color))]),
        component(30),
        component(GONE),
    ]
}

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub fn key(n: u128) -> Value {
    Value::Uuid(id(n))
}

/// The names of a map, in their order.
pub fn names(map: &Json) -> Vec<String> {
    let mut names: Vec<String> = map.as_object().expect("a map").keys().cloned().collect();
    names.sort();
    names
}

pub fn uuid(json: &Json) -> Uuid {
    json.as_str().expect("an id").parse().expect("a uuid")
}
