//! The HTTP endpoint of all methods.

use super::{path_policy::PathPolicy, pipeline};
use crate::State;
use poem::{Endpoint, Request, Response};

/// A path under which methods are called; its last segment is `:name`.
pub struct Methods {
    /// What the calls run with.
    pub state: State,
    /// What this path offers.
    pub policy: PathPolicy,
}

impl Endpoint for Methods {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        Ok(Box::pin(pipeline::run(&self.state, self.policy, request)).await)
    }
}
