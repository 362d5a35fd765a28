#!/bin/sh
# sea-orm 2.0.4: an insert that does nothing on a conflict is "conflicted" with `exec`, and an error with
# `exec_with_returning`.
#
# What was done: on PostgreSQL, a row is inserted twice with `Entity::insert(..).on_conflict_do_nothing_on([Id])`, once
# through each way of executing it that the crate offers for that.
# What was expected: `TryInsertResult::Conflicted` each time, as its documentation says: the row was in the way.
# What was seen: `exec` answers `Conflicted`, `exec_without_returning` says that 0 rows were inserted, and
# `exec_with_returning` fails with `RecordNotFound("Failed to find inserted item")`, although it has the same result type.
# Why it matters: "insert, or take the one that is there" is how a call is made safe to repeat. Written with the way that
# hands the row out, the second call is an internal error; and whoever takes "record not found" for 404 says so about a row
# that exists.
#
# Needs cargo, the crates' registry and the programs of a PostgreSQL server. Fails when what it states is not so any more.
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb)")
work=$(mktemp -d)
chmod 711 "$work"
as_server=
if [ "$(id -u)" -eq 0 ]; then as_server="setpriv --reuid postgres --regid postgres --clear-groups"; fi
trap 'cd /; $as_server "$bin/pg_ctl" -D "$work/pg/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
mkdir "$work/pg" "$work/src"
[ -z "$as_server" ] || chown postgres "$work/pg"
cd "$work/pg"
$as_server "$bin/initdb" -D "$work/pg/data" -U postgres -A trust --no-sync >/dev/null
$as_server "$bin/pg_ctl" -D "$work/pg/data" -l "$work/pg/log" -w -o "-k $work/pg -c listen_addresses=" start >/dev/null
cd "$work"

cat >Cargo.toml <<'TOML'
[package]
name = "conflict"
version = "0.0.0"
edition = "2021"

[dependencies]
sea-orm = { version = "=2.0.4", default-features = false, features = ["macros", "runtime-tokio", "sqlx-postgres"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
TOML

cat >src/main.rs <<'RUST'
use sea_orm::entity::prelude::*;
use sea_orm::{ConnectionTrait, Database, Set};

mod thing {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "thing")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub name: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[tokio::main]
async fn main() {
    let db = Database::connect(std::env::args().nth(1).unwrap()).await.unwrap();
    db.execute_unprepared("CREATE TABLE thing (id bigint PRIMARY KEY, name text NOT NULL)").await.unwrap();
    let row = || thing::ActiveModel { id: Set(1), name: Set("a".to_owned()) };
    thing::Entity::insert(row()).exec_without_returning(&db).await.unwrap();
    let again = || thing::Entity::insert(row()).on_conflict_do_nothing_on([thing::Column::Id]);
    println!("exec: {:?}", again().exec(&db).await);
    println!("exec_without_returning: {:?}", again().exec_without_returning(&db).await);
    println!("exec_with_returning: {:?}", again().exec_with_returning(&db).await);
}
RUST

cargo run --quiet -- "postgres://postgres@localhost/postgres?host=$work/pg" >seen
cat seen
cat >wanted <<'TEXT'
exec: Ok(Conflicted)
exec_without_returning: Ok(Inserted(0))
exec_with_returning: Err(RecordNotFound("Failed to find inserted item"))
TEXT
cmp wanted seen
echo "sea-orm 2.0.4: as stated"
