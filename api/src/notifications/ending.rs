//! Why a socket ends, and how its client is told.

/// Why a socket ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its client closed it, or is gone.
    Client,
    /// This process stops.
    Stopping,
    /// Its session is over.
    SignedOut,
    /// Messages may have been missed.
    Missed,
    /// Its client does not read fast enough.
    Slow,
    /// Its client does not answer.
    Silent,
    /// The same tab has a newer one.
    Replaced,
    /// It sent bytes instead of text.
    Bytes,
    /// It sent more than a message may have.
    TooLarge,
    /// It sent text that is none.
    NoText,
    /// It does not speak the protocol.
    Protocol,
    /// Something failed here.
    Failed,
}

impl Ending {
    /// Code and reason of the last frame; none when nobody would read it.
    pub fn code(self) -> Option<(u16, &'static str)> {
        Some(match self {
            Ending::Client => return None,
            Ending::Stopping => (1001, "stopping"),
            Ending::Protocol => (1002, "protocol"),
            Ending::Bytes => (1003, "text-only"),
            Ending::NoText => (1007, "no-text"),
            Ending::SignedOut => (1008, "session-ended"),
            Ending::Silent => (1008, "silent"),
            Ending::Slow => (1008, "too-slow"),
            Ending::Replaced => (1008, "replaced"),
            Ending::TooLarge => (1009, "too-large"),
            Ending::Failed => (1011, "failed"),
            Ending::Missed => (1013, "messages-missed"),
        })
    }

    /// What it is counted under.
    pub fn label(self) -> &'static str {
        match self {
            Ending::Client => "client",
            other => other.code().map_or("client", |(_, reason)| reason),
        }
    }
}
