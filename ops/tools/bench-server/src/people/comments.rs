//! From a comment to the mail that tells of it: the comment is in time, and the mail's job starts when it is due, a
//! minute later, because what is said until then comes along.

use std::{net::SocketAddr, time::Instant};

use anyhow::{Context as _, Result};
use domain::{profile, role::Role, team::member};
use tokio::time::sleep;
use uuid::Uuid;

use super::waits::{PAUSE, waits};
use crate::{
    bench::Bench,
    figure::{Figures, median},
    installation::{Installation, OWNER, PASSWORD, operator},
    wire::{self, Connection},
};

const GOAL: f64 = 3.0;

pub(super) async fn measure(
    bench: &Bench,
    figures: &mut Figures,
    installation: &Installation,
    address: SocketAddr,
    empty: f64,
) -> Result<()> {
    let (app, count) = (&installation.app, if bench.quick { 5 } else { 100 });
    let owner = domain::admin::person(&app.db, OWNER, app.now()).await?;
    let team = owner.default_team_id.context("no team")?;
    let (file, mut connection) = (installation.files[0], Connection::open(address).await?);
    let mut answers = vec![];
    for number in 0..count {
        let (proof, name, email) = (operator(), format!("P{number}"), format!("p{number}@example.com"));
        let made = profile::create::by_operator(app, &proof, name, &email, PASSWORD.to_owned(), app.now());
        let person = made.await?.id;
        let tx = platform::db::begin(&app.db).await?;
        member::join(&tx, team, person, Role::Viewer, app.now()).await?;
        tx.commit().await?;
        let body = format!(
            "{{\"fileId\":\"{file}\",\"pageId\":\"{}\",\"frameId\":\"{}\",\"position\":{{\"x\":1,\"y\":2}},\
             \"content\":\"Larger\",\"mentions\":[\"{person}\"]}}",
            Uuid::from_u128(1),
            Uuid::nil()
        );
        let request = wire::post("create-comment-thread", &installation.cookie, &body);
        let begun = Instant::now();
        connection.exchange(&[&request]).await?;
        answers.push(begun.elapsed().as_secs_f64() * 1_000.0);
        sleep(PAUSE).await;
    }
    println!("  {count} comments that mention somebody, answered in {:.2} ms (median)", median(&answers));
    let waited = waits(installation, "send-comment-mail", count).await?;
    let late = median(&waited);
    println!("  their mails' jobs, from when they are due to their start: p50 {late:.2} ms");
    figures.at_most("comment to mail job / an empty job, p50", late / empty, GOAL);
    Ok(())
}
