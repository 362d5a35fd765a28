//! Whether this process can work, and what it measured.

use super::vitals::Vitals;
use entities::server_prop;
use platform::app::App;
use poem::{Endpoint, Request, Response, http::StatusCode};
use sea_orm::{EntityTrait, PaginatorTrait};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The database answers within this time, or is not there.
const READY_MAX: Duration = Duration::from_secs(3);

/// `/livez`: 200 `OK` whenever the process answers at all. Nothing is asked: starting a process again mends no
/// database.
pub struct Live;

impl Endpoint for Live {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        Ok(answer(StatusCode::OK))
    }
}

/// `/readyz`: 200 `OK` when the database answers and has our tables, else 503 `KO` and a line in the log. Nothing else
/// is asked: without Redis or blobs most calls still work, and taking every process out of rotation would end those
/// too.
pub struct Ready {
    /// Its database is asked.
    pub app: App,
    /// Cancelled when the process is about to stop: 503 from then on.
    pub draining: CancellationToken,
}

impl Ready {
    /// What does not work, in words.
    async fn problem(&self) -> Option<String> {
        let count = server_prop::Entity::find().count(&self.app.db);
        match tokio::time::timeout(READY_MAX, count).await {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("the database gave no answer within {} s", READY_MAX.as_secs())),
        }
    }
}

impl Endpoint for Ready {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        if self.draining.is_cancelled() {
            return Ok(answer(StatusCode::SERVICE_UNAVAILABLE));
        }
        let problem = self.problem().await;
        if let Some(reason) = &problem {
            tracing::error!(reason, "not ready");
        }
        Ok(answer(if problem.is_none() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }))
    }
}

fn answer(status: StatusCode) -> Response {
    let text = if status.is_success() { "OK" } else { "KO" };
    Response::builder().status(status).content_type("text/plain").body(text)
}

/// `/metrics`, in the Prometheus text format.
pub struct Metrics {
    /// What is measured.
    pub app: App,
    /// When it was.
    pub vitals: Vitals,
}

impl Endpoint for Metrics {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        self.vitals.measure(&self.app).await;
        Ok(Response::builder().content_type("text/plain; version=0.0.4").body(self.app.metrics.render()))
    }
}
