//! Mails over SMTP.

use std::time::Duration;

use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::error::MailError;
use crate::config::{Encryption, SmtpConfig};

/// A server and a small pool of connections to it.
pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    server: String,
    description: String,
}

/// For every step of a conversation.
const STEP_MAX: Duration = Duration::from_secs(30);
/// For a whole mail: nothing waits longer for a server that trickles.
const SEND_MAX: Duration = Duration::from_secs(120);
const CONNECTIONS_MAX: u32 = 4;
const CONNECTION_IDLE_MAX: Duration = Duration::from_secs(30);

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Smtp({})", self.description)
    }
}

impl Smtp {
    pub(super) fn new(config: &SmtpConfig) -> Result<Smtp, MailError> {
        let (tls, protection) = match config.encryption {
            Encryption::None => (Tls::None, "without encryption"),
            Encryption::StartTls => (Tls::Required(parameters(config)?), "with STARTTLS"),
            Encryption::Implicit => (Tls::Wrapper(parameters(config)?), "with TLS"),
        };
        let pool = PoolConfig::new().max_size(CONNECTIONS_MAX).idle_timeout(CONNECTION_IDLE_MAX);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .timeout(Some(STEP_MAX))
            .pool_config(pool);
        if let Some(username) = &config.username {
            let password = config.password.as_deref().unwrap_or_default();
            builder = builder.credentials(Credentials::new(username.clone(), password.to_owned()));
        }
        let server = format!("{}:{}", config.host, config.port);
        let description = format!("{server} {protection}");
        Ok(Smtp { transport: builder.build(), server, description })
    }

    pub(super) async fn send(&self, mail: Message) -> Result<(), MailError> {
        match tokio::time::timeout(SEND_MAX, self.transport.send(mail)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(source)) => Err(MailError::Smtp { server: self.server.clone(), source }),
            Err(_) => Err(MailError::Silent { server: self.server.clone() }),
        }
    }

    pub(super) async fn check(&self) -> Result<(), MailError> {
        match tokio::time::timeout(STEP_MAX, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) | Err(_) => Err(MailError::Silent { server: self.server.clone() }),
            Ok(Err(source)) => Err(MailError::Smtp { server: self.server.clone(), source }),
        }
    }

    pub(super) fn describe(&self) -> String {
        format!("SMTP to {}", self.description)
    }
}

fn parameters(config: &SmtpConfig) -> Result<TlsParameters, MailError> {
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(path) = &config.ca_file {
        let refused = |reason: String| {
            MailError::Unusable(format!("ATELIER_SMTP_CA_FILE {} cannot be used: {reason}", path.display()))
        };
        let pem = std::fs::read(path).map_err(|error| refused(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| refused(error.to_string()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| MailError::Unusable(error.to_string()))
}
