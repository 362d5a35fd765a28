//! Documents that the release before wrote whole: `atelier migrate` makes rows of them, and goes on after a kill.

use super::{Deed, settings};
use crate::files::stored::document;
use domain::file::parts::unpack;
use tests::app::TestApp;
use tests::document::pack;
use tests::drawing::Drawing;
use tests::person::Person;
use tests::process;
use uuid::Uuid;

pub struct Unpacked {
    app: TestApp,
    ana: Person,
    /// In the order in which they become rows.
    files: Vec<Uuid>,
}

impl Unpacked {
    pub async fn new() -> Unpacked {
        let app = TestApp::start().await;
        let ana = app.person("ana").await;
        let mut files = vec![];
        for name in ["a", "b", "c"] {
            files.push(Drawing::of(&ana.file(name).await).file);
        }
        files.sort();
        Unpacked { app, ana, files }
    }

    async fn rows(&self) -> Vec<bool> {
        let sql = "SELECT root_container_id IS NOT NULL FROM file ORDER BY id";
        sqlx::query_scalar(sql).fetch_all(&self.app.app.pool).await.expect("reads")
    }

    async fn are_whole(&self, context: &str) {
        for file in &self.files {
            let drawing = Drawing { file: *file, page: Uuid::nil() };
            assert!(drawing.read(&self.ana).await.same(&document(*file)), "{context}: {file}");
        }
        let files = "SELECT count(*) FROM file_part p JOIN file_container c ON c.id = p.container_id
                      WHERE p.kind = 0 AND c.file_id IS NOT NULL";
        let rows = self.rows().await.into_iter().filter(|is_rows| *is_rows).count();
        assert_eq!(
            usize::try_from(self.app.count(files).await).ok(),
            Some(rows),
            "{context}: each is there once"
        );
    }
}

impl Deed for Unpacked {
    const WORDS: &'static str = "root_container_id\" =";
    // The first document has become rows, the last one has not.
    const PASSES: usize = 1;

    fn app(&self) -> &TestApp {
        &self.app
    }

    async fn prepare(&mut self) {
        for file in &self.files {
            pack(&self.app.app.pool, *file, &document(*file)).await;
        }
    }

    async fn act(&self, uri: &str) {
        let data = self.app.directory().display().to_string();
        let migrated = process::run(&["migrate"], &settings(uri, &data)).await;
        assert!(migrated.status.success(), "{migrated:?}");
    }

    async fn is_found(&self, is_done: bool, context: &str) {
        assert_eq!(self.rows().await, [true, is_done, false], "{context}");
        self.are_whole(context).await;
    }

    async fn finish(&mut self, _: bool, context: &str) {
        let left = self.rows().await.into_iter().filter(|is_rows| !is_rows).count();
        let unpacked = unpack::unpack_all(&self.app.app).await.expect("goes on");
        assert_eq!((usize::try_from(unpacked.done).ok(), unpacked.failed), (Some(left), vec![]), "{context}");
        assert_eq!(self.rows().await, [true; 3], "{context}");
        self.are_whole(context).await;
    }
}
