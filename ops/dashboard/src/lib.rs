//! The dashboard: pages for those who run an installation, under `/admin`.
//!
//! Reading order: `routes` (every path, on one screen), `gate` (who may), `form` (what browsers send), `layout`,
//! `pages`. Pages are made on the server from the same typed calls as the command line's; everything works without
//! script, and with it the page follows what happens.

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
