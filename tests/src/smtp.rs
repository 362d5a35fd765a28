//! A private SMTP server (npm's smtp-server) that keeps what it is sent.

use std::{path::PathBuf, process::Stdio, time::Duration};

use serde_json::Value as Json;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::{node, process::free_port};

/// Node starts slowly on a busy machine.
const START_MAX: Duration = Duration::from_secs(120);

/// Who may log in to a server that demands it.
pub const USER: &str = "atelier";
/// The password of [`USER`].
pub const PASSWORD: &str = "a mail password";

/// A running server; ends with the test.
pub struct SmtpServer {
    /// Where it takes mails, on 127.0.0.1.
    pub port: u16,
    /// The certificate to trust, when it speaks TLS.
    pub ca_file: PathBuf,
    http: String,
    _process: Child,
    _directory: TempDir,
}

impl SmtpServer {
    /// One that takes anything, without encryption.
    pub async fn open() -> SmtpServer {
        SmtpServer::start(free_port(), &[]).await
    }

    /// As [`SmtpServer::open`], on a port that somebody knows already.
    pub async fn open_at(port: u16) -> SmtpServer {
        SmtpServer::start(port, &[]).await
    }

    /// One that demands STARTTLS and then a login.
    pub async fn guarded() -> SmtpServer {
        SmtpServer::start(free_port(), &[format!("{USER}:{PASSWORD}")]).await
    }

    async fn start(port: u16, login: &[String]) -> SmtpServer {
        let directory = tempfile::tempdir().expect("a directory");
        let (ca_file, key_file) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        std::fs::write(&ca_file, certified.cert.pem()).expect("writes");
        std::fs::write(&key_file, certified.signing_key.serialize_pem()).expect("writes");
        let http = free_port();
        let mut command = Command::new("node");
        command
            .current_dir(node::directory())
            .arg("smtp/server.mjs")
            .arg(port.to_string())
            .arg(http.to_string());
        command.arg(&ca_file).arg(&key_file).args(login).kill_on_drop(true).stdout(Stdio::piped());
        let mut process = command.spawn().expect("node");
        let mut lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let line = timeout(START_MAX, lines.next_line()).await.expect("in time").expect("text");
        assert_eq!(line.as_deref(), Some("ready"), "the SMTP server did not start");
        let http = format!("http://127.0.0.1:{http}");
        SmtpServer { port, ca_file, http, _process: process, _directory: directory }
    }

    /// What it took for an address, oldest first.
    pub async fn mails_to(&self, address: &str) -> Vec<Json> {
        platform::app::install_tls();
        let url = url::Url::parse_with_params(&self.http, [("to", address)]).expect("an address");
        reqwest::get(url).await.expect("answers").json().await.expect("JSON")
    }
}
