//! Who is in what, teams and single files, and how much they may have.

use domain::{
    admin::quota::{self, Holder},
    quota::Target,
    role::Role,
    team::member,
};
use entities::{
    file_profile_rel,
    ids::{FileId, ProfileId, TeamId},
};
use platform::app::App;
use sea_orm::{ActiveModelTrait, ConnectionTrait, Set};
use serde_json::Value as Json;

use super::now;
use crate::{
    app::{TestApp, operator},
    person::Person,
};

/// Makes somebody a member, as an accepted invitation does, or the owner.
///
/// # Panics
/// When they are one already, or the team is deleted.
pub async fn give_role(app: &App, team: TeamId, person: ProfileId, role: Role) {
    let tx = platform::db::begin(&app.db).await.expect("begins");
    assert!(member::join(&tx, team, person, role, app.now()).await.expect("joins"), "is a member already");
    tx.commit().await.expect("commits");
}

/// Lets somebody who is not in its team look at one file. No method does so yet.
///
/// # Panics
/// When the database refuses it.
pub async fn give_role_in_file(db: &impl ConnectionTrait, file: FileId, person: ProfileId) {
    let row = file_profile_rel::ActiveModel {
        file_id: Set(file),
        profile_id: Set(person),
        created_at: Set(now()),
        modified_at: Set(now()),
        ..Default::default()
    };
    row.insert(db).await.expect("inserts");
}

impl TestApp {
    /// Makes somebody a member of a team that a method answered: see [`give_role`].
    pub async fn join(&self, team: &Json, who: &Person, role: Role) {
        let team = team["id"].as_str().and_then(|id| id.parse().ok()).expect("the id of a team");
        give_role(&self.app, TeamId(team), who.id(), role).await;
    }

    /// Limits what somebody may have, in place of what the settings say.
    pub async fn set_quota(&self, who: &Person, target: Target, quote: u64) {
        let holder = Holder { profile: Some(who.id()), ..Holder::default() };
        let tx = platform::db::begin(&self.app.db).await.expect("begins");
        quota::set(&tx, &operator(), target, holder, Some(quote)).await.expect("sets");
        tx.commit().await.expect("commits");
    }
}
