//! Reading pictures: nginx that asks nobody, the API itself, and nginx in front of the API.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use platform::storage::Blobs;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    bench::Bench,
    figure::{Figures, median, ratio, spread},
    installation::Installation,
    nginx::Nginx,
    pictures, process,
    wire::{Connection, get},
};

const CONNECTIONS: usize = 32;
/// Where sending bytes matters more than finding out whether they may be sent: the side of a square of noise.
const LARGE_SIDE: u32 = 1180;
const LARGE_BYTES_MIN: usize = 2 << 20;
const LARGE: usize = 16;
const GOAL_DIRECT: f64 = 0.5;
const GOAL_FRONT: f64 = 0.95;
/// A round takes a set time; this is for one that hangs.
const ROUND_MAX: Duration = Duration::from_secs(60);

/// A request and how long the body of its answer is.
type Requests = Arc<Vec<(Vec<u8>, usize)>>;

/// One of the three ways.
struct Way {
    name: &'static str,
    address: SocketAddr,
    /// Pictures, their small versions, and large ones.
    requests: [Requests; 3],
    /// Who else works when it is used.
    processes: Vec<(&'static str, u32)>,
}

/// A picture in a file as its rows say.
type Stored = (Uuid, Uuid, i64, Option<Uuid>, Option<i64>);

const STORED: &str = "
    SELECT m.id, o.id, o.size, t.id, t.size FROM file_media_object m
      JOIN storage_object o ON o.id = m.media_id LEFT JOIN storage_object t ON t.id = m.thumbnail_id";

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let installation = Installation::make(bench, 1).await?;
    fill(bench, &installation).await?;
    let stored: Vec<Stored> = sqlx::query_as(STORED).fetch_all(&installation.app.pool).await?;
    let assets = installation.assets().canonicalize()?;
    let (plain, alone) = (Nginx::plain(&assets)?, installation.start(bench, "alone", &[])?);
    let handing = [("PENPOT_ASSETS_PATH", "/internal/assets/")];
    let behind = installation.start(bench, "behind", &handing)?;
    let front = Nginx::before(behind.address, &assets)?;
    let database = ("PostgreSQL", bench.postmaster);
    let cookie = &installation.cookie;
    let ways = [
        Way {
            name: "nginx alone",
            address: plain.address,
            requests: requests(&stored, cookie, false),
            processes: vec![("nginx", plain.process.id())],
        },
        Way {
            name: "API alone",
            address: alone.address,
            requests: requests(&stored, cookie, true),
            processes: vec![("API", alone.process.id()), database],
        },
        Way {
            name: "nginx in front of the API",
            address: front.address,
            requests: requests(&stored, cookie, true),
            processes: vec![("nginx", front.process.id()), ("API", behind.process.id()), database],
        },
    ];
    println!("  {CONNECTIONS} connections from this machine, kept; the files are in the page cache");
    let rates = rates(bench, &ways, 0, "pictures").await?;
    figures.at_least("pictures: API / nginx alone", ratio(&rates[1], &rates[0]), GOAL_DIRECT);
    figures.at_least("pictures: nginx in front / nginx alone", ratio(&rates[2], &rates[0]), GOAL_FRONT);
    for (kind, what) in [(1, "small versions"), (2, "large pictures")] {
        let rates = self::rates(bench, &ways, kind, what).await?;
        for way in [1, 2] {
            let name = format!("{what}: {} / nginx alone", ways[way].name);
            println!("{name:<58} {:>12.4}   no goal", ratio(&rates[way], &rates[0]));
        }
    }
    drop((plain, alone, front, behind));
    installation.close().await;
    Ok(())
}

/// Uploads the pictures.
async fn fill(bench: &Bench, installation: &Installation) -> Result<()> {
    let pictures = pictures::mix(if bench.quick { 30 } else { 300 })?;
    println!("  {}", pictures::describe(&pictures));
    let served = installation.serve().await?;
    let mut connection = Connection::open(served.address).await?;
    let large = (0..LARGE).map(|_| pictures::noise(LARGE_SIDE)).collect::<Result<Vec<_>>>()?;
    for picture in pictures.iter().chain(&large) {
        connection.upload(&installation.cookie, installation.files[0], picture).await?;
    }
    drop(connection);
    served.end().await
}

/// Of the pictures, of their small versions where they have one, and of the large ones.
fn requests(stored: &[Stored], cookie: &str, by_api: bool) -> [Requests; 3] {
    let file = |id: Uuid| get(&format!("/files/{}", Blobs::path(id)), "");
    let length = |size: i64| usize::try_from(size).unwrap_or_default();
    let (mut pictures, mut small, mut large) = (vec![], vec![], vec![]);
    for (media, object, size, thumbnail, thumbnail_size) in stored {
        let asset = format!("/assets/by-file-media-id/{media}");
        let request = if by_api { get(&asset, cookie) } else { file(*object) };
        let size = length(*size);
        if size > LARGE_BYTES_MIN {
            large.push((request, size));
            continue;
        }
        pictures.push((request, size));
        if let (Some(id), Some(size)) = (thumbnail, thumbnail_size) {
            let asset = format!("{asset}/thumbnail");
            let request = if by_api { get(&asset, cookie) } else { file(*id) };
            small.push((request, length(*size)));
        }
    }
    [Arc::new(pictures), Arc::new(small), Arc::new(large)]
}

/// Requests a second of each way in each round, one way after the other.
async fn rates(bench: &Bench, ways: &[Way; 3], kind: usize, what: &str) -> Result<[Vec<f64>; 3]> {
    let seconds = if bench.quick { 1.0 } else { 4.0 };
    let mut rates = [vec![], vec![], vec![]];
    let mut cores: [Vec<Vec<f64>>; 3] = [vec![], vec![], vec![]];
    for (number, way) in ways.iter().enumerate() {
        // Whatever is made on first use is made now.
        load(way, kind, seconds / 4.0).await?;
        cores[number] = vec![vec![]; way.processes.len() + 1];
    }
    for _ in 0..bench.rounds {
        for (number, way) in ways.iter().enumerate() {
            let (before, begun) = (cpu(way)?, Instant::now());
            let count = load(way, kind, seconds).await?;
            let took = begun.elapsed().as_secs_f64();
            rates[number].push(count as f64 / took);
            for (column, (after, before)) in cores[number].iter_mut().zip(cpu(way)?.iter().zip(before)) {
                column.push((after - before) / took);
            }
        }
    }
    let requests = &ways[0].requests[kind];
    let mean = requests.iter().map(|(_, length)| length).sum::<usize>() / requests.len().max(1);
    println!("  {what}, {} of them, {:.1} KiB on average", requests.len(), mean as f64 / 1024.0);
    for (way, (rates, cores)) in ways.iter().zip(rates.iter().zip(&cores)) {
        spread(way.name, rates, "/s");
        let names = std::iter::once("load").chain(way.processes.iter().map(|(name, _)| *name));
        let used: Vec<String> =
            names.zip(cores).map(|(name, cores)| format!("{name} {:.2}", median(cores))).collect();
        println!("    cores used: {}", used.join(", "));
    }
    Ok(rates)
}

/// Seconds of CPU so far: this process, then those of the way.
fn cpu(way: &Way) -> Result<Vec<f64>> {
    let ids = way.processes.iter().map(|(_, id)| *id);
    std::iter::once(process::cpu_of_self()).chain(ids.map(process::cpu_of_family)).collect()
}

/// Asks on every connection as fast as it is answered; how many answers came.
async fn load(way: &Way, kind: usize, seconds: f64) -> Result<usize> {
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let mut clients = JoinSet::new();
    for number in 0..CONNECTIONS {
        let (address, requests) = (way.address, Arc::clone(&way.requests[kind]));
        clients.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let from = number * requests.len() / CONNECTIONS;
            let mut count = 0;
            for (request, length) in requests.iter().cycle().skip(from) {
                if Instant::now() >= end {
                    break;
                }
                let answer = connection.exchange(&[request]).await?;
                ensure!(answer.status == 200 && answer.length == *length, "not the picture: {answer:?}");
                count += 1;
            }
            Ok(count)
        });
    }
    let all = async { clients.join_all().await.into_iter().sum::<Result<usize>>() };
    tokio::time::timeout(ROUND_MAX, all).await.context("a round hangs")?
}
