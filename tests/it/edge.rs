//! Connections: what a refusal, a slow client or a large body may do to them, and what it may not.

mod kept;
mod kinds;
mod large;
