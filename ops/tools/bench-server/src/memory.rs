//! How much memory many large uploads at once take, beyond what the process has at rest.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;

use crate::{
    bench::Bench,
    figure::{Figures, median, spread},
    installation::Installation,
    pictures::{self, NOISE_SIDE, Picture},
    process,
    wire::Connection,
};

const UPLOADS: usize = 20;
const GOAL_MIB: f64 = 64.0;
const REST: Duration = Duration::from_secs(5);
const ROUND_MAX: Duration = Duration::from_secs(600);

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let uploads = if bench.quick { 4 } else { UPLOADS };
    let rounds = if bench.quick { 1 } else { 3 };
    let installation = Installation::make(bench, 1).await?;
    let role = installation.start(bench, "memory", &[])?;
    let id = role.process.id();
    // What it needs once: connections, threads, the tables of decoders.
    let small = pictures::mix(40)?;
    upload(&installation, role.address, small, uploads).await?;
    tokio::time::sleep(REST).await;
    let idle = process::kib(id, "VmRSS")? / 1024.0;
    println!("  at rest after 40 small uploads: {idle:.1} MiB");
    let (mut peaks, mut rests) = (vec![], vec![]);
    for round in 0..rounds {
        let large = (0..uploads).map(|_| pictures::noise(NOISE_SIDE)).collect::<Result<Vec<Picture>>>()?;
        if round == 0 {
            let mib = large[0].bytes.len() as f64 / f64::from(1 << 20);
            println!("  {uploads} at once: PNG of noise {NOISE_SIDE}x{NOISE_SIDE}, RGB, {mib:.2} MiB each");
        }
        process::forget_peak(id)?;
        upload(&installation, role.address, large, uploads).await?;
        peaks.push(process::kib(id, "VmHWM")? / 1024.0 - idle);
        tokio::time::sleep(REST).await;
        rests.push(process::kib(id, "VmRSS")? / 1024.0 - idle);
    }
    spread("peak above rest", &peaks, "MiB");
    spread("left 5 s after the last upload", &rests, "MiB");
    figures.at_most("peak above rest, MiB", median(&peaks), GOAL_MIB);
    drop(role);
    installation.close().await;
    Ok(())
}

/// Uploads all of them, so many at a time.
async fn upload(
    installation: &Installation,
    address: SocketAddr,
    pictures: Vec<Picture>,
    at_once: usize,
) -> Result<()> {
    let mut clients = JoinSet::new();
    let mut shares: Vec<Vec<Picture>> = vec![vec![]; at_once];
    for (number, picture) in pictures.into_iter().enumerate() {
        shares[number % at_once].push(picture);
    }
    for share in shares {
        let (cookie, file) = (installation.cookie.clone(), installation.files[0]);
        clients.spawn(async move {
            let mut connection = Connection::open(address).await?;
            for picture in &share {
                connection.upload(&cookie, file, picture).await?;
            }
            anyhow::Ok(())
        });
    }
    let all = async { clients.join_all().await.into_iter().collect::<Result<()>>() };
    tokio::time::timeout(ROUND_MAX, all).await.context("uploads take too long")?
}
