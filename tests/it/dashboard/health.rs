//! The dashboard's page about health: what works, what does not, and what is in force.

use super::{House, house};
use tests::app::{Settings, TestApp};

/// The line of one check.
fn line<'a>(page: &'a str, name: &str) -> &'a str {
    let at = page.find(&format!("<b>{name}</b>")).unwrap_or_else(|| panic!("no {name} in {page}"));
    let from = page[..at].rfind("<li").expect("a line");
    page[from..].split("</li>").next().expect("an end")
}

#[tokio::test]
async fn each_check_has_a_line_and_settings_show_no_secret() {
    let settings = Settings::default()
        .set("PENPOT_ADMINS", "ana@example.com")
        .set("ATELIER_ADMIN_READERS", "reader@example.com")
        .set("PENPOT_SECRET_KEY", "a secret of this test only");
    let app = TestApp::with(settings).await;
    let (ana, reader) = (app.person("ana").await, app.person("reader").await);
    let (ben, page) = (app.person("ben").await, ana.get("/admin/health").await.text());
    for name in ["database", "tables", "jobs", "instance", "bus", "storage", "mail"] {
        assert!(line(&page, name).contains("class=\"well\""), "{name}: {page}");
    }
    assert!(line(&page, "workers").contains("start <code>atelier worker</code>"), "{page}");
    assert!(page.find("<b>workers</b>") < page.find("<b>database</b>"), "what is wrong comes first");
    assert!(page.contains("m20260101_000001_baseline"), "{page}");
    assert!(page.contains("PENPOT_ADMINS") && !page.contains("PENPOT_DELETION_DELAY"), "those that were set");
    for page in [page, reader.get("/admin/health?settings=all").await.text()] {
        assert!(page.contains("PENPOT_SECRET_KEY") && page.contains("(hidden)"), "{page}");
        assert!(!page.contains("a secret of this test"), "{page}");
        assert!(!page.contains(&app.database.uri), "{page}");
    }
    assert!(ana.get("/admin/health?settings=all").await.text().contains("PENPOT_DELETION_DELAY"));
    assert_eq!(ben.get("/admin/health").await.status, 403);
}

#[tokio::test]
async fn what_is_wrong_is_said_with_what_to_do() {
    let House { app, ana } = house().await;
    let assets = app.directory().join("assets");
    let _ = std::fs::remove_dir_all(&assets);
    std::fs::write(&assets, "no directory").expect("is in the way");
    let forget = "DELETE FROM seaql_migrations";
    sqlx::query(forget).execute(&app.app.pool).await.expect("forgets");
    // A backend is tried more than once before it counts as broken; the page does not wait for that.
    let page = loop {
        let page = ana.get("/admin/health").await.text();
        if !page.contains("have not answered yet") {
            break page;
        }
    };
    let storage = line(&page, "storage");
    assert!(storage.contains("wrong") && storage.contains("PENPOT_OBJECTS_STORAGE"), "{page}");
    assert!(line(&page, "tables").contains("run <code>atelier migrate</code>"), "{page}");
    assert!(page.contains("Missing: m20260101_000001_baseline"), "{page}");
    assert!(line(&page, "mail").contains("ok"), "what works is said too");
}
