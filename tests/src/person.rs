//! Somebody with a profile, and the things they make.

use std::ops::{Deref, DerefMut};

use entities::ids::ProfileId;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Answer, Client, FilePart},
    font,
};

/// A password that every person of the harness has.
pub const PASSWORD: &str = "correct horse battery";

/// A profile and its session.
#[derive(Debug, Clone)]
pub struct Person {
    client: Client,
    /// The profile as its login answered it.
    pub profile: Json,
    /// Its mail address.
    pub email: String,
}

impl Deref for Person {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.client
    }
}
impl DerefMut for Person {
    fn deref_mut(&mut self) -> &mut Client {
        &mut self.client
    }
}

impl Person {
    /// Registers, activates and logs in.
    pub async fn register(app: &TestApp, name: &str) -> Person {
        let email = format!("{name}@example.com");
        let mut client = app.anonymous();
        let prepared = client.call(
            "prepare-register-profile",
            json!({"fullname": name, "email": email, "password": PASSWORD}),
        );
        let token = prepared.await.ok()["token"].clone();
        client.call("register-profile", json!({"token": token})).await.ok();
        app.run_jobs().await;
        let token = app.mailed_token(&email).await;
        let verified = client.call("verify-token", json!({"token": token})).await;
        verified.ok();
        client.cookie = verified.cookie();
        let profile = client.call("get-profile", json!({})).await.ok();
        Person { client, profile, email }
    }

    /// Logs in, with the password that every person of the harness has.
    pub async fn enter(app: &TestApp, email: &str) -> Person {
        let mut client = app.anonymous();
        let profile = client.login(email, PASSWORD).await.ok();
        Person { client, profile, email: email.to_owned() }
    }

    /// A field of the profile as text.
    pub fn id_of(&self, field: &str) -> String {
        self.profile[field]
            .as_str()
            .unwrap_or_else(|| panic!("profile has no {field}: {}", self.profile))
            .to_owned()
    }

    /// The key of the profile.
    pub fn id(&self) -> ProfileId {
        self.id_of("id").parse().expect("a uuid")
    }

    /// A new team's answer.
    pub async fn team(&self, name: &str) -> Json {
        self.call("create-team", json!({"name": name})).await.ok()
    }

    /// A new project's answer, in a team.
    pub async fn project(&self, team: &Json, name: &str) -> Json {
        self.call("create-project", json!({"teamId": team["id"], "name": name})).await.ok()
    }

    /// A new file's answer, in the person's drafts.
    pub async fn file(&self, name: &str) -> Json {
        self.file_in(&self.profile["defaultProjectId"], name).await
    }

    /// A new file's answer, in a project.
    pub async fn file_in(&self, project: &Json, name: &str) -> Json {
        self.call("create-file", json!({"projectId": project, "name": name})).await.ok()
    }

    /// The key of a new link that opens pages of a file; `team` or `all` may comment on them, and look at how they are
    /// made anybody who is signed in.
    pub async fn share(&self, file: &Json, pages: &[Uuid], who_comment: &str) -> Uuid {
        let params = json!({"fileId": file, "pages": pages, "whoComment": who_comment, "whoInspect": "all"});
        let link = self.call("create-share-link", params).await.ok();
        link["id"].as_str().and_then(|id| id.parse().ok()).expect("a uuid")
    }

    /// Uploads a weight and style of a font into a team.
    pub async fn font(&self, team: &Json, font: Uuid) -> Json {
        let params = json!({
            "teamId": team, "fontId": font, "fontFamily": "Inky", "fontWeight": 400, "fontStyle": "normal",
            "data": {"font/ttf": font::base64(&font::ttf("Inky"))},
        });
        self.call("create-font-variant", params).await.ok()
    }

    /// Uploads a picture into a file.
    pub async fn upload_picture(&self, file: &Json, name: &str, mtype: &str, bytes: Vec<u8>) -> Answer {
        let id = file.as_str().expect("a file id");
        let fields = [("file-id", id.to_owned()), ("is-local", "true".to_owned()), ("name", name.to_owned())];
        self.upload("upload-file-media-object", &fields, FilePart { field: "content", name, mtype, bytes })
            .await
    }
}

impl TestApp {
    /// A new active profile, logged in; the name is also the local part of its mail address.
    pub async fn person(&self, name: &str) -> Person {
        Person::register(self, name).await
    }

    /// The newest token that was mailed to an address.
    ///
    /// # Panics
    /// When no mail with a token came.
    pub async fn mailed_token(&self, email: &str) -> String {
        let text = self.newest_mail(email).await;
        let (_, rest) = text.split_once("token=").unwrap_or_else(|| panic!("no token in {text}"));
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect()
    }

    /// The text of the newest mail to an address, in the development mailbox.
    ///
    /// # Panics
    /// When there is none.
    pub async fn newest_mail(&self, email: &str) -> String {
        let mails = self.app.mailer.mailbox(100).await.expect("a mailbox");
        let mail =
            mails.into_iter().find(|m| m.to.contains(email)).unwrap_or_else(|| panic!("no mail to {email}"));
        mail.text
    }
}
