//! Everything that is tested through the front door, in one binary. Folders follow the code.

mod accounts;
mod audit;
mod comments;
mod dashboard;
mod deletion;
mod edge;
mod exporter;
mod files;
mod fonts;
mod harness;
mod home;
mod journey;
mod media;
mod notifications;
mod ops;
mod queue;
mod rpc;
mod share;
mod storage;
mod teams;
mod webhooks;
