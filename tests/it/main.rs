//! Everything that is tested through the front door, in one binary.

mod access_tokens;
mod accounts;
mod assets;
mod backends;
mod bad_input;
mod bus;
mod command_line;
mod demo;
mod edge;
mod every_job;
mod every_method;
mod jobs;
mod mail;
mod media;
mod openapi;
mod permissions;
mod queue;
mod steer_command;
mod storage;
mod story;
mod sweeps;
mod teams;
mod transit;
mod transit_js;
mod transit_story;
mod worker_process;
