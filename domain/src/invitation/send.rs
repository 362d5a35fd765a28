//! Inviting people into a team.

use crate::error::{Error, Result};
use crate::follow_up::{FollowUps, JobRequest};
use crate::mail::request::Mail;
use crate::permission::Administered;
use crate::profile::{clean_email, is_email, props};
use crate::quota::{self, Scope, Target};
use crate::role::Role;
use crate::team::member;
use crate::{invitation, mail_suppression};
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::{InvitationId, ProfileId};
use entities::team_invitation::{ActiveModel, Column, Entity};
use entities::{profile, team, team_access_request};
use platform::app::App;
use platform::db::Tx;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use transit::value::Value;

/// Most people that one request may invite.
pub const PER_REQUEST_MAX: usize = 25;

/// How long an invitation is good.
const VALID: TimeDelta = TimeDelta::hours(168);

/// Somebody who shall come, and as what.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Address.
    pub email: String,
    /// Never the owner.
    pub role: Role,
}

/// What came of inviting people.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Whoever has an invitation now. Those who had asked to be let in, or need no confirmation, are members instead.
    pub invited: Vec<Invited>,
    /// Mails to all of them, but to those who want none.
    pub follow_ups: FollowUps,
}

/// Somebody who has an invitation now.
#[derive(Clone, Debug)]
pub struct Invited {
    /// It.
    pub id: InvitationId,
    /// Whom.
    pub email: String,
    /// As what.
    pub role: Role,
    /// There was none before.
    pub is_new: bool,
    /// Its token.
    pub token: String,
}

/// Invites people; whoever is a member already is passed over. An earlier invitation of the same person is renewed.
///
/// # Errors
/// `max-invitations-by-request` with the threshold, `params-validation` for what is no address or the role of an owner,
/// `max-quote-reached`, `member-is-muted` for a caller whose own mail comes back, `email-has-permanent-bounces`,
/// `email-has-complaints`.
pub async fn send(
    app: &App,
    tx: &Tx,
    team: &Administered<team::Model>,
    wanted: Vec<Wanted>,
    now: DateTime<Utc>,
) -> Result<Sent> {
    let wanted = clean(wanted)?;
    member::lock(tx, team.id).await?;
    let scope = Scope::profile(team.caller()).team(team.id);
    for target in [Target::InvitationsPerTeam, Target::ProfilesPerTeam] {
        quota::check(&app.config, tx, target, scope, wanted.len(), now).await?;
    }
    let caller = profile::Entity::find_by_id(team.caller()).one(tx).await?.ok_or(Error::NotFound)?;
    check_muted(&caller)?;
    let mut sent = Sent::default();
    for one in wanted {
        send_one(app, tx, team, one, now, &mut sent).await?;
    }
    Ok(sent)
}

/// Refuses somebody whose own mail comes back.
///
/// # Errors
/// `member-is-muted`.
pub(crate) fn check_muted(person: &profile::Model) -> Result<()> {
    if !person.is_muted {
        return Ok(());
    }
    let refused = Error::validation("member-is-muted").hint("mail to your own address came back");
    Err(refused.with("email", Value::text(&person.email)))
}

fn clean(wanted: Vec<Wanted>) -> Result<Vec<Wanted>> {
    if wanted.len() > PER_REQUEST_MAX {
        let threshold = Value::Int(i64::try_from(PER_REQUEST_MAX).unwrap_or(i64::MAX));
        let refused = Error::validation("max-invitations-by-request");
        let hint = format!("at most {PER_REQUEST_MAX} people can be invited at once");
        return Err(refused.hint(hint).with("threshold", threshold));
    }
    let mut kept: Vec<Wanted> = Vec::with_capacity(wanted.len());
    for Wanted { email, role } in wanted {
        let email = clean_email(&email);
        if !is_email(&email) {
            return Err(Error::validation("params-validation").hint("emails: not an email address"));
        }
        if role == Role::Owner {
            return Err(Error::validation("params-validation").hint("role: nobody is invited as an owner"));
        }
        if !kept.iter().any(|other| other.email == email) {
            kept.push(Wanted { email, role });
        }
    }
    Ok(kept)
}

async fn send_one(
    app: &App,
    tx: &Tx,
    team: &Administered<team::Model>,
    Wanted { email, role }: Wanted,
    now: DateTime<Utc>,
    sent: &mut Sent,
) -> Result<()> {
    let person = profile::Entity::of_email(&email).one(tx).await?;
    if let Some(person) = &person {
        if member::is_member(tx, team.id, person.id).await? {
            return Ok(());
        }
        let asked = team_access_request::Entity::of(team.id, person.id).one(tx).await?;
        let welcome = asked.is_some_and(|request| request.auto_join_until > now)
            || !app.config.flags.has("email-verification");
        if welcome && !person.is_blocked {
            member::join(tx, team.id, person.id, role, now).await?;
            forget(tx, team.id, &person.email, person.id).await?;
            let mail = Mail::JoinTeam { profile_id: person.id, team_id: team.id, invited_by: team.caller() };
            sent.follow_ups.jobs.push(JobRequest::mail(mail));
            return Ok(());
        }
    }
    mail_suppression::check_address(tx, &email, &email).await?;
    let by_mail = person.as_ref().is_none_or(wants_mail);
    let id = InvitationId(platform::ids::new_id());
    let row = ActiveModel {
        id: Set(id),
        team_id: Set(team.id),
        email_to: Set(email.clone()),
        role: Set(role),
        valid_until: Set(now + VALID),
        created_at: Set(now),
        updated_at: Set(now),
        created_by: Set(Some(team.caller())),
    };
    let again = OnConflict::columns([Column::TeamId, Column::EmailTo])
        .update_columns([Column::Role, Column::ValidUntil, Column::UpdatedAt, Column::CreatedBy])
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    let row = Entity::of(team.id, &email).one(tx).await?.ok_or(Error::NotFound)?;
    let token = invitation::issue(tx, &app.secrets, &row, now).await?;
    if by_mail {
        sent.follow_ups.jobs.push(JobRequest::mail(Mail::InviteToTeam { invitation_id: row.id }));
    }
    sent.invited.push(Invited { id: row.id, email, role, is_new: row.id == id, token });
    Ok(())
}

/// Whether somebody wants to hear of invitations by mail.
pub(crate) fn wants_mail(person: &profile::Model) -> bool {
    let props = props(person);
    let choice = props.get("notifications").and_then(|all| all.get("email-invites"));
    choice.and_then(Value::as_keyword) != Some("none")
}

/// Somebody who is in needs neither invitation nor request.
pub(crate) async fn forget(
    tx: &Tx,
    team: entities::ids::TeamId,
    email: &str,
    person: ProfileId,
) -> Result<()> {
    Entity::delete_many().filter(Column::TeamId.eq(team)).filter(Column::EmailTo.eq(email)).exec(tx).await?;
    use team_access_request::Column as Request;
    let requests = team_access_request::Entity::delete_many().filter(Request::TeamId.eq(team));
    requests.filter(Request::RequesterId.eq(person)).exec(tx).await?;
    Ok(())
}
