//! What rules ask for, carried out.

use atelier_queue::NewJob;
use chrono::TimeDelta;
use domain::{
    follow_up::{FollowUps, JobRequest},
    permission::Operator,
};
use platform::{app::App, db::Tx};
use sea_orm::{ConnectionTrait, DbErr};

use crate::{
    after_commit::{AfterCommit, enqueue_all},
    all::{
        absorb_library::AbsorbLibrary, bin_batch::BinBatch, carry_fonts::CarryFonts,
        delete_object::DeleteObject, file_gc::FileGc, process_webhook_event::ProcessWebhookEvent,
        release_libraries::ReleaseLibraries, request_recovery::RequestRecovery, run_webhook::RunWebhook,
        send_comment_mail::SendCommentMail, send_mail::SendMail,
    },
    insert::EnqueueError,
    job::new_job,
    origin::Origin,
    wake::Waker,
};

/// The job that a rule asks for, with the facts of its kind.
pub(crate) fn job_of(request: JobRequest) -> Result<NewJob, serde_json::Error> {
    match request {
        JobRequest::DeleteObject { kind, id } => new_job(&DeleteObject { object: kind, id }),
        JobRequest::SendMail { mail, not_before } => {
            Ok(NewJob { run_at: not_before, ..new_job(&SendMail(mail))? })
        }
        JobRequest::TellOfComments { person, not_before } => {
            let new = new_job(&SendCommentMail { profile_id: person.0 })?;
            Ok(NewJob { run_at: Some(not_before), ..new })
        }
        JobRequest::RequestRecovery { email } => new_job(&RequestRecovery { email }),
        JobRequest::AbsorbLibrary { file, library } => {
            new_job(&AbsorbLibrary { file_id: file.0, library_id: library.0 })
        }
        JobRequest::ReleaseLibraries => new_job(&ReleaseLibraries {}),
        JobRequest::BinBatch { id } => new_job(&BinBatch { batch_id: id }),
        JobRequest::CarryFonts { project, from } => {
            new_job(&CarryFonts { project_id: project.0, team_id: from.0 })
        }
        JobRequest::TellWebhooks { event, team, not_before } => {
            let new = new_job(&ProcessWebhookEvent { event_id: event.0, team_id: team.0 })?;
            Ok(NewJob { run_at: Some(not_before), ..new })
        }
        JobRequest::Deliver { event, webhook, team } => {
            new_job(&RunWebhook { event_id: event.0, webhook_id: webhook.0, team_id: team.0 })
        }
        JobRequest::FileGc { file, revn } => new_job(&FileGc { file_id: file.0, revn }),
    }
}

/// Writes the jobs of a change in its transaction; what it gives is told after the commit. For methods: jobs have
/// [`crate::JobCtx::commit`], operators [`commit`].
///
/// # Errors
/// As [`EnqueueError`] says; the transaction cannot be committed then.
pub async fn follow_up(
    conn: &impl ConnectionTrait,
    follow_ups: FollowUps,
    origin: &Origin,
) -> Result<AfterCommit, EnqueueError> {
    enqueue_all(conn, follow_ups, origin, TimeDelta::zero(), job_of).await
}

/// Why a change of an operator was not made.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A job that it makes necessary could not be written.
    #[error(transparent)]
    Enqueue(#[from] EnqueueError),
    /// The database refused.
    #[error("the change could not be committed: {0}")]
    Database(#[from] DbErr),
}

/// Commits what an operator changed, with the jobs that it makes necessary; then wakes workers and tells whoever
/// listens.
///
/// # Errors
/// As [`CommitError`] says; nothing was changed then.
pub async fn commit(
    app: &App,
    waker: &Waker,
    operator: &Operator,
    tx: Tx,
    follow_ups: FollowUps,
) -> Result<(), CommitError> {
    let after = follow_up(&tx, follow_ups, &Origin::operator(operator)).await?;
    tx.commit().await?;
    after.tell(waker, &app.bus).await;
    Ok(())
}
