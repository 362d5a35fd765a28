//! What a method may know about its call, and what it may ask for besides its answer.

use super::{
    audit::{self, Deed, Record, Said},
    caller::Caller,
    error::{Error, Fault, Result},
    tx::Tx as Wanted,
};
use crate::{State, http::cookie::SetCookie};
use chrono::{DateTime, Utc};
use domain::{follow_up::FollowUps, session};
use entities::{
    ids::{ProfileId, SessionId},
    profile,
};
use jobs::{AfterCommit, EnqueueError, Origin};
use platform::{app::App, db::Tx};
use sea_orm::ConnectionTrait;
use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tracing::{Instrument, Span};
use transit::value::Value;
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
    /// The moment of the call.
    pub now: DateTime<Utc>,
    /// What goes into the record of deeds; none for calls that are no events.
    pub audit: Option<Record>,
    /// How it came, for the record of deeds.
    pub context: audit::Props,
}

/// What a call asked for besides its answer.
#[derive(Default)]
struct Asked {
    after: AfterCommit,
    cookie: Option<SetCookie>,
    said: Said,
    /// The event is written already.
    recorded: bool,
    /// Written after the work, when the method has no transaction of its own.
    events_after: Vec<domain::audit::Event>,
}

/// One attempt at a call. A retry gets a new one, so nothing of a lost transaction is told to anybody.
pub struct Ctx {
    call: Arc<Call>,
    tx: Option<Tx>,
    /// Around all that happens in the transaction, the commit included.
    step: Span,
    asked: Mutex<Asked>,
}

impl Ctx {
    /// Opens the transaction the method wants.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin(call: Arc<Call>, wanted: Wanted) -> Result<Ctx> {
        let db = &call.state.app.db;
        let step = match wanted {
            Wanted::None => Span::none(),
            _ => platform::db::step(),
        };
        let tx = match wanted {
            Wanted::None => None,
            Wanted::Read => Some(platform::db::begin_read(db).instrument(step.clone()).await?),
            Wanted::Write => Some(platform::db::begin(db).instrument(step.clone()).await?),
        };
        Ok(Ctx { call, tx, step, asked: Mutex::default() })
    }

    /// The span of the transaction; none without one.
    pub(super) fn step(&self) -> Span {
        self.step.clone()
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

    /// The session the call came with; none for access tokens.
    pub fn session(&self) -> Option<SessionId> {
        self.call.caller.session
    }

    /// Where the call comes from; none when it did not come over a network.
    pub fn address(&self) -> Option<IpAddr> {
        self.call.address
    }

    /// How the call came, as it stands in events.
    pub fn audit_context(&self) -> audit::Props {
        self.call.context.clone()
    }

    /// The browser's description of itself.
    pub fn user_agent(&self) -> Option<&str> {
        self.call.user_agent.as_deref()
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
        self.tx.as_ref().ok_or_else(|| Error::internal("unexpected", "the method declares no transaction"))
    }

    /// Carries out what a rule says has to follow: its jobs in the transaction, so that they exist when and only
    /// when it commits; its messages after that.
    ///
    /// # Errors
    /// `unexpected` without a transaction, or when a job cannot be written.
    pub async fn follow_up(&self, follow_ups: FollowUps) -> Result<()> {
        let origin = Origin::call(&self.call.request_id, self.profile().map(Uuid::from));
        let after = jobs::follow_up(self.tx()?, follow_ups, &origin).await.map_err(|error| match error {
            // Kept apart, because a lost race must run the transaction again.
            EnqueueError::Database(error) => Error::from(error),
            other => Error::internal("unexpected", other),
        })?;
        let mut asked = self.asked();
        asked.after = std::mem::take(&mut asked.after).and(after);
        Ok(())
    }

    /// Begins a session of this person, written through `conn`; its cookie goes with the answer.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sign_in(&self, conn: &impl ConnectionTrait, profile: ProfileId) -> Result<()> {
        let (app, now) = (self.app(), self.now());
        self.audit_by(profile);
        let opened = session::create(conn, &app.secrets, profile, self.user_agent(), now).await?;
        self.set_cookie(SetCookie::session(app, opened));
        Ok(())
    }

    /// Adds a fact to the call's event in the record of deeds; its name is in kebab-case.
    pub fn audit_prop(&self, name: &'static str, value: Value) {
        self.asked().said.props.push((name, value));
    }

    /// Leaves an event besides that of the call.
    pub fn audit_more(&self, deed: Deed) {
        self.asked().said.more.push(deed);
    }

    /// Says whose deed the call is, when nobody is signed in.
    pub fn audit_by(&self, profile: ProfileId) {
        self.asked().said.profile = Some(profile);
    }

    /// Gives the call's event another name than the method's.
    pub fn audit_as(&self, name: &'static str) {
        self.asked().said.name = Some(name);
    }

    fn origin(&self) -> audit::Origin<'_> {
        let (profile, ip, now) = (self.profile(), self.address(), self.now());
        audit::Origin { profile, ip, context: &self.call.context, now }
    }

    /// Writes the call's event: with the work, or right after it when the method has no transaction to write in.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn audit(&self, wanted: Wanted) -> Result<()> {
        if self.asked().recorded {
            return Ok(());
        }
        if wanted == Wanted::Write {
            return self.audit_in(self.tx()?).await;
        }
        let events = self.events();
        self.asked().events_after = events;
        Ok(())
    }

    /// Writes the call's event now, in a transaction that the method opened itself: the last thing it does in there.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn audit_in(&self, conn: &impl ConnectionTrait) -> Result<()> {
        domain::audit::record(conn, self.events(), self.now()).await?;
        self.asked().recorded = true;
        Ok(())
    }

    fn events(&self) -> Vec<domain::audit::Event> {
        let Some(record) = &self.call.audit else { return vec![] };
        audit::events(&self.origin(), record, &self.asked().said)
    }

    /// Sets or clears the session cookie, when the call ends well.
    pub fn set_cookie(&self, cookie: SetCookie) {
        self.asked().cookie = Some(cookie);
    }

    /// Makes it so, then tells: on a task of its own, because a caller who hangs up between the commit and the
    /// telling must not keep the news from the others.
    ///
    /// # Errors
    /// Those of the commit.
    pub async fn commit(self) -> Result<Option<SetCookie>> {
        let Ctx { call, tx, step, asked } = self;
        let asked = asked.into_inner().unwrap_or_else(PoisonError::into_inner);
        if tx.is_none() && asked.events_after.is_empty() {
            return Ok(asked.cookie);
        }
        let committed = async move {
            if let Some(tx) = tx {
                tx.commit().instrument(step.clone()).await?;
            }
            drop(step);
            if !asked.events_after.is_empty() {
                // The work is done and cannot be taken back: the caller is told so all the same.
                if let Err(error) =
                    domain::audit::record(&call.state.app.db, asked.events_after, call.now).await
                {
                    tracing::error!(%error, "a deed could not be recorded");
                }
            }
            asked.after.tell(&call.state.waker, &call.state.app.bus).await;
            Ok(asked.cookie)
        };
        let committed = tokio::spawn(committed.instrument(Span::current()));
        committed.await.map_err(|e| Error::internal("unexpected", e))?
    }

    /// Forgets everything.
    pub async fn rollback(self) {
        if let Some(tx) = self.tx {
            // A connection that cannot roll back is closed, which rolls back.
            if let Err(e) = tx.rollback().await {
                tracing::debug!(error = %e, "rollback failed");
            }
        }
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
