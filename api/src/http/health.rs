//! Whether this process can work, and what it measured.

use crate::State;
use entities::server_prop;
use poem::{Endpoint, Request, Response, http::StatusCode};
use sea_orm::{EntityTrait, PaginatorTrait};
use std::time::Duration;

/// The database answers within this time, or is not there.
const READY_MAX: Duration = Duration::from_secs(3);

/// `/readyz`: 200 `OK` when the database answers and has our tables, else 503 `KO` and a line in the log. Nothing else
/// is asked: without Redis or blobs most calls still work, and taking every process out of rotation would end those too.
pub struct Ready(pub State);

impl Ready {
    /// What does not work, in words.
    async fn problem(&self) -> Option<String> {
        let count = server_prop::Entity::find().count(&self.0.app.db);
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
        let problem = self.problem().await;
        if let Some(reason) = &problem {
            tracing::error!(reason, "not ready");
        }
        let (status, text) =
            if problem.is_none() { (StatusCode::OK, "OK") } else { (StatusCode::SERVICE_UNAVAILABLE, "KO") };
        Ok(Response::builder().status(status).content_type("text/plain").body(text))
    }
}

/// `/metrics`, in the Prometheus text format.
pub struct Metrics(pub State);

impl Endpoint for Metrics {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        Ok(Response::builder().content_type("text/plain; version=0.0.4").body(self.0.app.metrics.render()))
    }
}
