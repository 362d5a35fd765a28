//! Where a page of people or teams ended, so that the next one goes on there.

use chrono::{DateTime, Datelike as _, Utc};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The last row of a page: lists are in the order of when something was made, the youngest first, then of the key.
/// As text `MICROSECONDS.KEY`. It stays right when that row has gone meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageCursor {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Its key.
    pub id: Uuid,
}

impl fmt::Display for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at.timestamp_micros(), self.id)
    }
}

impl FromStr for PageCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<PageCursor, ()> {
        let (at, id) = text.split_once('.').ok_or(())?;
        let at = at.parse().ok().and_then(DateTime::from_timestamp_micros);
        // The database ends where the calendar does.
        let at = at.filter(|at| (0..=9999).contains(&at.year())).ok_or(())?;
        Ok(PageCursor { at, id: id.parse().map_err(|_| ())? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_its_text() {
        let cursor = PageCursor { at: DateTime::UNIX_EPOCH, id: Uuid::from_u128(7) };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert_eq!("7".parse::<PageCursor>(), Err(()));
        let long_ago = format!("-7000000000000000000.{}", cursor.id);
        assert_eq!(long_ago.parse::<PageCursor>(), Err(()));
    }
}
