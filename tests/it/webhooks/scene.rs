//! A team with a file, and a server that wants to hear of it.

use jobs::{
    Job as _,
    admin::{self, Action, Target},
    all::run_webhook::RunWebhook,
    read::{Filter, Shown, State, list},
};
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    collector::{Collector, Posted},
    person::Person,
};

pub const JSON: &str = "application/json";
pub const TRANSIT: &str = "application/transit+json";

pub struct Scene {
    pub app: TestApp,
    pub target: Collector,
    /// Owns the team.
    pub ana: Person,
    pub team: Json,
    pub project: Json,
    pub file: Json,
}

/// With webhooks, which may listen at `target`.
pub fn settings(target: &Collector) -> Settings {
    let flags = "enable-access-tokens disable-secure-session-cookies enable-webhooks";
    Settings::default().set("PENPOT_FLAGS", flags).set("PENPOT_SSRF_ALLOWED_HOSTS", target.host())
}

impl Scene {
    /// Nobody listens yet.
    pub async fn new() -> Scene {
        let target = Collector::answering(200).await;
        let app = TestApp::with(settings(&target)).await;
        let ana = app.person("ana").await;
        let team = ana.team("Ink").await;
        let project = ana.project(&team, "Posters").await;
        let file = ana.file_in(&project["id"], "Sketch").await;
        Scene { app, target, ana, team, project, file }
    }

    /// A webhook of the team.
    pub async fn hook(&self, mtype: &str) -> Json {
        let params = json!({"teamId": self.team["id"], "uri": self.target.uri(), "mtype": mtype});
        self.ana.call("create-webhook", params).await.ok()
    }

    pub async fn rename(&self, name: &str) {
        self.ana.call("rename-file", json!({"id": self.file["id"], "name": name})).await.ok();
    }

    /// What was told so far; asking whether somebody is there is not telling.
    pub fn told(&self) -> Vec<Posted> {
        self.target.posted().into_iter().filter(|posted| posted.head.starts_with("post ")).collect()
    }

    /// The names of what was told in JSON.
    pub fn names(&self) -> Vec<String> {
        self.told().iter().map(|posted| text(&body(posted)["name"])).collect()
    }

    /// The team's only webhook.
    pub async fn seen(&self) -> Json {
        let all = self.ana.call("get-webhooks", json!({"teamId": self.team["id"]})).await.ok();
        all[0].clone()
    }

    pub async fn deliveries(&self, states: Vec<State>) -> Vec<Shown> {
        list(&self.app.app.pool, &of_deliveries(states)).await.expect("reads").jobs
    }

    /// Time passes until the next attempts are due, and they are made.
    pub async fn try_again(&self) {
        let waiting = Target::Matching(of_deliveries(vec![State::Scheduled]));
        admin::apply(&self.app.app.pool, Action::RunNow, &waiting, "tests").await.expect("go");
        self.app.run_jobs().await;
    }
}

pub fn of_deliveries(states: Vec<State>) -> Filter {
    Filter { kind: Some(RunWebhook::NAME.to_owned()), states, ..Filter::default() }
}

pub fn body(posted: &Posted) -> Json {
    serde_json::from_slice(&posted.body).expect("JSON")
}

pub fn text(json: &Json) -> String {
    json.as_str().expect("text").to_owned()
}
