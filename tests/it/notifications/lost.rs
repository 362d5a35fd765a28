//! Redis goes away: sockets are closed rather than silent, and nobody gets one that would hear nothing.

use super::scene::{Scene, redis, through};
use std::time::Duration;
use tests::{cable::Cable, socket::Socket};
use tokio::time::timeout;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_redis_closes_sockets_until_it_is_back() {
    let cable = Cable::to(redis().trim_start_matches("redis://").trim_end_matches("/0")).await;
    let scene = Scene::with(through(&format!("redis://{}/0", cable.address))).await;
    let (mut ana, mut bo) = scene.both().await;
    cable.cut();
    for socket in [&mut ana, &mut bo] {
        assert_eq!(socket.end().await, (1013, "messages-missed".to_owned()));
    }
    assert!(Socket::try_open(&scene.ana, ana.session).await.is_none(), "it would hear nothing");
    // Work goes on meanwhile.
    scene.drawing.send(&scene.ana, Uuid::from_u128(1), 0, vec![]).await.transit();
    cable.mend();
    let back = async {
        loop {
            // Refused after 2 s as long as Redis is not listened to.
            if let Some(socket) = Socket::try_open(&scene.ana, ana.session).await {
                break socket;
            }
        }
    };
    let mut ana = timeout(PATIENCE, back).await.expect("is let in again");
    ana.subscribe(scene.file()).await;
    scene.drawing.send(&scene.bo, Uuid::from_u128(1), 1, vec![]).await.transit();
    ana.hears("file-change").await;
    scene.app.run_jobs().await;
}
