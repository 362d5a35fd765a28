//! The schema's history, oldest first. Imports none of the house's crates: an entity changes, a migration
//! must not.

mod m20260101_000001_baseline;
mod m20261201_000001_parts;
mod m20261201_000003_checks;
mod m20261202_000001_libraries;
mod m20261203_000001_bin_batch;
mod m20261204_000001_comments;
mod m20261206_000001_webhooks;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, Statement, TransactionTrait,
};

/// Key of the advisory lock that lets one process change the schema at a time.
const LOCK: i64 = 0x4154_454c_4945_5201;

/// The ordered list of migrations.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20260101_000001_baseline::Baseline),
            Box::new(m20261201_000001_parts::Parts),
            Box::new(m20261201_000003_checks::Checks),
            Box::new(m20261202_000001_libraries::Libraries),
            Box::new(m20261203_000001_bin_batch::BinBatch),
            Box::new(m20261204_000001_comments::Comments),
            Box::new(m20261206_000001_webhooks::Webhooks),
        ]
    }
}

/// Applies every migration that is missing, all in one transaction. Two processes may call it at once: the
/// second waits, then finds nothing to do.
pub async fn up(db: &DatabaseConnection) -> Result<(), DbErr> {
    let tx = locked(db).await?;
    Migrator::up(&tx, None).await?;
    tx.commit().await
}

/// Takes back every migration, newest first: **all rows are lost**.
pub async fn down(db: &DatabaseConnection) -> Result<(), DbErr> {
    let tx = locked(db).await?;
    Migrator::down(&tx, None).await?;
    tx.commit().await
}

/// Names of the migrations that are missing, oldest first. Changes nothing. Migrations of a newer release do not
/// matter: every release works on the schema of the next.
pub async fn pending(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let own = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let query = |sql| Statement::from_string(db.get_database_backend(), sql);
    let there =
        db.query_one_raw(query("SELECT to_regclass('seaql_migrations') IS NOT NULL AS there")).await?;
    if !there.is_some_and(|row| row.try_get("", "there").unwrap_or(false)) {
        return Ok(own);
    }
    let rows = db.query_all_raw(query("SELECT version FROM seaql_migrations")).await?;
    let applied: Vec<String> = rows.iter().map(|row| row.try_get("", "version")).collect::<Result<_, _>>()?;
    Ok(own.into_iter().filter(|name| !applied.contains(name)).collect())
}

/// A transaction that holds the lock until it ends.
async fn locked(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let tx = db.begin_with_config(None, Some(AccessMode::ReadWrite)).await?;
    // Whoever waits for the other process may wait long; whoever waits for a table blocks all that come after.
    tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
    tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    tx.execute_unprepared("SET LOCAL lock_timeout = '10s'").await?;
    Ok(tx)
}
