//! Everything the server answers, put together.

use crate::{State, http, methods, routes, rpc};
use poem::{Endpoint, EndpointExt, Response, endpoint::BoxEndpoint};

/// What is mounted beside the API, below a path of its own.
pub struct Mount {
    /// The path, such as `/admin`.
    pub path: &'static str,
    /// Answers everything below it.
    pub endpoint: BoxEndpoint<'static, Response>,
}

/// Everything the server answers.
pub fn app(state: &State, mount: Option<Mount>) -> impl Endpoint<Output = Response> + 'static {
    rpc::rate::warn_of_unknown(&state.app, methods::ALL.iter().map(|entry| entry.name));
    let routes = routes::routes(state);
    let routes = match mount {
        Some(Mount { path, endpoint }) => routes.nest(path, endpoint),
        None => routes,
    };
    routes.around(http::guard::new(state)).around(http::request_id::give)
}
