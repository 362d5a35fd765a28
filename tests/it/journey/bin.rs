//! Into the bin and back.

use super::{
    kinds::reads,
    people::Somebody,
    stage::{Opened, PROJECT, Stage, field, id, items},
    web_app::{Ask, body},
};
use transit::value::Value;
use uuid::Uuid;

/// A file that is open elsewhere is deleted, found in the bin, and brought back.
pub async fn and_back(stage: &Stage, ana: &mut Somebody, bo: &mut Somebody, team: Uuid, file: &Opened) {
    let of_team = [("team-id", Ask::Id(team))];
    ana.web.write("delete-file", &body([("id", Value::Uuid(file.id))])).await;
    let heard = bo.socket.hears("file-deleted").await;
    reads("file-deleted", &heard, "{topic u, file-id u}");
    stage.app.run_jobs().await;
    let projects = ana.web.read("get-projects", &of_team).await;
    reads("get-projects", &projects, &format!("V {PROJECT}"));
    let deleted = ana.web.read("get-team-deleted-files", &of_team).await;
    reads(
        "get-team-deleted-files",
        &deleted,
        "V {id u, project-id u, team-id u, name s, revn i, vern i, is-shared b, \
        modified-at t, will-be-deleted-at t}",
    );
    assert_eq!(items(&deleted).len(), 1);
    assert!(items(&projects).iter().any(|one| id(one, "id") == id(&items(&deleted)[0], "project-id")));

    let wanted = body([("team-id", Value::Uuid(team)), ("ids", Value::Set(vec![Value::Uuid(file.id)]))]);
    let work = async {
        let waiting = "SELECT least(count(*), 1) FROM queue.job WHERE kind = 'bin-batch'";
        crate::home::scene::counts(&stage.app, waiting, 1).await;
        stage.app.run_jobs().await;
    };
    let (told, ()) = tokio::join!(ana.web.watch("restore-deleted-team-files", &wanted), work);
    let (end, progress) = told.split_last().expect("events");
    assert_eq!(end.0, "end");
    assert!(!progress.is_empty(), "{told:?}");
    for (name, data) in progress {
        assert_eq!(name, "progress");
        reads("progress", data, "{index i, total i}");
    }
    let files = bo.web.read("get-project-files", &[("project-id", Ask::Id(file.project))]).await;
    assert!(items(&files).iter().any(|one| field(one, "id") == &Value::Uuid(file.id)), "{files:?}");
    stage.app.run_jobs().await;
}
