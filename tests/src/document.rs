//! Documents of files, behind the door.

use sqlx::PgPool;
use transit::value::Value;
use uuid::Uuid;

/// Makes a file's document one that the release before wrote: whole, and no rows.
///
/// # Panics
/// When the database refuses.
pub async fn pack(pool: &PgPool, file: Uuid, data: &Value) {
    pack_bytes(pool, file, transit::write(data)).await;
}

/// The same with any bytes.
///
/// # Panics
/// When the database refuses.
pub async fn pack_bytes(pool: &PgPool, file: Uuid, bytes: Vec<u8>) {
    let bare = "WITH bare AS (UPDATE file SET root_container_id = NULL WHERE id = $1)
                UPDATE file_container SET file_id = NULL WHERE file_id = $1";
    sqlx::query(bare).bind(file).execute(pool).await.expect("takes the rows away");
    let whole = "INSERT INTO file_data (file_id, id, created_at, modified_at, kind, backend, data)
                 VALUES ($1, $1, now(), now(), 'main', 'db', $2)
                 ON CONFLICT (file_id, id) DO UPDATE SET data = excluded.data";
    sqlx::query(whole).bind(file).bind(bytes).execute(pool).await.expect("packs");
}
