//! The servers that drawings are measured on, drawings in files, and edits of them.

use std::{net::SocketAddr, time::Instant};

use anyhow::{Context as _, Result};
use serde_json::Value as Json;
use sqlx::PgPool;

use super::{drawing::Drawing, round::Bare};
use crate::{
    installation::{Installation, Role},
    wire::{self, Connection},
};

/// What every measurement of this part needs.
pub(crate) struct Studio {
    pub(crate) installation: Installation,
    pub(crate) role: Role,
    pub(crate) bare: Bare,
    pub(crate) pool: PgPool,
}

/// One round of edits: milliseconds of each, bytes of write-ahead log of all.
pub(crate) struct Edits {
    pub(crate) times: Vec<f64>,
    pub(crate) wal: f64,
}

/// A drawing and how many edits its file has seen.
pub(crate) struct Drawn {
    pub(crate) drawing: Drawing,
    pub(crate) revn: usize,
}

impl Studio {
    pub(crate) fn api(&self) -> SocketAddr {
        self.role.address
    }

    /// Draws so many shapes into one of the files.
    pub(crate) async fn draw(&self, number: usize, shapes: usize) -> Result<Drawn> {
        let file = self.installation.files[number];
        let request = wire::get_closing(
            &format!("/api/main/methods/get-file?id={}", file.0),
            &self.installation.cookie,
            "application/json",
        );
        let got = wire::fetch(self.api(), &request).await?;
        let json: Json = serde_json::from_slice(&got)?;
        let page = json["data"]["pages"][0].as_str().context("a file without a page")?.parse()?;
        let drawing = Drawing { file, page, shapes, vern: 0 };
        let mut connection = Connection::open(self.api()).await?;
        let batches = drawing.batches();
        for body in &batches {
            self.update(&mut connection, body).await?;
        }
        Ok(Drawn { drawing, revn: batches.len() })
    }

    /// One call of update-file in transit.
    pub(crate) async fn update(&self, connection: &mut Connection, body: &[u8]) -> Result<()> {
        let head = wire::transit_head("update-file", &self.installation.cookie, body.len());
        connection.exchange(&[&head, body]).await?;
        Ok(())
    }

    /// Moves one shape after the other, on one connection.
    pub(crate) async fn edits(&self, drawn: &mut Drawn, count: usize) -> Result<Edits> {
        let mut connection = Connection::open(self.api()).await?;
        let (before, mut times) = (self.wal().await?, vec![]);
        for _ in 0..count {
            let body = drawn.drawing.moved(drawn.revn, drawn.revn);
            let begun = Instant::now();
            self.update(&mut connection, &body).await?;
            times.push(milliseconds(begun));
            drawn.revn += 1;
        }
        Ok(Edits { times, wal: self.wal().await? - before })
    }

    /// Bytes of write-ahead log so far.
    pub(crate) async fn wal(&self) -> Result<f64> {
        let sql = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::double precision";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.pool).await?)
    }
}

pub(crate) fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
