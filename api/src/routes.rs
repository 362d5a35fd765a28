//! Every HTTP path, on one screen.

use crate::{
    State,
    http::{
        assets::{Assets, By},
        doc::{Document, Page},
        elsewhere::Elsewhere,
        health::{Live, Metrics, Ready},
        home::Home,
        mailbox::{self, Mailbox, Message},
        vitals::Vitals,
    },
    management::Management,
    notifications::Door,
    rpc::{catalog::AllMethods, dispatch::Methods, path_policy::PathPolicy},
};
use platform::app::App;
use poem::{Endpoint, Request, Response, Route, endpoint::make_sync, http::StatusCode, http::header};
use tokio_util::sync::CancellationToken;

/// All of them.
pub fn routes(state: &State) -> Route {
    let methods = |policy| Methods::new(state, policy);
    let assets = |by| Assets { state: state.clone(), by };
    let routes = health(&state.app, state.draining.clone())
        .at("/api/main/methods/:name", methods(PathPolicy::All))
        .at("/api/rpc/command/:name", methods(PathPolicy::All))
        .at("/api/rpc/query/:name", methods(PathPolicy::Reads))
        .at("/api/rpc/mutation/:name", methods(PathPolicy::Changes))
        .at("/api/main/doc", Page::of::<AllMethods>(state, "backend-api-doc"))
        .at("/api/main/doc/openapi", Page::of::<AllMethods>(state, "backend-openapi-doc"))
        .at("/api/main/doc/openapi.json", Document::of::<AllMethods>(state))
        .at("/api/management/methods/:name", Methods::of::<Management>(state))
        .at("/api/management/doc", Page::of::<Management>(state, "backend-api-doc"))
        .at("/api/management/doc/openapi", Page::of::<Management>(state, "backend-openapi-doc"))
        .at("/api/management/doc/openapi.json", Document::of::<Management>(state))
        .at("/api/doc", moved(state, "api/main/doc"))
        .at("/api/_doc", moved(state, "api/main/doc"))
        .at("/api/openapi", moved(state, "api/main/doc/openapi"))
        .at("/api/openapi.json", moved(state, "api/main/doc/openapi.json"))
        .at("/api/openapi.join", moved(state, "api/main/doc/openapi.json"))
        .at("/api/export", Elsewhere::exporter(state))
        .at("/api/auth/oidc", Elsewhere::provider(state))
        .at("/ws/notifications", Door(state.sockets.clone()))
        .at("/assets/by-id/:id", assets(By::Object))
        .at("/assets/by-file-media-id/:id", assets(By::Media))
        .at("/assets/by-file-media-id/:id/thumbnail", assets(By::Thumbnail));
    if !mailbox::is_open(&state.app) {
        return routes;
    }
    routes.at("/", Home).at("/dev/mail", Mailbox(state.clone())).at("/dev/mail/:id", Message(state.clone()))
}

/// What every process answers about itself; all that one without an API answers.
pub fn health(app: &App, draining: CancellationToken) -> Route {
    Route::new()
        .at("/livez", Live)
        .at("/readyz", Ready { app: app.clone(), draining })
        .at("/metrics", Metrics { app: app.clone(), vitals: Vitals::default() })
}

/// 308 to a path below the public address.
fn moved(state: &State, path: &str) -> impl Endpoint<Output = Response> + 'static {
    let base = state.app.config.http.public_uri.as_str().trim_end_matches('/');
    let target = format!("{base}/{path}");
    make_sync(move |_: Request| {
        Response::builder()
            .status(StatusCode::PERMANENT_REDIRECT)
            .header(header::LOCATION, target.as_str())
            .finish()
    })
}
