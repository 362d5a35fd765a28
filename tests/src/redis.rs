//! A private Redis, which a test may stop and start again.

use std::{process::Stdio, time::Duration};

use tokio::{
    process::{Child, Command},
    time::timeout,
};

/// Long enough for any machine.
const START_MAX: Duration = Duration::from_secs(120);

/// What runs one that keeps nothing.
pub const COMMAND: [&str; 5] = ["redis-server", "--save", "", "--appendonly", "no"];

/// Runs this command on a port of this machine; ends with the value.
///
/// # Panics
/// When nobody listens there.
pub async fn start(command: &[&str], port: u16) -> Child {
    let process = Command::new(command[0])
        .args(&command[1..])
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        .stdout(Stdio::null())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("redis starts");
    let heard = async { while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {} };
    timeout(START_MAX, heard).await.expect("redis listens");
    process
}
