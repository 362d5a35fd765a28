//! How long, and with how much, a client may keep a connection busy.

use crate::rpc::limits::ANONYMOUS;
use platform::config::Config;
use std::time::Duration;

const IDLE_MAX: Duration = Duration::from_secs(300);
const STALL_MAX: Duration = Duration::from_secs(60);
const DISCARD_TIME_MAX: Duration = Duration::from_secs(5);
const DISCARD_BYTES_MAX: u64 = ANONYMOUS.bytes_max as u64;
const QUIET_MAX: Duration = Duration::from_secs(2);
const LINGER_TIME_MAX: Duration = Duration::from_secs(30);
const LINGERING_MAX: usize = 1024;
const UNREAD_BYTES_MAX: u64 = 64 << 20;
const UNREAD_BYTES_OF_ALL_MAX: u64 = 256 << 20;

/// Limits of each connection of a server, but for the last three.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A connection without traffic for this long is closed. So is one whose next request has not begun, or whose head
    /// is not complete, this long after the last answer.
    pub idle: Duration,
    /// A client takes something of its answer within this time, or does not get the rest. With HTTP/2 that is 16 KiB of
    /// each answer.
    pub stall: Duration,
    /// What a handler left of a body comes within this time, or the connection ends. The answer waits meanwhile.
    pub discard_time: Duration,
    /// So much of a body is read only to keep its connection: what anybody may send.
    pub discard_bytes: u64,
    /// An answer has arrived after this time. So a client that is silent for so long has read it, or never will.
    pub quiet: Duration,
    /// No client is waited for longer when its connection is closed.
    pub linger_time: Duration,
    /// No more is read from it then. Whoever sends what a request may have reads its refusal.
    pub linger_bytes: u64,
    /// So many connections of a server linger at a time; others are closed at once. So many refused bodies of HTTP/2
    /// are read over.
    pub lingering: usize,
    /// Whole answers that one person, or one connection of nobody's, has not read have so many bytes together; what
    /// waits longest is given up for another.
    pub unread_bytes: u64,
    /// The same, of everybody.
    pub unread_bytes_of_all: u64,
}

impl Limits {
    /// Those of an installation.
    pub fn of(config: &Config) -> Limits {
        Limits {
            idle: IDLE_MAX,
            stall: STALL_MAX,
            discard_time: DISCARD_TIME_MAX,
            discard_bytes: DISCARD_BYTES_MAX,
            quiet: QUIET_MAX,
            linger_time: LINGER_TIME_MAX,
            linger_bytes: config.http.body_bytes_max,
            lingering: LINGERING_MAX,
            unread_bytes: UNREAD_BYTES_MAX,
            unread_bytes_of_all: UNREAD_BYTES_OF_ALL_MAX,
        }
    }
}
