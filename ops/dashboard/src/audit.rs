//! What is done here goes into the audit log, besides the queue's own list of actions, which is written with the
//! change itself.

use crate::form::Fields;
use api::http::{address, request_id::RequestId};
use domain::{
    audit::{Event, record},
    permission::Operator,
};
use platform::app::App;
use poem::{Request, http::header};
use serde_json::{Map, Value as Json};

/// Characters of the browser's description of itself.
const AGENT_CHARS_MAX: usize = 500;
/// Numbers of jobs in one event.
const IDS_MAX: usize = 50;

/// Leaves the event of what was done. A record that cannot be written undoes nothing; the log says so.
pub async fn record_action(
    app: &App,
    request: &Request,
    operator: &Operator,
    path: &[&str],
    fields: &Fields,
) {
    let now = app.now();
    let agent = request.header(header::USER_AGENT).unwrap_or_default();
    let mut event = Event::of_operator(operator, name(path), props(path, fields), now);
    event.ip = address::of(request, app.config.http.trusted_proxies);
    let browser = [
        ("request-id", RequestId::of(request).to_string()),
        ("client-user-agent", agent.chars().take(AGENT_CHARS_MAX).collect()),
    ];
    event.context.extend(browser.map(|(name, text)| (name.to_owned(), text.into())));
    if let Err(error) = record(&app.db, vec![event], now).await {
        tracing::error!(%error, who = operator.name(), "what was done on the dashboard could not be recorded");
    }
}

/// `dashboard-` and what was done: `dashboard-jobs-act`, `dashboard-queues-pause`.
fn name(path: &[&str]) -> String {
    let ends = [path.first(), path.get(1..).and_then(<[_]>::last)];
    let words: Vec<&str> = ends.into_iter().flatten().copied().collect();
    format!("dashboard-{}", words.join("-"))
}

/// To what, without the form's own fields.
fn props(path: &[&str], fields: &Fields) -> Map<String, Json> {
    let mut props = Map::new();
    if let [_, target, _] = path {
        props.insert("target".to_owned(), (*target).into());
    }
    for name in [
        "action", "which", "priority", "kind", "queue", "team", "hours", "text", "group", "depth", "from",
        "to", "bucket", "session", "quota", "most", "at",
    ] {
        if let Some(value) = fields.get(name) {
            props.insert(name.to_owned(), value.into());
        }
    }
    let states: Vec<&str> = fields.all("state").collect();
    let ids: Vec<i64> = fields.all("id").take(IDS_MAX).filter_map(|id| id.parse().ok()).collect();
    let repairs: Vec<&str> = fields.all("repair").collect();
    for (name, list) in
        [("states", Json::from(states)), ("ids", Json::from(ids)), ("repairs", Json::from(repairs))]
    {
        if list.as_array().is_some_and(|list| !list.is_empty()) {
            props.insert(name.to_owned(), list);
        }
    }
    props
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn actions_have_short_names() {
        assert_eq!(name(&["jobs", "act"]), "dashboard-jobs-act");
        assert_eq!(name(&["queues", "default", "pause"]), "dashboard-queues-pause");
        assert_eq!(name(&["sign-in"]), "dashboard-sign-in");
    }
}
