//! What happens in a team, kept for its webhooks. Where a team has none, one statement says so and nothing is kept.
//!
//! What happens often is gathered: the first is told at once, and what follows within a while in one, the last.

use crate::error::Result;
use crate::follow_up::{FollowUps, JobRequest};
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::{ProfileId, TeamId, WebhookEventId, WebhookId};
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// What is gathered, by person and by what has the key `id`, and for how long.
const GATHERED: &[(&str, TimeDelta)] =
    &[("update-file", TimeDelta::minutes(2)), ("update-project-pin", TimeDelta::seconds(5))];
/// How long what was told is kept: deliveries that were given up can be made again by hand.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Events that one statement drops.
const BATCH_MAX: i64 = 1_000;

/// Something that was done.
#[derive(Clone, Debug)]
pub struct Occurred {
    /// The method that was called.
    pub name: &'static str,
    /// Who called.
    pub profile: ProfileId,
    /// What about, without secrets, by names in kebab-case.
    pub props: Map<String, Json>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Occurred {
    fn id(&self, name: &str) -> Option<Uuid> {
        Uuid::try_parse(self.props.get(name)?.as_str()?).ok()
    }
}

/// Keeps it, when its team has a webhook that is switched on, in the transaction in which it was done. Its team is the
/// one that it names, else that of the project or file.
///
/// # Errors
/// Those of the database.
pub async fn leave(tx: &Tx, occurred: &Occurred) -> Result<FollowUps> {
    let id = WebhookEventId(platform::ids::new_id());
    let values = [
        id.0.into(),
        occurred.name.into(),
        occurred.profile.0.into(),
        Json::Object(occurred.props.clone()).into(),
        occurred.at.into(),
        occurred.id("team-id").into(),
        occurred.id("project-id").into(),
        occurred.id("file-id").into(),
    ];
    let gathered = GATHERED.iter().find(|(name, _)| *name == occurred.name).zip(occurred.id("id"));
    let Some(((name, span), about)) = gathered else {
        let hooks = tx.query_all_raw(sql(LEAVE, values)).await?;
        return deliveries(id, &hooks);
    };
    let gathered_as = format!("{name}:{}:{about}", occurred.profile);
    let more: [sea_orm::Value; 2] = [gathered_as.into(), span.num_seconds().into()];
    let Some(row) = tx.query_one_raw(sql(GATHER, values.into_iter().chain(more))).await? else {
        return Ok(FollowUps::default());
    };
    // Asked for again when it waits already: there is one job for it.
    let (event, team) = (WebhookEventId(row.try_get("", "id")?), TeamId(row.try_get("", "team_id")?));
    let not_before = row.try_get("", "due_at")?;
    Ok(FollowUps::default().job(JobRequest::TellWebhooks { event, team, not_before }))
}

/// The deliveries of something that was gathered. None when they were made already, or no webhook is left.
///
/// # Errors
/// Those of the database.
pub async fn tell(tx: &Tx, event: WebhookEventId, now: DateTime<Utc>) -> Result<FollowUps> {
    let hooks = tx.query_all_raw(sql(TELL, [event.0.into(), now.into()])).await?;
    deliveries(event, &hooks)
}

fn deliveries(event: WebhookEventId, hooks: &[QueryResult]) -> Result<FollowUps> {
    let mut follow_ups = FollowUps::default();
    for row in hooks {
        let (webhook, team) = (WebhookId(row.try_get("", "id")?), TeamId(row.try_get("", "team_id")?));
        follow_ups = follow_ups.job(JobRequest::Deliver { event, webhook, team });
    }
    Ok(follow_ups)
}

/// Drops some of what happened long ago; how many.
///
/// # Errors
/// Those of the database.
pub async fn collect_old(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64> {
    Ok(conn.execute_raw(sql(DROP_OLD, [(now - KEPT).into(), BATCH_MAX.into()])).await?.rows_affected())
}

const LEAVE: &str = "
    WITH hooks AS MATERIALIZED (
         SELECT id, team_id FROM webhook
          WHERE is_active AND team_id = COALESCE($6::uuid,
                (SELECT team_id FROM project WHERE id = $7::uuid),
                (SELECT p.team_id FROM file f JOIN project p ON p.id = f.project_id WHERE f.id = $8::uuid))),
         event AS (
         INSERT INTO webhook_event (id, team_id, name, profile_id, props, created_at, due_at, told_at)
         SELECT $1::uuid, team_id, $2::text, $3::uuid, $4::jsonb, $5::timestamptz, $5, $5 FROM hooks LIMIT 1)
    SELECT id, team_id FROM hooks ORDER BY id";

/// The one that waits already takes what is new. One that is being told meanwhile is waited for, and then another one
/// waits.
const GATHER: &str = "
    WITH hooked AS MATERIALIZED (
         SELECT team_id FROM webhook
          WHERE is_active AND team_id = COALESCE($6::uuid,
                (SELECT team_id FROM project WHERE id = $7::uuid),
                (SELECT p.team_id FROM file f JOIN project p ON p.id = f.project_id WHERE f.id = $8::uuid))
          LIMIT 1)
    INSERT INTO webhook_event AS e (id, team_id, name, profile_id, props, created_at, due_at, gathered_as)
    SELECT $1::uuid, team_id, $2::text, $3::uuid, $4::jsonb, $5::timestamptz, GREATEST($5,
           (SELECT max(due_at) + $10::bigint * interval '1 second' FROM webhook_event WHERE gathered_as = $9::text)),
           $9
      FROM hooked
        ON CONFLICT (gathered_as) WHERE told_at IS NULL
        DO UPDATE SET team_id = excluded.team_id, props = excluded.props, created_at = excluded.created_at
    RETURNING e.id, e.team_id, e.due_at";

const TELL: &str = "
    WITH event AS (
         UPDATE webhook_event SET told_at = $2 WHERE id = $1 AND told_at IS NULL RETURNING team_id)
    SELECT w.id, w.team_id FROM webhook w JOIN event ON event.team_id = w.team_id WHERE w.is_active ORDER BY w.id";

const DROP_OLD: &str = "
    DELETE FROM webhook_event WHERE id IN (
           SELECT id FROM webhook_event WHERE created_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)";
