//! What reading untrusted bytes may cost, and how a refusal says where and why.

/// Bounds that hold while reading, not after it.
///
/// Memory stays below `17 * input bytes + 160 * values_max` bytes: text costs at most its own length plus what
/// cache codes may copy (16 times the input), and a value costs its slot in a growing list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest input, in bytes.
    pub bytes_max: usize,
    /// Deepest nesting of `[` and `{`. 160 levels fit into a quarter of a 2 MiB stack, unoptimised.
    pub depth_max: usize,
    /// Most values: every scalar, list, map and tag counts as one, map keys too.
    pub values_max: usize,
}

impl Limits {
    /// For request bodies: 16 MiB, 96 levels, 2 million values.
    pub const REQUEST: Limits = Limits { bytes_max: 16 << 20, depth_max: 96, values_max: 2_000_000 };

    /// For what this server stored itself: 1 GiB, 160 levels, 64 million values.
    ///
    /// Deeper than a request may be, because a request's value is stored inside other values.
    pub const STORED: Limits = Limits { bytes_max: 1 << 30, depth_max: 160, values_max: 64_000_000 };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::REQUEST
    }
}

/// Why reading stopped, and at which byte of the input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} (at byte {at})")]
pub struct ReadError {
    /// Offset into the input, in bytes.
    pub at: usize,
    /// What was wrong there.
    pub reason: Reason,
}

/// What was wrong with the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The input is longer than [`Limits::bytes_max`].
    #[error("longer than {0} bytes")]
    TooLong(usize),
    /// The input nests deeper than [`Limits::depth_max`].
    #[error("nested deeper than {0} levels")]
    TooDeep(usize),
    /// The input holds more values than [`Limits::values_max`].
    #[error("more than {0} values")]
    TooMany(usize),
    /// Cache codes stand for far more text than the input has.
    #[error("cache codes expand to more than {0} bytes")]
    TooExpanded(usize),
    /// The input is not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// The input ends inside a value.
    #[error("ends too early")]
    Truncated,
    /// Something follows the value.
    #[error("text after the end")]
    Trailing,
    /// Not JSON; the text says what would have been right.
    #[error("expected {0}")]
    Expected(&'static str),
    /// A transit string whose text does not fit its tag; the text names the kind.
    #[error("not a valid {0}")]
    Scalar(&'static str),
    /// A cache code that stands for nothing.
    #[error("unknown cache code")]
    CacheCode,
    /// A `~#tag` where a value should be.
    #[error("a tag without a value")]
    StrayTag,
    /// A map with a key but no value.
    #[error("a map key without a value")]
    OddMap,
    /// A known tag whose value has the wrong form; the text names the tag.
    #[error("wrong content for the tag {0}")]
    TagContent(&'static str),
}
