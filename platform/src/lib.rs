//! The world outside: settings, database, blobs, messages, mails, time and secrets. Nothing of ours is imported here.

pub mod app;
pub mod bus;
pub mod clock;
pub mod config;
pub mod counters;
pub mod cpu;
pub mod db;
pub mod fetch;
pub mod font;
pub mod ids;
pub mod image;
pub mod log;
pub mod mail;
pub mod memory;
pub mod metrics;
pub mod outbound;
pub mod pace;
pub mod passwords;
pub mod secrets;
pub mod storage;
pub mod svg;
pub mod trace;
pub mod uploads;
pub mod vitals;
