//! What a finding says of itself: codes in its row, for those who show it to turn into words. Findings of before have a
//! sentence there.

use chrono::{DateTime, Utc};
use std::fmt;
use uuid::Uuid;

/// What exactly was seen. As text a kebab-case code, and a value behind it where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// There are no bytes.
    NoBytes,
    /// This process has no settings for the backend.
    BackendUnconfigured,
    /// There are so many bytes.
    SizeIs(u64),
    /// They have this SHA-256.
    HashIs(String),
    /// They cannot be read, and why.
    Unreadable(String),
    /// No row accounts for the bytes, which were written at this moment; of some backends that is not known.
    NoRow(Option<DateTime<Utc>>),
    /// Nothing refers to the row, and no sweep is due.
    Unreferenced,
}

/// What was done about it. As text likewise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// A sweep was told to look at the row.
    SweepTold,
    /// The bytes were given to a sweep, which removes them.
    GivenToSweep,
    /// The row went, or moved, before anything was done.
    NotNeeded,
    /// The bytes were written again, from the copy on this backend.
    FromCopy(String),
    /// The bytes were written again, from those of this blob.
    FromBlob(Uuid),
    /// Nothing: the same content is nowhere else.
    NowhereElse,
}

impl Detail {
    /// What a row says; none for what this program does not know.
    pub fn parse(text: &str) -> Option<Detail> {
        let (code, value) = split(text);
        match (code, value) {
            ("no-bytes", None) => Some(Detail::NoBytes),
            ("backend-unconfigured", None) => Some(Detail::BackendUnconfigured),
            ("size-is", Some(size)) => size.parse().ok().map(Detail::SizeIs),
            ("hash-is", Some(sha256)) => Some(Detail::HashIs(sha256.to_owned())),
            ("cannot-be-read", Some(why)) => Some(Detail::Unreadable(why.to_owned())),
            ("no-row", None) => Some(Detail::NoRow(None)),
            ("no-row", Some(at)) => at.parse().ok().map(|at| Detail::NoRow(Some(at))),
            ("unreferenced", None) => Some(Detail::Unreferenced),
            _ => None,
        }
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Detail::NoBytes => f.write_str("no-bytes"),
            Detail::BackendUnconfigured => f.write_str("backend-unconfigured"),
            Detail::SizeIs(size) => write!(f, "size-is {size}"),
            Detail::HashIs(sha256) => write!(f, "hash-is {sha256}"),
            Detail::Unreadable(why) => write!(f, "cannot-be-read {why}"),
            Detail::NoRow(None) => f.write_str("no-row"),
            Detail::NoRow(Some(at)) => write!(f, "no-row {}", at.to_rfc3339()),
            Detail::Unreferenced => f.write_str("unreferenced"),
        }
    }
}

impl Repair {
    /// What a row says; none for what this program does not know.
    pub fn parse(text: &str) -> Option<Repair> {
        match split(text) {
            ("sweep-told", None) => Some(Repair::SweepTold),
            ("given-to-sweep", None) => Some(Repair::GivenToSweep),
            ("not-needed", None) => Some(Repair::NotNeeded),
            ("from-copy", Some(backend)) => Some(Repair::FromCopy(backend.to_owned())),
            ("from-blob", Some(id)) => id.parse().ok().map(Repair::FromBlob),
            ("nowhere-else", None) => Some(Repair::NowhereElse),
            _ => None,
        }
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Repair::SweepTold => f.write_str("sweep-told"),
            Repair::GivenToSweep => f.write_str("given-to-sweep"),
            Repair::NotNeeded => f.write_str("not-needed"),
            Repair::FromCopy(backend) => write!(f, "from-copy {backend}"),
            Repair::FromBlob(id) => write!(f, "from-blob {id}"),
            Repair::NowhereElse => f.write_str("nowhere-else"),
        }
    }
}

fn split(text: &str) -> (&str, Option<&str>) {
    text.split_once(' ').map_or((text, None), |(code, value)| (code, Some(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_its_text() {
        for detail in [
            Detail::NoBytes,
            Detail::BackendUnconfigured,
            Detail::SizeIs(7),
            Detail::HashIs("e3b0".to_owned()),
            Detail::Unreadable("the disk is on fire".to_owned()),
            Detail::NoRow(None),
            Detail::NoRow(Some(DateTime::UNIX_EPOCH)),
            Detail::Unreferenced,
        ] {
            assert_eq!(Detail::parse(&detail.to_string()), Some(detail));
        }
        assert_eq!(Detail::parse("there are no bytes"), None);
        assert_eq!(Detail::parse("size-is many"), None);
    }

    #[test]
    fn a_repair_is_its_text() {
        for repair in [
            Repair::SweepTold,
            Repair::GivenToSweep,
            Repair::NotNeeded,
            Repair::FromCopy("fs".to_owned()),
            Repair::FromBlob(Uuid::from_u128(7)),
            Repair::NowhereElse,
        ] {
            assert_eq!(Repair::parse(&repair.to_string()), Some(repair));
        }
        assert_eq!(Repair::parse("written again from its copy on fs"), None);
    }
}
