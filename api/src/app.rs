//! Everything the server answers, put together.

use crate::{State, http, methods, routes, rpc, turn_away};
use poem::{Endpoint, EndpointExt, Response, endpoint::BoxEndpoint};

/// What stands beside the API, below a path of its own.
pub struct Beside {
    /// The path, such as `/admin`.
    pub path: &'static str,
    /// Answers everything below it.
    pub endpoint: BoxEndpoint<'static, Response>,
}

/// Everything the server answers.
pub fn app(state: &State, beside: Option<Beside>) -> impl Endpoint<Output = Response> + 'static {
    rpc::rate::warn_of_unknown(&state.app, methods::ALL.iter().map(|entry| entry.name));
    let routes = routes::routes(state);
    let routes = match beside {
        Some(Beside { path, endpoint }) => routes.nest(path, endpoint),
        None => routes,
    };
    let guarded = routes.around(http::guard::new(state));
    guarded.around(http::request_id::give).around(turn_away::while_leaving(&state.leaving))
}
