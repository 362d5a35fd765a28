//! What the RPC is measured against: a handler of poem that asks sqlx one question and writes the answer as JSON.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use poem::{
    EndpointExt as _, IntoResponse, Response, Route, Server, get, handler, listener::TcpAcceptor, web::Data,
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
    let routes = Route::new().at("/profile", get(profile_of)).at("/teams", get(teams_of)).data(bare);
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
