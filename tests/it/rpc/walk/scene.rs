//! The people, and fresh things for each call.

use super::{
    calls::{self, Content},
    spoil,
};
use domain::role;
use reqwest::{Method, header};
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::{Answer, Client, FilePart},
    font,
    person::Person,
    picture,
    web::WebServer,
};
use transit::value::Value;

/// Who calls, seen from the things that are called about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Nobody,
    Outsider,
    Viewer,
    Editor,
    Admin,
    Owner,
}

impl Role {
    /// In the order of the table.
    pub const ALL: [Role; 6] =
        [Role::Nobody, Role::Outsider, Role::Viewer, Role::Editor, Role::Admin, Role::Owner];

    /// What somebody is given in another's team.
    fn in_team(self) -> Option<role::Role> {
        match self {
            Role::Viewer => Some(role::Role::Viewer),
            Role::Editor => Some(role::Role::Editor),
            Role::Admin => Some(role::Role::Admin),
            Role::Nobody | Role::Outsider | Role::Owner => None,
        }
    }
}

/// Those that end or change the account itself: somebody new calls them.
const SPENDS: &[&str] = &["delete-profile", "logout", "update-profile-password", "request-email-change"];

pub struct Scene {
    pub app: TestApp,
    pub web: WebServer,
    /// Owns what others are called about.
    ana: Person,
    /// An editor in every team.
    pub mate: Person,
    /// Calls, unless that is Ana or nobody.
    actor: Person,
    people: usize,
}

/// What one call is about, all of it new.
pub struct Things<'a> {
    pub scene: &'a Scene,
    pub role: Role,
    pub owner: Person,
    /// None for nobody.
    pub actor: Option<Person>,
    pub team: Json,
    pub project: Json,
    pub file: Json,
    /// Tells names apart.
    pub number: usize,
}

/// A call that can be sent.
#[derive(Clone, Debug)]
pub struct Call {
    client: Client,
    /// What tells the caller apart from others: the part of their address before the `@`.
    pub me: String,
    name: &'static str,
    content: Content,
}

impl Scene {
    pub async fn open() -> Scene {
        let web = WebServer::start().await;
        let flags = "enable-access-tokens disable-secure-session-cookies enable-demo-users enable-user-feedback \
            enable-audit-log";
        let settings = Settings::default()
            .set("PENPOT_FLAGS", flags)
            .set("PENPOT_USER_FEEDBACK_DESTINATION", "support@example.com")
            .set("PENPOT_SSRF_ALLOWED_HOSTS", web.host());
        let app = TestApp::with(settings).await;
        let (ana, mate, actor) = (app.person("ana").await, app.person("mate").await, app.person("bo").await);
        Scene { app, web, ana, mate, actor, people: 0 }
    }

    /// A call of a method by somebody, about new things.
    pub async fn call(&mut self, role: Role, name: &'static str) -> Call {
        self.people += 1;
        let mut actor = if role == Role::Owner { self.ana.clone() } else { self.actor.clone() };
        if SPENDS.contains(&name) && role != Role::Nobody {
            actor = self.app.person(&format!("extra{}", self.people)).await;
        }
        let owner = if role == Role::Owner { actor.clone() } else { self.ana.clone() };
        let team = owner.team("Ink").await;
        let project = owner.project(&team, "Poster").await;
        let file = owner.file_in(&project["id"], "Sketch").await;
        self.app.join(&team, &self.mate, role::Role::Editor).await;
        if let Some(role) = role.in_team() {
            self.app.join(&team, &actor, role).await;
        }
        let number = self.people;
        let me = actor.email.trim_end_matches("@example.com").to_owned();
        let actor = (role != Role::Nobody).then_some(actor);
        let client = actor.as_ref().map_or_else(|| self.app.anonymous(), |person| (**person).clone());
        let things = Things { scene: self, role, owner, actor, team, project, file, number };
        let content = calls::content(&things, name).await;
        Call { client, me, name, content }
    }
}

impl Things<'_> {
    /// A picture in the file.
    pub async fn picture(&self) -> Json {
        let answer = self.owner.upload_picture(&self.file["id"], "a.png", "image/png", picture::png(9, 9, 1));
        answer.await.ok()["id"].clone()
    }

    /// A library that the file uses, with a library of its own.
    pub async fn library(&self) -> Json {
        let mut above = self.file["id"].clone();
        let mut made = vec![];
        for name in ["Icons", "Inks"] {
            let params = json!({"projectId": self.project["id"], "name": name, "isShared": true});
            let library = self.owner.call("create-file", params).await.ok()["id"].clone();
            let link = json!({"fileId": above, "libraryId": library});
            self.owner.call("link-file-to-library", link).await.ok();
            above = library.clone();
            made.push(library);
        }
        made.swap_remove(0)
    }

    /// What a font is uploaded with.
    pub fn font(&self) -> Json {
        json!({
            "teamId": self.team["id"], "fontId": self.file["id"], "fontFamily": "Inky", "fontWeight": 400,
            "fontStyle": "normal", "data": {"font/ttf": font::base64(&font::ttf("Inky"))},
        })
    }

    /// A weight and style of a font, by the owner.
    pub async fn variant(&self) -> Json {
        self.owner.call("create-font-variant", self.font()).await.ok()
    }

    /// A snapshot of the file, by its owner.
    pub async fn snapshot(&self) -> Json {
        let params = json!({"fileId": self.file["id"], "label": "First"});
        self.owner.call("create-file-snapshot", params).await.ok()["id"].clone()
    }

    /// A link that opens the file's page, by its owner.
    pub async fn link(&self) -> uuid::Uuid {
        let page = self.file["data"]["pages"][0].as_str().and_then(|page| page.parse().ok());
        self.owner.share(&self.file["id"], &[page.expect("a uuid")], "team").await
    }

    /// What a small picture of a board in the file is called.
    pub fn board(&self) -> String {
        let id = |json: &Json| json.as_str().expect("an id").to_owned();
        let page = id(&self.file["data"]["pages"][0]);
        format!("{}/{page}/{}/frame", id(&self.file["id"]), uuid::Uuid::from_u128(7))
    }

    /// A small picture of a board in the file.
    pub async fn thumbnail(&self) -> String {
        let file = self.file["id"].as_str().expect("an id").to_owned();
        let fields = [("file-id", file), ("object-id", self.board()), ("tag", "frame".to_owned())];
        let part =
            FilePart { field: "media", name: "blob", mtype: "image/png", bytes: picture::png(9, 9, 2) };
        self.owner.upload("create-file-object-thumbnail", &fields, part).await.ok();
        self.board()
    }

    /// A thread on the file, by its owner.
    pub async fn thread(&self) -> Json {
        let params = json!({
            "fileId": self.file["id"], "pageId": self.file["data"]["pages"][0], "frameId": uuid::Uuid::nil(),
            "position": {"x": 1.5, "y": 2.5}, "content": "Is it blue?",
        });
        self.owner.call("create-comment-thread", params).await.ok()
    }

    /// A webhook of the team, by its owner.
    pub async fn webhook(&self) -> Json {
        let uri = self.scene.web.serve("text/plain", b"");
        let params = json!({"teamId": self.team["id"], "uri": uri, "mtype": "application/json"});
        self.owner.call("create-webhook", params).await.ok()["id"].clone()
    }

    /// The address of somebody who was invited into the team.
    pub async fn invited(&self) -> String {
        let email = format!("guest{}@example.com", self.number);
        let params = json!({"teamId": self.team["id"], "emails": [email], "role": "viewer"});
        self.owner.call("create-team-invitations", params).await.ok();
        email
    }

    /// Whoever calls; the owner in the place of nobody, whose call fails before that matters.
    pub fn caller(&self) -> &Person {
        self.actor.as_ref().unwrap_or(&self.owner)
    }
}

impl Call {
    /// In JSON both ways.
    pub async fn send_json(&self) -> Answer {
        self.send("application/json", |params| serde_json::to_vec(params).expect("JSON")).await
    }

    /// In transit both ways.
    pub async fn send_transit(&self) -> Answer {
        self.send("application/transit+json", |params| transit::write(&typed(None, params))).await
    }

    /// The same with something that the database cannot hold, in one place each.
    pub fn spoilt(&self) -> Vec<Call> {
        let contents: Vec<Content> = match &self.content {
            Content::Params(params) => spoil::each(params).into_iter().map(Content::Params).collect(),
            Content::Form(fields, field, mtype, bytes) => (0..fields.len())
                .map(|at| {
                    let mut fields = fields.clone();
                    fields[at].1.push(spoil::NUL);
                    Content::Form(fields, field, mtype, bytes.clone())
                })
                .collect(),
        };
        contents.into_iter().map(|content| Call { content, ..self.clone() }).collect()
    }

    async fn send(&self, kind: &str, body: impl Fn(&Json) -> Vec<u8>) -> Answer {
        let path = format!("/api/main/methods/{}", self.name);
        let request = self.client.request(Method::POST, &path).header(header::ACCEPT, kind);
        let request = match &self.content {
            Content::Params(params) => request.header(header::CONTENT_TYPE, kind).body(body(params)),
            Content::Form(fields, field, mtype, bytes) => {
                let part = reqwest::multipart::Part::bytes(bytes.clone()).file_name("a").mime_str(mtype);
                let mut form = reqwest::multipart::Form::new();
                for (key, value) in fields {
                    form = form.text(*key, value.clone());
                }
                request.multipart(form.part(*field, part.expect("a content type")))
            }
        };
        Answer::of(request.send().await.expect("an answer")).await
    }
}

/// Params as a client of transit sends them: keywords in kebab-case, keys as uuids.
fn typed(key: Option<&str>, json: &Json) -> Value {
    match json {
        Json::String(text) => match text.parse() {
            Ok(id) => Value::Uuid(id),
            Err(_) if matches!(key, Some("role" | "type" | "emailInvites")) => Value::keyword(text),
            Err(_) => Value::text(text),
        },
        Json::Array(items) if key == Some("emails") => {
            Value::Set(items.iter().map(|item| typed(None, item)).collect())
        }
        Json::Array(items) => Value::Vec(items.iter().map(|item| typed(None, item)).collect()),
        Json::Object(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (kebab(key), typed(Some(key), value))).collect())
        }
        other => Value::from_json(other.clone()),
    }
}

fn kebab(key: &str) -> Value {
    let mut name = String::new();
    for letter in key.chars() {
        if letter.is_ascii_uppercase() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    Value::Keyword(name)
}
