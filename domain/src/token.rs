//! Sealed tokens: claims as a transit map inside a JWE that only this installation opens.

use crate::error::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use platform::secrets::Secrets;
use transit::value::Value;
use uuid::Uuid;

/// Longest token that is looked at, bytes.
pub const BYTES_MAX: usize = 8 * 1024;

/// Bounds of the claims inside a token.
const LIMITS: transit::Limits = transit::Limits { bytes_max: BYTES_MAX, depth_max: 16, values_max: 1000 };

/// What a token is for. Text issuers and keyword issuers are distinct values on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// A signed-in browser; ends with its row.
    Authentication,
    /// A personal access token; ends with its row.
    AccessToken,
    /// A registration that was checked but not yet made. 7 days.
    PreparedRegister,
    /// The link in the registration mail. 72 hours.
    VerifyEmail,
    /// The link in the mail that helps somebody who forgot the password. 15 minutes.
    PasswordRecovery,
    /// The link in the mail that confirms another address. 15 minutes.
    ChangeEmail,
    /// Marks our mails, so that bounces find their person. 30 days.
    ProfileIdentity,
    /// An invitation into a team. 7 days.
    TeamInvitation,
    /// A short-lived proof of who somebody is. 15 minutes.
    Auth,
}

impl Issuer {
    const ALL: [Self; 9] = [
        Self::Authentication,
        Self::AccessToken,
        Self::PreparedRegister,
        Self::VerifyEmail,
        Self::PasswordRecovery,
        Self::ChangeEmail,
        Self::ProfileIdentity,
        Self::TeamInvitation,
        Self::Auth,
    ];

    /// How the issuer stands in the claims.
    pub fn value(self) -> Value {
        match self {
            Self::Authentication => Value::Str("authentication".into()),
            Self::AccessToken => Value::Str("access-token".into()),
            Self::PreparedRegister => Value::keyword("prepared-register"),
            Self::VerifyEmail => Value::keyword("verify-email"),
            Self::PasswordRecovery => Value::keyword("password-recovery"),
            Self::ChangeEmail => Value::keyword("change-email"),
            Self::ProfileIdentity => Value::keyword("profile-identity"),
            Self::TeamInvitation => Value::keyword("team-invitation"),
            Self::Auth => Value::keyword("auth"),
        }
    }

    /// How long such a token is good; none means until its row is gone.
    pub fn lifetime(self) -> Option<TimeDelta> {
        match self {
            Self::Authentication | Self::AccessToken => None,
            Self::PreparedRegister | Self::TeamInvitation => Some(TimeDelta::days(7)),
            Self::VerifyEmail => Some(TimeDelta::hours(72)),
            Self::ProfileIdentity => Some(TimeDelta::days(30)),
            Self::PasswordRecovery | Self::ChangeEmail | Self::Auth => Some(TimeDelta::minutes(15)),
        }
    }
}

/// The content of a token that was opened and has not expired.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims(Value);

impl Claims {
    /// What the token is for; none when it is for something this server does not know.
    pub fn issuer(&self) -> Option<Issuer> {
        let stated = self.0.get("iss")?;
        Issuer::ALL.into_iter().find(|issuer| issuer.value() == *stated)
    }

    /// A claim, by its kebab-case key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// A claim that must be an id.
    ///
    /// # Errors
    /// `invalid-token` when it is missing or something else.
    pub fn uuid(&self, key: &str) -> Result<Uuid> {
        match self.get(key) {
            Some(Value::Uuid(id)) => Ok(*id),
            _ => Err(invalid("missing-claim")),
        }
    }

    /// A claim that must be text.
    ///
    /// # Errors
    /// `invalid-token` when it is missing or something else.
    pub fn text(&self, key: &str) -> Result<&str> {
        self.text_if_any(key).ok_or_else(|| invalid("missing-claim"))
    }

    /// A claim that may be text.
    pub fn text_if_any(&self, key: &str) -> Option<&str> {
        match self.get(key) {
            Some(Value::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// A claim that is true or not; missing is not.
    pub fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Value::Bool(true)))
    }

    /// All of them, as a map.
    pub fn into_value(self) -> Value {
        self.0
    }
}

/// Makes a token. `iss`, `iat` and, where the issuer has a lifetime, `exp` are added; nil claims are left
/// out.
pub fn issue(secrets: &Secrets, issuer: Issuer, claims: Vec<(&str, Value)>, now: DateTime<Utc>) -> String {
    let mut map = vec![(Value::keyword("iss"), issuer.value()), (Value::keyword("iat"), instant(now))];
    if let Some(lifetime) = issuer.lifetime() {
        map.push((Value::keyword("exp"), instant(now + lifetime)));
    }
    let stated = claims.into_iter().filter(|(_, value)| *value != Value::Nil);
    map.extend(stated.map(|(key, value)| (Value::keyword(key), value)));
    let payload = transit::write(&Value::Map(map));
    match issuer {
        // The version of the cookie's token, for servers that know several.
        Issuer::Authentication => secrets.seal_with_header(&payload, &[("kid", 1.into()), ("ver", 1.into())]),
        _ => secrets.seal(&payload),
    }
}

/// Opens a token of any issuer.
///
/// # Errors
/// `invalid-token`, with the reason `token-expired` in the context when that is all that is wrong.
pub fn open(secrets: &Secrets, token: &str, now: DateTime<Utc>) -> Result<Claims> {
    if token.len() > BYTES_MAX {
        return Err(invalid("unreadable"));
    }
    let payload = secrets.open(token).ok_or_else(|| invalid("unreadable"))?;
    let value = transit::read(&payload, &LIMITS).map_err(|_| invalid("unreadable"))?;
    let Value::Map(_) = value else { return Err(invalid("unreadable")) };
    match value.get("exp") {
        None | Some(Value::Nil) => {}
        Some(Value::Instant(until)) if now.timestamp_millis() < *until => {}
        Some(_) => return Err(invalid("token-expired")),
    }
    Ok(Claims(value))
}

/// Opens a token that must be of one issuer.
///
/// # Errors
/// `invalid-token`, with the reason in the context: `token-expired`, `invalid-issuer` or `unreadable`.
pub fn verify(secrets: &Secrets, token: &str, issuer: Issuer, now: DateTime<Utc>) -> Result<Claims> {
    let claims = open(secrets, token, now)?;
    if claims.issuer() != Some(issuer) {
        return Err(invalid("invalid-issuer"));
    }
    Ok(claims)
}

/// The refusal of a token.
pub fn invalid(reason: &str) -> Error {
    Error::validation("invalid-token").hint("the token is not valid").with("reason", Value::keyword(reason))
}

fn instant(at: DateTime<Utc>) -> Value {
    Value::Instant(at.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(error: &Error) -> Option<String> {
        let Error::Refused { code: "invalid-token", context, .. } = error else { return None };
        let (_, reason) = context.iter().find(|(key, _)| *key == "reason")?;
        reason.as_keyword().map(str::to_owned)
    }

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(millis).expect("a moment")
    }

    #[test]
    fn gives_back_what_was_stated() {
        let secrets = Secrets::new("master");
        let id = Uuid::from_u128(7);
        let claims =
            vec![("profile-id", Value::Uuid(id)), ("email", Value::text("a@b.co")), ("none", Value::Nil)];
        let token = issue(&secrets, Issuer::VerifyEmail, claims, at(1000));
        let claims = verify(&secrets, &token, Issuer::VerifyEmail, at(2000)).expect("valid");
        assert_eq!((claims.uuid("profile-id").ok(), claims.text("email").ok()), (Some(id), Some("a@b.co")));
        assert_eq!(claims.get("iat"), Some(&Value::Instant(1000)));
        assert_eq!(claims.get("exp"), Some(&Value::Instant(1000 + 72 * 3_600_000)));
        assert_eq!((claims.get("none"), claims.flag("email")), (None, false));
        assert_eq!(reason(&claims.uuid("email").expect_err("text")).as_deref(), Some("missing-claim"));
    }

    #[test]
    fn expires_at_its_moment_and_not_before() {
        let secrets = Secrets::new("master");
        let token = issue(&secrets, Issuer::Auth, vec![], at(0));
        let end = 15 * 60_000;
        assert!(open(&secrets, &token, at(end - 1)).is_ok());
        assert_eq!(
            reason(&open(&secrets, &token, at(end)).expect_err("over")).as_deref(),
            Some("token-expired")
        );
        let session = issue(&secrets, Issuer::Authentication, vec![], at(0));
        assert!(open(&secrets, &session, at(i64::from(i32::MAX) * 1000)).is_ok());
    }

    #[test]
    fn refuses_other_issuers_other_secrets_and_other_bytes() {
        let secrets = Secrets::new("master");
        let token = issue(&secrets, Issuer::AccessToken, vec![], at(0));
        let wrong = verify(&secrets, &token, Issuer::Authentication, at(0)).expect_err("another issuer");
        assert_eq!(reason(&wrong).as_deref(), Some("invalid-issuer"));
        for (secrets, token) in [
            (Secrets::new("another"), token),
            (secrets.clone(), secrets.seal(b"not transit")),
            (secrets.clone(), secrets.seal(&transit::write(&Value::text("no map")))),
            (secrets.clone(), "x".repeat(BYTES_MAX + 1)),
        ] {
            let refused = open(&secrets, &token, at(0)).expect_err("unreadable");
            assert_eq!(reason(&refused).as_deref(), Some("unreadable"));
        }
    }

    #[test]
    fn text_and_keyword_issuers_differ() {
        let secrets = Secrets::new("master");
        let forged = Value::map([("iss", Value::keyword("authentication"))]);
        let token = secrets.seal(&transit::write(&forged));
        assert_eq!(open(&secrets, &token, at(0)).expect("readable").issuer(), None);
    }
}
