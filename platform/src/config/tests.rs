//! Settings as an operator meets them.

use std::time::Duration;

use super::*;
use crate::storage::Backend;

fn read(vars: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    Config::from_vars(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

#[test]
fn nothing_set_is_a_development_machine() {
    let config = read(&[]).unwrap();
    assert_eq!(config.http.host.to_string(), "127.0.0.1");
    assert_eq!(config.http.port, 6060);
    assert_eq!(config.http.public_uri.as_str(), "http://localhost:6060/");
    assert_eq!(config.http.body_bytes_max, 367_001_600);
    assert_eq!(config.storage.backend, Backend::Fs);
    assert_eq!(config.storage.fs_directory, PathBuf::from(".atelier/assets"));
    assert_eq!(config.mail.directory, PathBuf::from(".atelier/mail"));
    assert_eq!(config.limits.media_bytes_max, 31_457_280);
    assert_eq!(config.limits.deletion_delay, Duration::from_secs(604_800));
    assert!(config.database.uri.is_none() && config.redis.uri.is_none() && config.mail.smtp.is_none());
}

#[test]
fn all_errors_come_together_and_show_no_secret() {
    let errors = read(&[
        ("PENPOT_HTTP_SERVER_PORT", "70000"),
        ("PENPOT_PUBLIC_URI", "penpot.example"),
        ("PENPOT_DATABASE_URI", "mysql://u:hunter2@db/x"),
        ("PENPOT_DELETION_DELAY", "soon"),
        ("PENPOT_FLAGS", "enable-smtp"),
        ("PENPOT_OBJECTS_STORAGE_BACKEND", "s3"),
        ("PENPOT_SMTP_DEFAULT_FROM", "nobody"),
    ])
    .unwrap_err()
    .to_string();
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!(
        lines,
        [
            "PENPOT_HTTP_SERVER_PORT: should be a whole number from 0 to 65535, got \"70000\"",
            "PENPOT_PUBLIC_URI: should be an address that starts with http:// or https://, got \"penpot.example\"",
            "PENPOT_DATABASE_URI: should be an address such as postgresql://host:5432/penpot",
            "PENPOT_OBJECTS_STORAGE_S3_BUCKET: should be the name of a bucket, \
             because PENPOT_OBJECTS_STORAGE_BACKEND is s3",
            "PENPOT_SMTP_HOST: should be the name of a mail server, because PENPOT_FLAGS has enable-smtp",
            "PENPOT_SMTP_DEFAULT_FROM: should be a mail address such as Ana <ana@example.com>, got \"nobody\"",
            "PENPOT_DELETION_DELAY: should be a length of time such as 15m, 7d or 1h30m, \
             or a number of milliseconds, got \"soon\"",
        ]
    );
}

#[test]
fn secrets_are_hidden_everywhere() {
    let config = read(&[
        ("PENPOT_SECRET_KEY", "hunter2"),
        ("PENPOT_DATABASE_URI", "postgresql://db/penpot"),
        ("PENPOT_DATABASE_PASSWORD", "hunter2"),
        ("PENPOT_REDIS_URI", "redis://:hunter2@redis/0"),
        ("PENPOT_SMTP_PASSWORD", "hunter2"),
        ("PENPOT_SMTP_HOST", "mail"),
        ("AWS_SECRET_ACCESS_KEY", "hunter2"),
        ("PENPOT_FLAGS", "enable-smtp"),
    ])
    .unwrap();
    assert_eq!(config.database.uri.as_deref(), Some("postgresql://penpot:hunter2@db/penpot"));
    assert_eq!(config.auth.secret_key.as_deref(), Some("hunter2"));
    let shown = format!("{config:?} {:?}", config.describe());
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn older_names_count_and_blank_ones_do_not() {
    let config = read(&[
        ("PENPOT_ASSETS_STORAGE_BACKEND", "assets-s3"),
        ("PENPOT_STORAGE_ASSETS_S3_BUCKET", "drawings"),
        ("PENPOT_REDIS_URI", "  "),
        ("PENPOT_ADMINS", "Ana@Example.com, bo@example.com"),
        ("PENPOT_FLAGS", "enable-smtp enable-unheard-of"),
        ("PENPOT_SMTP_HOST", "mail"),
        ("PENPOT_SMTP_TLS", "true"),
        ("AWS_ACCESS_KEY_ID", "a"),
        ("AWS_SECRET_ACCESS_KEY", "b"),
        ("AWS_SESSION_TOKEN", "c"),
    ])
    .unwrap();
    assert_eq!(config.storage.backend, Backend::S3);
    assert_eq!(config.storage.s3.bucket.as_deref(), Some("drawings"));
    assert!(config.storage.s3.access_key.is_none(), "a session token needs the whole chain");
    assert!(config.redis.uri.is_none());
    assert_eq!(config.admins, ["ana@example.com", "bo@example.com"]);
    let smtp = config.mail.smtp.unwrap();
    assert_eq!((smtp.port, smtp.encryption), (587, Encryption::StartTls));
}

#[test]
fn hosts_and_networks_for_downloads_are_read_whole_or_refused() {
    let config = read(&[
        ("PENPOT_SSRF_ALLOWED_HOSTS", "Files.Internal:8080, 10.0.0.7 [fd00::1]:80 fd00::2"),
        ("PENPOT_SSRF_EXTRA_BLOCKED_CIDRS", "8.8.8.0/24, 2a00::/16 1.1.1.1"),
    ])
    .unwrap();
    let shown: Vec<String> = config.fetch.allowed_hosts.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["files.internal:8080", "10.0.0.7", "[fd00::1]:80", "[fd00::2]"]);
    let shown: Vec<String> = config.fetch.blocked_networks.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["8.8.8.0/24", "2a00::/16", "1.1.1.1/32"]);
    for (name, value) in [
        ("PENPOT_SSRF_ALLOWED_HOSTS", "*.internal"),
        ("PENPOT_SSRF_ALLOWED_HOSTS", "files.internal http://other"),
        ("PENPOT_SSRF_ALLOWED_HOSTS", "files.internal:99999"),
        ("PENPOT_SSRF_ALLOWED_HOSTS", "files.internal:+80"),
        ("PENPOT_SSRF_ALLOWED_HOSTS", "files.internal:"),
        ("PENPOT_SSRF_ALLOWED_HOSTS", "10.0.0.0/8"),
        ("PENPOT_SSRF_EXTRA_BLOCKED_CIDRS", "10.0.0.0/33"),
        ("PENPOT_SSRF_EXTRA_BLOCKED_CIDRS", "8.8.8.0/24 internal"),
    ] {
        let errors = read(&[(name, value)]).unwrap_err().to_string();
        assert!(errors.starts_with(name) && errors.contains(value), "{errors}");
    }
}

#[test]
fn every_setting_is_described_once() {
    let config = read(&[("PENPOT_HTTP_SERVER_PORT", "0")]).unwrap();
    let settings = config.describe();
    let mut names: Vec<&str> = settings.iter().map(|setting| setting.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), settings.len());
    assert!(settings.iter().all(|setting| setting.meaning.ends_with('.')));
    let port = settings.iter().find(|setting| setting.name == "PENPOT_HTTP_SERVER_PORT").unwrap();
    assert_eq!((port.value.as_str(), port.default.as_str(), port.set), ("0", "6060", true));
}

#[test]
fn traces_go_nowhere_unless_a_collector_is_named() {
    let traces = read(&[]).unwrap().traces;
    assert_eq!(traces.endpoint, None);
    let named = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/otel/");
    let endpoint =
        |vars: &[(&str, &str)]| read(vars).unwrap().traces.endpoint.as_ref().map(ToString::to_string);
    assert_eq!(endpoint(&[named]).as_deref(), Some("http://collector:4318/otel/v1/traces"));
    let own = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://other:4318/spans");
    assert_eq!(endpoint(&[named, own]).as_deref(), Some("http://other:4318/spans"));
    assert_eq!(endpoint(&[named, ("OTEL_SDK_DISABLED", "true")]), None);
    assert_eq!(endpoint(&[named, ("OTEL_TRACES_EXPORTER", "none")]), None);
}

#[test]
fn settings_of_traces_are_read_as_the_standard_says() {
    let config = read(&[
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20geheim,X-Team=ink"),
        ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test,a=b%2Cc"),
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0.25"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
    ])
    .unwrap();
    let traces = &config.traces;
    assert_eq!(traces.headers["authorization"], "Bearer geheim");
    assert_eq!(traces.headers["x-team"], "ink");
    assert_eq!(traces.resource[1], ("a".to_owned(), "b,c".to_owned()));
    assert_eq!(traces.sampler, crate::trace::Sampler { parent_based: true, ratio: 0.25 });
    assert_eq!(traces.delay.as_millis(), 100);
    assert!(!format!("{config:?}").contains("geheim"), "headers are secrets");
    assert!(config.describe().iter().all(|setting| !setting.value.contains("geheim")));
}

#[test]
fn bad_settings_of_traces_are_named() {
    for (name, value, should) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "starts with http://"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "geheim", "name=value"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "a whole number"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=%zz", "name=value"),
        ("OTEL_TRACES_SAMPLER", "sometimes", "parentbased_"),
        ("OTEL_TRACES_SAMPLER_ARG", "2", "from 0 to 1"),
        ("OTEL_TRACES_EXPORTER", "jaeger", "otlp or none"),
    ] {
        let message = read(&[(name, value)]).unwrap_err().to_string();
        assert!(message.starts_with(&format!("{name}: should be")) && message.contains(should), "{message}");
        assert!(!message.contains("geheim"), "{message}");
    }
}
