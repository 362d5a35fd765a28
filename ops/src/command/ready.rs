//! `atelier doctor --ready`: asks a running process whether it is ready, as an image without a shell has to.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use anyhow::{Context as _, Result, bail};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Longer than the process itself waits for its database.
const ANSWER_MAX: Duration = Duration::from_secs(4);
/// The first line of an answer is shorter.
const LINE_BYTES_MAX: u64 = 64;

/// Succeeds when `/readyz` at this address answers 200.
///
/// # Errors
/// It answers something else, or nothing within 4 s.
pub(super) async fn ask(address: SocketAddr) -> Result<ExitCode> {
    let line = tokio::time::timeout(ANSWER_MAX, status_line(address)).await;
    let line = line
        .with_context(|| format!("{address} gave no answer within {} s", ANSWER_MAX.as_secs()))?
        .with_context(|| format!("{address} cannot be asked"))?;
    match line.split(' ').nth(1) {
        Some("200") => Ok(ExitCode::SUCCESS),
        _ => bail!("{address} is not ready: {}", line.lines().next().unwrap_or_default()),
    }
}

async fn status_line(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut line = Vec::new();
    stream.take(LINE_BYTES_MAX).read_to_end(&mut line).await?;
    Ok(String::from_utf8_lossy(&line).into_owned())
}
