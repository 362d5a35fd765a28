//! Uploads over HTTP against the bare work on the same pictures.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use domain::{
    media::{self, NewMedia, picture::Upload},
    permission,
};
use tokio::task::JoinSet;

use crate::{
    bare::{self, Spent},
    bench::Bench,
    figure::{Figures, ratio, spread},
    installation::Installation,
    pictures::{self, Picture},
    process,
    wire::Connection,
};

const CLIENTS: usize = 4;
const GOAL: f64 = 1.25;
/// No round takes longer on any machine.
const ROUND_MAX: Duration = Duration::from_secs(600);

type Pictures = Arc<Vec<Picture>>;

/// What a round took: milliseconds a picture, and of CPU in this process and in the database's.
#[derive(Default)]
struct Column {
    took: Vec<f64>,
    own: Vec<f64>,
    database: Vec<f64>,
}

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let pictures: Pictures = Arc::new(pictures::mix(if bench.quick { 60 } else { 1000 })?);
    println!("  {}", pictures::describe(&pictures));
    println!("  {CLIENTS} clients with a file each, in the process of the API; everything new in each round");
    let (mut bare, mut http, mut domain) = (Column::default(), Column::default(), Column::default());
    let mut parts: Vec<Spent> = vec![];
    for _ in 0..bench.rounds {
        parts.extend(bare.round(bench, &pictures, bare_round(&pictures)).await?);
        http_round(bench, &pictures, &mut http).await?;
        domain_round(bench, &pictures, &mut domain).await?;
    }
    bare.print("bare: hash, decode, scale, write twice");
    shares(&parts);
    http.print("upload-file-media-object over HTTP");
    domain.print("the same from files that lie there, without HTTP");
    println!("{:<58} {:>12.4}   no goal", "without HTTP / bare", ratio(&domain.took, &bare.took));
    let cpu = |of: &Column| of.own.iter().zip(&of.database).map(|(own, database)| own + database).collect();
    let (ours, least): (Vec<f64>, Vec<f64>) = (cpu(&http), cpu(&bare));
    println!(
        "{:<58} {:>12.4}   no goal",
        "upload / bare, CPU with clients and PostgreSQL",
        ratio(&ours, &least)
    );
    figures.at_most("upload / bare, time a picture", ratio(&http.took, &bare.took), GOAL);
    Ok(())
}

impl Column {
    /// Measures some work on all pictures. What others have yet to write is written before.
    async fn round<T>(
        &mut self,
        bench: &Bench,
        pictures: &Pictures,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        tokio::task::spawn_blocking(rustix::fs::sync).await?;
        let cpu = || -> Result<[f64; 2]> {
            Ok([process::cpu_of_self()?, process::cpu_of_family(bench.postmaster)?])
        };
        let (before, begun) = (cpu()?, Instant::now());
        let done = tokio::time::timeout(ROUND_MAX, work).await.context("a round takes too long")??;
        let (took, after) = (begun.elapsed(), cpu()?);
        let each = |seconds: f64| seconds * 1000.0 / pictures.len() as f64;
        self.took.push(each(took.as_secs_f64()));
        self.own.push(each(after[0] - before[0]));
        self.database.push(each(after[1] - before[1]));
        Ok(done)
    }

    fn print(&self, name: &str) {
        spread(name, &self.took, "ms");
        spread("    CPU of this process, clients included", &self.own, "ms");
        spread("    CPU of PostgreSQL", &self.database, "ms");
    }
}

fn shares(parts: &[Spent]) {
    let sum = |part: fn(&Spent) -> Duration| parts.iter().map(part).sum::<Duration>().as_secs_f64();
    let (hash, decode, write) = (sum(|s| s.hash), sum(|s| s.decode), sum(|s| s.write));
    let whole = (hash + decode + write) / 100.0;
    println!(
        "    of that: hash {:.0} %, decode and scale {:.0} %, write {:.0} %",
        hash / whole,
        decode / whole,
        write / whole
    );
}

async fn bare_round(pictures: &Pictures) -> Result<Vec<Spent>> {
    let folder = tempfile::tempdir()?;
    std::fs::create_dir(folder.path().join(".incoming"))?;
    let next = Arc::new(AtomicUsize::new(0));
    let mut threads = JoinSet::new();
    for _ in 0..CLIENTS {
        let (pictures, next, root) = (Arc::clone(pictures), Arc::clone(&next), folder.path().to_owned());
        threads.spawn_blocking(move || -> Result<Spent> {
            let mut spent = Spent::default();
            while let Some(picture) = pictures.get(next.fetch_add(1, Relaxed)) {
                bare::store(&root, picture, &mut spent)?;
            }
            Ok(spent)
        });
    }
    threads.join_all().await.into_iter().collect()
}

async fn http_round(bench: &Bench, pictures: &Pictures, column: &mut Column) -> Result<()> {
    let installation = Installation::make(bench, CLIENTS).await?;
    let served = installation.serve().await?;
    let mut connections = vec![];
    for _ in 0..CLIENTS {
        connections.push(Connection::open(served.address).await?);
    }
    let work = async {
        let next = Arc::new(AtomicUsize::new(0));
        let mut clients = JoinSet::new();
        for (mut connection, file) in connections.into_iter().zip(installation.files.iter().copied()) {
            let (pictures, next) = (Arc::clone(pictures), Arc::clone(&next));
            let cookie = installation.cookie.clone();
            clients.spawn(async move {
                while let Some(picture) = pictures.get(next.fetch_add(1, Relaxed)) {
                    connection.upload(&cookie, file, picture).await?;
                }
                anyhow::Ok(())
            });
        }
        clients.join_all().await.into_iter().collect()
    };
    column.round::<()>(bench, pictures, work).await?;
    served.end().await?;
    installation.close().await;
    Ok(())
}

/// The work of the method alone, on files as they lie there once they have come in.
async fn domain_round(bench: &Bench, pictures: &Pictures, column: &mut Column) -> Result<()> {
    let installation = Installation::make(bench, CLIENTS).await?;
    let mut paths = vec![];
    for (number, picture) in pictures.iter().enumerate() {
        let path = installation.folder().join(format!("picture-{number}"));
        std::fs::write(&path, &picture.bytes)?;
        paths.push(path);
    }
    let paths = Arc::new(paths);
    let work = async {
        let next = Arc::new(AtomicUsize::new(0));
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            let (pictures, next, paths) = (Arc::clone(pictures), Arc::clone(&next), Arc::clone(&paths));
            let (app, owner) = (installation.app.clone(), installation.owner);
            let file = installation.files[client];
            clients.spawn(async move {
                let file = permission::file_editor(&app.db, owner, file).await?;
                loop {
                    let number = next.fetch_add(1, Relaxed);
                    let Some(picture) = pictures.get(number) else { return anyhow::Ok(()) };
                    let wanted = NewMedia { id: None, name: "picture".to_owned(), is_local: true };
                    let upload = upload_of(&paths[number], picture);
                    media::upload_file_media_object(&app, &file, wanted, upload, app.now()).await?;
                }
            });
        }
        clients.join_all().await.into_iter().collect()
    };
    column.round::<()>(bench, pictures, work).await?;
    installation.close().await;
    Ok(())
}

fn upload_of(path: &Path, picture: &Picture) -> Upload {
    let path = PathBuf::from(path);
    Upload { path, size: picture.bytes.len() as u64, mtype: picture.mtype.to_owned() }
}
