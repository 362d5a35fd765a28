//! The likeliest night, as a new operator lives it: the mail server is away, mails fail, the dashboard says why and
//! what to do, the server comes back, the mails are retried and go. The real program, a real browser, a real mail
//! server.

use std::time::Duration;

use serde_json::json;
use tests::{
    client::Client,
    database::TestDatabase,
    node,
    person::PASSWORD,
    process::{self, data_directory, free_port},
    smtp::SmtpServer,
};

use super::browser::{chromium, pictures};

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(120);

struct Night {
    database: TestDatabase,
    pool: sqlx::PgPool,
    base: String,
    server: String,
}

impl Night {
    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Waits until a query counts so many.
    async fn until(&self, sql: &'static str, wanted: i64) {
        let there = async {
            while self.count(sql).await != wanted {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, there).await.unwrap_or_else(|_| panic!("never {wanted}: {sql}"));
    }

    /// What the operator reads and does, in the browser.
    async fn chapter(&self, name: &str) {
        let folder = pictures().display().to_string();
        let arguments =
            [self.base.as_str(), "ana@example.com", PASSWORD, &folder, &chromium(), name, &self.server];
        assert_eq!(node::run("dashboard/story.mjs", &arguments).await.trim(), "", "{name}");
    }
}

#[tokio::test]
async fn a_mail_server_is_away_and_comes_back() {
    let (database, data, port) = (TestDatabase::migrated().await, data_directory(), free_port());
    let settings = [
        ("PENPOT_DATABASE_URI", database.uri.as_str()),
        ("ATELIER_DATA_DIR", &data.path().display().to_string()),
        ("PENPOT_SECRET_KEY", "a secret that only tests have"),
        ("PENPOT_ADMINS", "ana@example.com"),
        ("PENPOT_FLAGS", "enable-smtp disable-secure-session-cookies"),
        ("PENPOT_SMTP_HOST", "127.0.0.1"),
        ("PENPOT_SMTP_PORT", &port.to_string()),
    ];
    let house = process::start(&["up", "--port", "0"], &settings).await;
    let password = data.path().join("password");
    std::fs::write(&password, PASSWORD).expect("writes");
    let create = ["profile", "create", "--email", "ana@example.com", "--fullname", "Ana"];
    let made = process::run_with_input(&create, &settings, &password).await;
    assert!(made.status.success(), "{made:?}");
    let pool = sqlx::PgPool::connect(&database.uri).await.expect("connects");
    let night = Night {
        database,
        pool,
        base: house.health_address().to_owned(),
        server: format!("127.0.0.1:{port}"),
    };

    // One call causes five mails, and answers as ever.
    let mut ana = Client::new(&night.base);
    ana.login("ana@example.com", PASSWORD).await.ok();
    let team = ana.call("create-team", json!({"name": "Ink"})).await.ok();
    let guests: Vec<String> = (0..5).map(|n| format!("guest{n}@example.com")).collect();
    let invite = json!({"teamId": team["id"], "emails": guests, "role": "editor"});
    ana.call("create-team-invitations", invite).await.ok();
    let failing = "SELECT count(*) FROM queue.job \
        WHERE kind = 'send-mail' AND state < 2 AND jsonb_array_length(errors) > 0";
    night.until(failing, 5).await;
    // While somebody reads, none of them is under way.
    let waits =
        "UPDATE queue.job SET run_at = now() + interval '1 hour' WHERE kind = 'send-mail' AND state = 0";
    let waiting =
        "SELECT count(*) FROM queue.job WHERE kind = 'send-mail' AND run_at > now() + interval '30 minutes'";
    let all_wait = async {
        while night.count(waiting).await < 5 {
            sqlx::query(waits).execute(&night.pool).await.expect("waits");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all_wait).await.expect("they wait");
    night.chapter("failing").await;

    // Five hours later, which nobody waits for: the last attempt is the next one; who is under way is met a turn later.
    let hours = "UPDATE queue.job SET max_attempts = attempt + 1, run_at = now() \
        WHERE kind = 'send-mail' AND state < 2";
    let dead = "SELECT count(*) FROM queue.job_dead WHERE kind = 'send-mail'";
    let all_dead = async {
        while night.count(dead).await < 5 {
            sqlx::query(hours).execute(&night.pool).await.expect("passes");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all_dead).await.expect("they give up");
    night.chapter("dead").await;
    assert_eq!(night.count(dead).await, 5, "a rehearsal sends nothing and changes nothing");

    let smtp = SmtpServer::open_at(port).await;
    night.chapter("again").await;
    for guest in &guests {
        let mails = smtp.mails_to(guest).await;
        assert_eq!(mails.len(), 1, "{guest}: {mails:?}");
        assert!(mails[0]["subject"].as_str().is_some_and(|subject| subject.contains("Ink")), "{mails:?}");
    }
    assert_eq!(night.count("SELECT count(*) FROM queue.job WHERE kind = 'send-mail'").await, 0);
    assert_eq!(night.count(dead).await, 0);
    assert_eq!(night.count("SELECT count(*) FROM queue.job_done WHERE kind = 'send-mail'").await, 5);
    let who = "SELECT count(*) FROM queue.action WHERE who = 'ana@example.com' AND action = 'retry' AND changed = 5";
    assert_eq!(night.count(who).await, 1);
    night.pool.close().await;
    assert!(house.terminate().await.success());
    drop(night.database);
}
