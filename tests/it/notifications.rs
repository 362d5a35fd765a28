//! The notification socket: what others hear at once, in order, and only as long as they may.

mod changes;
mod door;
mod ends;
mod lost;
mod presence;
pub(crate) mod scene;
mod taken_away;
