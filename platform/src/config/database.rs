//! The database and the message bus.

use std::path::PathBuf;

use url::Url;

use super::secret::Secret;
use super::variables::Variables;

/// PostgreSQL.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// `PENPOT_DATABASE_URI` with name and password merged in; `None`: use a private cluster.
    pub uri: Option<Secret>,
    /// `PENPOT_DATABASE_MAX_POOL_SIZE`: connections held at most. Default 60.
    pub pool_max: u32,
    /// `PENPOT_DATABASE_MIN_POOL_SIZE`: connections kept open when idle. Default 1.
    pub pool_min: u32,
    /// `ATELIER_PG_BIN`: the folder with `postgres` and `initdb` for the private cluster.
    pub binaries: Option<PathBuf>,
}

/// Redis.
#[derive(Clone, Debug)]
pub struct RedisConfig {
    /// `PENPOT_REDIS_URI`; `None`: messages stay in this process.
    pub uri: Option<Secret>,
}

const POOL_MAX: u32 = 60;
const DATABASE_URI_SHOULD: &str = "an address such as postgresql://host:5432/penpot";
const REDIS_URI_SHOULD: &str = "an address such as redis://host:6379/0";

impl DatabaseConfig {
    pub(super) fn read(vars: &mut Variables) -> DatabaseConfig {
        let uri = vars
            .var("PENPOT_DATABASE_URI", "The database; unset: a private one under the data directory.")
            .secret()
            .optional(
                None,
                DATABASE_URI_SHOULD,
                |_| String::new(),
                |text| {
                    let uri = Url::parse(text).ok()?;
                    matches!(uri.scheme(), "postgres" | "postgresql").then_some(uri)
                },
            );
        let user = vars
            .var(
                "PENPOT_DATABASE_USERNAME",
                "Who to log in to the database as, when its address does not say it.",
            )
            .text("penpot");
        let password = vars.var("PENPOT_DATABASE_PASSWORD", "The password for that name.").secret().parsed(
            Secret::from("penpot"),
            "text",
            |_| String::new(),
            |text| Some(Secret::from(text)),
        );
        let pool_max = vars
            .var("PENPOT_DATABASE_MAX_POOL_SIZE", "Connections to the database at most.")
            .number(POOL_MAX, 2..=1000);
        DatabaseConfig {
            uri: uri.map(|uri| Secret::from(merged(uri, &user, &password).to_string())),
            pool_max,
            pool_min: vars
                .var("PENPOT_DATABASE_MIN_POOL_SIZE", "Connections to the database kept open when idle.")
                .number(1, 0..=1000)
                .min(pool_max),
            binaries: vars
                .var("ATELIER_PG_BIN", "The folder with postgres and initdb for the private database.")
                .optional_path(),
        }
    }
}

/// Puts name and password into an address that names nobody.
fn merged(mut uri: Url, user: &str, password: &str) -> Url {
    let names_somebody = !uri.username().is_empty() || uri.query_pairs().any(|(key, _)| key == "user");
    if names_somebody {
        return uri;
    }
    if uri.has_host() && !uri.host_str().is_some_and(str::is_empty) {
        // Cannot fail for an address with a host.
        let _ = uri.set_username(user);
        let _ = uri.set_password(Some(password));
    } else {
        uri.query_pairs_mut().append_pair("user", user).append_pair("password", password);
    }
    uri
}

impl RedisConfig {
    pub(super) fn read(vars: &mut Variables) -> RedisConfig {
        let uri = vars
            .var(
                "PENPOT_REDIS_URI",
                "Redis for messages between processes; unset: messages stay in this process.",
            )
            .secret()
            .optional(
                None,
                REDIS_URI_SHOULD,
                |_| String::new(),
                |text| redis::Client::open(text).ok().map(|_| Secret::from(text)),
            );
        RedisConfig { uri }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merge(uri: &str) -> String {
        merged(Url::parse(uri).unwrap(), "ana", "a b@c").to_string()
    }

    #[test]
    fn merges_name_and_password_once() {
        assert_eq!(merge("postgresql://db/penpot"), "postgresql://ana:a%20b%40c@db/penpot");
        assert_eq!(merge("postgresql://bo@db/penpot"), "postgresql://bo@db/penpot");
        assert_eq!(merge("postgres://db/p?user=bo"), "postgres://db/p?user=bo");
        assert_eq!(merge("postgres:///p?host=%2Frun"), "postgres:///p?host=%2Frun&user=ana&password=a+b%40c");
    }
}
