//! Why the bus cannot be used.

/// The largest message, bytes; larger ones are dropped and counted. Whoever has more to tell says where it is.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;

/// Why the bus cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The address of Redis is malformed.
    #[error("the address of Redis cannot be used: {0}")]
    Address(::redis::RedisError),
    /// Redis refused or dropped the connection.
    #[error("Redis failed: {0}")]
    Redis(#[from] ::redis::RedisError),
    /// Redis did not answer in time.
    #[error("Redis did not answer in time")]
    Timeout,
    /// The connection to Redis was lost.
    #[error("the connection to Redis was lost")]
    Lost,
    /// The message has more than [`MESSAGE_BYTES_MAX`] bytes.
    #[error("a message has at most {MESSAGE_BYTES_MAX} bytes")]
    TooLarge,
}
