//! A database per test, cloned from a template that was migrated once.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::UNIX_EPOCH,
};

use platform::{config::environment, ids::random_id};
use sqlx::{Connection, Executor, PgConnection, PgPool};

/// Any number: it guards the building of the template between test processes.
const TEMPLATE_LOCK: i64 = 0x6174_656c_6965;

/// A fresh database that is dropped with the server it lives on.
#[derive(Debug, Clone)]
pub struct TestDatabase {
    /// Where it is.
    pub uri: String,
    /// Its name on the server.
    pub name: String,
}

/// A variable that `make test` sets.
///
/// # Panics
/// When it is missing: the tests were not started through `make test`.
pub fn server(variable: &str) -> String {
    environment()
        .remove(variable)
        .unwrap_or_else(|| panic!("{variable} is not set: run the tests with `make test`"))
}

/// A number that a variable may set: how much is tried.
///
/// # Panics
/// When it is set to something else.
pub fn number(variable: &str, default: u64) -> u64 {
    let set = environment().remove(variable);
    set.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number")))
}

impl TestDatabase {
    /// A migrated, empty database of its own.
    pub async fn migrated() -> TestDatabase {
        let mut admin = admin().await;
        let template = format!("template_{:016x}", build_id());
        build_template(&mut admin, &template).await;
        Self::create(&mut admin, &format!("TEMPLATE {template} STRATEGY wal_log")).await
    }

    /// A database with nothing in it, not even our tables.
    pub async fn empty() -> TestDatabase {
        Self::create(&mut admin().await, "").await
    }

    async fn create(admin: &mut PgConnection, from: &str) -> TestDatabase {
        let name = format!("t_{}", random_id().simple());
        run(admin, &format!("CREATE DATABASE {name} {from}")).await;
        TestDatabase { uri: on_server(&name), name }
    }
}

async fn admin() -> PgConnection {
    PgConnection::connect(&server("ATELIER_TEST_DATABASE_URI")).await.expect("the test server answers")
}

async fn run(conn: &mut PgConnection, sql: &str) {
    conn.execute(sqlx::AssertSqlSafe(sql.to_owned())).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// One template per build of the tests: whoever comes first makes it, the others wait.
async fn build_template(admin: &mut PgConnection, name: &str) {
    sqlx::query("SELECT pg_advisory_lock($1)").bind(TEMPLATE_LOCK).execute(&mut *admin).await.expect("lock");
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(&mut *admin)
        .await
        .expect("databases");
    if !there {
        let draft = format!("{name}_draft");
        run(admin, &format!("DROP DATABASE IF EXISTS {draft}")).await;
        run(admin, &format!("CREATE DATABASE {draft}")).await;
        migrate(&on_server(&draft)).await;
        // Renamed last, so that a half-made template is never found.
        run(admin, &format!("ALTER DATABASE {draft} RENAME TO {name}")).await;
    }
    sqlx::query("SELECT pg_advisory_unlock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut *admin)
        .await
        .expect("unlock");
}

async fn migrate(uri: &str) {
    let pool = PgPool::connect(uri).await.expect("template");
    let db = sea_orm::SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
    migration::up(&db).await.expect("migrations");
    jobs::install(&pool).await.expect("queue");
    pool.close().await;
}

fn on_server(name: &str) -> String {
    let mut uri = url::Url::parse(&server("ATELIER_TEST_DATABASE_URI")).expect("a URI");
    uri.set_path(name);
    uri.to_string()
}

/// Differs whenever the test binary was built anew.
fn build_id() -> u64 {
    let exe = std::env::current_exe().and_then(std::fs::metadata).expect("the running binary");
    let built = exe.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).expect("a time");
    let mut hasher = DefaultHasher::new();
    (built.as_nanos(), exe.len()).hash(&mut hasher);
    hasher.finish()
}
