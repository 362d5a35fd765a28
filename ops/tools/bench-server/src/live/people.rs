//! People who may see the file: one person has so many sockets.

use anyhow::{Context as _, Result};
use domain::{profile, role::Role, session, team::member};

use crate::installation::{Installation, PASSWORD, operator};

/// Their cookies.
pub(crate) struct People(Vec<String>);

impl People {
    /// Members of the owner's team.
    pub(crate) async fn make(installation: &Installation, count: usize) -> Result<People> {
        let app = &installation.app;
        let owner = domain::admin::person(&app.db, crate::installation::OWNER, app.now()).await?;
        let team = owner.default_team_id.context("no team")?;
        let mut cookies = vec![];
        for n in 0..count {
            let (now, email) = (app.now(), format!("p{n}@example.com"));
            let (proof, name, password) = (operator(), format!("P{n}"), PASSWORD.to_owned());
            let person = profile::create::by_operator(app, &proof, name, &email, password, now).await?;
            let tx = platform::db::begin(&app.db).await?;
            member::join(&tx, team, person.id, Role::Viewer, now).await?;
            tx.commit().await?;
            let opened = session::create(&app.db, &app.secrets, person.id, None, now).await?;
            cookies.push(format!("{}={}", app.config.auth.cookie_name, opened.token));
        }
        Ok(People(cookies))
    }

    /// Of whom a socket is.
    pub(crate) fn cookie(&self, socket: usize) -> &str {
        &self.0[socket % self.0.len()]
    }
}
