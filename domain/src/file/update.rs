//! A batch of changes becomes the next revision of a file: locked, checked, applied, written and told, in one
//! transaction of its caller.
//!
//! Nothing of a file is kept between two batches. Changes are read before the lock is asked for: that takes time, and
//! needs no lock.

mod adopt;
mod batch;
mod checks;
mod current;
mod log;
mod sent;

pub use batch::Batch;
pub use log::Lagged;
pub use sent::{NAMED_FIELDS, Sent};

use super::parts::load::Loaded;
use super::parts::save::{Revision, save};
use super::parts::unpack;
use super::snapshot::automatic;
use super::team_features;
use crate::error::{Error, Result};
use crate::event::{Changes, Event};
use crate::features::Features;
use crate::follow_up::FollowUps;
use crate::permission::{self, Editable};
use chrono::{DateTime, Utc};
use current::Current;
use document::apply::apply;
use document::change::Change;
use document::limits::CHANGES_MAX;
use document::stop::{Refusal, Stop, Wanted};
use document::working_set::WorkingSet;
use entities::file;
use entities::ids::{FileId, ProfileId, ProjectId, TeamId};
use platform::app::App;
use platform::cpu::CpuError;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use std::ops::Range;
use std::sync::Arc;
use transit::value::Value;
use uuid::Uuid;

/// What is larger is computed away from the threads that serve others: more changes than this, changes of more bytes
/// than this, or changes times parts above this.
const CHANGES_AT_ONCE: usize = 64;
const BYTES_AT_ONCE: usize = 32 << 10;
const PARTS_AT_ONCE: usize = 20_000;
/// The same of changes that are not read yet, in values that they consist of.
const VALUES_AT_ONCE: usize = 2_000;
/// How often one batch may ask for more parts.
const ROUNDS_MAX: usize = 1000;

/// What became of a batch.
#[derive(Clone, Debug)]
pub struct Updated {
    /// The file's name.
    pub name: String,
    /// Its project.
    pub project_id: ProjectId,
    /// Its team.
    pub team_id: TeamId,
    /// Its features.
    pub features: Features,
    /// The revision before the batch.
    pub revn: i64,
    /// What the client has not seen, oldest first, its own batch last.
    pub lagged: Vec<Lagged>,
    /// Parts that were read and written; none for a batch that was applied before.
    pub cost: Option<Cost>,
    /// Others hear of it.
    pub follow_ups: FollowUps,
}

/// What a batch cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Changes in it.
    pub changes: usize,
    /// Parts that were read.
    pub read: usize,
    /// Parts that were written.
    pub written: usize,
}

/// Applies a batch. One that was applied before, under the same name with the same changes, is not applied again, and
/// gets the answer that it got then. A batch without changes makes a revision too.
///
/// # Errors
/// In this order: [`Error::NotFound`] when the file was deleted meanwhile; `commit-id-reused`;
/// `file-version-not-supported`, `feature-not-supported`, `file-feature-mismatch`, `file-in-components-v1`;
/// `vern-conflict` when a snapshot was restored meanwhile; `revn-conflict` when the file is not there yet;
/// `params-validation`, `data-validation`, `fix-not-implemented` or `document-limit-reached` with the number and the
/// field of the change that is wrong.
pub async fn update(
    app: &App,
    tx: &Tx,
    held: &Editable<file::Model>,
    batch: Batch,
    now: DateTime<Utc>,
) -> Result<Updated> {
    let mut current = Current::of(tx, held.id).await?;
    if current.has_waited {
        // Who was let in before may have been put out meanwhile.
        permission::file_editor(tx, held.caller(), held.id).await?;
    }
    if let Some(commit) = batch.commit
        && let Some(done) = log::find(tx, held.id, commit).await?
    {
        return again(tx, held.id, current, &batch, &done).await;
    }
    let features = checks::check(app, &current, &batch)?;
    let changes = batch.sent.changes().map_err(refused)?;
    let revn = current.revn + 1;
    let root = unpack::root(app, tx, held.id, current.root_container_id, current.revn).await?;
    let mut loaded = Loaded::new(root);
    let all = 0..changes.len();
    let mut set =
        applied(app, tx, &mut loaded, WorkingSet::new(), (&changes, all, batch.sent.bytes()), now).await?;
    adopt::adopt(tx, held, &mut set, now).await?;
    let before = automatic::Before { file: held.id, revn: current.revn, modified_at: current.modified_at };
    if automatic::before_change(app, tx, before, held.caller(), now).await? {
        current.pinned_revn = current.revn;
    }
    team_features::keep(tx, current.team_id, &current.team_features, &features).await?;
    let entry = log::Entry { file: held.id, profile: held.caller(), revn, vern: current.vern, now };
    let (own, written) = write(tx, &entry, &current, &batch, &features, &mut loaded, &set).await?;
    let lagged = log::lagged(tx, held.id, own, batch.revn < current.revn).await?;
    let follow_ups = told(&entry, &current, &batch);
    let cost = Cost { changes: changes.len(), read: loaded.parts(), written };
    Ok(Updated {
        name: current.name,
        project_id: current.project_id,
        team_id: current.team_id,
        features,
        revn: current.revn,
        lagged,
        cost: Some(cost),
        follow_ups,
    })
}

/// Reads changes, of transit or of JSON; many of them away from the threads that serve others.
///
/// # Errors
/// [`Error::busy`] when too much work is waiting.
pub async fn read(app: &App, changes: Vec<Value>) -> Result<Sent> {
    let mut left = VALUES_AT_ONCE;
    if changes.iter().all(|change| change.counts_within(&mut left)) {
        return Ok(Sent::read(changes));
    }
    app.cpu.run(move || Sent::read(changes)).await.map_err(busy)
}

/// What a client has not seen, made into what it is sent; much of it away from the threads that serve others.
///
/// # Errors
/// Those of `make`; [`Error::busy`] when too much work is waiting.
pub async fn tell<T: Send + 'static>(
    app: &App,
    lagged: Vec<Lagged>,
    make: impl Fn(Lagged) -> Result<T> + Send + 'static,
) -> Result<Vec<T>> {
    if lagged.iter().map(|one| one.changes.len()).sum::<usize>() <= BYTES_AT_ONCE {
        return lagged.into_iter().map(make).collect();
    }
    app.cpu.run(move || lagged.into_iter().map(make).collect()).await.map_err(busy)?
}

/// Changes that the server itself makes in a file, deleted or not: nobody's, of no session. Others hear of them as of
/// anybody's.
///
/// # Errors
/// [`Error::NotFound`] when the file is gone; `params-validation`, `data-validation` or `document-limit-reached` with
/// the number and the field of the change that is wrong; those of the database.
pub async fn revise(
    app: &App,
    tx: &Tx,
    file: FileId,
    changes: Vec<Value>,
    now: DateTime<Utc>,
) -> Result<FollowUps> {
    let current = Current::of_any(tx, file).await?;
    let batch = Batch {
        session: Uuid::nil(),
        revn: current.revn,
        vern: current.vern.into(),
        features: None,
        commit: None,
        sent: read(app, changes).await?,
    };
    let changes = batch.sent.changes().map_err(refused)?;
    let revn = current.revn + 1;
    let root = unpack::root(app, tx, file, current.root_container_id, current.revn).await?;
    let (mut loaded, mut set) = (Loaded::new(root), WorkingSet::new());
    for start in (0..changes.len()).step_by(CHANGES_MAX) {
        let some = start..changes.len().min(start + CHANGES_MAX);
        set = applied(app, tx, &mut loaded, set, (&changes, some, batch.sent.bytes()), now).await?;
    }
    let features = current.features.iter().cloned().collect();
    let entry = log::Entry { file, profile: ProfileId(Uuid::nil()), revn, vern: current.vern, now };
    write(tx, &entry, &current, &batch, &features, &mut loaded, &set).await?;
    Ok(told(&entry, &current, &batch))
}

/// Writes the parts, the row of the log and the file's. How many parts were written.
async fn write(
    tx: &Tx,
    entry: &log::Entry,
    current: &Current,
    batch: &Batch,
    features: &Features,
    loaded: &mut Loaded,
    set: &WorkingSet,
) -> Result<(log::Own, usize)> {
    let at = Revision { number: entry.revn, pinned: current.pinned_revn };
    let written = save(tx, entry.file, &mut loaded.containers, set, at).await?;
    let own = log::write(tx, entry, batch, features).await?;
    touch_project(tx, current.project_id, entry.now).await?;
    Ok((own, written))
}

/// The answer to a batch that was applied before.
async fn again(tx: &Tx, id: FileId, current: Current, batch: &Batch, done: &log::Done) -> Result<Updated> {
    if !done.is(&batch.sent)? {
        let hint = "another batch of changes was applied under this commit-id";
        return Err(Error::validation("commit-id-reused").hint(hint));
    }
    Ok(Updated {
        name: current.name,
        project_id: current.project_id,
        team_id: current.team_id,
        features: current.features.into_iter().collect(),
        revn: done.own.revn - 1,
        lagged: log::lagged(tx, id, done.own.clone(), done.own.base_revn < done.own.revn - 1).await?,
        cost: None,
        follow_ups: FollowUps::default(),
    })
}

/// Loads what some of the changes name, applies them, and loads what they miss, until they miss nothing. `bytes` is
/// what all of them have.
async fn applied(
    app: &App,
    tx: &Tx,
    loaded: &mut Loaded,
    mut set: WorkingSet,
    (changes, some, bytes): (&Arc<Vec<Change>>, Range<usize>, usize),
    now: DateTime<Utc>,
) -> Result<WorkingSet> {
    let now = now.timestamp_millis();
    let mut wanted: Vec<Wanted> = part(changes, &some).iter().flat_map(Change::wanted).collect();
    set.limit_steps(some.len());
    for _ in 0..ROUNDS_MAX {
        loaded.load(tx, &mut set, &wanted).await?;
        let is_small = bytes <= BYTES_AT_ONCE
            && some.len() <= CHANGES_AT_ONCE
            && some.len().saturating_mul(set.len()) <= PARTS_AT_ONCE;
        let done = if is_small {
            apply(&set, part(changes, &some), now)
        } else {
            let (given, changes, some) = (set.clone(), Arc::clone(changes), some.clone());
            app.cpu.run(move || apply(&given, part(&changes, &some), now)).await.map_err(busy)?
        };
        match done {
            Ok(done) => return Ok(done),
            Err(Stop::Missing(missing)) => wanted = missing,
            Err(Stop::Refused(refusal)) => return Err(refused(refusal)),
            Err(stop @ Stop::Unreadable(..)) => return Err(Error::platform(stop)),
        }
    }
    let hint =
        format!("the changes build on each other more than {ROUNDS_MAX} times: send them in several batches");
    Err(Error::restriction("document-limit-reached").hint(hint))
}

fn part<'c>(changes: &'c [Change], some: &Range<usize>) -> &'c [Change] {
    changes.get(some.clone()).unwrap_or_default()
}

fn busy(error: CpuError) -> Error {
    match error {
        CpuError::Busy => Error::busy(),
        other => Error::platform(other),
    }
}

/// What is wrong with which change.
fn refused(refusal: Refusal) -> Error {
    use document::fault::Code;
    let code = refusal.code();
    let error = match code {
        // Web apps tell it, and go on.
        Code::Limit => Error::restriction(code.as_str()),
        Code::Params | Code::Data | Code::Fix => Error::validation(code.as_str()),
    };
    let mut error = error.hint(refusal.to_string());
    if let Some(change) = refusal.change.and_then(|at| i64::try_from(at).ok()) {
        error = error.with("change", Value::Int(change));
    }
    if let Some(kind) = refusal.kind {
        error = error.with("change-type", Value::keyword(kind));
    }
    error.with("field", Value::Str(refusal.fault.field)).with("reason", Value::Str(refusal.fault.reason))
}

/// Those who have the file open hear every change, those of its team what concerns a library.
fn told(entry: &log::Entry, current: &Current, batch: &Batch) -> FollowUps {
    let changed = Changes { file: entry.file, by: entry.profile, session: batch.session, revn: entry.revn };
    let all = Event::file_changed(changed, current.vern, batch.sent.raw());
    let follow_ups = FollowUps::default().event(all);
    match batch.sent.of_library().filter(|_| current.is_shared) {
        Some(changes) => {
            follow_ups.event(Event::library_changed(current.team_id, changed, entry.now, changes))
        }
        None => follow_ups,
    }
}

/// Lists of projects show the last changed first. To the second is enough: editors of one project must not wait for
/// each other's commits.
async fn touch_project(tx: &Tx, id: ProjectId, now: DateTime<Utc>) -> Result<()> {
    let touch = "UPDATE project SET modified_at = $2
                  WHERE id = $1 AND modified_at < $2::timestamptz - interval '1 second'";
    tx.execute_raw(sql(touch, [id.0.into(), now.into()])).await?;
    Ok(())
}
