//! `/ws/notifications`: who may have a socket.

use super::{
    hub::Hub,
    socket::{Place, serve},
    watch::{stop, watch},
};
use crate::{
    http::{cookie, origin},
    rpc::{
        error::{Error, Fault, Result},
        format::{self, Format},
    },
};
use domain::session::{self, Ages, Live};
use platform::{app::App, metrics::names};
use poem::{
    Endpoint, Request, Response,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tracing::Instrument as _;
use uuid::Uuid;

/// The version of the protocol: there is no other.
const VERSION: &str = "13";

/// Lets sockets in.
pub struct Door(pub Hub);

impl Endpoint for Door {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        Ok(self.enter(&request).await.unwrap_or_else(|error| {
            let error = error.or_unavailable();
            metrics::counter!(names::SOCKETS_REFUSED, "code" => error.code()).increment(1);
            tracing::debug!(code = error.code(), reason = %error.chain(), "a socket is refused");
            let verbose = self.0.app().config.flags.has("transit-readable-response");
            format::error(Format::of(&request, verbose), &error, "GET")
        }))
    }
}

impl Door {
    async fn enter(&self, request: &Request) -> Result<Response> {
        if request.method() != Method::GET {
            return Err(Error::new(Fault::MethodNotAllowed, "method-not-allowed"));
        }
        let session = tab(request).ok_or_else(|| Error::new(Fault::Validation, "missing-session-id"))?;
        let app = self.0.app();
        if !origin::is_ours(&app.config, request.headers()) {
            return Err(Error::new(Fault::Authorization, "origin-not-allowed"));
        }
        let live = signed_in(app, request).await?;
        let expected = || Error::new(Fault::Validation, "websocket-request-expected");
        let key = key(request).ok_or_else(expected)?;
        let upgrade = request.take_upgrade().map_err(|_| expected())?;
        let (weak, draining) = (self.0.downgrade(), self.0.draining());
        self.0.listen(|| {
            tokio::spawn(stop(weak.clone(), draining));
            tokio::spawn(watch(weak));
        });
        let (peer, queue) = self.0.sit(live.person.id, live.session.id, session)?;
        // From here on it is given up with this request, whatever becomes of that.
        let place = Place { hub: self.0.clone(), peer };
        self.0.hear_own(&place.peer).await?;
        let span = tracing::info_span!("socket", profile = %live.person.id, %session);
        let served = async move {
            // A client that went away meanwhile has none.
            if let Ok(stream) = upgrade.await {
                serve(place, queue, stream).await;
            }
        };
        tokio::spawn(served.instrument(span));
        Ok(Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header(header::CONNECTION, "upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_ACCEPT, derive_accept_key(key.as_bytes()))
            .finish())
    }
}

/// What the client calls its session: the messages about what it does itself pass it by.
fn tab(request: &Request) -> Option<Uuid> {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "session-id").and_then(|(_, value)| value.parse().ok())
}

/// By cookie alone: a page cannot set headers here, and access tokens are for calls.
async fn signed_in(app: &App, request: &Request) -> Result<Live> {
    let ages = Ages::of(&app.config.auth);
    let live = match cookie::token(app, request) {
        Some(token) => session::resolve(&app.db, &app.secrets, &token, app.now(), ages).await?,
        None => None,
    };
    live.ok_or_else(|| Error::new(Fault::Authentication, "authentication-required"))
}

/// The key of a request to speak the protocol; none when it is no such request.
fn key(request: &Request) -> Option<&HeaderValue> {
    let headers = request.headers();
    let is = |name: HeaderName, word: &str| {
        let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
        lines.flat_map(|line| line.split(',')).any(|one| one.trim().eq_ignore_ascii_case(word))
    };
    let wants = is(header::CONNECTION, "upgrade")
        && is(header::UPGRADE, "websocket")
        && is(header::SEC_WEBSOCKET_VERSION, VERSION);
    headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| wants)
}
