//! The edge: HTTP in, HTTP out. `routes` has every path, `methods` every RPC method, `rpc::pipeline` what
//! happens to a call.

pub mod http;
pub mod methods;
pub mod openapi;
pub mod routes;
pub mod rpc;
mod serve;
pub mod views;
pub mod wire;

use platform::app::App;
use poem::{Endpoint, EndpointExt, Response};
pub use serve::serve;

/// What every request works with. Cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The drivers.
    pub app: App,
    /// Tells the workers that there is work.
    pub waker: jobs::Waker,
}

/// Everything the server answers.
pub fn app(state: &State) -> impl Endpoint<Output = Response> + 'static {
    routes::routes(state).around(http::request_id::give)
}
