//! The check-list, lines 11 and 13: who reads what of a file, and saves that are late or come twice.

use super::{
    drawing::save,
    kinds::reads,
    stage::{Opened, features, int, items},
    web_app::{Ask, WebApp, kind_of, text},
};
use domain::role::Role;
use serde_json::Value as Json;
use tests::{app::TestApp, client::Answer, person::Person};
use transit::value::Value;
use uuid::Uuid;

struct Scene {
    app: TestApp,
    ana: Person,
    team: Uuid,
    file: Opened,
}

fn uuid(json: &Json) -> Uuid {
    json.as_str().expect("an id").parse().expect("a uuid")
}

async fn scene() -> (Scene, [Person; 3]) {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let others = [app.person("bo").await, app.person("cy").await, app.person("eve").await];
    let team = ana.team("Ink").await;
    app.join(&team, &others[0], Role::Editor).await;
    app.join(&team, &others[1], Role::Viewer).await;
    let project = ana.project(&team, "Posters").await;
    let made = ana.file_in(&project["id"], "Sketch").await;
    let file = Opened {
        id: uuid(&made["id"]),
        page: uuid(&made["data"]["pages"][0]),
        project: uuid(&project["id"]),
        revn: 0,
        vern: 0,
    };
    (Scene { app, ana, team: uuid(&team["id"]), file }, others)
}

#[tokio::test]
async fn the_first_reads_of_a_file_are_for_the_whole_team_and_nobody_else() {
    let (Scene { app, ana, team, file }, others) = scene().await;
    let [bo, cy, eve] = &others;
    let (of_file, of_team) = ([("file-id", Ask::Id(file.id))], [("team-id", Ask::Id(team))]);
    let whole = [("id", Ask::Id(file.id)), ("features", features())];
    let object = format!("{}/{}/{}/frame", file.id, file.page, Uuid::nil());
    let page = [
        ("file-id", Ask::Id(file.id)),
        ("page-id", Ask::Id(file.page)),
        ("object-id", text(&object[74..110])),
    ];
    let calls: [(&str, &[(&str, Ask)]); 10] = [
        ("get-team-members", &of_team),
        ("get-comment-threads", &of_file),
        ("get-profiles-for-file-comments", &of_file),
        ("get-font-variants", &of_team),
        ("get-file", &whole),
        ("get-file-object-thumbnails", &of_file),
        ("get-project", &[("id", Ask::Id(file.project))]),
        ("get-file-libraries", &of_file),
        ("get-file-snapshots", &of_file),
        ("get-page", &page),
    ];
    for (method, params) in calls {
        for person in [&ana, bo, cy] {
            WebApp::of(person).read(method, params).await;
        }
        let hidden = WebApp::of(eve).try_read(method, params).await.expect_err("is hidden");
        assert_eq!(kind_of(&hidden), "not-found/object-not-found", "{method}");
        let nobody = WebApp::open(&app.base).try_read(method, params).await.expect_err("is hidden");
        let kind = kind_of(&nobody);
        let known = ["not-found/object-not-found", "authentication/authentication-required"];
        assert!(known.contains(&kind.as_str()), "{method}: {kind}");
    }
    // Whoever asks for access is told that much, member or not.
    for who in [WebApp::of(eve), WebApp::open(&app.base)] {
        let info = who.read("get-file-info", &[("id", Ask::Id(file.id))]).await;
        reads("get-file-info", &info, "{id u}");
        reads(
            "get-team-info",
            &who.read("get-team-info", &[("id", Ask::Id(team))]).await,
            "{id u, is-default b}",
        );
    }
}

async fn status(who: &Person, said: &Value) -> u16 {
    let answer: Answer = who.call_transit("update-file", said).await;
    answer.status.as_u16()
}

#[tokio::test]
async fn saves_that_are_late_or_come_twice() {
    let (Scene { app: _app, ana, mut file, .. }, _others) = scene().await;
    let (mut web, lines) = (WebApp::of(&ana), file.drawing());
    let query = [("id", Ask::Id(file.id))];
    for (n, commit) in [(10, 1), (11, 2)] {
        let said = save(&web, &file, Uuid::from_u128(commit), vec![lines.add(n, Uuid::nil(), "rect")]);
        let answer = web.try_write("update-file", &query, &said).await.expect("is saved");
        reads("update-file", &answer, "{revn i, lagged V M}");
        assert_eq!(int(&answer, "revn"), i64::try_from(commit).expect("small") - 1, "the one before");
    }
    let said = save(&web, &file, Uuid::from_u128(3), vec![lines.add(12, Uuid::nil(), "rect")]);
    let first = web.try_write("update-file", &query, &said).await.expect("is saved");
    let again = web.try_write("update-file", &query, &said).await.expect("is saved already");
    assert_eq!((int(&first, "revn"), int(&again, "revn")), (2, 2));
    let document = lines.read(&ana).await;
    assert_eq!(
        items(&Value::Vec(lines.children(&document, 0).into_iter().map(Value::Uuid).collect())).len(),
        3
    );

    file.vern = 7;
    let said = save(&web, &file, Uuid::from_u128(4), vec![lines.add(13, Uuid::nil(), "rect")]);
    let refused = web.try_write("update-file", &query, &said).await.expect_err("is of another version");
    assert_eq!(kind_of(&refused), "validation/vern-conflict");
    assert_eq!(status(&ana, &said).await, 409);
}
