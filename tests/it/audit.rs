//! The record of who did what, and what is told about an installation.

mod command;
mod events;
mod props;
mod reports;
