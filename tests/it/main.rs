//! Everything that is tested through the front door, in one binary. Folders follow the code.

mod accounts;
mod audit;
mod comments;
mod dashboard;
mod deletion;
mod edge;
mod files;
mod harness;
mod home;
mod media;
mod notifications;
mod ops;
mod queue;
mod rpc;
mod storage;
mod teams;
mod webhooks;
