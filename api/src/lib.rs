//! The edge: HTTP in, HTTP out. `routes` has every path, `methods` every RPC method, `rpc::pipeline` what
//! happens to a call.
//!
//! # What no method can do
//!
//! The acts of operators ask for a proof, and nothing in here can make one: the crate that does is none that `api` may
//! name. The same lines stand in `dashboard`, where they compile.
//!
//! ```compile_fail,E0433
//! use chrono::{DateTime, Utc};
//! use domain::{follow_up::FollowUps, team::member};
//! use entities::ids::{ProfileId, TeamId};
//! use platform::db::Tx;
//!
//! async fn hand_over(tx: &Tx, team: TeamId, to: ProfileId, now: DateTime<Utc>) -> domain::Result<FollowUps> {
//!     let operator = operator::at_command_line("eve@host");
//!     member::transfer(tx, &operator, team, to, now).await
//! }
//! ```
//!
//! The proof has no other way in either.
//!
//! ```compile_fail,E0451
//! let operator = domain::permission::Operator { name: "cli:eve@host".to_owned(), account: None };
//! ```

mod app;
mod bin;
pub mod http;
pub mod methods;
pub mod openapi;
pub mod routes;
pub mod rpc;
mod serve;
pub mod views;
pub mod wire;

pub use app::{Mount, app};
use platform::app::App;
pub use serve::{serve, serve_alone, serve_health};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// What every request works with. Cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The drivers.
    pub app: App,
    /// Tells the workers that there is work.
    pub waker: jobs::Waker,
    /// How many calls run side by side.
    pub(crate) permits: rpc::permits::Permits,
    /// Cancelled when the process is about to stop.
    pub(crate) draining: CancellationToken,
    /// Memory for request bodies, KiB.
    body_budget: Arc<Semaphore>,
}

/// Bodies under way at a time take no more memory than this, KiB; whoever comes then waits.
const BODY_BUDGET_KIB: usize = 256 << 10;

impl State {
    /// Around these drivers, with a waker of its own.
    pub fn new(app: App) -> State {
        State {
            waker: jobs::Waker::start(&app),
            app,
            permits: rpc::permits::Permits::default(),
            draining: CancellationToken::new(),
            body_budget: Arc::new(Semaphore::new(BODY_BUDGET_KIB)),
        }
    }

    /// Memory for a body of so many bytes; given back when dropped. Small ones need not wait for it.
    pub(crate) async fn body_budget(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        const SMALL: u64 = 64 << 10;
        if bytes <= SMALL {
            return None;
        }
        let kib = usize::try_from(bytes >> 10).unwrap_or(usize::MAX).min(BODY_BUDGET_KIB);
        let kib = u32::try_from(kib).unwrap_or(u32::MAX);
        // Never closed.
        Arc::clone(&self.body_budget).acquire_many_owned(kib).await.ok()
    }
}
