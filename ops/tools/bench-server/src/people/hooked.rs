//! Teams with a file and a webhook.

use anyhow::Result;
use entities::ids::ProfileId;
use sqlx::PgPool;
use uuid::Uuid;

/// A team of the owner's.
pub(crate) struct Hooked {
    pub(crate) team: Uuid,
    pub(crate) file: Uuid,
}

const TEAM: &str = "
    WITH team AS (
           INSERT INTO team (id, created_at, modified_at, name) VALUES ($1, now(), now(), 'Hooked')),
         member AS (
           INSERT INTO team_profile_rel (id, team_id, profile_id, is_owner, can_edit, created_at, modified_at)
           VALUES (gen_random_uuid(), $1, $2, true, true, now(), now())),
         project AS (
           INSERT INTO project (id, team_id, created_at, modified_at, name) VALUES ($3, $1, now(), now(), 'P')),
         file AS (
           INSERT INTO file (id, project_id, created_at, modified_at, name, version)
           VALUES ($4, $3, now(), now(), 'Sketch', 67))
    INSERT INTO webhook (id, team_id, profile_id, created_at, updated_at, uri, mtype, is_active)
    VALUES (gen_random_uuid(), $1, $2, now(), now(), $5, 'application/json', true)";

impl Hooked {
    /// One whose webhook listens at a host.
    pub(crate) async fn make(pool: &PgPool, owner: ProfileId, host: &str) -> Result<Hooked> {
        let [team, project, file] = [(); 3].map(|()| platform::ids::new_id());
        let made = sqlx::query(TEAM).bind(team).bind(owner.0).bind(project).bind(file);
        made.bind(format!("http://{host}/")).execute(pool).await?;
        Ok(Hooked { team, file })
    }
}
