//! The dashboard: pages for those who run an installation, under `/admin`.
//!
//! Reading order: `routes` (every path, on one screen), `gate` (who may), `form` (what browsers send), `layout`,
//! `pages`. Pages are made on the server from the same typed calls as the command line's; everything works without
//! script, and with it the page follows what happens.
//!
//! # What an act holds
//!
//! The proof that an operator acts, which `api` cannot make: see the same lines there. Here `gate` makes it, once
//! for each act, after it was sure of who asks.
//!
//! ```
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

mod audit;
mod badges;
mod chart;
pub mod checks;
mod error;
mod form;
mod format;
mod gate;
mod job_query;
mod layout;
mod live;
mod page_context;
mod pages;
mod routes;
mod single_flight_cache;
mod tx;
pub mod wording;

pub use routes::{PATH, mount};
