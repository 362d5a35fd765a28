//! The shell on a running instance: who gets in, what is asked before it is done, what is recorded.

use std::{
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
    time::Duration,
};

use jobs::{Enqueue, all::delete_object::DeleteObject, read};
use sea_orm::SqlxPostgresConnector;
use serde_json::Value;
use sqlx::PgPool;
use tests::{
    app::operator,
    database::TestDatabase,
    process::{self, Finished, Running, binary, data_directory},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
};
use uuid::Uuid;

/// How long something that must come may take.
const COMES_MAX: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// An instance whose jobs nobody runs.
struct Place {
    database: TestDatabase,
    pool: PgPool,
    data: tempfile::TempDir,
    api: Running,
}

impl Place {
    async fn new() -> Place {
        let database = TestDatabase::migrated().await;
        let pool = PgPool::connect(&database.uri).await.expect("connects");
        let data = data_directory();
        let dir = data.path().display().to_string();
        let api = process::start(&["api", "--port", "0", "--data-dir", &dir], &settings(&database)).await;
        Place { database, pool, data, api }
    }

    fn sockets(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.data.path().join("shell")).expect("a directory");
        let paths = entries.map(|entry| entry.expect("an entry").path());
        paths.filter(|path| path.extension().is_some_and(|end| end == "sock")).collect()
    }

    async fn atelier(&self, words: &[&str]) -> Finished {
        let dir = self.data.path().display().to_string();
        process::run(&[words, &["--data-dir", &dir]].concat(), &settings(&self.database)).await
    }

    async fn line(&self, line: &str) -> Finished {
        self.atelier(&["shell", "-c", line]).await
    }

    async fn ok(&self, line: &str) -> String {
        let done = self.line(line).await;
        assert!(done.status.success(), "{line}: {done:?}");
        done.out
    }

    async fn job(&self) -> i64 {
        let db = SqlxPostgresConnector::from_sqlx_postgres_pool(self.pool.clone());
        let job = DeleteObject { object: domain::deletion::Kind::File, id: Uuid::from_u128(7) };
        jobs::enqueue(&db, &operator(), &job, Enqueue::default()).await.expect("enqueues").expect("is new")
    }

    async fn state(&self, id: i64) -> String {
        read::show(&self.pool, id).await.expect("asks").expect("is there").state.to_string()
    }

    /// Outcomes of the events of this name, oldest first.
    async fn outcomes(&self, name: &str) -> Vec<(String, String, String)> {
        let sql = "select props->>'outcome', props->>'line', context->>'operator' from audit_log \
            where name = $1 order by created_at, id";
        sqlx::query_as(sql).bind(name).fetch_all(&self.pool).await.expect("reads")
    }

    async fn comes(&self, name: &str, count: usize) -> Vec<(String, String, String)> {
        let all = async {
            loop {
                let found = self.outcomes(name).await;
                if found.len() >= count {
                    return found;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(COMES_MAX, all).await.expect("is recorded")
    }
}

fn settings(database: &TestDatabase) -> [(&str, &str); 2] {
    [("PENPOT_DATABASE_URI", &database.uri), ("PENPOT_SECRET_KEY", "a secret of this test, long enough")]
}

#[tokio::test]
async fn only_the_owner_gets_in_and_the_socket_goes_with_the_process() {
    let place = Place::new().await;
    let directory = place.data.path().join("shell");
    let mode = |path: &PathBuf| std::fs::metadata(path).expect("is there").mode() & 0o777;
    let socket = place.sockets().pop().expect("listens");
    assert_eq!((mode(&directory), mode(&socket)), (0o700, 0o600));
    assert!(place.ok("jobs stats").await.starts_with("QUEUE"));
    // Another user is turned away even where the files would let them in.
    if rustix::process::getuid().is_root() {
        std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o755)).expect("permissions");
        std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o666)).expect("permissions");
        let program = "import socket,sys; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); \
            s.sendall(b'{\"line\":\"jobs stats\"}\\n'); print(len(s.recv(100)))";
        let path = socket.display().to_string();
        let mut other = tokio::process::Command::new("setpriv");
        other.args(["--reuid", "65534", "--clear-groups", "/usr/bin/python3", "-c", program, &path]);
        let said = other.output().await.expect("runs");
        let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        let away = out.trim() == "0" || err.contains("BrokenPipe") || err.contains("ConnectionReset");
        assert!(away && !err.contains("PermissionError"), "{out}{err}");
        assert!(place.outcomes("shell-jobs-stats").await.len() == 1);
    }
    assert!(place.api.terminate().await.success());
    assert!(!socket.exists());
}

#[tokio::test]
async fn a_change_is_rehearsed_confirmed_and_recorded() {
    let place = Place::new().await;
    let id = place.job().await;
    let line = format!("jobs cancel {id}");
    let asked = place.line(&line).await;
    assert!(!asked.status.success() && asked.out.contains("1 job would be cancelled"), "{asked:?}");
    assert!(asked.err.contains("add --yes"), "{asked:?}");
    assert_eq!(place.state(id).await, "ready");
    assert_eq!(place.outcomes("shell-jobs-cancel").await[0].0, "asked");
    let told: Value = {
        let done = place.atelier(&["shell", "--json", "-c", &format!("{line} --yes")]).await;
        serde_json::from_str(&done.out).unwrap_or_else(|_| panic!("{done:?}"))
    };
    assert_eq!(told["changed"], 1);
    assert_eq!(place.state(id).await, "cancelled");
    let events = place.outcomes("shell-jobs-cancel").await;
    let outcomes: Vec<&str> = events.iter().map(|(outcome, ..)| outcome.as_str()).collect();
    assert_eq!(outcomes, ["asked", "begun", "done"]);
    assert!(events[0].1.contains(&line) && events[0].2.starts_with("shell:"), "{events:?}");
    // The plain command line leaves one event.
    let other = place.job().await;
    assert!(place.atelier(&["jobs", "cancel", &other.to_string()]).await.status.success());
    let events = place.outcomes("cli-jobs-cancel").await;
    assert!(events.len() == 1 && events[0].0 == "done" && events[0].2.starts_with("cli:"), "{events:?}");
    let refused = place.line("profile block nobody@example.com --yes").await;
    assert!(!refused.status.success() && refused.err.contains("nobody has the email"), "{refused:?}");
    let outcomes: Vec<String> =
        place.outcomes("shell-profile-block").await.into_iter().map(|event| event.0).collect();
    assert_eq!(outcomes, ["begun", "failed"]);
}

#[tokio::test]
async fn scripts_come_through_standard_input() {
    let place = Place::new().await;
    let script = place.data.path().join("script");
    let dir = place.data.path().display().to_string();
    let words = ["shell", "--data-dir", &dir];
    std::fs::write(&script, "# two lines\njobs limits\n\nconfig\n").expect("writes");
    let done = process::run_with_input(&words, &settings(&place.database), &script).await;
    assert!(done.status.success() && done.out.contains("PENPOT_SECRET_KEY"), "{done:?}");
    assert!(!done.out.contains("a secret of this test"), "{done:?}");
    std::fs::write(&script, "jobs fly\njobs limits\nup\njobs stats --data-dir /tmp\n").expect("writes");
    let done = process::run_with_input(&words, &settings(&place.database), &script).await;
    assert!(!done.status.success() && done.out.contains("nothing is paused or limited"), "{done:?}");
    for said in ["fly", "outside the shell", "--data-dir"] {
        assert!(done.err.contains(said), "{said}: {done:?}");
    }
    // Lines that are none are on record too.
    let none = place.outcomes("shell-line").await;
    let lines: Vec<&str> = none.iter().map(|(_, line, _)| line.as_str()).collect();
    assert_eq!(lines, ["jobs fly", "up"]);
    assert!(none.iter().all(|(outcome, ..)| outcome == "failed"), "{none:?}");
}

#[tokio::test]
async fn hostile_clients_harm_nobody() {
    let place = Place::new().await;
    let socket = place.sockets().pop().expect("listens");
    for bytes in
        [b"garbage\n".to_vec(), vec![b'x'; 200_000], b"{\"line\":\"jobs stats\"}".to_vec(), vec![0, 10]]
    {
        let mut stream = UnixStream::connect(&socket).await.expect("connects");
        // It may hang up before everything is written.
        drop(stream.write_all(&bytes).await);
        drop(stream.shutdown().await);
        let mut rest = vec![];
        drop(tokio::time::timeout(COMES_MAX, stream.read_to_end(&mut rest)).await.expect("hangs up"));
        assert!(rest.is_empty());
    }
    assert_eq!(place.outcomes("shell-jobs-stats").await, []);
    // Gone in the middle: what was confirmed is done, and recorded.
    let id = place.job().await;
    let stream = UnixStream::connect(&socket).await.expect("connects");
    let mut stream = BufReader::new(stream);
    let line = format!("{{\"line\":\"jobs cancel {id}\"}}\n");
    stream.write_all(line.as_bytes()).await.expect("writes");
    let mut answer = String::new();
    stream.read_line(&mut answer).await.expect("reads");
    assert!(answer.contains("\"ask\":true"), "{answer}");
    stream.write_all(line.replace('}', ",\"yes\":true}").as_bytes()).await.expect("writes");
    drop(stream);
    let events = place.comes("shell-jobs-cancel", 3).await;
    assert_eq!(events[2].0, "done");
    assert_eq!(place.state(id).await, "cancelled");
    // Nine at once: the ninth is turned away, and the others go on.
    let mut open = vec![];
    for _ in 0..9 {
        open.push(UnixStream::connect(&socket).await.expect("connects"));
    }
    let mut last = open.pop().expect("nine");
    let mut rest = vec![];
    drop(tokio::time::timeout(COMES_MAX, last.read_to_end(&mut rest)).await.expect("hangs up"));
    drop(open);
    // As soon as it has noticed that they hung up.
    let served = async { while !place.line("jobs stats").await.out.starts_with("QUEUE") {} };
    tokio::time::timeout(COMES_MAX, served).await.expect("goes on");
}

#[tokio::test]
async fn the_log_changes_for_a_while() {
    let place = Place::new().await;
    let usual = place.ok("log-level").await;
    assert!(usual.starts_with("info"), "{usual}");
    let done = place.line("log-level debug,sqlx=info --for 2s --yes").await;
    assert!(done.status.success() && done.out.contains("debug,sqlx=info"), "{done:?}");
    let back = async {
        while place.ok("log-level").await != usual {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(COMES_MAX, back).await.expect("goes back");
    let wrong = place.line("log-level sqlx=loud --yes").await;
    assert!(!wrong.status.success() && wrong.err.contains("the filter should be"), "{wrong:?}");
}

#[tokio::test]
async fn people_type_at_a_prompt() {
    let place = Place::new().await;
    let id = place.job().await;
    let program = r#"
import os, pty, sys, select
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    os.execv(sys.argv[1], [sys.argv[1], "shell", "--socket", sys.argv[2]])
seen = b""
def until(text):
    global seen
    while text not in seen:
        if not select.select([fd], [], [], 20)[0]:
            sys.exit(f"{text} never came: {seen}")
        seen += os.read(fd, 65536)
    seen = seen.split(text, 1)[1]
until(b"> "); os.write(fd, b"jobs can\t" + sys.argv[3].encode() + b"\r")
until(b"would be cancelled"); until(b"Type yes: "); os.write(fd, b"no\r")
until(b"nothing was changed"); until(b"> "); os.write(fd, b"\x1b[A\r")
until(b"Type yes: "); os.write(fd, b"yes\r")
until(b"was cancelled"); until(b"> "); os.write(fd, b"jobs list --password hush\r")
until(b"> "); os.write(fd, b"exit\r")
os.waitpid(pid, 0)
print("well")
"#;
    let socket = place.sockets().pop().expect("listens").display().to_string();
    let mut person = tokio::process::Command::new("python3");
    person.args(["-c", program]).arg(binary()).args([&socket, &id.to_string()]);
    let said = person.output().await.expect("runs");
    assert!(
        String::from_utf8_lossy(&said.stdout).contains("well"),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    assert_eq!(place.state(id).await, "cancelled");
    let history = place.data.path().join("shell/history");
    assert_eq!(std::fs::metadata(&history).expect("is there").mode() & 0o777, 0o600);
    let history = std::fs::read_to_string(history).expect("text");
    assert!(history.contains("jobs cancel") && !history.contains("hush"), "{history}");
}
