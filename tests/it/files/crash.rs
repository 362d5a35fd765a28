//! Connections that are cut between any two statements of `update-file`: nothing is lost, and nothing is done twice.

use super::scene::{Scene, answered};
use tests::statements::{Cut, Tap};
use uuid::Uuid;

/// How often somebody sends a batch again whose answer did not come.
const TRIES_MAX: usize = 5;

#[tokio::test]
async fn a_batch_is_applied_once_wherever_the_connection_is_cut() {
    let scene = Scene::new().await;
    let (drawing, tap) = (&scene.drawing, Tap::before(&scene.app.database.uri));
    let ana = scene.ana.at(&scene.app.process_on(&tap.uri).await);
    let session = Uuid::from_u128(1);
    let mut revn = 0;
    let send = async |number: i64, id: u128| {
        let commit = Uuid::from_u128(5000 + id);
        drawing.send_named(&ana, session, number, commit, vec![drawing.add(id, Uuid::nil(), "rect")]).await
    };
    // The first finds no connection, and prepares its statements.
    for id in [100, 101] {
        tap.take();
        assert_eq!(answered(&send(revn, id).await).0, revn);
        revn += 1;
    }
    let statements = tap.take();
    assert!(statements.contains(&"COMMIT".to_owned()) && statements.len() > 6, "{statements:#?}");
    let mut in_doubt = 0;
    for how in [Cut::Before, Cut::After] {
        for (at, statement) in statements.iter().enumerate() {
            let context = format!("{how:?} {statement}");
            let id = 200 + u128::try_from(revn).expect("small");
            tap.cut(at, how);
            let mut answer = send(revn, id).await;
            for _ in 0..TRIES_MAX {
                if answer.status.is_success() {
                    break;
                }
                assert_eq!(answer.status.as_u16(), 503, "{context}: {}", answer.text());
                in_doubt += 1;
                answer = send(revn, id).await;
            }
            assert!(tap.was_cut(), "{context}: it was not sent");
            assert_eq!(answered(&answer), (revn, vec![revn + 1]), "{context}");
            revn += 1;
            assert_eq!(scene.app.count("SELECT revn FROM file").await, revn, "{context}");
        }
    }
    assert!(in_doubt > 0, "of a lost commit nobody knows");
    let named = "SELECT count(*) FROM file_change WHERE commit_id IS NOT NULL";
    assert_eq!(scene.app.count(named).await, revn);
    let document = drawing.read(&scene.ana).await;
    let children = drawing.children(&document, 0);
    assert_eq!(i64::try_from(children.len()).ok(), Some(revn), "each shape is there once");
}
