//! Signing up, settings, and the ways into a team.

use super::{
    kinds::reads,
    stage::{FEATURES, PASSWORD, Stage, field, id, items, texts},
    web_app::{Ask, WebApp, body},
};
use tests::socket::Socket;
use transit::value::Value;
use uuid::Uuid;

pub const PROFILE: &str = "{id u, email s, fullname s, lang s?, theme s?, photo-id u?, default-team-id u, \
    default-project-id u, auth-backend s, is-demo b, is-muted b, is-active b, is-blocked b, created-at t, \
    modified-at t, props M}";
pub const TEAM: &str = "{id u, name s, is-default b, photo-id u?, features S s, permissions {type k, is-owner b, \
    is-admin b, can-edit b}, created-at t, modified-at t}";
pub const MEMBER: &str =
    "{id u, name s, fullname s, email s, photo-id u?, is-owner b, is-admin b, can-edit b, is-active b}";

/// Somebody at a page, whose socket is open.
pub struct Somebody {
    pub web: WebApp,
    pub socket: Socket,
    pub id: Uuid,
    pub email: String,
    pub team: Uuid,
}

impl Somebody {
    /// The socket opens once the page knows who it is for.
    async fn at(web: WebApp, profile: &Value) -> Somebody {
        reads("get-profile", profile, PROFILE);
        let socket = web.socket().await;
        let email = field(profile, "email").as_str().expect("text").to_owned();
        Somebody { web, socket, id: id(profile, "id"), email, team: id(profile, "default-team-id") }
    }

    /// A stranger who becomes somebody by the link that was mailed.
    pub async fn registers(stage: &Stage, name: &str) -> Somebody {
        let mut web = WebApp::open(&stage.base);
        let visitor = web.read("get-profile", &[]).await;
        reads("get-profile of a visitor", &visitor, "{id u, fullname s}");
        assert_eq!(id(&visitor, "id"), Uuid::nil());
        // A failure here means that events are collected; it has to be one that is understood.
        let flags = web.try_read("get-enabled-flags", &[]).await;
        reads("get-enabled-flags", &flags.unwrap_or(Value::Set(vec![])), "S k");

        let email = format!("{name}@example.com");
        let form = body([
            ("fullname", Value::text(name)),
            ("email", Value::text(&email)),
            ("password", Value::text(PASSWORD)),
            ("accept-newsletter-updates", Value::Bool(false)),
        ]);
        let prepared = web.write("prepare-register-profile", &form).await;
        reads("prepare-register-profile", &prepared, "{token s}");
        let made = web.write("register-profile", &prepared).await;
        reads("register-profile", &made, "{id u, email s, is-active b?}");
        assert_ne!(made.get("is-active"), Some(&Value::Bool(true)));
        assert_eq!(web.cookies(), None, "nobody is in before the address is confirmed");

        let token = stage.mailed(&email, "auth/verify-token?token=").await;
        let verified = web.write("verify-token", &body([("token", Value::text(&token))])).await;
        reads("verify-token", &verified, &format!("{{iss k, profile-id u, profile {PROFILE}}}"));
        assert_eq!(field(&verified, "iss"), &Value::keyword("verify-email"));
        assert!(web.cookies().is_some_and(|cookie| cookie.starts_with("auth-token=")));
        let profile = web.read("get-profile", &[]).await;
        assert_eq!(id(&profile, "id"), id(&made, "id"));
        Somebody::at(web, &profile).await
    }

    /// The page asks who is there after the login has answered, whatever that was.
    pub async fn logs_in(stage: &Stage, email: &str) -> Somebody {
        let mut web = WebApp::open(&stage.base);
        let login = body([("email", Value::text(email)), ("password", Value::text(PASSWORD))]);
        web.write("login-with-password", &login).await;
        let profile = web.read("get-profile", &[]).await;
        let somebody = Somebody::at(web, &profile).await;
        reads("get-teams", &somebody.web.read("get-teams", &[]).await, &format!("V {TEAM}"));
        somebody
    }

    /// The questions of the first visit, and what plugins keep: everything comes back as it was said.
    pub async fn is_welcomed(&mut self) {
        let plugin = Uuid::from_u128(0x9d).to_string();
        let about = body([
            ("plugin-id", Value::text(&plugin)),
            ("name", Value::text("Lorem")),
            ("permissions", texts(&["content:read", "library:read"])),
        ]);
        let plugins = Value::map([
            ("ids", Value::Vec(vec![Value::text(&plugin)])),
            ("data", Value::Map(vec![(Value::text(&plugin), about)])),
        ]);
        let props = [
            ("onboarding-viewed", Value::Bool(true)),
            (
                "onboarding-questions",
                body([("role", Value::text("designer")), ("team-size", Value::text("2-10"))]),
            ),
            ("onboarding-team-id", Value::Uuid(self.team)),
            ("release-notes-viewed", Value::text("2.17")),
            ("viewed-tutorial?", Value::Bool(true)),
            ("renderer", Value::keyword("svg")),
            ("plugins", plugins),
        ];
        let said = Value::map(props.clone());
        self.web.write("update-profile-props", &body([("props", said)])).await;
        let profile = self.web.read("get-profile", &[]).await;
        for (name, value) in props {
            let kept = field(field(&profile, "props"), name);
            assert!(kept.same(&value), "{name}: {kept:?} instead of {value:?}");
        }
        let form =
            [("fullname", Value::text("Ana Ink")), ("lang", Value::Nil), ("theme", Value::text("dark"))];
        let answer = self.web.write("update-profile", &body(form)).await;
        // It takes the place of all that the page knows of its person.
        reads("update-profile", &answer, PROFILE);
        assert!(field(&answer, "props").same(field(&profile, "props")));
    }

    /// A team of one's own, and somebody who is invited to it by mail.
    pub async fn makes_team_with(&mut self, stage: &Stage, other: &mut Somebody) -> Uuid {
        let said = body([("name", Value::text("Ink")), ("features", texts(&FEATURES))]);
        let made = self.web.write("create-team", &said).await;
        let team = id(&made, "id");
        let invitation = body([
            ("emails", texts(&[&other.email])),
            ("role", Value::keyword("editor")),
            ("team-id", Value::Uuid(team)),
        ]);
        let sent = self.web.write("create-team-invitations", &invitation).await;
        reads("create-team-invitations", &sent, "{total i}");
        let listed = self.web.read("get-team-invitations", &[("team-id", Ask::Id(team))]).await;
        reads("get-team-invitations", &listed, "V {email s, role k, expired b}");
        let token = stage.mailed(&other.email, "auth/verify-token?token=").await;
        let joined = other.web.write("verify-token", &body([("token", Value::text(&token))])).await;
        reads("verify-token of an invitation", &joined, "{iss k, state k, team-id u}");
        let said = [field(&joined, "iss"), field(&joined, "state"), field(&joined, "team-id")];
        assert_eq!(
            said,
            [&Value::keyword("team-invitation"), &Value::keyword("created"), &Value::Uuid(team)]
        );
        let members = self.web.read("get-team-members", &[("team-id", Ask::Id(team))]).await;
        reads("get-team-members", &members, &format!("V {MEMBER}"));
        assert_eq!(items(&members).len(), 2);
        team
    }

    /// Signs out: the page is nobody's, and the socket ends.
    pub async fn leaves(mut self) {
        let out = self.web.write("logout", &body([("profile-id", Value::Uuid(self.id))])).await;
        reads("logout", &out, "{redirect-uri l?}?");
        self.socket.end().await;
        assert_eq!(id(&self.web.read("get-profile", &[]).await, "id"), Uuid::nil());
        let refused = self.web.try_read("get-teams", &[]).await.expect_err("is nobody");
        assert_eq!(super::web_app::kind_of(&refused), "authentication/authentication-required");
    }
}
