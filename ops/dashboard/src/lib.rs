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

mod chart;
pub mod checks;
mod error;
mod form;
mod gate;
mod kept;
mod layout;
mod live;
mod look;
mod marks;
mod pages;
mod record;
mod routes;
mod rules;
mod wanted;
pub mod wording;
mod words;

pub use routes::{PATH, mount};
