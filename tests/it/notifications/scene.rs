//! Two people of a team, a file that both may open, and two processes that hear each other through Redis.

use domain::role::Role;
use platform::{app::App, config::Config};
use serde_json::Value as Json;
use tests::{
    app::{Settings, TestApp},
    client::Client,
    database::server,
    drawing::Drawing,
    person::Person,
    socket::Socket,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use transit::value::Value;
use uuid::Uuid;

/// Two people, a file, two processes.
pub struct Scene {
    pub app: TestApp,
    /// Where the other process answers.
    pub other: String,
    pub ana: Person,
    pub bo: Person,
    pub team: Json,
    pub project: Json,
    pub drawing: Drawing,
}

/// A process that is stopped by itself.
pub struct Process {
    stop: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
}

impl Process {
    /// As a signal does.
    pub fn cancel(&self) {
        self.stop.cancel();
    }

    /// Returns when it has stopped.
    pub async fn ended(self) {
        self.server.await.expect("no panic").expect("ends well");
    }
}

/// Processes that hear each other through this Redis, and nobody else.
pub fn through(redis: &str) -> Settings {
    let tenant = format!("t{}", Uuid::from_u128(rand::random()).simple());
    Settings::default().set("PENPOT_REDIS_URI", redis).set("PENPOT_TENANT", tenant)
}

/// The Redis of the tests.
pub fn redis() -> String {
    server("ATELIER_TEST_REDIS_URI")
}

impl Scene {
    /// With two processes.
    pub async fn new() -> Scene {
        Self::with(through(&redis())).await
    }

    /// One process that has no Redis.
    pub async fn alone() -> Scene {
        Self::with(Settings::default()).await
    }

    /// With settings of its own.
    pub async fn with(settings: Settings) -> Scene {
        let app = TestApp::with(settings).await;
        let other = match app.app.bus.is_shared() {
            true => app.another_process().await,
            false => app.base.clone(),
        };
        let (ana, bo) = (app.person("ana").await, app.person("bo").await);
        let team = ana.team("Ink").await;
        app.join(&team, &bo, Role::Editor).await;
        let project = ana.project(&team, "Posters").await;
        let drawing = Drawing::of(&ana.file_in(&project["id"], "Sketch").await);
        Scene { app, other, ana, bo, team, project, drawing }
    }

    /// A process that is stopped by itself, perhaps with another way to Redis: where it answers, and what stops it.
    pub async fn process(&self, redis: Option<&str>) -> (String, Process) {
        let mut config = Config::clone(&self.app.app.config);
        if let Some(redis) = redis {
            config.redis.uri = Some(redis.into());
        }
        let app = App::connect(config, &self.app.database.uri).await.expect("starts");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("bound"));
        let stop = CancellationToken::new();
        let server = tokio::spawn(api::serve(api::State::new(app), None, listener, stop.clone()));
        (base, Process { stop, server })
    }

    pub fn file(&self) -> Uuid {
        self.drawing.file
    }

    pub fn team(&self) -> Uuid {
        id(&self.team["id"])
    }

    /// Somebody, who speaks to the other process.
    pub fn there(&self, person: &Person) -> Client {
        person.at(&self.other)
    }

    /// Ana here and Bo there, both in the file, who know of each other.
    pub async fn both(&self) -> (Socket, Socket) {
        let mut ana = Socket::in_file(&self.ana, self.file()).await;
        let mut bo = Socket::open(&self.there(&self.bo)).await;
        let mut heard = bo.subscribe(self.file()).await;
        ana.hears("join-file").await;
        if heard.is_empty() {
            heard.push(bo.hear().await);
        }
        assert_eq!(kinds(&heard), ["presence"]);
        (ana, bo)
    }
}

/// A key that JSON has as text.
pub fn id(value: &Json) -> Uuid {
    value.as_str().expect("an id").parse().expect("a uuid")
}

/// The types of messages.
pub fn kinds(heard: &[Value]) -> Vec<&str> {
    heard.iter().map(|one| one.get("type").and_then(Value::as_keyword).expect("a type")).collect()
}

/// A field that has to be there.
pub fn field<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or_else(|| panic!("no {name} in {value:?}"))
}
