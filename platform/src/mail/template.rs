//! The texts of mails: `templates/<name>/{subject.txt,body.txt,body.mjml}`, prepared once per process.

use std::collections::HashMap;
use std::sync::LazyLock;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::{Deserialize, Serialize};

use super::error::MailError;
use super::message::one_line;

/// The mails there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Template {
    /// Confirm a new account's address. Parameters: `name`, `link`, `public_uri`.
    Register,
    /// Come into a team. Parameters: `invited_by`, `team`, `link`, `public_uri`.
    InviteToTeam,
    /// You are in a team now. Parameters: `invited_by`, `team`, `link`, `public_uri`.
    JoinTeam,
    /// Somebody wants into a team. Parameters: `requested_by`, `requested_by_email`, `team`, `link`, `public_uri`.
    RequestTeamAccess,
    /// Somebody wants to see a file. Parameters: those of `RequestTeamAccess`, `file`, `file_link`.
    RequestFileAccess,
    /// The same for a file in somebody's own first team.
    RequestFileAccessYourpenpot,
    /// The same, asked from the view of a prototype.
    RequestFileAccessYourpenpotView,
    /// A way back in. Parameters: `name`, `link`, `public_uri`.
    PasswordRecovery,
    /// Move an account to another address. Parameters: `name`, `pending_email`, `link`, `public_uri`.
    ChangeEmail,
    /// What somebody thinks, for those who run this. Parameters: `subject`, `kind`, `content`, `error_href`, `name`,
    /// `email`, `profile_id`, `public_uri`.
    Feedback,
    /// To those who run this: somebody has more than a quota allows. Parameters: `what`, `count`, `target`, `quota`,
    /// `within`, `public_uri`.
    QuotaReached,
    /// To whoever looks after a webhook: it was switched off. Parameters: `name`, `host`, `team`, `reason`, `link`,
    /// `public_uri`.
    WebhookOff,
    /// What others said about designs. Parameters: `name`, `kind` (`mention`, `comment`, or of several `mentions`,
    /// `comments`), `by` and `place` of the first, `count`, `left` (how many are not shown; may be empty), `comments`
    /// (a list, each with `by`, `place`, `text`, `link`), `settings`, `public_uri`.
    Comments,
}

/// The texts of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The text form.
    pub text: String,
    /// The HTML form, parameters escaped.
    pub html: String,
}

macro_rules! source {
    ($folder:literal) => {
        Source {
            subject: include_str!(concat!("../../mail/templates/", $folder, "/subject.txt")),
            text: include_str!(concat!("../../mail/templates/", $folder, "/body.txt")),
            mjml: include_str!(concat!("../../mail/templates/", $folder, "/body.mjml")),
        }
    };
}

/// Every template and its sources.
const ALL: &[(Template, Source)] = &[
    (Template::Register, source!("register")),
    (Template::InviteToTeam, source!("invite-to-team")),
    (Template::JoinTeam, source!("join-team")),
    (Template::RequestTeamAccess, source!("request-team-access")),
    (Template::RequestFileAccess, source!("request-file-access")),
    (Template::RequestFileAccessYourpenpot, source!("request-file-access-yourpenpot")),
    (Template::RequestFileAccessYourpenpotView, source!("request-file-access-yourpenpot-view")),
    (Template::PasswordRecovery, source!("password-recovery")),
    (Template::ChangeEmail, source!("change-email")),
    (Template::Feedback, source!("feedback")),
    (Template::QuotaReached, source!("quota-reached")),
    (Template::Comments, source!("comments")),
    (Template::WebhookOff, source!("webhook-off")),
];

struct Source {
    subject: &'static str,
    text: &'static str,
    mjml: &'static str,
}

/// A person's name in a mail has at most this many characters.
const LINE_CHARS_MAX: usize = 100;
/// A line of what somebody wrote has at most this many.
const QUOTED_CHARS_MAX: usize = 1_000;

impl Template {
    /// The name of its folder.
    pub fn name(self) -> &'static str {
        match self {
            Template::Register => "register",
            Template::InviteToTeam => "invite-to-team",
            Template::JoinTeam => "join-team",
            Template::RequestTeamAccess => "request-team-access",
            Template::RequestFileAccess => "request-file-access",
            Template::RequestFileAccessYourpenpot => "request-file-access-yourpenpot",
            Template::RequestFileAccessYourpenpotView => "request-file-access-yourpenpot-view",
            Template::PasswordRecovery => "password-recovery",
            Template::ChangeEmail => "change-email",
            Template::Feedback => "feedback",
            Template::QuotaReached => "quota-reached",
            Template::Comments => "comments",
            Template::WebhookOff => "webhook-off",
        }
    }
}

/// Makes the texts of a mail. `params` is an object of strings, and of lists of such objects; fields the template does
/// not use are ignored.
///
/// # Errors
/// [`MailError::Template`] when a parameter is missing.
pub fn render(template: Template, params: &serde_json::Value) -> Result<Rendered, MailError> {
    let context = in_template(params).unwrap_or_default();
    let part = |file: &str| {
        let prepared = PREPARED.get_template(&format!("{}/{file}", template.name()))?;
        prepared.render(context.clone())
    };
    Ok(Rendered {
        subject: part("subject.txt")?.trim().to_owned(),
        text: part("body.txt")?,
        html: part("body.html")?,
    })
}

/// Texts, lists and objects; none for what no template uses.
fn in_template(json: &serde_json::Value) -> Option<Value> {
    match json {
        serde_json::Value::String(text) => Some(Value::from(text.as_str())),
        serde_json::Value::Array(items) => {
            Some(Value::from(items.iter().filter_map(in_template).collect::<Vec<_>>()))
        }
        serde_json::Value::Object(fields) => {
            let field = |(name, value): (&String, _)| Some((name.clone(), in_template(value)?));
            Some(Value::from_pairs(fields.iter().filter_map(field)))
        }
        _ => None,
    }
}

/// Prepares all templates now rather than with the first mail.
pub(crate) fn prepare() {
    LazyLock::force(&PREPARED);
}

static PREPARED: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    // A name is one short line, whatever somebody typed: it must not add paragraphs of its own.
    environment.add_filter("line", |text: String| one_line(&text, LINE_CHARS_MAX));
    // What somebody wrote stands apart from what we say.
    environment.add_filter("quoted", |text: String| {
        let quoted = text.lines().map(|line| format!("> {}", one_line(line, QUOTED_CHARS_MAX)));
        quoted.collect::<Vec<_>>().join("\n")
    });
    for (template, source) in ALL {
        let folder = template.name();
        let html = to_html(source.mjml);
        for (file, text) in [("subject.txt", source.subject), ("body.txt", source.text), ("body.html", &html)]
        {
            environment
                .add_template_owned(format!("{folder}/{file}"), text.to_owned())
                .expect("our templates are well-formed: a test renders each");
        }
    }
    environment
});

fn to_html(mjml: &str) -> String {
    let parsed = mrml::parse(mjml).expect("our MJML is well-formed: a test renders each");
    // Without fonts: it would link to a font server, and a mail loads nothing from anywhere.
    let options = mrml::prelude::render::RenderOptions { fonts: HashMap::new(), ..Default::default() };
    parsed.element.render(&options).expect("our MJML can be rendered: a test renders each")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(name: &str) -> serde_json::Value {
        serde_json::json!({
            "name": name,
            "link": "http://localhost:6060/#/auth/verify-token?token=a.b-c_d&x=1",
            "public_uri": "http://localhost:6060",
            "unused": 5,
        })
    }

    #[test]
    fn renders_the_texts_whole() {
        let mail = render(Template::Register, &params("Ana")).unwrap();
        assert_eq!(mail.subject, "Confirm your mail address");
        let start = "Hello Ana,\n\nwelcome! Please confirm that this mail address is yours by opening this link:\n\n\
                     http://localhost:6060/#/auth/verify-token?token=a.b-c_d&x=1\n\nThe link works for three days.\n";
        assert!(mail.text.starts_with(start), "{}", mail.text);
        assert!(!mail.text.contains('{') && !mail.html.contains("{{"), "{}", mail.html);
        assert!(mail.html.starts_with("<!doctype html>") && mail.html.contains("Welcome, Ana</div>"));
        let href = "href=\"http:&#x2f;&#x2f;localhost:6060&#x2f;#&#x2f;auth&#x2f;verify-token?token=a.b-c_d&amp;x=1\"";
        assert!(mail.html.contains(href), "{}", mail.html);
        assert!(mail.html.contains("Confirm my address"));
        for outside in ["<link", "@import", "src=", "url("] {
            assert!(!mail.html.contains(outside), "a mail loads nothing: {outside}");
        }
    }

    #[test]
    fn a_hostile_name_is_only_a_name() {
        let hostile = format!("<script>alert(1)</script>\"'&\r\n\r\nBuy now{}", "!".repeat(500));
        let mail = render(Template::Register, &params(&hostile)).unwrap();
        assert!(!mail.html.contains("<script>"), "{}", mail.html);
        assert!(
            mail.html.contains("&lt;script&gt;alert(1)&lt;&#x2f;script&gt;&quot;&#x27;&amp;"),
            "{}",
            mail.html
        );
        let greeting = mail.text.lines().next().unwrap();
        assert!(greeting.contains("Buy now!") && greeting.ends_with("!,"), "{greeting}");
        assert!(greeting.len() < 120);
    }

    #[test]
    fn code_in_a_name_is_not_run() {
        let mail = render(Template::Register, &params("{{ link }}{% for x in y %}")).unwrap();
        assert!(mail.text.starts_with("Hello {{ link }}{% for x in y %},"), "{}", mail.text);
    }

    #[test]
    fn what_somebody_wrote_is_quoted() {
        let text = "<b>x</b> {{ name }}\nAtelier\r\n\u{202e}Pay here";
        let comment =
            serde_json::json!({"by": "Bo\n\nEve", "place": "#1, A", "text": text, "link": "http://a/b"});
        let params = serde_json::json!({
            "name": "Ana", "kind": "mention", "by": "Bo", "place": "#1, A", "count": "1", "left": "",
            "comments": [comment], "settings": "http://a/s", "public_uri": "http://a",
        });
        let mail = render(Template::Comments, &params).unwrap();
        assert_eq!(mail.subject, "Bo mentioned you: #1, A");
        let quoted = "Bo  Eve in #1, A:\n\n> <b>x</b> {{ name }}\n> Atelier\n> Pay here\n\nhttp://a/b\n";
        assert!(mail.text.contains(quoted), "{}", mail.text);
        assert!(mail.html.contains("&lt;b&gt;x&lt;&#x2f;b&gt; {{ name }}"), "{}", mail.html);
        assert!(!mail.text.contains("more.") && !mail.html.contains("{%"), "{}", mail.html);
    }

    #[test]
    fn a_missing_parameter_is_an_error() {
        let error = render(Template::Register, &serde_json::json!({"name": "Ana"})).unwrap_err();
        assert!(error.is_permanent(), "{error}");
    }

    #[test]
    fn every_template_is_prepared() {
        for (template, _) in ALL {
            let name = serde_json::to_string(template).unwrap();
            assert_eq!(name.trim_matches('"'), template.name());
            assert!(PREPARED.get_template(&format!("{}/body.html", template.name())).is_ok());
        }
    }
}
