//! What commands about people and teams have in common.

use anyhow::{Result, anyhow};
use api::rpc::ctx::Event;
use domain::{deletion::Deleted, role::Role};
use entities::ids::{ProfileId, TeamId};
use jobs::{Enqueue, Waker, all::delete_object::DeleteObject};
use platform::{app::App, db::Tx};
use transit::value::Value;

/// What a refusal of the rules says to the person at the keyboard.
pub(super) fn words(error: domain::Error, none: &str) -> anyhow::Error {
    match error {
        domain::Error::NotFound => anyhow!("{none}"),
        domain::Error::Refused { code, hint, context, .. } => {
            let named: Vec<String> = context.iter().filter_map(|(_, value)| ids(value)).collect();
            let hint = if hint.is_empty() { code } else { &hint };
            if named.is_empty() { anyhow!("{hint}") } else { anyhow!("{hint}: {}", named.join(", ")) }
        }
        other => anyhow!(other),
    }
}

fn ids(value: &Value) -> Option<String> {
    let Value::Vec(items) = value else { return None };
    let ids =
        items.iter().filter_map(|item| if let Value::Uuid(id) = item { Some(id.to_string()) } else { None });
    Some(ids.collect::<Vec<_>>().join(", "))
}

/// Commits, with the job that deletes what lies inside, and tells the workers.
pub(super) async fn commit_deletion(app: &App, tx: Tx, deleted: Deleted) -> Result<()> {
    jobs::enqueue(&tx, &DeleteObject::from(deleted), Enqueue::default()).await?;
    tx.commit().await?;
    Waker::start(app).wake();
    Ok(())
}

/// Tells somebody who looks at it now that their role in a team is another.
pub(super) async fn tell_role(app: &App, team: TeamId, person: ProfileId, role: Role) {
    let news = Event::new(person, "team-role-change").with("team-id", Value::Uuid(team.0));
    news.with("role", Value::keyword(role.name())).publish(app).await;
}
