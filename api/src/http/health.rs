//! Whether this process can work, and what it measured.

use crate::State;
use entities::server_prop;
use platform::app::READY_MAX;
use poem::{Endpoint, Request, Response, http::StatusCode};
use sea_orm::{EntityTrait, PaginatorTrait};

/// `/readyz`: 200 `OK`, or 503 `KO` and a line in the log for each thing that does not work.
pub struct Ready(pub State);

impl Ready {
    /// What does not work, in words. A database without our tables is no use either.
    async fn problems(&self) -> Vec<String> {
        let app = &self.0.app;
        let tables = async {
            let count = server_prop::Entity::find().count(&app.db);
            match tokio::time::timeout(READY_MAX, count).await {
                Ok(Ok(_)) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(_) => Some(format!("the database gave no answer within {} s", READY_MAX.as_secs())),
            }
        };
        let (drivers, tables) = futures_util::join!(app.ready(), tables);
        drivers.into_iter().filter_map(|check| check.result.err()).chain(tables).collect()
    }
}

impl Endpoint for Ready {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        let problems = self.problems().await;
        for reason in &problems {
            tracing::error!(reason, "not ready");
        }
        let (status, text) = if problems.is_empty() {
            (StatusCode::OK, "OK")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "KO")
        };
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
