//! What a method may know about its call, and what it may ask for besides its answer.

use super::{
    audit::{Audit, AuditedCall, Props},
    caller::Caller,
    error::{Error, Fault, Result},
    format::Format,
    tx_mode::TxMode,
};
use crate::{State, http::cookie::SetCookie};
use chrono::{DateTime, Utc};
use domain::{follow_up::FollowUps, session, webhook::event};
use entities::{ids::ProfileId, profile};
use jobs::{AfterCommit, EnqueueError, Origin};
use metrics::Counter;
use platform::{app::App, db::Tx};
use sea_orm::ConnectionTrait;
use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tracing::{Instrument, Span};
use uuid::Uuid;

/// What stays the same when a transaction runs again.
pub struct Call {
    /// The server.
    pub state: State,
    /// The request's id, as in the log and the answer's header.
    pub request_id: String,
    /// Who calls.
    pub caller: Caller,
    /// Where the call comes from; none when it did not come over a network.
    pub address: Option<IpAddr>,
    /// The browser's description of itself, cut to 500 characters.
    pub user_agent: Option<String>,
    /// What the caller's client calls its session (`x-session-id`): the messages about what it did itself pass it by.
    pub client_session: Option<Uuid>,
    /// The share links by which their browser looks at files already.
    pub links: Vec<Uuid>,
    /// What the caller reads. It matters to a method only when a value is kept in one of the formats.
    pub format: Format,
    /// The moment of the call.
    pub now: DateTime<Utc>,
    /// How it came, as it stands in events.
    pub context: Arc<Props>,
    /// What the audit log will have of it; none for calls that are no events.
    pub audit: Option<Arc<AuditedCall>>,
}

impl Call {
    /// Commits what work that is streamed has changed, with the jobs that it makes necessary; then wakes workers and
    /// tells whoever listens, also when the caller hangs up meanwhile.
    ///
    /// # Errors
    /// `unexpected` when a job cannot be written; those of the commit.
    pub async fn commit(self: &Arc<Self>, tx: Tx, follow_ups: FollowUps) -> Result<()> {
        let after = self.enqueue(&tx, follow_ups).await?;
        let call = Arc::clone(self);
        let committed = async move {
            tx.commit().await?;
            after.tell(&call.state.waker, &call.state.app.bus).await;
            Ok(())
        };
        let committed = tokio::spawn(committed.instrument(Span::current()));
        committed.await.map_err(|e| Error::internal("unexpected", e))?
    }

    /// Has webhooks told of something that is done already.
    async fn tell_webhooks(&self, occurred: &event::Occurred) -> Result<AfterCommit> {
        let tx = platform::db::begin(&self.state.app.db).await?;
        let after = self.enqueue(&tx, event::leave(&tx, occurred).await?).await?;
        tx.commit().await?;
        Ok(after)
    }

    async fn enqueue(&self, tx: &Tx, follow_ups: FollowUps) -> Result<AfterCommit> {
        let origin = Origin::call(&self.request_id, self.caller.profile.map(Uuid::from));
        jobs::follow_up(tx, follow_ups, &origin).await.map_err(|error| match error {
            // Kept apart, because a lost race must run the transaction again.
            EnqueueError::Database(error) => Error::from(error),
            other => Error::internal("unexpected", other),
        })
    }
}

/// What follows the commit, besides the answer.
#[derive(Default)]
struct SideEffects {
    after: AfterCommit,
    cookie: Option<SetCookie>,
    counts: Vec<(Counter, u64)>,
}

/// One attempt at a call. A retry gets a new one, so nothing of a lost transaction is told to anybody.
pub struct Ctx {
    call: Arc<Call>,
    /// Shared only with a document that is read in it.
    tx: Option<Arc<Tx>>,
    mode: TxMode,
    /// Around all that happens in the transaction, the commit included; none without one.
    pub(super) step: Span,
    side_effects: Mutex<SideEffects>,
    audit: Audit,
}

impl Ctx {
    /// Opens the transaction the method wants.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin(call: Arc<Call>, mode: TxMode) -> Result<Ctx> {
        let db = &call.state.app.db;
        let step = match mode {
            TxMode::None => Span::none(),
            _ => platform::db::step(),
        };
        let tx = match mode {
            TxMode::None => None,
            TxMode::Read => Some(Arc::new(platform::db::begin_read(db).instrument(step.clone()).await?)),
            TxMode::Write => Some(Arc::new(platform::db::begin(db).instrument(step.clone()).await?)),
        };
        let audit = Audit::of(call.audit.clone());
        Ok(Ctx { call, tx, mode, step, side_effects: Mutex::default(), audit })
    }

    /// What stays the same when the transaction runs again: the request and who sent it.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// The same, for work that is streamed after it.
    pub fn shared_call(&self) -> Arc<Call> {
        Arc::clone(&self.call)
    }

    /// The drivers.
    pub fn app(&self) -> &App {
        &self.call.state.app
    }

    /// Who calls.
    ///
    /// # Errors
    /// `authentication-required` when nobody is signed in, which only public methods can see.
    pub fn caller(&self) -> Result<ProfileId> {
        self.profile().ok_or_else(|| Error::new(Fault::Authentication, "authentication-required"))
    }

    /// Who calls, if it is somebody.
    pub fn profile(&self) -> Option<ProfileId> {
        self.call.caller.profile
    }

    /// The row of whoever calls, as it was when the call came.
    ///
    /// # Errors
    /// As [`Ctx::caller`].
    pub fn person(&self) -> Result<&profile::Model> {
        let person = self.call.caller.person.as_deref();
        person.ok_or_else(|| Error::new(Fault::Authentication, "authentication-required"))
    }

    /// The moment of the call: one for everything it writes.
    pub fn now(&self) -> DateTime<Utc> {
        self.call.now
    }

    /// The transaction.
    ///
    /// # Errors
    /// `unexpected` when the method declares none.
    pub fn tx(&self) -> Result<&Tx> {
        let tx = self.tx.as_deref();
        tx.ok_or_else(|| Error::internal("unexpected", "the method declares no transaction"))
    }

    /// The transaction, for a document that is read in it after the call: it is of the moment of what the answer says
    /// beside it. It ends with the document.
    ///
    /// # Errors
    /// `unexpected` when the method does not only read.
    pub fn tx_of_document(&self) -> Result<Arc<Tx>> {
        let tx = self.tx.clone().filter(|_| self.mode == TxMode::Read);
        tx.ok_or_else(|| Error::internal("unexpected", "the method declares no reading transaction"))
    }

    /// Carries out what a rule says has to follow: its jobs in the transaction, so that they exist when and only
    /// when it commits; its messages after that.
    ///
    /// # Errors
    /// `unexpected` without a transaction, or when a job cannot be written.
    pub async fn follow_up(&self, follow_ups: FollowUps) -> Result<()> {
        self.follow_up_in(self.tx()?, follow_ups).await
    }

    /// Leaves the call's event in the audit log and for webhooks: the last thing that happens in a transaction, whether
    /// the pipeline opened it or the method itself.
    ///
    /// # Errors
    /// Those of the database; `unexpected` when a job cannot be written.
    pub async fn leave_event(&self, tx: &Tx) -> Result<()> {
        match self.audit.write(tx).await? {
            Some(occurred) => self.follow_up_in(tx, event::leave(tx, &occurred).await?).await,
            None => Ok(()),
        }
    }

    async fn follow_up_in(&self, tx: &Tx, follow_ups: FollowUps) -> Result<()> {
        let after = self.call.enqueue(tx, follow_ups).await?;
        let mut effects = self.side_effects();
        effects.after = std::mem::take(&mut effects.after).and(after);
        Ok(())
    }

    /// Begins a session of this person, written through `conn`; its cookie goes with the answer.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sign_in(&self, conn: &impl ConnectionTrait, profile: ProfileId) -> Result<()> {
        let (app, now) = (self.app(), self.now());
        self.audit.actor(profile);
        let opened =
            session::create(conn, &app.secrets, profile, self.call.user_agent.as_deref(), now).await?;
        self.set_cookie(SetCookie::session(app, opened));
        Ok(())
    }

    /// The event that the call leaves.
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Sets or clears the session cookie, when the call ends well.
    pub fn set_cookie(&self, cookie: SetCookie) {
        self.side_effects().cookie = Some(cookie);
    }

    /// Counts something once it is true.
    pub fn count(&self, counter: Counter, by: u64) {
        self.side_effects().counts.push((counter, by));
    }

    /// Makes it so, then tells: on a task of its own, because a caller who hangs up between the commit and the
    /// telling must not keep the news from the others.
    ///
    /// # Errors
    /// Those of the commit.
    pub async fn commit(self) -> Result<Option<SetCookie>> {
        let Ctx { call, tx, step, side_effects, audit, .. } = self;
        let side_effects = side_effects.into_inner().unwrap_or_else(PoisonError::into_inner);
        let deferred = audit.into_deferred();
        // It leaves nothing.
        if tx.is_none() && call.audit.is_none() {
            return Ok(side_effects.cookie);
        }
        let committed = async move {
            // One that a document is read in has changed nothing.
            if let Some(tx) = tx.and_then(Arc::into_inner) {
                tx.commit().instrument(step.clone()).await?;
            }
            drop(step);
            side_effects.counts.iter().for_each(|(counter, by)| counter.increment(*by));
            // The work is done and cannot be taken back: the caller is told so all the same.
            if let Err(error) = domain::audit::record(&call.state.app.db, deferred.events, call.now).await {
                tracing::error!(%error, "an audit event could not be written");
            }
            let mut after = side_effects.after;
            if let Some(occurred) = deferred.occurred {
                match call.tell_webhooks(&occurred).await {
                    Ok(told) => after = after.and(told),
                    Err(error) => tracing::error!(error = %error.chain(), "webhooks are not told"),
                }
            }
            after.tell(&call.state.waker, &call.state.app.bus).await;
            Ok(side_effects.cookie)
        };
        let committed = tokio::spawn(committed.instrument(Span::current()));
        committed.await.map_err(|e| Error::internal("unexpected", e))?
    }

    /// Forgets everything.
    pub async fn rollback(self) {
        if let Some(tx) = self.tx.and_then(Arc::into_inner) {
            // A connection that cannot roll back is closed, which rolls back.
            if let Err(e) = tx.rollback().await {
                tracing::debug!(error = %e, "rollback failed");
            }
        }
    }

    fn side_effects(&self) -> MutexGuard<'_, SideEffects> {
        self.side_effects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
