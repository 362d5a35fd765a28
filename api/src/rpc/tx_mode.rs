//! Which transaction a method asks for.

/// Which transaction a call runs in. A transaction that loses a race is run again, from the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TxMode {
    /// None: the method opens what it needs, because something slow lies between (a password, a picture), or it asks
    /// one question that is its own moment of the database.
    None,
    /// One that only reads.
    Read,
    /// One that reads and writes.
    Write,
}
