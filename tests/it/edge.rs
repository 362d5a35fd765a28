//! Connections: what a refusal, a slow client or a large body may do to them, and what it may not.

mod forms;
mod head;
mod kept;
mod kinds;
mod large;
mod readers;
mod senders;
