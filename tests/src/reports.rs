//! What mail servers report about addresses and people, as if it had come in.

use crate::app::TestApp;

impl TestApp {
    /// A `bounce` or a `complaint` of an address, whoever has it.
    pub async fn report_address(&self, email: &str, kind: &str) {
        let sql = "INSERT INTO global_complaint_report (email, created_at, type) VALUES ($1, clock_timestamp(), $2)";
        sqlx::query(sql).bind(email).bind(kind).execute(&self.app.pool).await.expect("reports");
    }

    /// So many of them about mail to a person, some time ago (an interval of PostgreSQL).
    pub async fn report_person(&self, email: &str, kind: &str, count: i32, ago: &str) {
        let sql = "INSERT INTO profile_complaint_report (profile_id, created_at, type)
                   SELECT p.id, now() - $4::interval + n * interval '1 millisecond', $2
                     FROM profile p, generate_series(1, $3) n WHERE p.email = $1";
        let query = sqlx::query(sql).bind(email).bind(kind).bind(count).bind(ago);
        query.execute(&self.app.pool).await.expect("reports");
    }

    /// Mail to this person comes back.
    pub async fn mute(&self, email: &str) {
        let sql = "UPDATE profile SET is_muted = true WHERE email = $1";
        sqlx::query(sql).bind(email).execute(&self.app.pool).await.expect("mutes");
    }

    /// Shuts a person out.
    pub async fn block(&self, email: &str) {
        domain::profile::set_blocked(&self.app.db, &crate::app::operator(), email, true, self.app.now())
            .await
            .expect("blocks");
    }
}
