//! Every path, on one screen.

use crate::{
    audit,
    error::{PageError, Result},
    form::Fields,
    gate::{self, Authentication, Visitor},
    layout::{plain, see_other},
    live::Live,
    page_context::PageContext,
    pages::{self, actions, bulk, dead, job, overview, schedule},
    single_flight_cache::SingleFlightCache,
};
use api::{Mount, State, rpc::error::UNAVAILABLE_RETRY_SECONDS};
use domain::storage::totals::Totals;
use maud::html;
use platform::app::Check;
use poem::{
    Endpoint, EndpointExt as _, IntoResponse as _, Request, Response,
    http::{HeaderValue, Method, StatusCode, header},
};
use tokio_util::sync::CancellationToken;

/// Where it is.
pub const PATH: &str = "/admin";

const STYLE: &str = include_str!("../assets/dashboard.css");
const SCRIPT: &str = include_str!("../assets/dashboard.js");
const VENDORED: &str = include_str!("../assets/vendor/htmx.js");

struct Dashboard {
    state: State,
    live: Live,
    checks: SingleFlightCache<Vec<Check>>,
    totals: SingleFlightCache<Totals>,
}

/// All pages, mount the API. Streams end at `stop`.
pub fn mount(state: &State, stop: CancellationToken) -> Mount {
    let live = Live::start(&state.app.pool, stop);
    Mount {
        path: PATH,
        endpoint: Dashboard {
            state: state.clone(),
            live,
            checks: SingleFlightCache::default(),
            totals: SingleFlightCache::default(),
        }
        .boxed(),
    }
}

impl Endpoint for Dashboard {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let answer = self.answer(request).await;
        Ok(answer.unwrap_or_else(refusal))
    }
}

/// The page that says why there is no other; a database that is away is worth another try soon.
fn refusal(refused: PageError) -> Response {
    let refused = match refused {
        PageError::Database(reason) => {
            tracing::error!(%reason, "the dashboard cannot show a page");
            if platform::db::is_away(&*reason) { PageError::Away } else { PageError::Database(reason) }
        }
        other => other,
    };
    let body = html! { h1 { (refused) } p { a href="/admin" { "Back to the overview" } } };
    let mut page = plain(refused.status(), "Not here", &body);
    if matches!(refused, PageError::Away) {
        page.headers_mut().insert(header::RETRY_AFTER, UNAVAILABLE_RETRY_SECONDS.into());
    }
    page
}

impl Dashboard {
    async fn answer(&self, mut request: Request) -> Result<Response> {
        let body = request.take_body();
        let path = request.uri().path().trim_matches('/').to_owned();
        let path: Vec<&str> =
            path.strip_prefix("admin").unwrap_or(&path).split('/').filter(|part| !part.is_empty()).collect();
        let now = self.state.app.now();
        // HEAD is answered as GET is; whoever sends the answer leaves its body out.
        let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
        match (request.method(), path.as_slice()) {
            (_, ["assets", name]) if is_get => return asset(name),
            (_, ["sign-in"]) if is_get => return Ok(pages::sign_in::show(&next_of(&request)?, None)),
            (&Method::POST, ["sign-in"]) => {
                let fields = Fields::of_body(body).await?;
                return pages::sign_in::act(&self.state, &request, &fields).await;
            }
            _ => {}
        }
        let visitor = match gate::authenticate(&self.state.app, &request, now).await? {
            Authentication::Visitor(visitor) => visitor,
            Authentication::Other(email) => return Ok(pages::sign_in::not_for(&email)),
            Authentication::Nobody if is_get && path != ["live"] => {
                let next = crate::form::query([("next", address_of(&request).as_str())]);
                return Ok(see_other(&format!("/admin/sign-in?{next}")));
            }
            Authentication::Nobody => return Err(PageError::Forbidden("sign in first")),
        };
        if request.method() == Method::POST {
            let fields = Fields::of_body(body).await?;
            return self.act(&request, &visitor, fields, &path).await;
        }
        let ctx = PageContext {
            state: &self.state,
            visitor: &visitor,
            fields: Fields::of_query(&request)?,
            address: address_of(&request),
        };
        self.show(&ctx, &path).await
    }

    async fn show(&self, ctx: &PageContext<'_>, path: &[&str]) -> Result<Response> {
        match path {
            [] => overview::show(ctx).await,
            ["jobs"] => pages::jobs::show(ctx).await,
            ["jobs", "confirm"] => bulk::confirm(ctx, vec![]).await,
            ["jobs", id] => job::show(ctx, number(id)?).await,
            ["dead"] => dead::show(ctx).await,
            ["schedule"] => schedule::show(ctx).await,
            ["storage"] => pages::storage::show(ctx, &self.totals).await,
            ["storage", "objects", id] => pages::storage::object::show(ctx, id).await,
            ["health"] => pages::health::show(ctx, &self.checks).await,
            ["actions"] => actions::show(ctx).await,
            ["people"] => pages::people::show(ctx).await,
            ["people", id] => pages::person::show(ctx, key(id)?).await,
            ["people", id, action] => pages::person_actions::ask(ctx, key(id)?, action).await,
            ["teams"] => pages::teams::show(ctx).await,
            ["teams", id] => pages::team::show(ctx, key(id)?).await,
            ["teams", id, action] => pages::team_actions::ask(ctx, key(id)?, action).await,
            ["mail"] => pages::mail::show(ctx).await,
            ["mail", id] => pages::mail::open(ctx, id).await,
            ["mail", id, "html"] => pages::mail::frame(ctx, id).await,
            ["live"] => match self.live.follow() {
                Some(stream) => Ok(stream.into_response()),
                None => Ok(StatusCode::SERVICE_UNAVAILABLE.into()),
            },
            _ => Err(PageError::NotFound),
        }
    }

    async fn act(
        &self,
        request: &Request,
        visitor: &Visitor,
        fields: Fields,
        path: &[&str],
    ) -> Result<Response> {
        if path == ["sign-out"] {
            // No more than being signed in is asked for: whoever may only look leaves too.
            let mut response = see_other("/admin/sign-in");
            if gate::is_ours(request)
                && let Some(cookie) = gate::sign_out(&self.state.app, visitor).await
            {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            return Ok(response);
        }
        let csrf = fields.get("csrf").unwrap_or_default();
        let operator = &visitor.may_act(&self.state.app, request, csrf)?;
        let ctx = PageContext { state: &self.state, visitor, fields, address: address_of(request) };
        let done = match path {
            ["jobs", "confirm"] => {
                let ids = ctx.fields.all("id").map(number).collect::<Result<Vec<_>>>()?;
                return bulk::confirm(&ctx, ids).await;
            }
            ["storage", "migrate", "ask"] => return pages::storage::moves::ask(&ctx).await,
            ["storage", "scrub", "ask"] => return pages::storage::repair::ask(&ctx).await,
            ["storage", "sweep", "ask"] => return pages::storage::sweep::ask(&ctx).await,
            ["jobs", id, "rehearse"] => return job::rehearse(&ctx, operator, number(id)?).await,
            ["jobs", "act"] => bulk::act(&ctx, operator).await?,
            ["queues", name, action] => overview::switch(&ctx, operator, name, action).await?,
            ["storage", target, action] => pages::storage::act(&ctx, operator, target, action).await?,
            ["schedule", name, action] => schedule::act(&ctx, operator, name, action).await?,
            ["people", id, action] => pages::person_actions::act(&ctx, operator, key(id)?, action).await?,
            ["teams", id, action] => pages::team_actions::act(&ctx, operator, key(id)?, action).await?,
            _ => return Err(PageError::NotFound),
        };
        audit::record_action(&self.state.app, request, operator, path, &ctx.fields).await;
        Ok(done)
    }
}

fn key<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| PageError::NotFound)
}

fn number(text: &str) -> Result<i64> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// Path and query.
fn address_of(request: &Request) -> String {
    let uri = request.original_uri();
    uri.path_and_query().map_or_else(|| PATH.to_owned(), |both| both.as_str().to_owned())
}

/// Where to go after signing in: a page of ours.
fn next_of(request: &Request) -> Result<String> {
    let fields = Fields::of_query(request)?;
    Ok(fields.get("next").map_or_else(|| PATH.to_owned(), pages::sign_in::own_page))
}

fn asset(name: &str) -> Result<Response> {
    let (kind, text) = match name {
        "dashboard.css" => ("text/css; charset=utf-8", STYLE),
        "dashboard.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "htmx.js" => ("text/javascript; charset=utf-8", VENDORED),
        _ => return Err(PageError::NotFound),
    };
    let mut response = Response::builder().content_type(kind).body(text);
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Short: they change with the program.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=300"));
    Ok(response)
}
