//! Putting a document right where one thing does, in one transaction of the caller: taken back, it was a rehearsal.

use super::super::parts::{lock, unpack};
use super::super::snapshot;
use super::apply::{Applying, Refused, Round};
use super::problem::{Problem, Problems, Tally};
use super::scan::{Scan, Seen};
use crate::error::{Error, Result};
use crate::follow_up::FollowUps;
use crate::permission::{self, Operator};
use chrono::{DateTime, Utc};
use document::validate::changes;
use entities::ids::{FileId, SnapshotId};
use platform::app::App;
use platform::db::Tx;
use serde::Serialize;
use transit::value::Value;

/// What is put right can bring something else to light: so often it is looked again.
const ROUNDS_MAX: usize = 12;
/// After so many changes a round ends; what is left comes with the next.
const CHANGES_MAX: usize = 20_000;

/// What became of a document.
#[derive(Debug, Serialize)]
pub struct Repaired {
    /// The file.
    pub id: FileId,
    /// Its name.
    pub name: String,
    /// The revision before.
    pub from_revn: i64,
    /// The revision now; the same when nothing was done.
    pub revn: i64,
    /// What it was before; none when nothing was done.
    pub snapshot: Option<SnapshotId>,
    /// What was wrong, by code.
    pub found: Vec<Tally>,
    /// Changes that were applied.
    pub changes: usize,
    /// Changes that were not taken in the end, at most 100.
    pub refused: Vec<Refused>,
    /// What is wrong still, by code.
    pub left: Vec<Tally>,
    /// The first 10,000 of it.
    pub problems: Vec<Problem>,
    /// Those who have the file open hear of it.
    #[serde(skip)]
    pub follow_ups: FollowUps,
}

/// Puts the document of a file right where one thing does and nothing is lost, with a snapshot of the system before.
/// Looks again, and puts right what came to light, until nothing more can be done. Editors wait meanwhile. When no
/// change was taken, the transaction is to be taken back.
///
/// # Errors
/// [`Error::NotFound`] when the file, or what it is in, is deleted; `document-unreadable` when a part of it cannot be
/// read; refusals of `update-file` that are about the file; those of the database.
pub async fn repair(
    app: &App,
    tx: &Tx,
    operator: &Operator,
    id: FileId,
    now: DateTime<Utc>,
) -> Result<Repaired> {
    lock::hold(tx, id).await?;
    let held = permission::file_operated(tx, operator, id).await?;
    let root = unpack::root(app, tx, id, held.root_container_id, held.revn).await?;
    let session = platform::ids::random_id();
    let (taken, follow_ups) = (0, FollowUps::default());
    let mut applying = Applying { app, tx, held: &held, now, session, revn: held.revn, taken, follow_ups };
    let (mut found, mut made) = (None, None);
    let mut refused = Vec::new();
    for number in 0..=ROUNDS_MAX {
        let Looked { problems, changes } = look(app, tx, id, root).await?;
        let tally = problems.tally();
        let found = found.get_or_insert_with(|| tally.clone());
        let mut is_over = number == ROUNDS_MAX || changes.is_empty();
        if !is_over {
            if made.is_none() {
                made = Some(snapshot::before_repair(app, tx, &held, now).await?.id);
            }
            let Round { written, refused: of_round } = applying.apply(changes).await?;
            refused = of_round;
            is_over = written == 0;
        }
        if is_over {
            return Ok(Repaired {
                id,
                name: held.name.clone(),
                from_revn: held.revn,
                revn: applying.revn,
                snapshot: made.filter(|_| applying.taken > 0),
                found: std::mem::take(found),
                changes: applying.taken,
                refused,
                left: tally,
                problems: problems.first,
                follow_ups: applying.follow_ups,
            });
        }
    }
    Err(Error::platform("a repair without an end"))
}

/// What was found in one round.
struct Looked {
    problems: Problems,
    changes: Vec<Value>,
}

/// Looks at the whole document before anything of it is changed.
async fn look(app: &App, tx: &Tx, id: FileId, root: i64) -> Result<Looked> {
    let mut scan = Scan::begin(app, tx, id, root).await?;
    let mut looked = Looked { problems: Problems::default(), changes: Vec::new() };
    let mut unreadable = scan.unreadable.len();
    while let Some(Seen { shapes, findings, unreadable: of_container }) = scan.next().await? {
        unreadable += of_container.len();
        findings.iter().for_each(|finding| looked.problems.add(Problem::of(finding)));
        if looked.changes.len() < CHANGES_MAX {
            looked.changes.extend(changes(scan.registry(), &shapes, &findings));
        }
    }
    if unreadable > 0 {
        let hint = format!(
            "{unreadable} of its parts cannot be read: nothing is put right while what seems to be missing may be there"
        );
        return Err(Error::validation("document-unreadable").hint(hint));
    }
    Ok(looked)
}
