//! The binary, its commands, and what runs and watches it.

mod abandoned;
mod alerts;
mod backup;
mod bus;
mod command_line;
mod database_away;
mod demo;
mod documented_commands;
mod mail;
mod manifests;
mod metrics;
mod nginx;
mod proof;
mod rollout;
mod shell;
mod site;
mod statements;
mod statements_of_rust;
mod story;
mod traces;
mod traces_jobs;
mod traces_lost;
mod words_of_columns;
