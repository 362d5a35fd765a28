//! Looking whether the parts of a document belong together.

use super::sick::{ROOT, add, component, copy_of, draw, drawn, id, look, main_of, page, sick, spoil, told};
use chrono::Duration;
use domain::file::check;
use jobs::{
    Enqueue,
    all::{check_files::CheckFiles, objects_gc::ObjectsGc},
    read::State,
};
use serde_json::json;
use tests::{
    app::{TestApp, operator},
    document::pack_bytes,
    drawing::Drawing,
    factory::{Link, insert},
};
use transit::value::Value;
use uuid::Uuid;

#[tokio::test]
async fn a_sound_document_has_no_problems() {
    let scene = drawn().await;
    let (ana, drawing) = (&scene.ana, &scene.drawing);
    let (second, added) = page(drawing, 50);
    let file = drawing.file;
    let changes = vec![
        added,
        add(drawing, 20, ROOT, "frame", &main_of(300, file)),
        add(drawing, 21, 20, "rect", &[]),
        component(drawing, 300, 20),
        // Copies of what is on their page, and of what is on another one.
        add(drawing, 30, ROOT, "frame", &copy_of(300, file, 20)),
        add(drawing, 31, 30, "rect", &[("shape-ref", Value::Uuid(id(21)))]),
        add(&second, 40, ROOT, "frame", &copy_of(300, file, 20)),
        add(&second, 41, 40, "rect", &[("shape-ref", Value::Uuid(id(21)))]),
    ];
    draw(ana, drawing, 1, changes).await;
    let checked = look(&scene.app, file).await;
    assert_eq!(told(&checked.problems), []);
    assert_eq!((checked.revn, checked.pages, checked.shapes, checked.count()), (2, 2, 11, 0));
    // The main went, and is kept: its copies go on following it.
    let deleted = vec![
        tests::drawing::change("del-component", [("id", Value::Uuid(id(300)))]),
        tests::drawing::change(
            "del-obj",
            [("id", Value::Uuid(id(20))), ("page-id", Value::Uuid(drawing.page))],
        ),
    ];
    draw(ana, drawing, 2, deleted).await;
    let checked = look(&scene.app, file).await;
    assert_eq!(told(&checked.problems), [], "{:?}", checked.problems);
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place() {
    let scene = sick().await;
    let (app, drawing) = (&scene.app, &scene.drawing);
    let checked = look(app, drawing.file).await;
    let wrong = [("child-not-found", Some(10), "shapes"), ("invalid-frame", Some(11), "frame-id")];
    assert_eq!(told(&checked.problems), wrong);
    let first = &checked.problems[0];
    assert_eq!((first.page_id, first.other_id), (Some(drawing.page), Some(id(99))));
    assert!(checked.problems.iter().all(|one| one.is_repairable));
    assert_eq!(checked.found.iter().map(|one| (one.count, one.repairable)).collect::<Vec<_>>(), [(1, 1); 2]);

    spoil(app, drawing, 12, "raw = 'x'").await;
    let checked = look(app, drawing.file).await;
    let unreadable = ("unreadable", Some(12), "");
    assert!(told(&checked.problems).contains(&unreadable), "{:?}", checked.problems);
    let nothing = check::check(&app.app, Uuid::from_u128(404).into()).await.expect_err("no file");
    assert!(matches!(nothing, domain::Error::NotFound), "{nothing:?}");
}

#[tokio::test]
async fn copies_of_a_library_are_compared_with_it_where_the_file_uses_it() {
    let scene = drawn().await;
    let (app, ana, drawing) = (&scene.app, &scene.ana, &scene.drawing);
    let library = Drawing::of(&ana.file("Library").await);
    let changes = vec![
        add(&library, 20, ROOT, "frame", &main_of(300, library.file)),
        add(&library, 21, 20, "rect", &[]),
        component(&library, 300, 20),
    ];
    draw(ana, &library, 0, changes).await;
    let changes = vec![
        add(drawing, 30, ROOT, "frame", &copy_of(300, library.file, 20)),
        add(drawing, 31, 30, "rect", &[("shape-ref", Value::Uuid(id(21)))]),
        add(drawing, 32, ROOT, "frame", &copy_of(301, library.file, 20)),
        add(drawing, 33, 30, "rect", &[("shape-ref", Value::Uuid(id(99)))]),
    ];
    draw(ana, drawing, 1, changes).await;
    assert_eq!(told(&look(app, drawing.file).await.problems), [], "it does not use that file");
    let link = Link { file: drawing.file.into(), library: library.file.into() };
    insert(&app.app.db, [link]).await;
    let checked = look(app, drawing.file).await;
    let mut wrong = told(&checked.problems);
    wrong.sort_unstable();
    let expected =
        [("component-not-found", Some(32), "component-id"), ("ref-shape-not-found", Some(33), "shape-ref")];
    assert_eq!(wrong, expected);
    ana.call("delete-file", json!({"id": library.file})).await.ok();
    assert_eq!(told(&look(app, drawing.file).await.problems), [], "nothing is said of what may come back");
    app.run_jobs().await;
    let own = [("ref-shape-not-found", Some(33), "shape-ref")];
    assert_eq!(told(&look(app, drawing.file).await.problems), own, "what it took over is its own");
}

/// Checks every file; the number of the run.
async fn check_all(app: &TestApp) -> i64 {
    let job = CheckFiles::default();
    let id = jobs::enqueue(&app.app.db, &operator(), &job, Enqueue::default()).await;
    let id = id.expect("enqueues").expect("is new");
    app.run_jobs().await;
    let shown = jobs::read::show(&app.app.pool, id).await.expect("reads").expect("is known");
    assert_eq!(shown.state, State::Done, "{:?}", shown.errors);
    id
}

#[tokio::test]
async fn every_file_is_looked_at_and_the_report_can_be_read_again() {
    let scene = sick().await;
    let (app, ana, drawing) = (&scene.app, &scene.ana, &scene.drawing);
    let sound = ana.file("Sound").await;
    let broken = Drawing::of(&ana.file("Broken").await);
    pack_bytes(&app.app.pool, broken.file, b"[\"^ \"".to_vec()).await;
    let gone = ana.file("Gone").await;
    ana.call("delete-file", json!({"id": gone["id"]})).await.ok();

    let number = check_all(app).await;
    let run = check::latest(&app.app.db, None).await.expect("reads").expect("is known");
    assert_eq!((run.id, run.files, run.wrong_files, run.problems), (number, 3, 2, 3));
    assert!(run.finished_at.is_some() && run.shapes >= 5, "{run:?}");
    let problems = check::problems(&app.app.db, number, None, 100).await.expect("reads");
    let mut found: Vec<(Uuid, &str)> =
        problems.iter().map(|one| (one.file_id.0, one.problem.code.as_str())).collect();
    found.sort_unstable();
    let mut wrong = vec![
        (drawing.file, "child-not-found"),
        (drawing.file, "invalid-frame"),
        (broken.file, "unreadable-document"),
    ];
    wrong.sort_unstable();
    assert_eq!(found, wrong);
    let next = check::problems(&app.app.db, number, Some(&problems[0]), 100).await.expect("reads");
    assert_eq!(next, problems[1..], "a page goes on where another ended");
    let tally = check::tally(&app.app.db, number).await.expect("counts");
    assert_eq!(tally.iter().map(|one| one.repairable).collect::<Vec<_>>(), [1, 1, 0]);

    // Stopped after its last file and begun again, it finds the same.
    let again =
        "UPDATE file_check SET finished_at = NULL, place = NULL, files = 0, wrong_files = 0, problems = 0";
    sqlx::query(again).execute(&app.app.pool).await.expect("goes back");
    let mut run = check::begin(&app.app, number, app.app.now()).await.expect("goes on");
    while run.finished_at.is_none() {
        check::step(&app.app, &mut run, app.app.now()).await.expect("looks");
    }
    assert_eq!((run.files, run.wrong_files, run.problems), (3, 2, 3));
    assert_eq!(check::problems(&app.app.db, number, None, 100).await.expect("reads"), problems);

    // A report outlives its files, and goes by age.
    ana.call("delete-file", json!({"id": drawing.file})).await.ok();
    app.run_jobs().await;
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    assert_eq!(app.count("SELECT count(*) FROM file WHERE name = 'Sketch'").await, 0);
    assert_eq!(check::problems(&app.app.db, number, None, 100).await.expect("reads").len(), 3);
    let much_later = app.app.now() + Duration::days(91);
    check::begin(&app.app, number + 1, much_later).await.expect("begins");
    assert_eq!(check::list(&app.app.db).await.expect("lists").len(), 1);
    assert_eq!(app.count("SELECT count(*) FROM file_check_problem").await, 0);
    ana.call("get-file", json!({"id": sound["id"]})).await.ok();
}
