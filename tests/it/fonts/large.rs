//! A font of the size that a whole script needs.

use super::scene::{assemble, bytes, sent};
use serde_json::json;
use tests::{app::TestApp, font};

#[tokio::test]
async fn sixty_thousand_glyphs_are_taken_in() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let large = font::large_ttf(60_000, 42);
    assert!(large.len() > 10_000_000, "{}", large.len());
    let variant = assemble(&ana, &team, json!({"font/ttf": sent(&ana, &large, 2).await})).await.ok();
    assert!(bytes(&ana, &variant["ttfFileId"]).await == large);
    let woff = bytes(&ana, &variant["woff1FileId"]).await;
    assert!(woff.starts_with(b"wOFF") && woff.len() < large.len() / 2, "{}", woff.len());
}
