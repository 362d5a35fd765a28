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
pub mod management;
pub mod methods;
mod notifications;
pub mod openapi;
pub mod routes;
pub mod rpc;
mod serve;
pub mod views;
pub mod wire;

pub use app::{Mount, app};
use platform::app::App;
use rpc::budget::{Budget, Sizes};
pub use serve::{serve, serve_alone, serve_health};
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
    /// Memory for request bodies.
    pub(crate) bodies: Budget,
    /// Disk for uploads on their way.
    pub(crate) uploads: Budget,
    /// Sockets of this process.
    pub(crate) sockets: notifications::Hub,
}

impl State {
    /// Around these drivers, with a waker of its own.
    pub fn new(app: App) -> State {
        let limits = &app.config.limits;
        let file_bytes_max = limits.media_bytes_max.max(limits.font_bytes_max);
        let draining = CancellationToken::new();
        State {
            waker: jobs::Waker::start(&app),
            permits: rpc::permits::Permits::default(),
            sockets: notifications::Hub::new(&app, draining.clone()),
            draining,
            bodies: Budget::new(Sizes::BODIES),
            uploads: Budget::new(Sizes::uploads(file_bytes_max)),
            app,
        }
    }
}
