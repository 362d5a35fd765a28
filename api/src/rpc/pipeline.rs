//! The one order of a call, top to bottom, with no hidden middleware:
//! format, name and HTTP method, page, caller, rate, params, permits, transaction, ETag, call, commit, tell, encode or
//! stream. Limits, time and size, hold from the params on; metrics and the log see every outcome.

use super::{
    audit::{self, AuditedCall},
    caller::{self, Caller},
    catalog::{Catalog, CompiledMethod},
    ctx::{Call, Ctx},
    error::{Error, Fault, Result},
    etag,
    format::{self, Format},
    input,
    limits::Limits,
    method::{Access, Bound, Entry},
    outage::DbOutageRetry,
    path_policy::{self, PathPolicy},
    permits::EVERY_CALL,
    rate,
    reply::Answer,
    report::report,
    respond::Answering,
    shared_key,
    tx_mode::TxMode,
};
use crate::{
    State,
    http::{address, cookie, cookie::SetCookie, reader::Reader, request_id::RequestId},
    wire::{accept::Accept, attach},
};
use futures_util::FutureExt;
use platform::{
    db::{ATTEMPTS_MAX, pause},
    metrics::names,
    trace,
};
use poem::{
    Body, Request, Response,
    http::{HeaderValue, header},
};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};
use tracing::{Instrument, Span};

/// What a client calls its session: a uuid.
const CLIENT_SESSION: &str = "x-session-id";
/// Characters of the user agent that are kept.
const USER_AGENT_MAX: usize = 500;

/// Answers one request for a method.
pub async fn run(
    state: &State,
    catalog: &'static Catalog,
    policy: PathPolicy,
    mut request: Request,
) -> Response {
    let verbose = state.app.config.flags.has("transit-readable-response");
    let format = Format::of(&request, verbose);
    let body = request.take_body();
    let name = request.raw_path_param("name").unwrap_or_default();
    let method = match path_policy::find(catalog, policy, name) {
        Ok(method) => method,
        Err(error) => return format::private(fail(catalog, format, name, &error)),
    };
    let span = tracing::info_span!("rpc", method = method.entry.name, profile = tracing::field::Empty);
    trace::rename(&span, || method.entry.name.to_owned());
    let started = Instant::now();
    // A panic is our fault and one caller's 500, not the end of the process; what it says stays in the log.
    let outcome =
        AssertUnwindSafe(call(state, catalog, method, &request, body, format).instrument(span.clone()))
            .catch_unwind()
            .await
            .unwrap_or_else(|_| Err(Error::internal("unexpected", "panic")));
    let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
    let timing = match method.entry.access {
        Access::Exporter => names::RPC_MANAGEMENT_TIMING,
        Access::Public | Access::Profile => names::RPC_MAIN_TIMING,
    };
    metrics::histogram!(timing, "name" => method.entry.name).record(milliseconds);
    let outcome = outcome.map_err(Error::or_unavailable);
    if let Err(error) = &outcome
        && error.fault().is_ours()
    {
        trace::fail(&span, error.code());
    }
    let answer =
        outcome.unwrap_or_else(|error| span.in_scope(|| fail(catalog, format, method.entry.name, &error)));
    format::private(answer)
}

/// The steps of a call. Any of them ends it.
async fn call(
    state: &State,
    catalog: &'static Catalog,
    method: &'static CompiledMethod,
    request: &Request,
    body: Body,
    format: Format,
) -> Result<Response> {
    let entry = method.entry;
    path_policy::allowed(entry, request.method())?;
    let now = state.app.now();
    let caller = admitted(state, entry.access, request, now).await?;
    if let Some(profile) = caller.profile {
        tracing::Span::current().record("profile", tracing::field::display(profile));
    }

    let address = address::of(request, state.app.config.http.trusted_proxies);
    // Before the body is read, which is the larger work.
    rate::charge(&state.app, entry, &caller, address, now).await?;

    let limits = Limits::of(&state.app.config, method);
    let sender = input::Sender { state, profile: caller.profile, file_fields: &method.file_fields };
    let read = input::read(sender, request, body, &limits);
    let (value, files, room) = limits.in_reading_time(read).await?;
    let (params, props) = bind(catalog, method, value, files)?;
    drop(room);

    let session = caller.renewal.clone();
    let user_agent: Option<String> =
        request.header(header::USER_AGENT).map(|text| text.chars().take(USER_AGENT_MAX).collect());
    let client_session = request.header(CLIENT_SESSION).and_then(|text| text.trim().parse().ok());
    let request_id = RequestId::of(request).to_string();
    let context = match entry.reads() {
        true => Arc::default(),
        false => Arc::new(audit::context(request, &request_id, user_agent.as_deref(), &caller)),
    };
    let audit = props.map(|props| {
        let (name, profile, context) = (entry.name, caller.profile, Arc::clone(&context));
        Arc::new(AuditedCall { name, props, profile, ip: address, context, now, told: told(state, entry) })
    });
    let call = Arc::new(Call {
        state: state.clone(),
        request_id,
        caller,
        address,
        user_agent,
        client_session,
        links: cookie::links(request),
        format,
        now,
        context,
        audit,
    });
    let seen = request.header(header::IF_NONE_MATCH);
    let (profile, permits) = (call.caller.profile, &state.permits);
    let own = permits.acquire(&state.app, entry.permits.iter(), profile).await?;
    let _permits = permits.acquire(&state.app, EVERY_CALL.iter(), profile).await?;
    let done = transaction(entry, &*params, &call, seen, &limits).await?;

    let mut response = match done.answer {
        Some(answer) => {
            Answering { state, catalog, method, format, profile, permits: own }.respond(answer).await?
        }
        None => format::not_modified(),
    };
    if let Some(profile) = profile {
        response.set_data(Reader(profile));
    }
    if let Some(tag) = done.tag.as_deref().and_then(|tag| HeaderValue::from_str(tag).ok()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    // What the method says about the cookie wins over its renewal.
    let cookie = match (done.cookie, session) {
        (None, Some(session)) => renewed(state, &session, now).await,
        (cookie, _) => cookie,
    };
    if let Some(cookie) = cookie.and_then(|cookie| cookie.header(&state.app)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Who calls, if they may call such a method at all. Before the params are read: strangers learn no schema.
async fn admitted(
    state: &State,
    access: Access,
    request: &Request,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Caller> {
    if access == Access::Exporter {
        shared_key::check_exporter(&state.app, request)?;
    }
    caller::from_our_page(&state.app, request)?;
    let caller = who_calls(state, request, now).await?;
    if access != Access::Public && caller.profile.is_none() {
        return Err(Error::new(Fault::Authentication, "authentication-required"));
    }
    Ok(caller)
}

/// Checks and coerces the params, all problems at once, and gives them their type; and what the audit log keeps of
/// them, when the call is an event.
fn bind(
    catalog: &'static Catalog,
    method: &'static CompiledMethod,
    value: transit::value::Value,
    files: attach::Table,
) -> Result<(Box<dyn Bound>, Option<audit::Props>)> {
    let takes = |name: &str| catalog.shapes.takes(method.params, name);
    let props = method.entry.is_event().then(|| audit::props(&value, takes));
    let mut accept = Accept::new(&catalog.shapes, files);
    let json = accept.walk(method.params, value);
    if !accept.problems.is_empty() {
        return Err(Error::params(accept.problems));
    }
    Ok((attach::scope(accept.table, || (method.entry.bind)(json)).0?, props))
}

/// What webhooks are told of a call; none when they are told nothing.
fn told(state: &State, entry: &Entry) -> Option<&'static [&'static str]> {
    (entry.webhook && state.app.config.flags.has("webhooks")).then_some(entry.told)
}

/// A call that went well.
struct Done {
    /// None when the caller already has it.
    answer: Option<Answer>,
    tag: Option<String>,
    cookie: Option<SetCookie>,
}

/// Who calls, waiting for a database that is unavailable.
async fn who_calls(state: &State, request: &Request, now: chrono::DateTime<chrono::Utc>) -> Result<Caller> {
    let outage = DbOutageRetry::begin();
    loop {
        match caller::of(&state.app, request, now).await {
            Err(error) if outage.again(&error).await => {}
            found => return found,
        }
    }
}

/// The renewed cookie. The work is done: that its session could not be renewed is for the log, and for the next call.
async fn renewed(
    state: &State,
    session: &entities::http_session::Model,
    now: chrono::DateTime<chrono::Utc>,
) -> Option<SetCookie> {
    caller::renew(&state.app, session, now).await.unwrap_or_else(|error| {
        tracing::warn!(reason = %error.chain(), "a session could not be renewed");
        None
    })
}

/// Runs the method in its transaction, again from the start when a concurrent one won, or when the database went away
/// before it was told to commit. A commit that was sent and not answered may have been done: that is told, not
/// repeated.
async fn transaction(
    entry: &Entry,
    params: &dyn Bound,
    call: &Arc<Call>,
    seen: Option<&str>,
    limits: &Limits,
) -> Result<Done> {
    let mode = entry.tx;
    let mut attempt = 1;
    let outage = DbOutageRetry::begin();
    loop {
        let lost = match limits.in_time(run_once(mode, params, call, seen)).await {
            Ok((ctx, answer, tag)) => match ctx.commit().await {
                Ok(cookie) => return Ok(Done { answer, tag, cookie }),
                Err(error) if mode == TxMode::Read => error,
                Err(error) => error.or_in_doubt(),
            },
            // What a method opened by itself, it may have committed.
            Err(error) if mode == TxMode::None && !entry.reads() => error.or_in_doubt(),
            Err(error) => error,
        };
        if lost.fault() != Fault::Unavailable && outage.again(&lost).await {
            continue;
        }
        if !lost.is_retryable() || attempt == ATTEMPTS_MAX {
            return Err(lost);
        }
        tracing::debug!(attempt, "the transaction collided with another and runs again");
        tokio::time::sleep(pause(attempt)).await;
        attempt += 1;
    }
}

/// One attempt, up to the commit.
async fn run_once(
    mode: TxMode,
    params: &dyn Bound,
    call: &Arc<Call>,
    seen: Option<&str>,
) -> Result<(Ctx, Option<Answer>, Option<String>)> {
    let ctx = Ctx::begin(Arc::clone(call), mode).await?;
    let step = ctx.step.clone();
    let step = if step.is_none() { Span::current() } else { step };
    let work = async {
        let tag = params.etag(&ctx).await?.map(|key| etag::weak(&key));
        if tag.as_deref().zip(seen).is_some_and(|(tag, seen)| etag::matches(seen, tag)) {
            return Ok((None, tag));
        }
        let answer = params.call(&ctx).await?;
        match mode {
            TxMode::Write => ctx.leave_event(ctx.tx()?).await?,
            TxMode::None | TxMode::Read => ctx.audit().defer(),
        }
        Ok((Some(answer), tag))
    };
    match work.instrument(step).await {
        Ok((answer, tag)) => Ok((ctx, answer, tag)),
        Err(error) => {
            ctx.rollback().await;
            Err(error)
        }
    }
}

/// The answer to a failure, which is told here.
fn fail(catalog: &Catalog, format: Format, method: &str, error: &Error) -> Response {
    report(method, error);
    format::error(format, error, path_policy::verbs(catalog, method))
}
