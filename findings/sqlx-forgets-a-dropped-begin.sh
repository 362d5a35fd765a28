#!/bin/sh
# sqlx 0.9.0: a `Pool::begin` that is dropped before it is answered hands its connection on with the transaction open.
#
# What was done: a pool of one connection on PostgreSQL. Opening a transaction is dropped after it was polled once, twice and
# so on, as it happens to a handler whose client goes away, or to one side of a `select!`. After each a row is inserted over
# the pool, outside of any transaction, and another connection looks for it.
# What was expected: the crate's source says for this very case that a rollback is attempted "in case the transaction was
# started"; the row is there.
# What was seen: an insert answers "1 row", and no other connection ever sees the row: it stands in the transaction that
# nobody owns. `Connection::is_in_transaction` says false. The next transaction over that connection is warned by the
# server ("there is already a transaction in progress"); if it rolls back, the row is lost without an error. Why: the rollback
# is queued only when the depth is above 0, and it is counted up after the answer.
# Why it matters: a server that drops the futures of clients who hung up loses single writes of others now and then, and
# keeps a snapshot open that holds up vacuum. Drop no future that opens a transaction: spawn it, or finish it elsewhere.
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
name = "dropped-begin"
version = "0.0.0"
edition = "2021"

[dependencies]
sqlx = { version = "=0.9.0", default-features = false, features = ["postgres", "runtime-tokio"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
futures-util = "0.3"
TOML

cat >src/main.rs <<'RUST'
use futures_util::poll;
use sqlx::postgres::PgPoolOptions;
use sqlx::Connection;
use std::pin::pin;

#[tokio::main]
async fn main() {
    let uri = std::env::args().nth(1).unwrap();
    let one = || PgPoolOptions::new().max_connections(1);
    let (pool, other) = (one().connect(&uri).await.unwrap(), one().connect(&uri).await.unwrap());
    sqlx::query("CREATE TABLE written (number bigint)").execute(&pool).await.unwrap();
    let count = "SELECT count(*) FROM written";
    let mut made = 0_i64;
    for polls in 1..200 {
        {
            let mut opening = pin!(pool.begin());
            for _ in 0..polls {
                if poll!(&mut opening).is_ready() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        made += sqlx::query("INSERT INTO written VALUES (1)").execute(&pool).await.unwrap().rows_affected() as i64;
        let seen: i64 = sqlx::query_scalar(count).fetch_one(&other).await.unwrap();
        if seen != made {
            println!("rows that were made, and that another connection sees: {} fewer", made - seen);
            break;
        }
    }
    println!("in a transaction, says the crate: {}", pool.acquire().await.unwrap().is_in_transaction());
    let state = "SELECT state FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
    let state: String = sqlx::query_scalar(state).fetch_one(&other).await.unwrap();
    println!("the connection, says the server: {state}");
    pool.begin().await.unwrap().rollback().await.unwrap();
    let left: i64 = sqlx::query_scalar(count).fetch_one(&pool).await.unwrap();
    println!("rows that are lost when the next transaction is rolled back: {}", made - left);
}
RUST

cargo run --quiet -- "postgres://postgres@localhost/postgres?host=$work/pg" >seen
cat seen
cat >wanted <<'TEXT'
rows that were made, and that another connection sees: 1 fewer
in a transaction, says the crate: false
the connection, says the server: idle in transaction
rows that are lost when the next transaction is rolled back: 1
TEXT
cmp wanted seen
echo "sqlx 0.9.0, PostgreSQL $("$bin/postgres" --version | sed 's/.* \([0-9][0-9.]*\).*/\1/'): as stated"
