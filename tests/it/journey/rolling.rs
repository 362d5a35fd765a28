//! Two people with a real browser, their sockets open, while both API processes and Redis are replaced one by one:
//! tabs come back, see each other again, and have every change. `make rolling` tells what it took.

use crate::dashboard::browser::chromium;
use serde_json::{Value as Json, json};
use std::{path::Path, time::Duration};
use tests::{
    client::Client,
    database::TestDatabase,
    nginx::{Behind, Nginx},
    node,
    process::{self, Running, data_directory, free_port},
    redis,
    web::WebServer,
};
use tokio::time::{Instant, timeout};

const PASSWORD: &str = "correct horse battery";
const EMAILS: [&str; 2] = ["ana@example.com", "bo@example.com"];
/// Long enough for any machine: a tab waits up to 8 s between two attempts while Redis is away.
const PATIENCE: Duration = Duration::from_secs(120);
/// What each saves before something else happens.
const SAVES: u64 = 8;

/// An installation of processes, with a page before it.
struct House {
    settings: Vec<(String, String)>,
    data: tempfile::TempDir,
    ports: [u16; 2],
    base: String,
}

impl House {
    async fn build() -> (House, TestDatabase, tokio::process::Child, u16) {
        let (database, data, port) = (TestDatabase::migrated().await, data_directory(), free_port());
        let redis = redis::start(&redis::COMMAND, port).await;
        let base = format!("http://127.0.0.1:{}", free_port());
        let settings = [
            ("PENPOT_DATABASE_URI", database.uri.clone()),
            ("PENPOT_REDIS_URI", format!("redis://127.0.0.1:{port}/0")),
            ("PENPOT_PUBLIC_URI", base.clone()),
            ("PENPOT_SECRET_KEY", "a secret that only tests have".to_owned()),
            ("PENPOT_FLAGS", "disable-secure-session-cookies disable-rpc-rlimit".to_owned()),
            ("ATELIER_DATA_DIR", data.path().display().to_string()),
            ("ATELIER_TRUST_PROXY", "1".to_owned()),
            // As in the compose file: longer than nginx keeps a connection that rests.
            ("ATELIER_DRAIN_DELAY", "5s".to_owned()),
            ("ATELIER_SHELL_SOCKET", "off".to_owned()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value)).to_vec();
        (House { settings, data, ports: [free_port(), free_port()], base }, database, redis, port)
    }

    fn pairs(&self) -> Vec<(&str, &str)> {
        self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    async fn api(&self, n: usize) -> Running {
        process::start(&["api", "--port", &self.ports[n].to_string()], &self.pairs()).await
    }

    async fn nginx(&self, web: &WebServer) -> Nginx {
        let behind = Behind {
            processes: self.ports.iter().map(|port| format!("http://127.0.0.1:{port}")).collect(),
            assets: self.data.path().join("assets"),
            web: Some(format!("http://{}", web.host())),
            exporter: None,
        };
        let port = self.base.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        Nginx::on(port, &behind).await.expect("nginx starts")
    }

    /// Ana and Bo, a team of both, and a file in it: the keys of file, team and page.
    async fn people(&self) -> [String; 3] {
        let word = self.data.path().join("word");
        std::fs::write(&word, PASSWORD).expect("is written");
        let mut clients = vec![];
        for email in EMAILS {
            let create = ["profile", "create", "--email", email, "--fullname", "P"];
            let made = process::run_with_input(&create, &self.pairs(), &word).await;
            assert!(made.status.success(), "{made:?}");
            let mut client = Client::new(&self.base);
            client.login(email, PASSWORD).await.ok();
            clients.push(client);
        }
        let [ana, bo] = clients.as_slice() else { panic!("two") };
        let team = ana.call("create-team", json!({"name": "Ink"})).await.ok()["id"].clone();
        let invitation = json!({"teamId": team, "emails": [EMAILS[1]], "role": "editor"});
        ana.call("create-team-invitations", invitation).await.ok();
        let copied = json!({"teamId": team, "email": EMAILS[1]});
        let token = ana.call("get-team-invitation-token", copied).await.ok()["token"].clone();
        bo.call("verify-token", json!({"token": token})).await.ok();
        let project = ana.call("create-project", json!({"teamId": team, "name": "Posters"})).await.ok();
        let file = ana.call("create-file", json!({"projectId": project["id"], "name": "Sketch"})).await.ok();
        [&file["id"], &team, &file["data"]["pages"][0]].map(|id| id.as_str().expect("an id").to_owned())
    }
}

/// The tabs, as they were told last; nothing before they began.
fn tabs(folder: &Path) -> Option<Vec<Json>> {
    serde_json::from_str(&std::fs::read_to_string(folder.join("state.json")).ok()?).ok()
}

fn saved(tab: &Json) -> u64 {
    tab["saved"].as_u64().unwrap_or_default()
}

/// Waits until the tabs are so, unless the browser ended.
async fn until(
    folder: &Path,
    browser: &tokio::task::JoinHandle<String>,
    what: &str,
    is: impl Fn(&[Json]) -> bool,
) {
    let reached = async {
        while !tabs(folder).is_some_and(|tabs| is(&tabs)) {
            let wrong = tabs(folder).into_iter().flatten().find(|tab| tab["wrong"] != json!([]));
            assert!(wrong.is_none(), "{what}: {wrong:?}");
            assert!(!browser.is_finished(), "the browser ended: {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let in_time = timeout(PATIENCE, reached).await;
    assert!(in_time.is_ok(), "{what}: {:?}", tabs(folder));
}

/// Both are there and see each other, and both go on saving.
async fn together(folder: &Path, browser: &tokio::task::JoinHandle<String>, what: &str) {
    let before: Vec<u64> = tabs(folder).unwrap_or_default().iter().map(saved).collect();
    until(folder, browser, what, |tabs| {
        let sees =
            |tab: &Json, other: &Json| tab["isOpen"] == true && tab["faces"] == json!([other["session"]]);
        let both = sees(&tabs[0], &tabs[1]) && sees(&tabs[1], &tabs[0]);
        let go_on = tabs.iter().enumerate().all(|(n, tab)| saved(tab) >= before.get(n).unwrap_or(&0) + SAVES);
        both && go_on
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tabs_of_a_browser_survive_that_everything_is_replaced() {
    let (house, _database, mut redis_process, redis_port) = House::build().await;
    let mut apis = vec![house.api(0).await, house.api(1).await];
    let web = WebServer::start().await;
    let page = web.serve("text/html", b"<!doctype html><title>A file</title><link rel=icon href=data:,>");
    let _nginx = house.nginx(&web).await;
    let [file, team, first] = house.people().await;
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().to_owned();
    let path = page.rsplit('/').next().expect("a path");
    let arguments = [
        format!("{}/{path}", house.base),
        place.display().to_string(),
        chromium(),
        PASSWORD.to_owned(),
        file.clone(),
        team,
        first,
    ];
    let arguments: Vec<String> = arguments.into_iter().chain(EMAILS.map(str::to_owned)).collect();
    let browser = tokio::spawn(async move {
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        node::run("rolling/tabs.mjs", &words).await
    });
    together(&place, &browser, "both begin").await;
    let began = Instant::now();

    for n in [0, 1] {
        assert!(apis.remove(0).terminate().await.success(), "process {n} leaves well");
        together(&place, &browser, "one process is left").await;
        apis.push(house.api(n).await);
        together(&place, &browser, "two again").await;
    }
    redis_process.kill().await.expect("ends");
    until(&place, &browser, "sockets end with Redis", |tabs| tabs.iter().all(|tab| tab["isOpen"] == false))
        .await;
    redis_process = redis::start(&redis::COMMAND, redis_port).await;
    together(&place, &browser, "Redis is back").await;

    let took = began.elapsed();
    std::fs::write(place.join("stop"), "").expect("is written");
    let told: Json = serde_json::from_str(&browser.await.expect("ends well")).expect("JSON");
    println!("{:.1} s; {told}", took.as_secs_f32());
    assert_eq!(told["lost"], json!([]), "what was saved is there");
    assert_eq!(
        told["equal"], true,
        "both read the same, and know it without having read all of it again: {told}"
    );
    for tab in told["tabs"].as_array().expect("tabs") {
        assert_eq!(tab["wrong"], json!([]));
        assert!(tab["opens"].as_u64().is_some_and(|opens| opens >= 3), "it came back each time: {tab}");
        assert!(tab["heard"].as_u64().is_some_and(|heard| heard > 3 * SAVES), "and heard the other: {tab}");
    }
    for api in apis {
        assert!(api.terminate().await.success());
    }
    drop(redis_process);
}
