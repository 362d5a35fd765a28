//! What the socket is measured against: one subscription, and a loop that writes the same frame to every connection.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use platform::bus::Bus;
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    sync::{Mutex, mpsc},
    time::timeout,
};

use crate::{bench::Bench, process::Process};

/// Apart from others in the same Redis.
pub(crate) const TENANT: &str = "bench";
/// What it listens to.
pub(crate) const TOPIC: &str = "bare";
const PATIENCE: Duration = Duration::from_secs(60);

/// It in a process of its own.
pub(crate) struct Bare {
    pub(crate) address: SocketAddr,
    told: Mutex<mpsc::UnboundedReceiver<String>>,
    _process: Process,
}

impl Bare {
    pub(crate) fn start(_: &Bench, redis: &str) -> Result<Bare> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bare", "live", redis]).stdout(Stdio::piped());
        let errors = tempfile::NamedTempFile::new()?;
        let mut process = Process::start(&mut command, errors.path())?;
        let mut lines = BufReader::new(process.child().stdout.take().context("no output")?).lines();
        let address = lines.next().context("it says nothing")??.parse()?;
        let (tell, told) = mpsc::unbounded_channel();
        std::thread::spawn(move || lines.map_while(Result::ok).all(|line| tell.send(line).is_ok()));
        Ok(Bare { address, told: Mutex::new(told), _process: process })
    }

    /// Waits until it has so many connections.
    pub(crate) async fn has(&self, connections: usize) -> Result<()> {
        let mut told = self.told.lock().await;
        let wait = async {
            while let Some(line) = told.recv().await {
                if line == connections.to_string() {
                    return Ok(());
                }
            }
            bail!("the bare server has ended")
        };
        timeout(PATIENCE, wait).await.context("connections do not come")?
    }
}

/// `bench-server bare live REDIS`: serves until it is ended, and says how many there are.
pub(crate) async fn run(redis: &str) -> Result<()> {
    let bus = Bus::redis(redis, TENANT)?;
    let mut heard = bus.subscribe(TOPIC).await;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let connections: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
    let all = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let mut all = all.lock().await;
            all.push(stream);
            println!("{}", all.len());
        }
    });
    while let Ok(message) = heard.recv().await {
        let frame = frame(&message);
        for stream in connections.lock().await.iter_mut() {
            stream.write_all(&frame).await?;
        }
    }
    bail!("Redis has ended")
}

/// A text, as a server frames it.
fn frame(text: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81];
    match u16::try_from(text.len()) {
        Ok(length) if length < 126 => frame.extend_from_slice(&length.to_be_bytes()[1..]),
        Ok(length) => {
            frame.push(126);
            frame.extend_from_slice(&length.to_be_bytes());
        }
        Err(_) => {
            frame.push(127);
            frame.extend_from_slice(&(text.len() as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(text);
    frame
}
