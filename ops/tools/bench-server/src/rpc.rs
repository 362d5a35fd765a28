//! What a call costs: get-profile and get-teams against a bare handler, their spread, and both beside logins.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use domain::{profile, session};
use tokio::task::JoinSet;

use crate::{
    bench::Bench,
    figure::{Figures, median, quantile, ratio, spread},
    installation::{Installation, PASSWORD, operator},
    process::{self, Process},
    wire::{Connection, get, post},
};

const CONNECTIONS: usize = 64;
const PEOPLE: usize = 16;
const LOGINS: usize = 4;
const GOAL_RATIO: f64 = 0.75;
const GOAL_SPREAD: f64 = 3.0;
/// A round takes a set time; this is for one that hangs.
const ROUND_MAX: Duration = Duration::from_secs(60);
/// All limits are on, as in production; none is reached.
const LIMITS: [(&str, &str); 1] =
    [("ATELIER_RPC_LIMITS", "default=1000000000/h login-with-password=1000000000/h")];

/// Requests of one kind, the one of each connection, and where they go.
struct Way {
    name: &'static str,
    address: SocketAddr,
    requests: Arc<Vec<Vec<u8>>>,
}

/// How long each call took, milliseconds, and how many there were a second.
struct Round {
    rate: f64,
    times: Vec<f64>,
}

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let installation = Installation::make(bench, 1).await?;
    let cookies = people(&installation).await?;
    let api = installation.start(bench, "api", &LIMITS)?;
    let (bare, _ended_with_this) = start_bare(&installation)?;
    println!("  {CONNECTIONS} connections from this machine, kept; {PEOPLE} people; JSON");
    println!("  bare: one poem handler, one query by sqlx, no sign-in, no limits, no log");
    for (method, path) in [("get-profile", "/profile"), ("get-teams", "/teams")] {
        let bare = Way { name: "bare handler", address: bare, requests: Arc::new(vec![get(path, "")]) };
        let ours = Way { name: method, address: api.address, requests: requests(method, &cookies) };
        let ids = [bench.postmaster, api.process.id()];
        let (bare, ours) = (&bare, &ours);
        let (mut one, mut two, mut spreads) = (vec![], vec![], vec![]);
        load(bench, bare).await?;
        load(bench, ours).await?;
        let before = (cpu(&ids)?, Instant::now());
        for _ in 0..bench.rounds {
            one.push(load(bench, bare).await?.rate);
            let round = load(bench, ours).await?;
            two.push(round.rate);
            let (p50, p99) = (quantile(&round.times, 0.5), quantile(&round.times, 0.99));
            spreads.push([p50, p99, p99 / p50]);
        }
        println!(
            "    cores used by PostgreSQL and the API: {:.2}",
            (cpu(&ids)? - before.0) / before.1.elapsed().as_secs_f64()
        );
        spread(bare.name, &one, "/s");
        spread(ours.name, &two, "/s");
        let column = |n: usize| spreads.iter().map(|row| row[n]).collect::<Vec<f64>>();
        spread(&format!("{method}, p50"), &column(0), "ms");
        spread(&format!("{method}, p99"), &column(1), "ms");
        figures.at_least(&format!("{method} / bare handler"), ratio(&two, &one), GOAL_RATIO);
        figures.at_most(&format!("{method}: p99 / p50"), median(&column(2)), GOAL_SPREAD);
    }
    beside_logins(bench, figures, &api.address, &cookies).await?;
    drop(api);
    installation.close().await;
    Ok(())
}

/// The cookies of people, one session each.
async fn people(installation: &Installation) -> Result<Vec<String>> {
    let (app, mut cookies) = (&installation.app, vec![installation.cookie.clone()]);
    for number in 1..PEOPLE {
        let (name, email) = (format!("Person {number}"), format!("p{number}@example.com"));
        let person =
            profile::create::by_operator(app, &operator(), name, &email, PASSWORD.to_owned(), app.now())
                .await?;
        let opened = session::create(&app.db, &app.secrets, person.id, None, app.now()).await?;
        cookies.push(format!("{}={}", app.config.auth.cookie_name, opened.token));
    }
    Ok(cookies)
}

fn requests(method: &str, cookies: &[String]) -> Arc<Vec<Vec<u8>>> {
    Arc::new(cookies.iter().map(|cookie| get(&format!("/api/main/methods/{method}"), cookie)).collect())
}

fn start_bare(installation: &Installation) -> Result<(SocketAddr, Process)> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["bare", installation.uri(), &installation.owner.0.to_string()]).stdout(Stdio::piped());
    let mut process = Process::start(&mut command, &installation.folder().join("bare.errors"))?;
    let said = process.child().stdout.take().context("no output")?;
    let line = BufReader::new(said).lines().next().context("the bare handler ended")??;
    Ok((line.parse()?, process))
}

/// Asks on every connection as fast as it is answered.
async fn load(bench: &Bench, way: &Way) -> Result<Round> {
    let seconds = if bench.quick { 1.0 } else { 4.0 };
    let begun = Instant::now();
    let end = begun + Duration::from_secs_f64(seconds);
    let mut clients = JoinSet::new();
    for number in 0..CONNECTIONS {
        let (address, requests) = (way.address, Arc::clone(&way.requests));
        clients.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let request = &requests[number % requests.len()];
            let mut times = vec![];
            while Instant::now() < end {
                let asked = Instant::now();
                let answer = connection.exchange(&[request]).await?;
                ensure!(answer.status == 200, "{answer:?}");
                times.push(asked.elapsed().as_secs_f64() * 1000.0);
            }
            Ok::<_, anyhow::Error>(times)
        });
    }
    let all = tokio::time::timeout(ROUND_MAX, clients.join_all()).await.context("a round hangs")?;
    let times = all.into_iter().collect::<Result<Vec<_>>>()?.concat();
    Ok(Round { rate: times.len() as f64 / begun.elapsed().as_secs_f64(), times })
}

/// One caller at a time, alone and while people log in: what is in the way of whom.
async fn beside_logins(
    bench: &Bench,
    figures: &mut Figures,
    api: &SocketAddr,
    cookies: &[String],
) -> Result<()> {
    let way = Way { name: "get-profile", address: *api, requests: requests("get-profile", cookies) };
    let (mut alone, mut beside, mut logins) = (vec![], vec![], vec![]);
    for _ in 0..bench.rounds {
        alone.push(quiet(bench, &way).await?);
        let (mut background, begun) = (JoinSet::new(), Instant::now());
        let counted = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        for _ in 0..LOGINS {
            let (address, counted) = (*api, Arc::clone(&counted));
            background.spawn(async move {
                let mut connection = Connection::open(address).await?;
                let body = format!(r#"{{"email":"somebody@example.com","password":"{PASSWORD}"}}"#);
                let request = post("login-with-password", "", &body);
                loop {
                    connection.exchange(&[&request]).await?;
                    counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
                #[expect(unreachable_code, reason = "tells the type")]
                Ok::<(), anyhow::Error>(())
            });
        }
        beside.push(quiet(bench, &way).await?);
        logins
            .push(counted.load(std::sync::atomic::Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64());
        background.abort_all();
    }
    let part =
        |rounds: &[Vec<f64>], at: f64| rounds.iter().map(|times| quantile(times, at)).collect::<Vec<_>>();
    spread("logins", &logins, "/s");
    for (name, at) in [("p50", 0.5), ("p99", 0.99)] {
        spread(&format!("get-profile alone, {name}"), &part(&alone, at), "ms");
        spread(&format!("get-profile beside logins, {name}"), &part(&beside, at), "ms");
    }
    let slowed = ratio(&part(&beside, 0.5), &part(&alone, 0.5));
    figures.at_most("get-profile, p50 beside logins / alone", slowed, GOAL_SPREAD);
    Ok(())
}

/// Milliseconds of calls that follow each other on one connection, with pauses, as a person's do.
async fn quiet(bench: &Bench, way: &Way) -> Result<Vec<f64>> {
    let mut connection = Connection::open(way.address).await?;
    let mut times = vec![];
    for request in way.requests.iter().cycle().take(if bench.quick { 100 } else { 400 }) {
        let asked = Instant::now();
        connection.exchange(&[request]).await?;
        times.push(asked.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(times)
}

fn cpu(ids: &[u32]) -> Result<f64> {
    ids.iter().map(|id| process::cpu_of_family(*id)).sum()
}
