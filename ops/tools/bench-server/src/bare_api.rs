//! What the RPC is measured against: a handler of poem that asks sqlx one question and writes the answer as JSON.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use poem::{
    EndpointExt as _, IntoResponse, Response, Route, Server, get, handler,
    http::StatusCode,
    listener::TcpAcceptor,
    post,
    web::{Data, Path},
};
use serde_json::json;
use sqlx::{PgPool, Row as _, postgres::PgPoolOptions};
use uuid::Uuid;

const PROFILE: &str = "
    SELECT id, created_at, modified_at, deleted_at, fullname, email, photo_id, lang, theme, is_active, is_blocked,
           is_demo, is_muted, auth_backend, default_team_id, default_project_id, props
      FROM profile WHERE id = $1";
const TEAMS: &str = "
    SELECT t.id, t.created_at, t.modified_at, t.name, t.is_default, t.photo_id, r.is_owner, r.is_admin, r.can_edit
      FROM team_profile_rel r JOIN team t ON t.id = r.team_id
     WHERE r.profile_id = $1 AND t.deleted_at IS NULL ORDER BY r.created_at";

struct Bare {
    pool: PgPool,
    profile: Uuid,
}

/// `bench-server bare URI PROFILE`: answers until it is ended.
pub(crate) async fn run(args: &[String]) -> Result<()> {
    let [uri, profile] = args else { anyhow::bail!("usage: bench-server bare URI PROFILE") };
    let pool = PgPoolOptions::new().max_connections(60).test_before_acquire(false).connect(uri).await?;
    let bare = Arc::new(Bare { pool, profile: profile.parse()? });
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    println!("{}", listener.local_addr()?);
    let routes = Route::new()
        .at("/profile", get(profile_of))
        .at("/teams", get(teams_of))
        .at("/round/:row", post(round))
        .data(bare);
    Server::new_with_acceptor(TcpAcceptor::from_std(listener)?).run(routes).await.context("serves")
}

#[handler]
async fn profile_of(bare: Data<&Arc<Bare>>) -> poem::Result<Response> {
    let row = sqlx::query(PROFILE).bind(bare.profile).fetch_one(&bare.pool).await;
    let row = row.map_err(poem::error::InternalServerError)?;
    let time = |name: &str| row.get::<chrono::DateTime<chrono::Utc>, _>(name);
    Ok(answer(&json!({
        "id": row.get::<Uuid, _>("id"),
        "fullname": row.get::<String, _>("fullname"),
        "email": row.get::<String, _>("email"),
        "lang": row.get::<Option<String>, _>("lang"),
        "theme": row.get::<Option<String>, _>("theme"),
        "isActive": row.get::<bool, _>("is_active"),
        "isBlocked": row.get::<bool, _>("is_blocked"),
        "isDemo": row.get::<bool, _>("is_demo"),
        "isMuted": row.get::<bool, _>("is_muted"),
        "authBackend": row.get::<Option<String>, _>("auth_backend"),
        "photoId": row.get::<Option<Uuid>, _>("photo_id"),
        "defaultTeamId": row.get::<Option<Uuid>, _>("default_team_id"),
        "defaultProjectId": row.get::<Option<Uuid>, _>("default_project_id"),
        "createdAt": time("created_at"),
        "modifiedAt": time("modified_at"),
    })))
}

#[handler]
async fn teams_of(bare: Data<&Arc<Bare>>) -> poem::Result<Response> {
    let rows = sqlx::query(TEAMS).bind(bare.profile).fetch_all(&bare.pool).await;
    let rows = rows.map_err(poem::error::InternalServerError)?;
    let team = |row: &sqlx::postgres::PgRow| {
        json!({
            "id": row.get::<Uuid, _>("id"),
            "name": row.get::<String, _>("name"),
            "isDefault": row.get::<bool, _>("is_default"),
            "photoId": row.get::<Option<Uuid>, _>("photo_id"),
            "createdAt": row.get::<chrono::DateTime<chrono::Utc>, _>("created_at"),
            "modifiedAt": row.get::<chrono::DateTime<chrono::Utc>, _>("modified_at"),
            "permissions": {
                "isOwner": row.get::<bool, _>("is_owner"),
                "isAdmin": row.get::<bool, _>("is_admin"),
                "canEdit": row.get::<bool, _>("can_edit"),
            },
        })
    };
    Ok(answer(&rows.iter().map(team).collect()))
}

fn answer(json: &serde_json::Value) -> Response {
    poem::web::Json(json).into_response()
}

/// The rows that rounds change, 1 kB each, and the table of what they note.
pub(crate) async fn make_rows(pool: &PgPool, rows: i64) -> Result<()> {
    let tables = "
        CREATE TABLE bench_row (id bigint PRIMARY KEY, data bytea NOT NULL) WITH (fillfactor = 50);
        CREATE TABLE bench_note (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data bytea NOT NULL)";
    sqlx::raw_sql(tables).execute(pool).await?;
    let fill = "INSERT INTO bench_row
                SELECT n, decode(repeat(md5(n::text), 64), 'hex') FROM generate_series(0, $1 - 1) n";
    sqlx::query(fill).bind(rows).execute(pool).await?;
    Ok(())
}

/// One small change for good: a lock, a row of 1 kB read and written, 300 bytes noted.
#[handler]
async fn round(bare: Data<&Arc<Bare>>, Path(row): Path<i64>) -> poem::Result<StatusCode> {
    change(&bare.pool, row).await.map_err(poem::error::InternalServerError)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change(pool: &PgPool, row: i64) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(row).execute(&mut *tx).await?;
    let mut data: Vec<u8> = (sqlx::query_scalar("SELECT data FROM bench_row WHERE id = $1").bind(row))
        .fetch_one(&mut *tx)
        .await?;
    if let Some(first) = data.first_mut() {
        *first = first.wrapping_add(1);
    }
    sqlx::query("UPDATE bench_row SET data = $2 WHERE id = $1")
        .bind(row)
        .bind(&data)
        .execute(&mut *tx)
        .await?;
    let note = &data[..data.len().min(300)];
    sqlx::query("INSERT INTO bench_note (data) VALUES ($1)").bind(note).execute(&mut *tx).await?;
    tx.commit().await
}
