//! Registration in two steps: check and seal what was entered, then make the account from the sealed claims.

use super::create::{self, NewProfile};
use super::{clean_email, domains, is_email, stored_props};
use crate::error::{Error, Result};
use crate::features;
use crate::follow_up::{FollowUps, JobRequest};
use crate::invitation;
use crate::mail::request::Mail;
use crate::mail_suppression;
use crate::token::{self, Claims, Issuer};
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::{InvitationId, ProfileId};
use entities::profile::{ActiveModel, Entity, Model};
use platform::app::App;
use sea_orm::{ActiveModelTrait, ConnectionTrait, NotSet, Set};
use transit::value::Value;

/// Most campaign marks that are kept with an account, and the longest of them, characters.
const CAMPAIGN_MAX: usize = 16;
const CAMPAIGN_CHARS_MAX: usize = 250;

/// What somebody entered.
#[derive(Clone, Debug)]
pub struct Entered {
    /// 1 to 250 characters.
    pub fullname: String,
    /// Address.
    pub email: String,
    /// At most 500 characters.
    pub password: String,
    /// A team's invitation that led here.
    pub invitation_token: Option<String>,
    /// Wants a first file.
    pub create_welcome_file: bool,
    /// Wants news.
    pub accept_newsletter_updates: bool,
    /// Where the person comes from: names that begin with `utm_` or `mtm_`, and their values.
    pub campaign: Vec<(String, String)>,
}

/// What came of a registration.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "one of them lives at a time, and briefly")]
pub enum Registered {
    /// A new account that may be used at once: open a session. With an invitation token the answer is id,
    /// address and that token instead of the profile.
    Active {
        /// The account.
        profile: Model,
        /// A valid invitation of this very address.
        invitation_token: Option<String>,
    },
    /// The account exists but its address is not confirmed, or not to be talked about: answer id and address
    /// only.
    Unverified {
        /// The account.
        id: ProfileId,
        /// Its address.
        email: String,
        /// The address was known before: somebody tries again, or somebody else does.
        is_known: bool,
        /// The mail that confirms it, with the invitation that led here; none to somebody who needs none.
        follow_ups: FollowUps,
    },
}

/// Checks what was entered and seals it, password hashed, for [`register`]. Changes nothing.
///
/// # Errors
/// In this order: `registration-disabled`, `params-validation`, `invalid-token`,
/// `email-does-not-match-invitation`, `email-domain-is-not-allowed`, `email-has-permanent-bounces`,
/// `email-has-complaints`, `email-as-password`, `email-already-exists` (only for an active account).
pub async fn prepare(
    app: &App,
    conn: &impl ConnectionTrait,
    entered: Entered,
    now: DateTime<Utc>,
) -> Result<String> {
    check_open(app)?;
    let email = clean_email(&entered.email);
    if !is_email(&email) {
        return Err(Error::validation("params-validation").hint("email: not an email address"));
    }
    if let Some(invitation) = &entered.invitation_token {
        let claims = token::verify(&app.secrets, invitation, Issuer::TeamInvitation, now)?;
        if clean_email(claims.text("member-email")?) != email {
            let hint = "the invitation is for another address";
            return Err(Error::restriction("email-does-not-match-invitation").hint(hint));
        }
    }
    domains::check(app, &email).await?;
    mail_suppression::check_address(conn, &email, &email).await?;
    create::check_password(&email, &entered.password)?;
    if Entity::of_email(&email).one(conn).await?.is_some_and(|person| person.is_active) {
        return Err(Error::validation("email-already-exists").hint("the address is taken"));
    }
    let password = create::hash(app, entered.password).await?;
    let mut props =
        vec![(Value::keyword("newsletter-updates"), Value::Bool(entered.accept_newsletter_updates))];
    props.extend(entered.campaign.into_iter().take(CAMPAIGN_MAX).map(campaign_mark));
    let claims = vec![
        ("email", Value::Str(email)),
        ("fullname", Value::Str(entered.fullname)),
        ("password", Value::Str(password)),
        ("backend", Value::Str("penpot".into())),
        ("props", Value::Map(props)),
        ("create-welcome-file", Value::Bool(entered.create_welcome_file)),
        ("invitation-token", entered.invitation_token.map_or(Value::Nil, Value::Str)),
    ];
    let token = token::issue(&app.secrets, Issuer::PreparedRegister, claims, now);
    if token.len() > token::BYTES_MAX {
        return Err(Error::validation("params-validation").hint("all of it together is too long"));
    }
    Ok(token)
}

/// Makes the account that [`prepare`] sealed. Call it in a transaction and commit before telling anybody.
///
/// # Errors
/// `registration-disabled`, `invalid-token`; `email-already-exists` for a known address where addresses are
/// not confirmed by mail.
pub async fn register(
    app: &App,
    conn: &impl ConnectionTrait,
    token: &str,
    accept_newsletter_updates: Option<bool>,
    now: DateTime<Utc>,
) -> Result<Registered> {
    check_open(app)?;
    let claims = token::verify(&app.secrets, token, Issuer::PreparedRegister, now)?;
    let email = claims.text("email")?.to_owned();
    // Nobody gets to the dashboard by entering an address: its owner has to be asked.
    let verifies = app.config.flags.has("email-verification") || app.config.opens_dashboard(&email);
    let wanted = NewProfile {
        fullname: claims.text("fullname")?.to_owned(),
        email: email.clone(),
        password: claims.text("password")?.to_owned(),
        is_active: claims.flag("is-active") || claims.flag("email-verified") || !verifies,
        auth_backend: claims.text("backend")?.to_owned(),
        props: with_newsletter(&claims, accept_newsletter_updates),
    };
    let invited = invitation_of(app, conn, &claims, &email, now).await?;
    if let Some(profile) =
        create::insert(conn, wanted.clone(), &features::enabled(&app.config.flags), now).await?
    {
        if profile.is_active {
            let invitation_token = invited.map(|(_, token)| token);
            return Ok(Registered::Active { profile, invitation_token });
        }
        let invitation_id = invited.map(|(id, _)| id);
        let mail = Mail::Register { profile_id: profile.id, invitation_id };
        let follow_ups = FollowUps::default().mail(mail);
        return Ok(Registered::Unverified { id: profile.id, email, is_known: false, follow_ups });
    }
    let Some(known) = Entity::of_email(&email).one(conn).await? else {
        // Deleted between the two statements; trying again will make it.
        return Err(Error::validation("email-already-exists").hint("the address is taken"));
    };
    again(app, conn, known, wanted, invited.map(|(id, _)| id), now).await
}

/// Registration of an address that has an account already. One that nobody has confirmed yet becomes what was entered
/// now: whoever entered something for this address before has no claim to it. The mail that confirms goes out at most
/// once in a while; when it is too early, it goes out later.
async fn again(
    app: &App,
    conn: &impl ConnectionTrait,
    known: Model,
    wanted: NewProfile,
    invitation_id: Option<InvitationId>,
    now: DateTime<Utc>,
) -> Result<Registered> {
    let (id, email) = (known.id, known.email.clone());
    let unverified = |follow_ups| Ok(Registered::Unverified { id, email, is_known: true, follow_ups });
    if known.is_blocked {
        return unverified(FollowUps::default());
    }
    if wanted.is_active {
        return Err(Error::validation("email-already-exists").hint("the address is taken"));
    }
    if known.is_active {
        return unverified(FollowUps::default());
    }
    let pause = TimeDelta::from_std(app.config.auth.email_verify_threshold).unwrap_or(TimeDelta::MAX);
    let mail_at = known.modified_at.checked_add_signed(pause).unwrap_or(now).max(now);
    let row = ActiveModel {
        id: Set(id),
        // The next mail after this one waits as long again.
        modified_at: if mail_at == now { Set(now) } else { NotSet },
        fullname: Set(wanted.fullname),
        password: Set(wanted.password),
        props: Set(Some(stored_props(&wanted.props)?)),
        ..Default::default()
    };
    row.update(conn).await?;
    let mail = Mail::Register { profile_id: id, invitation_id };
    unverified(
        FollowUps::default()
            .job(JobRequest::SendMail { mail, not_before: (mail_at > now).then_some(mail_at) }),
    )
}

fn check_open(app: &App) -> Result<()> {
    let flags = &app.config.flags;
    if flags.has("registration") && flags.has("login-with-password") {
        return Ok(());
    }
    Err(Error::restriction("registration-disabled").hint("registration is switched off"))
}

/// A namespace keeps these marks apart from a person's own settings.
fn campaign_mark((name, value): (String, String)) -> (Value, Value) {
    let short = |text: &str| text.chars().take(CAMPAIGN_CHARS_MAX).collect::<String>();
    (Value::keyword(&format!("penpot/{}", short(&name).replace('_', "-"))), Value::Str(short(&value)))
}

fn with_newsletter(claims: &Claims, accepted: Option<bool>) -> Value {
    let Some(Value::Map(entries)) = claims.get("props") else { return Value::Map(Vec::new()) };
    let mut entries = entries.clone();
    if let Some(accepted) = accepted {
        let key = Value::keyword("newsletter-updates");
        entries.retain(|(name, _)| *name != key);
        entries.push((key, Value::Bool(accepted)));
    }
    Value::Map(entries)
}

/// The invitation that led here, with its token, when it still stands and is for this address.
async fn invitation_of(
    app: &App,
    conn: &impl ConnectionTrait,
    claims: &Claims,
    email: &str,
    now: DateTime<Utc>,
) -> Result<Option<(InvitationId, String)>> {
    let Some(sealed) = claims.text_if_any("invitation-token") else { return Ok(None) };
    let Ok(invited) = token::verify(&app.secrets, sealed, Issuer::TeamInvitation, now) else {
        return Ok(None);
    };
    let row = invitation::standing(conn, &invited, now).await?.filter(|row| row.email_to == email);
    Ok(row.map(|row| (row.id, sealed.to_owned())))
}
