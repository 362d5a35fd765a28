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

/// Keeps the page of a file as it is at its first revision, as a snapshot does.
///
/// # Panics
/// When the database refuses.
pub async fn keep_page(pool: &PgPool, file: Uuid) {
    let sql = "INSERT INTO file_part_archive (container_id, kind, id, since, media, raw, until)
               SELECT container_id, kind, id, since, media, raw, 1 FROM file_part
                WHERE kind = 2 AND container_id IN (SELECT id FROM file_container WHERE file_id = $1)";
    sqlx::query(sql).bind(file).execute(pool).await.expect("keeps");
}
