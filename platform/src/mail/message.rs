//! One mail, built so that no value can smuggle in a header or a recipient.

use std::str::FromStr as _;

use lettre::message::header::ContentType;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Mailbox, MultiPart};
use uuid::Uuid;

use super::error::MailError;

/// What to send to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// One address, such as `ana@example.com` or `Ana <ana@example.com>`.
    pub to: String,
    /// Who an answer goes to, one address; none for the configured one.
    pub reply_to: Option<String>,
    /// One line; line breaks and other control characters become spaces, 200 characters at most.
    pub subject: String,
    /// The text form, at most 1 MiB.
    pub text: String,
    /// The HTML form, at most 1 MiB.
    pub html: String,
    /// Texts that come along as files.
    pub attachments: Vec<Attachment>,
    /// More headers, such as `X-Penpot-Data`: names must begin with `X-`, values be printable ASCII.
    pub headers: Vec<(String, String)>,
}

/// A text that comes along as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// File name: ours, never what somebody typed. Letters, digits, dots and dashes.
    pub name: &'static str,
    /// Content, at most 1 MiB.
    pub text: String,
}

/// Who all mails come from.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub(super) from: Mailbox,
    reply_to: Mailbox,
}

const SUBJECT_CHARS_MAX: usize = 200;
const PART_BYTES_MAX: usize = 1024 * 1024;
const ATTACHMENTS_MAX: usize = 4;
/// A line of a mail has at most 998 bytes, the name included.
const HEADER_BYTES_MAX: usize = 900;
const HEADERS_MAX: usize = 16;

impl Sender {
    pub(super) fn new(from: &str, reply_to: &str) -> Result<Sender, MailError> {
        Ok(Sender { from: address("sender", from)?, reply_to: address("reply address", reply_to)? })
    }
}

impl Message {
    pub(super) fn build(&self, sender: &Sender, id: Uuid) -> Result<lettre::Message, MailError> {
        let attached = self.attachments.iter().take(ATTACHMENTS_MAX);
        let mut parts = [&self.text, &self.html].into_iter().chain(attached.clone().map(|one| &one.text));
        if parts.any(|part| part.len() > PART_BYTES_MAX) {
            return Err(MailError::TooLarge { bytes_max: PART_BYTES_MAX });
        }
        let domain = sender.from.email.domain();
        let reply_to = match &self.reply_to {
            Some(text) => address("reply address", text)?,
            None => sender.reply_to.clone(),
        };
        let mut builder = lettre::Message::builder()
            .from(sender.from.clone())
            .reply_to(reply_to)
            .to(address("recipient", &self.to)?)
            .message_id(Some(format!("<{}@{domain}>", id.simple())))
            .subject(self.subject_line());
        for (name, value) in self.headers.iter().take(HEADERS_MAX) {
            builder = builder.raw_header(header(name, value)?);
        }
        let body = MultiPart::alternative_plain_html(self.text.clone(), self.html.clone());
        if self.attachments.is_empty() {
            return Ok(builder.multipart(body)?);
        }
        let part =
            |one: &Attachment| Part::new(one.name.to_owned()).body(one.text.clone(), ContentType::TEXT_PLAIN);
        let mixed = attached.map(part).fold(MultiPart::mixed().multipart(body), MultiPart::singlepart);
        Ok(builder.multipart(mixed)?)
    }

    pub(super) fn subject_line(&self) -> String {
        one_line(&self.subject, SUBJECT_CHARS_MAX)
    }
}

/// Control characters and line breaks become spaces, ends are trimmed, and at most `chars_max` characters stay. What
/// turns the direction of writing is left out: it would make the words around it look like others.
pub(super) fn one_line(text: &str, chars_max: usize) -> String {
    let turns = |c: &char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let flat = |c: char| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c };
    let line: String = text.chars().filter(|c| !turns(c)).map(flat).take(chars_max).collect();
    line.trim().to_owned()
}

fn address(role: &'static str, text: &str) -> Result<Mailbox, MailError> {
    let refused = |reason: String| MailError::Address { role, reason };
    if text.chars().any(char::is_control) {
        return Err(refused("it contains control characters".to_owned()));
    }
    Mailbox::from_str(text).map_err(|error| refused(error.to_string()))
}

fn header(name: &str, value: &str) -> Result<HeaderValue, MailError> {
    let refused = |reason| MailError::Header { name: one_line(name, 64), reason };
    let mut letters = name.chars();
    // Only headers of our own: `Bcc` and the like would change where the mail goes.
    if !name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("x-")) {
        return Err(refused("its name should begin with X-"));
    }
    if !letters.all(|c| c.is_ascii_alphanumeric() || c == '-') || name.len() > 64 {
        return Err(refused("its name should have at most 64 letters, digits and dashes"));
    }
    if !value.chars().all(|c| c == ' ' || c.is_ascii_graphic()) || value.len() > HEADER_BYTES_MAX {
        return Err(refused("its value should be at most 900 printable ASCII characters"));
    }
    let checked =
        HeaderName::new_from_ascii(name.to_owned()).map_err(|_| refused("its name is malformed"))?;
    Ok(HeaderValue::new(checked, value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            to: "Ana <ana@example.com>".to_owned(),
            reply_to: None,
            subject: "Grüße".to_owned(),
            text: "Hello".to_owned(),
            html: "<p>Hello</p>".to_owned(),
            attachments: vec![],
            headers: vec![("X-Penpot-Data".to_owned(), "a.b-c_d".to_owned())],
        }
    }

    fn build(message: &Message) -> Result<String, MailError> {
        let sender = Sender::new("Atelier <no-reply@example.com>", "help@example.com").unwrap();
        let built = message.build(&sender, Uuid::nil())?;
        Ok(String::from_utf8(built.formatted()).unwrap())
    }

    #[test]
    fn builds_both_forms_and_the_extra_header() {
        let mail = build(&message()).unwrap();
        for part in [
            "From: Atelier <no-reply@example.com>\r\n",
            "Reply-To: help@example.com\r\n",
            "To: Ana <ana@example.com>\r\n",
            "Message-ID: <00000000000000000000000000000000@example.com>\r\n",
            "X-Penpot-Data: a.b-c_d\r\n",
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
            "Subject: =?utf-8?b?",
        ] {
            assert!(mail.contains(part), "{part} is missing in\n{mail}");
        }
    }

    #[test]
    fn a_long_token_stays_whole() {
        let token = "a1-_.".repeat(150);
        let mail = build(&Message { headers: vec![("X-Penpot-Data".into(), token.clone())], ..message() });
        let unfolded = mail.unwrap().replace("\r\n ", "");
        assert!(unfolded.contains(&token), "{unfolded}");
    }

    #[test]
    fn a_subject_injects_nothing() {
        let subject = "Hi\r\nBcc: eve@example.com\r\n\r\nbody".to_owned();
        let mail = build(&Message { subject, ..message() }).unwrap();
        assert!(!mail.contains("\nBcc:"), "{mail}");
        assert!(mail.contains("Subject: Hi  Bcc: eve@example.com    body\r\n"), "{mail}");
    }

    #[test]
    fn a_line_keeps_its_direction_and_is_one() {
        assert_eq!(one_line("a\u{202e}b\u{2066}c\u{2028}d\r\ne\u{200f}", 100), "abc d  e\u{200f}");
        assert_eq!(one_line("مرحبا", 100), "مرحبا");
    }

    #[test]
    fn answers_go_where_the_mail_says_and_files_come_along() {
        let text = "line one\nline two".to_owned();
        let attachments = vec![Attachment { name: "error-report.txt", text }];
        let reply_to = Some("ana@example.com".to_owned());
        let mail = build(&Message { attachments, reply_to, ..message() }).unwrap();
        for part in [
            "Reply-To: ana@example.com\r\n",
            "Content-Type: multipart/mixed;",
            "Content-Type: multipart/alternative;",
            "Content-Disposition: attachment; filename=\"error-report.txt\"",
        ] {
            assert!(mail.contains(part), "{part} is missing in\n{mail}");
        }
        let reply_to = Some("ana@example.com\r\nBcc: eve@example.com".to_owned());
        assert!(matches!(build(&Message { reply_to, ..message() }), Err(MailError::Address { .. })));
    }

    #[test]
    fn refuses_addresses_and_headers_that_inject() {
        for to in ["", "ana", "ana@example.com, eve@example.com", "ana@example.com\r\nBcc: eve@example.com"] {
            let refused = build(&Message { to: to.to_owned(), ..message() });
            assert!(matches!(refused, Err(MailError::Address { role: "recipient", .. })), "{to}");
        }
        for (name, value) in [
            ("Bcc", "eve@example.com"),
            ("X-A\r\nBcc", "x"),
            ("X-A", "x\r\nBcc: eve"),
            ("X-A", "é"),
            ("", "x"),
        ] {
            let headers = vec![(name.to_owned(), value.to_owned())];
            let refused = build(&Message { headers, ..message() });
            assert!(
                matches!(&refused, Err(error @ MailError::Header { .. }) if error.is_permanent()),
                "{name}"
            );
        }
        let text = "x".repeat(PART_BYTES_MAX + 1);
        assert!(matches!(build(&Message { text, ..message() }), Err(MailError::TooLarge { .. })));
    }
}
