//! The bare round: what storing one small change for good costs at the least, over HTTP.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;

use crate::{bare_api, installation::Installation, process::Process, wire::Connection};

/// A round takes seconds; this is for one that hangs.
pub(crate) const ROUND_MAX: Duration = Duration::from_secs(300);

/// A process with the bare handler.
pub(crate) struct Bare {
    address: SocketAddr,
    _process: Process,
}

impl Bare {
    /// Starts it on the same database, with so many rows.
    pub(crate) async fn start(installation: &Installation, rows: usize) -> Result<Bare> {
        bare_api::make_rows(&installation.app.pool, i64::try_from(rows)?).await?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["bare", installation.uri(), &installation.owner.0.to_string()]).stdout(Stdio::piped());
        let mut process = Process::start(&mut command, &installation.folder().join("bare.errors"))?;
        let said = process.child().stdout.take().context("no output")?;
        let line = BufReader::new(said).lines().next().context("the bare handler ended")??;
        Ok(Bare { address: line.parse()?, _process: process })
    }

    /// Milliseconds of rounds that follow each other on one connection.
    pub(crate) async fn rounds(&self, row: usize, count: usize) -> Result<Vec<f64>> {
        let mut connection = Connection::open(self.address).await?;
        let (request, mut times) = (request(row), vec![]);
        for _ in 0..count {
            let begun = Instant::now();
            connection.exchange(&[&request]).await?;
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        Ok(times)
    }

    /// Rounds a second of so many clients, spread over so many rows.
    pub(crate) async fn load(&self, clients: usize, rows: usize, seconds: f64) -> Result<f64> {
        let begun = Instant::now();
        let end = begun + Duration::from_secs_f64(seconds);
        let mut all = JoinSet::new();
        for number in 0..clients {
            let (address, request) = (self.address, request(number % rows));
            all.spawn(async move {
                let mut connection = Connection::open(address).await?;
                let mut done = 0;
                while Instant::now() < end {
                    connection.exchange(&[&request]).await?;
                    done += 1;
                }
                anyhow::Ok(done)
            });
        }
        let done = tokio::time::timeout(ROUND_MAX, all.join_all()).await.context("a round hangs")?;
        let done = done.into_iter().collect::<Result<Vec<usize>>>()?;
        Ok(done.iter().sum::<usize>() as f64 / begun.elapsed().as_secs_f64())
    }
}

fn request(row: usize) -> Vec<u8> {
    format!("POST /round/{row} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n").into_bytes()
}
