//! The Kubernetes manifests, executed as plain processes: their commands, settings, ports and probes, in their order.
//! Only addresses are others: each pod is an address of the loopback network, and what stands outside is a test's own.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration, Instant},
};

use serde_json::{Value as Json, json};
use tests::{
    client::{Client, FilePart},
    database::server,
    picture,
    postgres::Postgres,
    process::{self, Running, data_directory},
    python,
    s3::S3Server,
    smtp::{self, SmtpServer},
};
use tokio::time::timeout;

const EMAIL: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const PASSWORD: &str = "correct horse battery";
/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(120);
const DOCKERFILE: &str = include_str!("../../../ops/deploy/Dockerfile");

type Settings = BTreeMap<String, String>;

/// The manifests, and what stands in place of the world that they name.
struct Cluster {
    manifests: Vec<Json>,
    outside: Settings,
    data: tempfile::TempDir,
}

/// A started pod.
struct Pod {
    process: Running,
    container: Json,
    address: String,
}

fn texts(value: &Json) -> Settings {
    let all = value.as_object().into_iter().flatten();
    all.map(|(name, value)| (name.clone(), value.as_str().expect("text").to_owned())).collect()
}

fn pairs(settings: &Settings) -> Vec<(&str, &str)> {
    settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// An address of this test process alone, so that pods can have the ports of their manifests.
fn address(pod: u8) -> String {
    let [.., high, low] = std::process::id().to_be_bytes();
    format!("127.{}.{low}.{pod}", high.max(1))
}

/// What the image sets: pods have it before everything else.
fn of_image() -> Settings {
    let (_, rest) = DOCKERFILE.split_once("\nENV ").expect("settings");
    let (all, _) = rest.split_once("\nUSER").expect("an end");
    let words = all.split_whitespace().filter_map(|word| word.split_once('='));
    words.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

impl Cluster {
    async fn new(postgres: &Postgres, bucket: &S3Server, mails: &SmtpServer) -> Cluster {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ops/deploy");
        let told = python::script("deploy.py", &[&folder.display().to_string()]).await;
        let files: Json = serde_json::from_str(&told).expect("JSON");
        let manifests = files["manifests"].as_array().expect("manifests").clone();
        let data = data_directory();
        let mut outside: Settings = bucket
            .variables(&bucket.endpoint)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        for (name, value) in [
            ("PENPOT_SECRET_KEY", "a secret that only tests have, and long".to_owned()),
            ("PENPOT_DATABASE_URI", postgres.uri.clone()),
            ("PENPOT_REDIS_URI", server("ATELIER_TEST_REDIS_URI")),
            ("PENPOT_SMTP_HOST", "localhost".to_owned()),
            ("PENPOT_SMTP_PORT", mails.port.to_string()),
            ("PENPOT_SMTP_USERNAME", smtp::USER.to_owned()),
            ("PENPOT_SMTP_PASSWORD", smtp::PASSWORD.to_owned()),
            ("ATELIER_SMTP_CA_FILE", mails.ca_file.display().to_string()),
            ("ATELIER_DATA_DIR", data.path().display().to_string()),
        ] {
            outside.insert(name.to_owned(), value);
        }
        Cluster { manifests, outside, data }
    }

    fn named(&self, kind: &str, name: &str) -> &Json {
        let fits = |one: &&Json| one["kind"] == kind && one["metadata"]["name"] == name;
        self.manifests.iter().find(fits).unwrap_or_else(|| panic!("there is no {kind} {name}"))
    }

    fn container(&self, kind: &str, name: &str) -> Json {
        let all = self.named(kind, name)["spec"]["template"]["spec"]["containers"].clone();
        assert_eq!(all.as_array().map(Vec::len), Some(1), "{kind} {name} has one container");
        all[0].clone()
    }

    /// The settings of a container, as a node makes them.
    fn settings(&self, container: &Json) -> Settings {
        let mut all = of_image();
        for from in container["envFrom"].as_array().expect("settings") {
            let (kind, named, values) = match from["configMapRef"]["name"].as_str() {
                Some(name) => ("ConfigMap", name, "data"),
                None => ("Secret", from["secretRef"]["name"].as_str().expect("a name"), "stringData"),
            };
            all.extend(texts(&self.named(kind, named)[values]));
        }
        for (name, value) in &self.outside {
            // S3 itself needs no address, and mail has a port and a certificate of its own.
            let is_told = ["PENPOT_OBJECTS_STORAGE_S3_ENDPOINT", "PENPOT_SMTP_PORT", "ATELIER_SMTP_CA_FILE"]
                .contains(&&**name);
            assert!(
                all.insert(name.clone(), value.clone()).is_some() != is_told,
                "{name} is in the manifests"
            );
        }
        all
    }

    /// Runs a container to its end.
    async fn run(&self, container: &Json) -> process::Finished {
        let words = words(container);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        process::run(&words, &pairs(&self.settings(container))).await
    }

    /// Starts a container at an address of its own, on the ports that its manifest gives.
    async fn start(&self, container: &Json, address: &str) -> Pod {
        self.start_with(container, address, &[]).await
    }

    /// The same with some settings in place of those of the manifest.
    async fn start_with(&self, container: &Json, address: &str, changes: &[(&str, &str)]) -> Pod {
        let mut settings = self.settings(container);
        for (name, value) in changes {
            let given = settings.insert((*name).to_owned(), (*value).to_owned());
            assert!(given.is_some(), "{name} is in the manifests");
        }
        for host in ["PENPOT_HTTP_SERVER_HOST", "ATELIER_WORKER_HOST"] {
            let everywhere = settings.insert(host.to_owned(), address.to_owned());
            assert_eq!(everywhere.as_deref(), Some("0.0.0.0"), "a pod is reached from outside: {host}");
        }
        let words = words(container).into_iter().map(|word| word.replace("0.0.0.0", address));
        let words: Vec<String> = words.collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let process = process::start(&words, &pairs(&settings)).await;
        Pod { process, container: container.clone(), address: address.to_owned() }
    }
}

fn words(container: &Json) -> Vec<String> {
    let all = container["args"].as_array().expect("words").iter();
    all.map(|word| word.as_str().expect("a word").to_owned()).collect()
}

impl Pod {
    /// Asks as the node would; 0 when nobody listens.
    async fn probe(&self, probe: &str) -> u16 {
        let asked = &self.container[probe]["httpGet"];
        let ports = self.container["ports"].as_array().expect("ports");
        let port = ports.iter().find(|port| port["name"] == asked["port"]).expect("a port of that name");
        let path = asked["path"].as_str().expect("a path");
        let base = format!("http://{}:{}", self.address, port["containerPort"]);
        let answer = Client::unpooled(&base).request(reqwest::Method::GET, path).send().await;
        answer.map_or(0, |answer| answer.status().as_u16())
    }

    async fn is_well(&self) {
        for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
            assert_eq!(self.probe(probe).await, 200, "{probe} of {:?}", words(&self.container));
        }
    }
}

#[tokio::test]
async fn the_manifests_make_an_installation() {
    let (postgres, bucket, mails) = (Postgres::start(), S3Server::start().await, SmtpServer::guarded().await);
    let cluster = Cluster::new(&postgres, &bucket, &mails).await;
    let migrate = cluster.container("Job", "atelier-migrate");
    let (api, worker) = (
        cluster.container("Deployment", "atelier-api"),
        cluster.container("Deployment", "atelier-worker-default"),
    );
    let early = cluster.run(&api).await;
    assert!(!early.status.success() && early.err.contains("atelier migrate"), "{early:?}");
    let migrated = cluster.run(&migrate).await;
    assert!(migrated.status.success(), "{migrated:?}");

    let wanted = cluster.named("HorizontalPodAutoscaler", "atelier-api")["spec"]["minReplicas"].as_u64();
    assert_eq!(wanted, Some(2));
    let first = cluster.start(&api, &address(2)).await;
    let second = cluster.start(&api, &address(3)).await;
    let worker = cluster.start(&worker, &address(4)).await;
    for pod in [&first, &second, &worker] {
        pod.is_well().await;
    }

    let word = cluster.data.path().join("word");
    std::fs::write(&word, PASSWORD).expect("is written");
    let create = ["profile", "create", "--email", EMAIL, "--fullname", "Ana"];
    let made = process::run_with_input(&create, &pairs(&cluster.settings(&api)), &word).await;
    assert!(made.status.success(), "{made:?}");
    let port = &api["ports"][0]["containerPort"];
    let mut ana = Client::unpooled(&format!("http://{}:{port}", first.address));
    let project = ana.login(EMAIL, PASSWORD).await.ok()["defaultProjectId"].clone();
    let file = ana.call("create-file", json!({"projectId": project, "name": "Sketch"})).await.ok();
    let fields = [
        ("file-id", file["id"].as_str().expect("an id").to_owned()),
        ("name", "a".to_owned()),
        ("is-local", "true".to_owned()),
    ];
    let png = picture::png(24, 24, 3);
    let part = FilePart { field: "content", name: "a.png", mtype: "image/png", bytes: png.clone() };
    let media = ana.upload("upload-file-media-object", &fields, part).await.ok();
    assert!(bucket.count() > 0, "blobs are in S3");
    let bo = json!({"fullname": "Bo", "email": BO, "password": PASSWORD});
    let token = ana.call("prepare-register-profile", bo).await.ok()["token"].clone();
    ana.call("register-profile", json!({"token": token})).await.ok();
    let mailed = async {
        while mails.mails_to(BO).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, mailed).await.expect("the worker sends the mail");

    let grace = &cluster.named("Deployment", "atelier-api")["spec"]["template"]["spec"];
    let grace = Duration::from_secs(grace["terminationGracePeriodSeconds"].as_u64().expect("seconds"));
    let delay = cluster.settings(&api)["ATELIER_DRAIN_DELAY"].trim_end_matches('s').parse().expect("seconds");
    leaves_well(first, Duration::from_secs(delay), grace).await;
    // One that takes longer to leave than anybody looks at it.
    let long = cluster.start_with(&api, &address(5), &[("ATELIER_DRAIN_DELAY", "600s")]).await;
    let mut caller = Client::unpooled(&format!("http://{}:{port}", long.address));
    caller.cookie.clone_from(&ana.cookie);
    answers_while_it_leaves(long, &caller).await;
    let mut other = Client::unpooled(&format!("http://{}:{port}", second.address));
    other.cookie.clone_from(&ana.cookie);
    let shown = other.get(&format!("/assets/by-id/{}", media["mediaId"].as_str().expect("an id"))).await;
    assert!(shown.status == 200 && shown.bytes == png, "what one pod stored another shows: {}", shown.status);
    assert!(worker.process.terminate().await.success());
    second.process.kill().await;
}

/// A pod that is told to leave goes on for as long as somebody may still send it calls, closes then, and is gone before
/// its node would kill it.
async fn leaves_well(pod: Pod, delay: Duration, grace: Duration) {
    let began = Instant::now();
    pod.process.ask_to_stop();
    let closed = async {
        while pod.probe("readinessProbe").await != 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, closed).await.expect("closes");
    assert!(began.elapsed() >= delay, "not before: after {:?}", began.elapsed());
    assert_eq!(pod.probe("livenessProbe").await, 0, "nobody listens");
    assert!(pod.process.wait().await.success());
    assert!(began.elapsed() < grace, "{:?}", began.elapsed());
}

/// Until then it says that it is not ready, and answers.
async fn answers_while_it_leaves(pod: Pod, caller: &Client) {
    pod.process.ask_to_stop();
    let told = async { while pod.probe("readinessProbe").await == 200 {} };
    timeout(PATIENCE, told).await.expect("is not ready");
    assert_eq!(pod.probe("readinessProbe").await, 503, "says no, and still listens");
    assert_eq!(pod.probe("livenessProbe").await, 200, "it is nothing to be killed for");
    let answer = caller.call("get-profile", json!({})).await;
    assert_eq!(answer.header("connection"), "close");
    assert_eq!(answer.ok()["email"], EMAIL, "calls are answered");
    pod.process.kill().await;
}
