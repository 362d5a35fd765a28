//! Webhooks: who may make them, what they are told, and what becomes of those that do not listen.

mod access;
mod events;
mod failing;
mod price;
mod scene;
