//! Doors of the web app that other programs open. Where there is none the answer is an error that its pages can show;
//! what has no type is shown as a failure of the server.

use crate::{
    State,
    rpc::{
        error::{Error, Fault},
        format::{self, Format},
    },
};
use poem::{Endpoint, Request, Response};

/// A door that nobody opens.
pub struct Elsewhere {
    state: State,
    code: &'static str,
    hint: &'static str,
}

impl Elsewhere {
    /// `/api/export`: the exporter draws pictures of what is selected, with a browser of its own.
    pub fn exporter(state: &State) -> Elsewhere {
        let hint = "no exporter stands beside this server: ops/deploy/compose.web.yaml starts one";
        Elsewhere { state: state.clone(), code: "exporter-not-configured", hint }
    }

    /// `/api/auth/oidc`: where a provider would ask who somebody is.
    pub fn provider(state: &State) -> Elsewhere {
        let hint = "no provider is configured: sign in with a password";
        Elsewhere { state: state.clone(), code: "provider-not-configured", hint }
    }
}

impl Endpoint for Elsewhere {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let verbose = self.state.app.config.flags.has("transit-readable-response");
        let error = Error::new(Fault::Restriction, self.code).hint(self.hint);
        Ok(format::error(Format::of(&request, verbose), &error, "POST"))
    }
}
