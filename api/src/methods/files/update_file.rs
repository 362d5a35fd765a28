//! Apply changes to a file's document.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{ConcurrencyLimit, UPDATES},
        tx_mode::TxMode,
    },
    views::file_change::LaggedChange,
    wire::{Opaque, Set, Text},
};
use domain::{
    file::update::{self, Batch, Updated},
    permission,
};
use entities::ids::FileId;
use platform::metrics::names;
use poem_openapi::Object;
use std::sync::Arc;
use transit::value::Value;
use uuid::Uuid;

/// The method `update-file`.
pub struct UpdateFile;

/// Which file, and what to change.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    id: Uuid,
    /// What the client calls its session: all others that have the file open hear of the changes.
    session_id: Uuid,
    /// The revision that the client knows. An older one than the file's is fine: the answer tells what it has not seen.
    #[oai(validator(minimum(value = "0")))]
    revn: i64,
    /// The version mark that the client knows.
    #[oai(validator(minimum(value = "0")))]
    vern: i64,
    /// Document features that the client knows.
    #[oai(validator(max_items = 100))]
    features: Option<Set<String>>,
    /// The changes, applied in turn: all of them or none.
    changes: Option<Vec<Opaque>>,
    /// The changes in groups, in their place.
    changes_with_metadata: Option<Vec<ChangeGroup>>,
    /// What the client calls this batch. Sent again, it is applied once and gets the same answer.
    commit_id: Option<Uuid>,
    /// Has no effect: every change is checked.
    skip_validate: Option<bool>,
}

/// Changes that belong together.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct ChangeGroup {
    /// The changes.
    changes: Vec<Opaque>,
    /// What made the client make them.
    hint_origin: Option<Text>,
    /// The events that they come from.
    hint_events: Option<Vec<Text>>,
}

/// What was there before, and what the client has not seen.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The revision before these changes.
    revn: i64,
    /// Every batch that the client may not have seen, oldest first and its own last.
    lagged: Vec<LaggedChange>,
}

impl Method for UpdateFile {
    const NAME: &'static str = "update-file";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const WEBHOOK: bool = true;
    const TOLD: &'static [&'static str] = &["id", "name", "features", "project-id", "team-id"];
    const PERMITS: &'static [ConcurrencyLimit] = UPDATES;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Conflict, "vern-conflict"),
        (Fault::Validation, "revn-conflict"),
        (Fault::Validation, "commit-id-reused"),
        (Fault::Validation, "data-validation"),
        (Fault::Validation, "fix-not-implemented"),
        (Fault::Restriction, "document-limit-reached"),
        (Fault::Restriction, "file-version-not-supported"),
        (Fault::Restriction, "feature-not-supported"),
        (Fault::Restriction, "file-feature-mismatch"),
        (Fault::Restriction, "file-in-components-v1"),
    ];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let tx = ctx.tx()?;
        let file = permission::file_editor(tx, ctx.caller()?, FileId(params.id)).await?;
        let id = params.id;
        let batch = params.batch(ctx).await?;
        let count = i64::try_from(batch.sent.count()).unwrap_or(i64::MAX);
        let updated = update::update(ctx.app(), tx, &file, batch, ctx.now()).await;
        let updated = updated.inspect_err(count_refusal)?;
        count_batch(ctx, &updated);
        if updated.cost.is_none() {
            ctx.audit().repeats();
        }
        let features = updated.features.iter().map(|feature| Value::text(feature)).collect();
        for (name, value) in [
            ("name", Value::text(&updated.name)),
            ("features", Value::Vec(features)),
            ("project-id", Value::Uuid(updated.project_id.0)),
            ("team-id", Value::Uuid(updated.team_id.0)),
            // What people drew is not for the log.
            ("changes", Value::Int(count)),
            ("changes-with-metadata", Value::Int(count)),
        ] {
            ctx.audit().prop(name, value);
        }
        ctx.follow_up(updated.follow_ups).await?;
        let format = ctx.call().format;
        let made = move |lagged| LaggedChange::new(lagged, id, format);
        Ok(Output { revn: updated.revn, lagged: update::tell(ctx.app(), updated.lagged, made).await? })
    }
}

/// What a batch that goes through leaves in the metrics.
fn count_batch(ctx: &Ctx, updated: &Updated) {
    let many = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let outcome = if updated.cost.is_some() { "applied" } else { "repeated" };
    ctx.count(metrics::counter!(names::FILE_UPDATES, "outcome" => outcome), 1);
    if let Some(cost) = updated.cost {
        // Its own is the last of them.
        ctx.count(metrics::counter!(names::FILE_LAGGED), many(updated.lagged.len().saturating_sub(1)));
        ctx.count(metrics::counter!(names::FILE_CHANGES), many(cost.changes));
        ctx.count(metrics::counter!(names::FILE_PARTS_READ), many(cost.read));
        ctx.count(metrics::counter!(names::FILE_PARTS_WRITTEN), many(cost.written));
    }
}

/// The same of one that does not. What is tried again is none yet.
fn count_refusal(error: &domain::Error) {
    let outcome = match error.code() {
        Some("vern-conflict" | "revn-conflict") => "conflict",
        Some(_) => "refused",
        None => return,
    };
    metrics::counter!(names::FILE_UPDATES, "outcome" => outcome).increment(1);
}

impl Params {
    /// Groups win over changes without groups.
    async fn batch(self, ctx: &Ctx) -> Result<Batch> {
        let changes: Vec<Opaque> = match self.changes_with_metadata {
            Some(groups) => groups.into_iter().flat_map(|group| group.changes).collect(),
            None => self.changes.unwrap_or_default(),
        };
        let changes = changes.into_iter().map(|change| Arc::unwrap_or_clone(change.0)).collect();
        Ok(Batch {
            session: self.session_id,
            revn: self.revn,
            vern: self.vern,
            features: self.features.map(|known| known.0.into_iter().collect()),
            commit: self.commit_id,
            sent: update::read(ctx.app(), changes).await?,
        })
    }
}
