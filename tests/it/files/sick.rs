//! Documents in which something is wrong: nobody can send such changes, so the rows are spoilt behind the door.

use super::scene::Scene;
use domain::file::check::{Checked, Problem, check};
use entities::ids::FileId;
use tests::{
    app::TestApp,
    drawing::{self, Drawing},
    person::Person,
};
use transit::value::Value;
use uuid::Uuid;

/// The root of every page.
pub const ROOT: u128 = 0;

/// What draws in these tests.
pub const SESSION: Uuid = Uuid::from_u128(1);

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A shape with more attributes is added to a page.
pub fn add(drawing: &Drawing, number: u128, parent: u128, kind: &str, more: &[(&str, Value)]) -> Value {
    let mut shape = drawing::shape(number, id(parent), kind);
    more.iter().for_each(|(name, value)| shape.put(name, value.clone()));
    drawing::change(
        "add-obj",
        [
            ("id", Value::Uuid(id(number))),
            ("page-id", Value::Uuid(drawing.page)),
            ("frame-id", Value::Uuid(id(parent))),
            ("parent-id", Value::Uuid(id(parent))),
            ("obj", shape),
        ],
    )
}

/// What makes a shape the head of a component of a file.
pub fn head(component: u128, file: Uuid) -> Vec<(&'static str, Value)> {
    vec![
        ("component-id", Value::Uuid(id(component))),
        ("component-file", Value::Uuid(file)),
        ("component-root", Value::Bool(true)),
    ]
}

/// … its main.
pub fn main_of(component: u128, file: Uuid) -> Vec<(&'static str, Value)> {
    [head(component, file), vec![("main-instance", Value::Bool(true))]].concat()
}

/// … a copy that follows a main.
pub fn copy_of(component: u128, file: Uuid, main: u128) -> Vec<(&'static str, Value)> {
    [head(component, file), vec![("shape-ref", Value::Uuid(id(main)))]].concat()
}

/// A component is added whose main is on the page of a drawing.
pub fn component(drawing: &Drawing, number: u128, main: u128) -> Value {
    drawing::change(
        "add-component",
        [
            ("id", Value::Uuid(id(number))),
            ("name", Value::text("Button")),
            ("path", Value::text("")),
            ("main-instance-id", Value::Uuid(id(main))),
            ("main-instance-page", Value::Uuid(drawing.page)),
        ],
    )
}

/// A page is added; the drawing on it.
pub fn page(drawing: &Drawing, number: u128) -> (Drawing, Value) {
    let fields = [("id", Value::Uuid(id(number))), ("name", Value::text("Second"))];
    (Drawing { page: id(number), ..*drawing }, drawing::change("add-page", fields))
}

/// Draws, and must be able to.
pub async fn draw(person: &Person, drawing: &Drawing, revn: i64, changes: Vec<Value>) {
    let answer = drawing.send(person, SESSION, revn, changes).await;
    assert!(answer.status.is_success(), "{}", answer.text());
}

/// Changes the row of a shape.
pub async fn spoil(app: &TestApp, drawing: &Drawing, shape: u128, set: &str) {
    let sql = format!(
        "UPDATE file_part p SET {set} FROM file_container c
          WHERE c.id = p.container_id AND c.file_id = $1 AND p.kind = 2 AND p.id = $2"
    );
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(drawing.file).bind(id(shape));
    assert_eq!(query.execute(&app.app.pool).await.expect(set).rows_affected(), 1, "{set}");
}

/// What is wrong with a file.
pub async fn look(app: &TestApp, file: Uuid) -> Checked {
    check(&app.app, FileId(file)).await.expect("is looked at")
}

/// Code, shape and field of each problem.
pub fn told(problems: &[Problem]) -> Vec<(&str, Option<u128>, &str)> {
    problems
        .iter()
        .map(|one| (one.code.as_str(), one.shape_id.map(|id| id.as_u128()), one.field.as_str()))
        .collect()
}

/// A drawing with a frame 10 that holds 11, and a shape 12 beside it.
pub async fn drawn() -> Scene {
    let scene = Scene::new().await;
    let drawing = &scene.drawing;
    let changes = vec![
        add(drawing, 10, ROOT, "frame", &[]),
        add(drawing, 11, 10, "rect", &[]),
        add(drawing, 12, ROOT, "rect", &[]),
    ];
    draw(&scene.ana, drawing, 0, changes).await;
    scene
}

/// The same with what one thing puts right: 10 holds a shape that is not there, 11 names another frame.
pub async fn sick() -> Scene {
    let scene = drawn().await;
    let (app, drawing) = (&scene.app, &scene.drawing);
    spoil(app, drawing, 10, "children = children || '00000000-0000-0000-0000-000000000063'::uuid").await;
    spoil(app, drawing, 11, "frame = '00000000-0000-0000-0000-000000000000'").await;
    scene
}
