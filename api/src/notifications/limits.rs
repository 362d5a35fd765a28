//! What a socket may cost, and how long it may be silent.

use std::time::Duration;
use transit::Limits;

/// Sockets of a process, and of the files that it may have open at most three quarters: calls need some too.
pub const SOCKETS_MAX: usize = 20_000;
/// Sockets of one person in a process: each is an open tab.
pub const SOCKETS_PER_PERSON_MAX: usize = 100;
/// Subscriptions that are checked at a time; others wait.
pub const SUBSCRIBING_MAX: usize = 16;

/// A message of a client, bytes.
pub const SAID_BYTES_MAX: usize = 64 << 10;
/// What a message of a client may consist of.
pub const SAID: Limits = Limits { bytes_max: SAID_BYTES_MAX, depth_max: 16, values_max: 4096 };
/// Messages of a client in a second, over time. Whoever says more is heard later. Web apps say 20.
pub const SAID_PER_SECOND_MAX: u32 = 50;
/// Messages of a client that are heard at once.
pub const SAID_AT_ONCE_MAX: u32 = 200;
/// Characters of a version that a client tells.
pub const VERSION_CHARS_MAX: usize = 64;

/// Messages that wait for a client. One that has more is dropped.
pub const QUEUE_LENGTH_MAX: usize = 1024;
/// Bytes that wait for a client. A larger message waits alone.
pub const QUEUE_BYTES_MAX: usize = 8 << 20;
/// A client takes each piece within this time, or is dropped.
pub const SEND_MAX: Duration = Duration::from_secs(20);
/// Larger messages are sent in pieces of so many bytes, so that what one socket has under way stays small.
pub const PIECE_BYTES_MAX: usize = 32 << 10;
/// Bytes that are read at a time. Every socket holds so many.
pub const READ_BYTES: usize = 4 << 10;

/// How often a client is asked whether it is there: often enough for front servers, which close what is silent for a
/// minute.
pub const PING_EVERY: Duration = Duration::from_secs(25);
/// A client that said nothing for so long is gone: it is asked once at least meanwhile.
pub const SILENCE_MAX: Duration = Duration::from_secs(45);
/// How long the end of a connection waits for the client's.
pub const CLOSE_MAX: Duration = Duration::from_secs(1);

/// Messages of one topic that wait to be told. When there are more, its sockets are closed.
pub const MAILBOX_LENGTH_MAX: usize = 4096;
/// Bytes of them.
pub const MAILBOX_BYTES_MAX: usize = 64 << 20;
/// What a message of the bus may consist of.
pub const HEARD: Limits = Limits { bytes_max: 128 << 20, depth_max: 160, values_max: 16_000_000 };
/// Larger messages are read away from the threads that serve others, bytes.
pub const HEARD_AT_ONCE_BYTES: usize = 64 << 10;
/// People whom a process names to one who has just opened a file.
pub const PRESENT_MAX: usize = 500;
/// Libraries of one topic whose revisions are followed. With more, all are begun anew.
pub const LIBRARIES_MAX: usize = 4096;

/// How often it is looked whether sockets may still hear what they hear. With the look itself it stays below two
/// seconds.
pub const LOOK_EVERY: Duration = Duration::from_millis(1500);
/// How often at most, when messages say that something was taken away.
pub const LOOK_PAUSE: Duration = Duration::from_millis(200);
