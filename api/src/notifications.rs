//! The notification socket, `/ws/notifications`: what others do, told as it happens.
//!
//! Reading order: `door` lets a socket in, `socket` is one socket from its first message to its last, `hub` all of this
//! process and what they hear, `topic` one topic of theirs, `relay` what becomes of a message from the bus, `watch` how
//! they lose what they may not hear any more. Every limit stands in `limits`.
//!
//! **A socket hears each message of its topics once and in order, or it is closed.** What cannot be promised any more,
//! because the bus was lost or the client reads too slowly, is told by the end of the connection: clients have no way
//! to see a gap.

mod door;
mod ending;
mod frame;
mod hub;
mod limits;
mod peer;
mod relay;
mod said;
mod socket;
mod tools;
mod topic;
mod watch;
mod wire;

pub use door::Door;
pub use hub::Hub;
