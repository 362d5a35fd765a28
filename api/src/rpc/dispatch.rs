//! The HTTP endpoint of a list of methods.

use super::{
    catalog::{AllMethods, Catalog, MethodList},
    path_policy::PathPolicy,
    pipeline,
};
use crate::State;
use poem::{Endpoint, Request, Response};

/// A path under which methods are called; its last segment is `:name`.
pub struct Methods {
    state: State,
    catalog: &'static Catalog,
    policy: PathPolicy,
}

impl Methods {
    /// Those of the API that a path lets through.
    pub fn new(state: &State, policy: PathPolicy) -> Methods {
        Methods { state: state.clone(), catalog: AllMethods::catalog(), policy }
    }

    /// Those of another list: for other servers, or for trying out what no method of the API does.
    pub fn of<L: MethodList>(state: &State) -> Methods {
        Methods { state: state.clone(), catalog: L::catalog(), policy: PathPolicy::All }
    }
}

impl Endpoint for Methods {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        Ok(Box::pin(pipeline::run(&self.state, self.catalog, self.policy, request)).await)
    }
}
