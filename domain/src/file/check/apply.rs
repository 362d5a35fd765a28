//! The changes that put a document right, through the same door as everybody's.

use super::super::update::{Batch, Sent, update};
use crate::error::{Error, Result};
use crate::follow_up::FollowUps;
use crate::permission::Editable;
use chrono::{DateTime, Utc};
use entities::file;
use platform::app::App;
use platform::db::Tx;
use serde::Serialize;
use transit::value::Value;
use uuid::Uuid;

/// Most changes of one batch.
const BATCH_MAX: usize = 500;
/// Most refusals that are told.
const REFUSED_MAX: usize = 100;
/// What a batch is refused with because of one of its changes, which may not be told.
const OF_CHANGES: [&str; 3] = ["params-validation", "data-validation", "document-limit-reached"];

/// A change that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The shape or component that it is about.
    pub id: Option<Uuid>,
    /// Why.
    pub reason: String,
}

/// A file that is being put right, in a transaction that holds it.
pub(super) struct Applying<'a> {
    pub(super) app: &'a App,
    pub(super) tx: &'a Tx,
    pub(super) held: &'a Editable<file::Model>,
    pub(super) now: DateTime<Utc>,
    /// What those who have the file open hear it comes from: none of them leaves it out.
    pub(super) session: Uuid,
    /// The revision that the file is at.
    pub(super) revn: i64,
    /// Changes that were taken.
    pub(super) taken: usize,
    pub(super) follow_ups: FollowUps,
}

/// What became of the changes of one round.
#[derive(Debug, Default)]
pub(super) struct Round {
    /// Parts that were written.
    pub(super) written: usize,
    /// What was not taken, at most 100.
    pub(super) refused: Vec<Refused>,
}

impl Applying<'_> {
    /// Applies changes in batches. What is refused is left out: each is about one shape or component alone.
    ///
    /// # Errors
    /// Refusals that are about the file, not about a change; those of the database.
    pub(super) async fn apply(&mut self, changes: Vec<Value>) -> Result<Round> {
        let mut round = Round::default();
        for batch in changes.chunks(BATCH_MAX) {
            let mut left: Vec<Value> = batch.to_vec();
            while !left.is_empty() {
                match self.send(left.clone(), &mut round).await {
                    Ok(()) => break,
                    Err(error) => match blamed(&error, left.len()) {
                        Some(at) => round.note(left.remove(at), &error),
                        None if is_of_changes(&error) => {
                            self.one_by_one(std::mem::take(&mut left), &mut round).await?;
                        }
                        None => return Err(error),
                    },
                }
            }
        }
        Ok(round)
    }

    /// The batch as a whole is refused, and no change of it is named.
    async fn one_by_one(&mut self, changes: Vec<Value>, round: &mut Round) -> Result<()> {
        for change in changes {
            match self.send(vec![change.clone()], round).await {
                Ok(()) => {}
                Err(error) if is_of_changes(&error) => round.note(change, &error),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn send(&mut self, changes: Vec<Value>, round: &mut Round) -> Result<()> {
        let count = changes.len();
        let batch = Batch {
            session: self.session,
            revn: self.revn,
            vern: self.held.vern.into(),
            features: None,
            commit: None,
            sent: Sent::read(changes),
        };
        let updated = update(self.app, self.tx, self.held, batch, self.now).await?;
        self.revn = updated.revn + 1;
        self.taken += count;
        round.written += updated.cost.map_or(0, |cost| cost.written);
        self.follow_ups.jobs.extend(updated.follow_ups.jobs);
        self.follow_ups.events.extend(updated.follow_ups.events);
        Ok(())
    }
}

impl Round {
    fn note(&mut self, change: Value, error: &Error) {
        if self.refused.len() < REFUSED_MAX {
            let reason = match error {
                Error::Refused { hint, .. } if !hint.is_empty() => hint.clone(),
                other => other.to_string(),
            };
            self.refused.push(Refused { id: change.get("id").and_then(Value::as_uuid), reason });
        }
    }
}

/// The change that a refusal names, of so many.
fn blamed(error: &Error, count: usize) -> Option<usize> {
    let Error::Refused { context, .. } = error else { return None };
    let (_, number) = context.iter().find(|(name, _)| *name == "change")?;
    number.as_int().and_then(|at| usize::try_from(at).ok()).filter(|at| *at < count)
}

fn is_of_changes(error: &Error) -> bool {
    error.code().is_some_and(|code| OF_CHANGES.contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_its_change_or_not() {
        let named = Error::validation("data-validation").with("change", Value::Int(2));
        assert_eq!((blamed(&named, 3), blamed(&named, 2)), (Some(2), None));
        assert!(is_of_changes(&named));
        let other = Error::restriction("file-feature-mismatch");
        assert_eq!((blamed(&other, 3), is_of_changes(&other)), (None, false));
        assert!(!is_of_changes(&Error::NotFound));
    }
}
