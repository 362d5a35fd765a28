//! What lists ask the database: as many statements however many files there are, and none that goes through a whole
//! table.

use super::scene::library;
use crate::files::libraries::icons::fill;
use crate::rpc::statements::door;
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tests::{
    app::TestApp,
    client::Client,
    factory::{File, Link, Project, Team, insert},
    person::Person,
    statements::Tap,
};

/// Lists of a team, and what they are asked with besides.
const LISTS: [(&str, &str); 5] = [
    ("get-projects", ""),
    ("get-team-recent-files", ""),
    ("get-team-deleted-files", ""),
    ("get-team-shared-files", ""),
    ("search-files", "sketch"),
];

async fn asked(tap: &Tap, client: &Client, method: &str, term: &str, team: &Json) -> Vec<String> {
    tap.take();
    client.call(method, json!({"teamId": team["id"], "searchTerm": term})).await.ok();
    tap.take()
}

/// A file that is in a list, a library among them, and one in the bin.
async fn some(ana: &Person, project: &Json, number: usize) {
    for name in ["Sketch", "Binned"] {
        let file = ana.file_in(&project["id"], &format!("{name} {number}")).await;
        if name == "Binned" {
            ana.call("delete-file", json!({"id": file["id"]})).await.ok();
        }
    }
    let icons = library(ana, project, &format!("Icons {number}")).await;
    fill(ana, &icons).await;
}

#[tokio::test]
async fn lists_ask_as_much_however_many_files_there_are() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Crew").await;
    let tap = Tap::before(&app.database.uri);
    let client = door(&app, &tap, ana.cookie.clone()).await;
    some(&ana, &ana.project(&team, "Posters").await, 0).await;
    let mut few = vec![];
    for (method, term) in LISTS {
        few.push(asked(&tap, &client, method, term, &team).await);
    }
    for number in 1..5 {
        let project = ana.project(&team, &format!("Posters {number}")).await;
        some(&ana, &project, number).await;
    }
    for ((method, term), few) in LISTS.into_iter().zip(few) {
        assert_eq!(asked(&tap, &client, method, term, &team).await, few, "{method}");
        // The session, the transaction and its settings, the permission, and the work.
        let most = if method == "get-team-shared-files" { 8 } else { 6 };
        assert!(few.len() <= most, "{method}: {few:#?}");
    }
    app.run_jobs().await;
}

/// Tables that grow with what people make.
const TABLES: [&str; 4] = ["project", "file", "file_part", "file_library_link"];

/// The nodes of a plan that read one of them from one end to the other.
fn whole_reads(node: &Json) -> Vec<String> {
    let (kind, table) = (node["Node Type"].as_str().unwrap_or_default(), node["Relation Name"].as_str());
    let is_whole = match kind {
        "Seq Scan" | "Parallel Seq Scan" => true,
        "Index Scan" | "Index Only Scan" => node["Index Cond"].is_null(),
        _ => false,
    };
    let table = table.filter(|table| is_whole && TABLES.contains(table));
    let mut found: Vec<String> = table.map(|table| format!("{kind} of {table}")).into_iter().collect();
    let below = node["Plans"].as_array().map(Vec::as_slice).unwrap_or_default();
    found.extend(below.iter().flat_map(whole_reads));
    found
}

async fn run(session: &mut PgConnection, sql: String) {
    sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(session).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// The generic plan of a statement, which reads a table as a whole only when no index would do.
async fn plan(session: &mut PgConnection, sql: &str) -> Json {
    let parameters = (1..).take_while(|n| sql.contains(&format!("${n}"))).count();
    let values = vec!["null"; parameters].join(", ");
    run(session, format!("PREPARE asked AS {sql}")).await;
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE asked({values})");
    let plan: Json =
        sqlx::query_scalar(AssertSqlSafe(explain)).fetch_one(&mut *session).await.expect("a plan");
    run(session, "DEALLOCATE asked".to_owned()).await;
    plan[0]["Plan"].clone()
}

#[tokio::test]
async fn no_list_goes_through_a_whole_table() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Crew").await;
    let project = ana.project(&team, "Posters").await;
    some(&ana, &project, 0).await;
    let others: Vec<Team> = (0..20).map(|_| Team::default()).collect();
    let projects: Vec<Project> = others.iter().map(|team| Project::of(team.id)).collect();
    let files: Vec<File> = projects.iter().flat_map(|one| (0..50).map(|_| File::of(one.id))).collect();
    let links: Vec<Link> = files.windows(2).map(|two| Link { file: two[0].id, library: two[1].id }).collect();
    insert(&app.app.db, others).await;
    insert(&app.app.db, projects).await;
    insert(&app.app.db, files).await;
    insert(&app.app.db, links).await;
    let tap = Tap::before(&app.database.uri);
    let client = door(&app, &tap, ana.cookie.clone()).await;
    let mut session = PgConnection::connect(&app.database.uri).await.expect("a connection");
    // What is small is read as a whole, whatever there is: as if a million rows lay on each page.
    let large = "UPDATE pg_class SET reltuples = 1000000 * relpages
                  WHERE relname IN ('project', 'file', 'file_part', 'file_library_link')";
    for setting in ["ANALYZE", large, "SET plan_cache_mode = force_generic_plan", "SET enable_seqscan = off"]
    {
        run(&mut session, setting.to_owned()).await;
    }
    let mut looked_at = 0;
    for (method, term) in LISTS {
        for sql in asked(&tap, &client, method, term, &team).await {
            if sql.starts_with("SELECT ") || sql.starts_with("WITH ") {
                let whole = whole_reads(&plan(&mut session, &sql).await);
                assert_eq!(whole, Vec::<String>::new(), "{method}: {sql}");
                looked_at += 1;
            }
        }
    }
    assert!(looked_at >= 2 * LISTS.len(), "{looked_at}");
    // And an index that went would be missed.
    let sql = asked(&tap, &client, "get-team-recent-files", "", &team).await;
    let recent = sql.iter().find(|sql| sql.contains("LATERAL") && sql.contains("row_num")).expect("the list");
    run(&mut session, "BEGIN; DROP INDEX file__project_id__idx".to_owned()).await;
    assert!(!whole_reads(&plan(&mut session, recent).await).is_empty());
    run(&mut session, "ROLLBACK".to_owned()).await;
    app.run_jobs().await;
}
