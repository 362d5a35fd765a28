//! What an id is of, and what becomes of it.

use anyhow::Result;
use dashboard::wording;
use domain::{
    admin::object::{Object, deleted_by},
    storage::why::why,
};
use platform::app::App;

use super::explanation::Explanation;
use crate::output::time;

/// Tells it, from the inside out.
pub(super) async fn explain(app: &App, chain: &[Object]) -> Result<Explanation> {
    let mut explanation = Explanation::default();
    let now = app.now();
    for (depth, object) in chain.iter().enumerate() {
        let Object { kind, id, name, created_at, .. } = object;
        let what =
            if depth == 0 { format!("{id} is the {kind}") } else { format!("It is in the {kind} {id},") };
        explanation.say(format!("{what} {name:?}, made at {}.", time(*created_at)));
        if let Some(owner) = &object.owner {
            explanation.say(format!("The {kind} belongs to {owner}."));
        }
        let Some(at) = object.deleted_at else { continue };
        if kind == "blob" {
            continue;
        }
        let fate = if at > now { "it is purged at" } else { "it is due to be purged since" };
        explanation.say(format!("The {kind} is deleted; {fate} {}.", time(at)));
        if let Some(event) = deleted_by(&app.db, *id).await? {
            explanation.say(format!(
                "That was {} of {} at {}.",
                event.name,
                event.who,
                time(event.created_at)
            ));
        }
        match kind.as_str() {
            "team" => explanation.can(format!("atelier team restore {id}")),
            "person" => explanation.can(format!("atelier profile restore {name}")),
            _ => explanation
                .say(format!("Whoever may edit its team brings the {kind} back, among the deleted files.")),
        }
    }
    let Some(object) = chain.first() else { return Ok(explanation) };
    match object.kind.as_str() {
        "blob" => {
            let why = why(app, object.id.into(), now).await?;
            explanation.say(wording::verdict(&why));
            for used in &why.uses {
                explanation.say(format!("It is the {} of {}.", used.what, used.holder));
                if let Some(link) = used.chain.first() {
                    explanation.can(format!("atelier explain object {}", link.id));
                }
            }
            explanation.can(format!("atelier storage why {}", object.id));
            if object.deleted_at.is_some() {
                explanation.can(format!("atelier storage restore {}", object.id));
            }
        }
        "team" if object.deleted_at.is_none() => {
            explanation.can(format!("atelier team members {}", object.id))
        }
        _ => {}
    }
    Ok(explanation)
}
