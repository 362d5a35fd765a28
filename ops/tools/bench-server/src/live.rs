//! The notification socket: how soon a change is heard, by one and by a thousand, against the bare work; and what
//! sockets cost that are only open. Needs a Redis: `ATELIER_BENCH_REDIS_URI`.

mod bare;
mod people;
mod tab;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use domain::event::{Changes, Event};
use platform::{bus::Bus, config::environment};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::{
    bench::Bench,
    figure::{Figures, median, quantile, ratio, spread},
    installation::{Installation, Role},
    process,
};
use bare::TENANT;
use people::People;
use tab::{Arrivals, Tab};

pub(crate) use bare::run as run_bare;

const MANY: usize = 1000;
const IDLE: usize = 10_000;
const WARM_UP: usize = 20;
const CHANGE_BYTES: usize = 600;
const GOAL_ONE: f64 = 2.0;
const GOAL_MANY: f64 = 1.5;
const GOAL_KB: f64 = 20.0;
const GOAL_CPU: f64 = 2.0;
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    process::raise_files()?;
    let redis =
        environment().remove("ATELIER_BENCH_REDIS_URI").context("ATELIER_BENCH_REDIS_URI is not set")?;
    let settings = [("PENPOT_REDIS_URI", redis.as_str()), ("PENPOT_TENANT", TENANT)];
    let installation = Installation::make(bench, 1).await?;
    let role = installation.start(bench, "live", &settings)?;
    let people = People::make(&installation, if bench.quick { 10 } else { 100 }).await?;
    let rounds = Rounds { bench, redis: &redis, installation: &installation, role: &role, people: &people };
    rounds.fan_out(figures, 1, GOAL_ONE).await?;
    rounds.fan_out(figures, if bench.quick { 100 } else { MANY }, GOAL_MANY).await?;
    rounds.idle(figures, if bench.quick { 1000 } else { IDLE }).await?;
    drop(role);
    installation.close().await;
    Ok(())
}

struct Rounds<'b> {
    bench: &'b Bench,
    redis: &'b str,
    installation: &'b Installation,
    role: &'b Role,
    people: &'b People,
}

impl Rounds<'_> {
    /// A change is published, and so many hear of it.
    async fn fan_out(&self, figures: &mut Figures, sockets: usize, goal: f64) -> Result<()> {
        let messages = if sockets == 1 { 1000 } else { 100 };
        let file = self.installation.files[0];
        let bus = Bus::redis(self.redis, TENANT)?;
        let arrivals = Arc::new(Arrivals::new(sockets));
        let tabs = self.open(sockets, Some(file.0), &arrivals).await?;
        let bare = bare::Bare::start(self.bench, self.redis)?;
        let bare_arrivals = Arc::new(Arrivals::new(sockets));
        let bare_tabs = tab::bare(bare.address, sockets, &bare_arrivals).await?;
        bare.has(sockets).await?;
        let (mut ours, mut theirs, mut written) = (vec![], vec![], vec![]);
        let mut revn = 0;
        for _ in 0..self.bench.rounds {
            let before = self.encoded().await?;
            let mut times = vec![];
            for n in 0..WARM_UP + messages {
                revn += 1;
                let event = change(file, revn);
                arrivals.expect(b"file-change");
                let begun = Instant::now();
                bus.publish(&event.topic(), event.encoded()).await;
                let heard = timeout(PATIENCE, arrivals.all()).await.context("a change is not heard")?;
                if n >= WARM_UP {
                    times.extend(heard.iter().map(|at| at.duration_since(begun).as_secs_f64() * 1e6));
                }
            }
            written.push((self.encoded().await? - before) / (WARM_UP + messages) as f64);
            let text = verbose(&change(file, revn));
            let mut bare_times = vec![];
            for n in 0..WARM_UP + messages {
                bare_arrivals.expect(b"file-change");
                let begun = Instant::now();
                bus.publish(bare::TOPIC, text.clone()).await;
                let heard = timeout(PATIENCE, bare_arrivals.all()).await.context("a message is not heard")?;
                if n >= WARM_UP {
                    bare_times.extend(heard.iter().map(|at| at.duration_since(begun).as_secs_f64() * 1e6));
                }
            }
            ours.push(quantile(&times, 0.99));
            theirs.push(quantile(&bare_times, 0.99));
        }
        spread(&format!("change to message, p99, {sockets} sockets"), &ours, "us");
        spread("bare PUBLISH and a loop that writes", &theirs, "us");
        figures.at_most(&format!("p99 of {sockets} sockets / bare"), ratio(&ours, &theirs), goal);
        figures.at_most("written for each message", median(&written), 1.0);
        drop((tabs, bare_tabs));
        self.all_are_gone().await
    }

    /// Sockets that are only open.
    async fn idle(&self, figures: &mut Figures, sockets: usize) -> Result<()> {
        let id = self.role.process.id();
        let rest = if self.bench.quick { Duration::from_secs(30) } else { Duration::from_secs(600) };
        // What the process needs once is there by now.
        let before = process::kib(id, "VmRSS")?;
        let arrivals = Arc::new(Arrivals::new(sockets));
        let tabs = self.open(sockets, None, &arrivals).await?;
        let after = process::kib(id, "VmRSS")?;
        let cpu = process::cpu_of_family(id)?;
        sleep(rest).await;
        let used = (process::cpu_of_family(id)? - cpu) / rest.as_secs_f64() * 100.0;
        let open = self.open_now().await?;
        println!(
            "  {sockets} sockets: {before:.0} KiB before, {after:.0} KiB after, {open} open after {rest:?}"
        );
        figures.at_most("an idle socket, kB", (after - before) * 1.024 / sockets as f64, GOAL_KB);
        figures.at_most("dropped", sockets as f64 - open, 0.0);
        figures.at_most("CPU of idle sockets, % of a core", used, GOAL_CPU);
        drop(tabs);
        self.all_are_gone().await
    }

    async fn open(&self, sockets: usize, file: Option<Uuid>, arrivals: &Arc<Arrivals>) -> Result<Vec<Tab>> {
        let mut tabs = vec![];
        for n in 0..sockets {
            let cookie = self.people.cookie(n);
            tabs.push(Tab::open(self.role.address, cookie, file, (n, Arc::clone(arrivals))).await?);
        }
        if file.is_some() {
            // All of them have it open when the last one does.
            timeout(PATIENCE, arrivals.settled()).await.context("sockets do not settle")?;
        }
        Ok(tabs)
    }

    async fn all_are_gone(&self) -> Result<()> {
        let gone = async {
            while self.open_now().await? > 0.0 {
                sleep(Duration::from_millis(50)).await;
            }
            anyhow::Ok(())
        };
        timeout(PATIENCE, gone).await.context("sockets stay")?
    }

    async fn open_now(&self) -> Result<f64> {
        metric(self.role.address, "penpot_websocket_active_connections").await
    }

    async fn encoded(&self) -> Result<f64> {
        metric(self.role.address, "atelier_websocket_encoded_total").await
    }
}

fn change(file: entities::ids::FileId, revn: i64) -> Event {
    let of = Changes { file, by: Uuid::from_u128(1).into(), session: Uuid::from_u128(2), revn };
    let change = format!(r#"[["^ ","~:type","~:mod-page","~:name","{}"]]"#, "a".repeat(CHANGE_BYTES));
    Event::file_changed(of, 0, change.into_bytes().into())
}

/// As clients get it.
fn verbose(event: &Event) -> Vec<u8> {
    let read = transit::read(&event.encoded(), &transit::Limits::STORED).expect("it is transit");
    transit::write_verbose(&read)
}

async fn metric(address: SocketAddr, name: &str) -> Result<f64> {
    let body = crate::wire::fetch(address, &crate::wire::get_closing("/metrics", "", "*/*")).await?;
    let text = String::from_utf8_lossy(&body);
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    ensure!(line.is_some(), "no {name} in {text}");
    Ok(line.unwrap_or_default().trim().parse()?)
}
