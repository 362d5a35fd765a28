//! What `ops/deploy` says, executed as plain processes: the commands and settings of the compose file with addresses of
//! this machine, rolled one by one under load. And the commands and probes of the manifests are the same ones.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::{Value as Json, json};
use sqlx::PgPool;
use tests::{
    client::{Answer, Client, FilePart},
    nginx::{self, SITE},
    picture,
    postgres::Postgres,
    process::{self, Running, data_directory, free_port},
    python, redis,
};
use tokio::{process::Child, task::JoinSet, time::timeout};

const PASSWORD: &str = "correct horse battery";
/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(120);
const PEOPLE: usize = 3;
const DOCKERFILE: &str = include_str!("../../../ops/deploy/Dockerfile");

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ops/deploy")
}

async fn files() -> Json {
    let told = python::script("deploy.py", &[&folder().display().to_string()]).await;
    serde_json::from_str(&told).expect("JSON")
}

fn words(value: &Json) -> Vec<String> {
    let words = value.as_array().expect("a list of words").iter();
    words.map(|word| word.as_str().expect("a word").to_owned()).collect()
}

/// The settings of a service, as compose makes them of the file and `.env`.
fn settings(service: &Json) -> BTreeMap<String, String> {
    let given = |name: &str| match name {
        "POSTGRES_PASSWORD" => Some("a-password"),
        "SECRET_KEY" => Some("a secret that only tests have, and long"),
        "PUBLIC_URI" => Some("http://localhost:8080"),
        _ => None,
    };
    let fill = |text: &str| {
        let mut full = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (inner, behind) = after.split_once('}').expect("ends");
            let name = inner.split(':').next().expect("a name");
            let default = inner.split_once(":-").map(|(_, default)| default);
            full += before;
            full += given(name).or(default).unwrap_or_else(|| panic!("{name} has no value"));
            rest = behind;
        }
        full + rest
    };
    let all = service["environment"].as_object().expect("settings").iter();
    all.map(|(name, value)| (name.clone(), fill(value.as_str().expect("text")))).collect()
}

/// The installation of the compose file on this machine.
struct Stack {
    compose: Json,
    postgres: Postgres,
    redis: (Child, u16),
    data: tempfile::TempDir,
    ports: [u16; 2],
    nginx: Option<(Child, tempfile::TempDir)>,
    front: u16,
}

impl Stack {
    async fn new() -> Stack {
        let compose = files().await["compose"]["services"].clone();
        let port = free_port();
        let redis = (redis(&compose, port).await, port);
        let ports = [free_port(), free_port()];
        let (postgres, data, front) = (Postgres::start(), data_directory(), free_port());
        Stack { compose, postgres, redis, data, ports, nginx: None, front }
    }

    fn settings(&self, service: &str, port: Option<u16>) -> Vec<(String, String)> {
        let mut all = settings(&self.compose[service]);
        let mut say = |name: &str, value: String| all.insert(name.to_owned(), value);
        let of = |name: &str| format!("{name} is in the file");
        assert!(say("PENPOT_DATABASE_URI", self.postgres.uri.clone()).is_some(), "{}", of("the database"));
        let redis = format!("redis://127.0.0.1:{}/0", self.redis.1);
        assert!(say("PENPOT_REDIS_URI", redis).is_some(), "{}", of("Redis"));
        say("ATELIER_DATA_DIR", self.data.path().display().to_string());
        // The test speaks plain HTTP to an address that is none of the public one.
        say("PENPOT_FLAGS", "disable-secure-session-cookies".to_owned());
        if let Some(port) = port {
            say("PENPOT_HTTP_SERVER_PORT", port.to_string());
        }
        say("ATELIER_WORKER_PORT", "0".to_owned());
        // Each container has that place for itself.
        assert!(say("ATELIER_SHELL_SOCKET", "off".to_owned()).is_some(), "{}", of("the shell's socket"));
        all.into_iter().collect()
    }

    async fn start(&self, service: &str, port: Option<u16>) -> Running {
        let command = words(&self.compose[service]["command"]);
        let settings = self.settings(service, port);
        process::start(&refs(&command), &pairs(&settings)).await
    }

    async fn finish(&self, command: &[String]) -> process::Finished {
        process::run(&refs(command), &pairs(&self.settings("migrate", None))).await
    }

    /// The health check of a service, asked at a process's own address.
    async fn is_healthy(&self, service: &str, address: &str) -> bool {
        let test = words(&self.compose[service]["healthcheck"]["test"]);
        assert_eq!(test[..2], ["CMD", "atelier"]);
        let mut command = test[2..].to_vec();
        *command.last_mut().expect("an address") = address.replace("http://", "");
        process::run(&refs(&command), &[]).await.status.success()
    }

    async fn open_nginx(&mut self) {
        let place = data_directory();
        let mut values = settings(&self.compose["nginx"]);
        let listen = values.get_mut("ATELIER_LISTEN").expect("listens");
        *listen = listen.replace("8080", &format!("127.0.0.1:{}", self.front));
        let upstream = values.get_mut("ATELIER_UPSTREAM").expect("passes on");
        for (name, port) in ["api-1:6060", "api-2:6060"].iter().zip(self.ports) {
            assert!(upstream.contains(name), "{upstream}");
            *upstream = upstream.replace(name, &format!("127.0.0.1:{port}"));
        }
        let site = values
            .iter()
            .fold(SITE.to_owned(), |text, (name, value)| text.replace(&format!("${{{name}}}"), value));
        assert!(!site.contains("${"), "a value is missing: {site}");
        let main = nginx::main(place.path()).replace("master_process off;", "user root;");
        std::fs::write(place.path().join("site.conf"), site).expect("is written");
        std::fs::write(place.path().join("nginx.conf"), main).expect("is written");
        let process = nginx::start(place.path()).await.expect("nginx starts");
        self.nginx = Some((process, place));
    }

    async fn reload_nginx(&self) {
        let (_, place) = self.nginx.as_ref().expect("runs");
        let told = nginx::command(place.path()).args(["-s", "reload"]).status().await.expect("runs");
        assert!(told.success());
    }

    async fn restart_redis(&mut self) {
        self.redis.0.kill().await.expect("ends");
        self.redis.0 = redis(&self.compose, self.redis.1).await;
    }
}

fn refs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn pairs(settings: &[(String, String)]) -> Vec<(&str, &str)> {
    settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

async fn redis(compose: &Json, port: u16) -> Child {
    redis::start(&refs(&words(&compose["redis"]["command"])), port).await
}

/// What people did and what became of it.
#[derive(Default)]
struct Tally {
    stop: AtomicBool,
    calls: AtomicU64,
    deleted: AtomicU64,
    failed: std::sync::Mutex<Vec<String>>,
    away: AtomicU64,
}

impl Tally {
    /// Counts an answer; its JSON when the call went well.
    fn take(&self, what: &str, answer: &Answer) -> Option<Json> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if answer.status.is_success() {
            return Some(answer.json());
        }
        if answer.status.as_u16() == 503 && !answer.header("retry-after").is_empty() {
            self.away.fetch_add(1, Ordering::Relaxed);
        } else {
            self.failed.lock().expect("whole").push(format!("{what}: {} {}", answer.status, answer.text()));
        }
        None
    }

    fn failed(&self) -> Vec<String> {
        self.failed.lock().expect("whole").clone()
    }
}

/// Reads, writes, uploads and deletes, until told to stop.
async fn person(client: Client, tally: Arc<Tally>, project: String) {
    let png = picture::png(24, 24, 3);
    while !tally.stop.load(Ordering::Relaxed) {
        let answer = client.call("get-profile", json!({})).await;
        tally.take("get-profile", &answer);
        let answer = client.call("create-file", json!({"projectId": project, "name": "Sketch"})).await;
        let Some(file) = tally.take("create-file", &answer) else { continue };
        let id = file["id"].as_str().expect("an id").to_owned();
        let fields = [("file-id", id.clone()), ("name", "a".to_owned()), ("is-local", "true".to_owned())];
        let part = FilePart { field: "content", name: "a.png", mtype: "image/png", bytes: png.clone() };
        let answer = client.upload("upload-file-media-object", &fields, part).await;
        tally.take("upload-file-media-object", &answer);
        let answer = client.call("delete-file", json!({"id": id})).await;
        if tally.take("delete-file", &answer).is_some() {
            tally.deleted.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// People at work through nginx.
async fn people(stack: &Stack) -> (Arc<Tally>, JoinSet<()>) {
    let (tally, mut at_work) = (Arc::new(Tally::default()), JoinSet::new());
    let word = stack.data.path().join("word");
    std::fs::write(&word, PASSWORD).expect("is written");
    for n in 0..PEOPLE {
        let email = format!("p{n}@example.com");
        let create = ["profile", "create", "--email", &email, "--fullname", "P"];
        let settings = stack.settings("migrate", None);
        let made = process::run_with_input(&create, &pairs(&settings), &word).await;
        assert!(made.status.success(), "{made:?}");
        let mut client = Client::unpooled(&format!("http://127.0.0.1:{}", stack.front));
        let profile = client.login(&email, PASSWORD).await.ok();
        let project = profile["defaultProjectId"].as_str().expect("a project").to_owned();
        at_work.spawn(person(client, Arc::clone(&tally), project));
    }
    (tally, at_work)
}

/// Waits until so many more calls were answered.
async fn go_on(tally: &Tally, calls: u64) {
    let until = tally.calls.load(Ordering::Relaxed) + calls;
    let reached = async {
        while tally.calls.load(Ordering::Relaxed) < until {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, reached).await.unwrap_or_else(|_| panic!("nothing goes on: {:?}", tally.failed()));
}

async fn count(pool: &PgPool, sql: &'static str) -> u64 {
    let count: i64 = sqlx::query_scalar(sql).fetch_one(pool).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    u64::try_from(count).expect("a count")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_is_replaced_one_by_one_and_nothing_is_lost() {
    let mut stack = Stack::new().await;
    let migrated = stack.finish(&words(&stack.compose["migrate"]["command"])).await;
    assert!(migrated.status.success(), "{migrated:?}");
    let mut apis = vec![];
    for (service, port) in ["api-1", "api-2"].into_iter().zip(stack.ports) {
        apis.push(stack.start(service, Some(port)).await);
    }
    let workers_wanted = stack.compose["worker"]["deploy"]["replicas"].as_u64().expect("a number");
    let mut workers = vec![];
    for _ in 0..workers_wanted {
        workers.push(stack.start("worker", None).await);
    }
    assert!(stack.is_healthy("api-1", apis[0].address()).await);
    assert!(stack.is_healthy("worker", workers[0].health_address()).await);
    assert!(!stack.is_healthy("worker", "127.0.0.1:1").await, "nobody is there");
    stack.open_nginx().await;
    let (tally, mut at_work) = people(&stack).await;
    go_on(&tally, 20).await;

    for (service, port) in ["api-1", "api-2"].into_iter().zip(stack.ports) {
        assert!(apis.remove(0).terminate().await.success(), "{service} leaves well");
        go_on(&tally, 10).await;
        apis.push(stack.start(service, Some(port)).await);
        go_on(&tally, 10).await;
    }
    for _ in 0..workers_wanted {
        assert!(workers.remove(0).terminate().await.success(), "a worker leaves well");
        workers.push(stack.start("worker", None).await);
        go_on(&tally, 10).await;
    }
    stack.reload_nginx().await;
    go_on(&tally, 20).await;
    stack.restart_redis().await;
    go_on(&tally, 20).await;
    assert_eq!(tally.failed(), Vec::<String>::new());
    assert_eq!(tally.away.load(Ordering::Relaxed), 0, "nothing was away so far");

    // Whose commit was under way is told that nobody knows: 503 with Retry-After. Everybody else waited.
    stack.postgres.restart();
    go_on(&tally, 20).await;
    tally.stop.store(true, Ordering::Relaxed);
    while let Some(ended) = at_work.join_next().await {
        ended.expect("works");
    }
    assert_eq!(tally.failed(), Vec::<String>::new());
    assert!(tally.away.load(Ordering::Relaxed) <= PEOPLE as u64, "each has one call under way");

    let pool = PgPool::connect(&stack.postgres.uri).await.expect("connects");
    let idle = async {
        // Those too that wait for another attempt. What is scheduled for days is not about this.
        let soon = "select count(*) from queue.job where run_at < now() + interval '1 hour'";
        while count(&pool, soon).await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, idle).await.expect("every job ends");
    assert_eq!(count(&pool, "select count(*) from queue.job_dead").await, 0, "no dead job");
    let gone = count(&pool, "select count(*) from file where deleted_at is not null").await;
    let deleted = tally.deleted.load(Ordering::Relaxed);
    let doubtful = tally.away.load(Ordering::Relaxed);
    assert!((deleted..=deleted + doubtful).contains(&gone), "{deleted} were deleted, {gone} are gone");
    // What the job of each deletion does: it marks the pictures of the file.
    let left = "select count(*) from file_media_object m join file f on f.id = m.file_id
                where f.deleted_at is not null and m.deleted_at is null";
    assert_eq!(count(&pool, left).await, 0, "each deletion was carried to its pictures");
    println!("{} calls, {deleted} deletions, {doubtful} in doubt", tally.calls.load(Ordering::Relaxed));
    for process in apis.into_iter().chain(workers) {
        assert!(process.terminate().await.success());
    }
}

#[tokio::test]
async fn image_and_manifests_name_commands_and_paths_that_exist() {
    assert!(DOCKERFILE.contains("ENTRYPOINT [\"atelier\"]") && DOCKERFILE.contains("CMD [\"api\"]"));
    let check = DOCKERFILE.lines().find_map(|line| line.trim().strip_prefix("CMD [\"atelier\", "));
    let check = check.and_then(|words| serde_json::from_str(&format!("[{words}")).ok()).expect("a check");
    let files = files().await;
    assert_eq!(words(&check), words(&files["compose"]["services"]["api-1"]["healthcheck"]["test"])[2..]);
    let mut seen = vec![];
    for manifest in files["manifests"].as_array().expect("manifests") {
        for container in manifest["spec"]["template"]["spec"]["containers"].as_array().into_iter().flatten() {
            let args = words(&container["args"]);
            seen.push(args[0].clone());
            let help = [args.clone(), vec!["--help".to_owned()]].concat();
            let told = process::run(&refs(&help), &[]).await;
            assert!(told.status.success(), "{args:?}: {told:?}");
            for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
                let path = container[probe]["httpGet"]["path"].as_str();
                let fits = path.is_none() || ["/livez", "/readyz"].contains(&path.expect("a path"));
                assert!(fits, "{probe} of {args:?}");
            }
        }
    }
    seen.sort();
    assert_eq!(seen, ["api", "migrate", "worker"]);
    assert!(Path::new(&folder().join(".env.example")).exists());
}
