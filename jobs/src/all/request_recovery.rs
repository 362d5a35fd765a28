//! Find out whether somebody who forgot the password gets a link.

use domain::profile::recovery;
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// An address, as somebody typed it who may be nobody. Looking it up here gives all addresses the same answer in the
/// same time.
#[derive(Debug, Serialize, Deserialize)]
pub struct RequestRecovery {
    /// Lower-case.
    pub email: String,
}

impl Job for RequestRecovery {
    const NAME: &'static str = "request-recovery";
    /// A person waits for it.
    const PRIORITY: i16 = 200;

    fn example() -> RequestRecovery {
        RequestRecovery { email: "somebody@example.com".to_owned() }
    }

    /// Asked twice before it was looked at, it is one wish.
    fn unique_key(&self) -> Option<String> {
        Some(self.email.clone())
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
        let follow_ups = recovery::request(&ctx.app, &tx, &self.email, ctx.now()).await;
        ctx.commit(tx, follow_ups.map_err(JobError::retry)?).await?;
        Ok(())
    }
}
