//! Every statement that stands in a file of its own begins with what it takes and what it answers, and the server says
//! the same.
//!
//! ```sql
//! -- What it is for.
//! --
//! -- $1 ids bigint[]: more of it, if need be
//! -- returns id bigint, kind text
//! ```

use std::path::{Path, PathBuf};

use sqlx::{
    AssertSqlSafe, Column, Connection, Either, Executor, PgConnection, SqlSafeStr, Statement, TypeInfo,
    postgres::PgTypeInfo,
};
use tests::database::TestDatabase;

/// Files below folders of these names are run whole, and only once: what makes tables, and what fills them for a bench.
const SCRIPTS: [&str; 3] = ["migration", "schema", "tools"];

/// Every file with a statement, and its text.
fn statements(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if entry.file_type().expect("a type").is_dir() {
            let others = name.starts_with('.') || ["target", "node_modules"].contains(&name.as_str());
            if !others && !SCRIPTS.contains(&name.as_str()) {
                statements(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            let text = std::fs::read_to_string(&path).expect("text");
            found.push((path, text));
        }
    }
}

/// Names and types, in order.
type Fields = Vec<(String, String)>;

/// What the comments at the top say.
#[derive(Debug, Default)]
struct Header {
    parameters: Fields,
    columns: Fields,
}

fn header(text: &str) -> Result<Header, String> {
    let lines: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("--")).collect();
    let says_why =
        |line: &&str| !line.trim().is_empty() && !line.starts_with(" $") && !line.starts_with(" returns ");
    if !lines.first().is_some_and(says_why) {
        return Err("does not begin with a comment that says what it is for".to_owned());
    }
    let (mut header, mut columns) = (Header::default(), String::new());
    for line in lines {
        if let Some(rest) = line.strip_prefix(" $") {
            let said = rest.split_once(": ").map_or(rest, |(field, _)| field);
            let (number, field) = said.split_once(' ').ok_or_else(|| format!("${said}: no name"))?;
            if number.parse() != Ok(header.parameters.len() + 1) {
                return Err(format!("${number} is out of turn"));
            }
            header.parameters.push(name_and_type(field)?);
        } else if let Some(rest) = line.strip_prefix(" returns ") {
            columns.push_str(rest);
        } else if let Some(rest) = line.strip_prefix("   ").filter(|_| !columns.is_empty()) {
            columns.push(' ');
            columns.push_str(rest);
        }
    }
    for field in columns.split(", ").filter(|field| !field.is_empty()) {
        header.columns.push(name_and_type(field)?);
    }
    Ok(header)
}

fn name_and_type(field: &str) -> Result<(String, String), String> {
    let (name, kind) = field.trim().split_once(' ').ok_or_else(|| format!("{field:?}: no type"))?;
    Ok((name.to_owned(), kind.to_owned()))
}

/// The server's own names of these types.
async fn types(conn: &mut PgConnection, names: Vec<String>) -> Vec<String> {
    let sql = "SELECT coalesce(to_regtype(t)::text, 'no type ' || t) FROM unnest($1::text[]) \
        WITH ORDINALITY u(t, n) ORDER BY n";
    sqlx::query_scalar(sql).bind(names).fetch_all(conn).await.expect("types")
}

fn name_of(kind: &PgTypeInfo) -> String {
    kind.name().to_lowercase()
}

/// What the comments of a statement say that the server does not.
async fn disagreement(conn: &mut PgConnection, text: &str) -> Result<(), String> {
    let header = header(text)?;
    let statement = conn.prepare(AssertSqlSafe(text.to_owned()).into_sql_str()).await;
    let statement = statement.map_err(|error| format!("is refused: {error}"))?;
    let parameters: Vec<String> = match statement.parameters() {
        Some(Either::Left(kinds)) => kinds.iter().map(name_of).collect(),
        other => return Err(format!("has parameters that are not known: {other:?}")),
    };
    let (names, kinds): (Vec<_>, Vec<_>) = statement
        .columns()
        .iter()
        .map(|column| (column.name().to_owned(), name_of(column.type_info())))
        .unzip();
    let said = types(conn, header.parameters.iter().map(|(_, kind)| kind.clone()).collect()).await;
    let real = types(conn, parameters).await;
    if said != real {
        return Err(format!("says that it takes {said:?}, and takes {real:?}"));
    }
    let said = types(conn, header.columns.iter().map(|(_, kind)| kind.clone()).collect()).await;
    let said: Vec<_> = header.columns.into_iter().map(|(name, _)| name).zip(said).collect();
    let real: Vec<_> = names.into_iter().zip(types(conn, kinds).await).collect();
    if said == real { Ok(()) } else { Err(format!("says that it answers {said:?}, and answers {real:?}")) }
}

#[tokio::test]
async fn the_server_takes_and_answers_what_each_statement_says() {
    let database = TestDatabase::migrated().await;
    let mut conn = PgConnection::connect(&database.uri).await.expect("connects");
    let (root, mut files) = (Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), vec![]);
    statements(&root, &mut files);
    assert!(files.len() > 50, "{} files with statements", files.len());
    let mut wrong = vec![];
    for (path, text) in files {
        if let Err(why) = disagreement(&mut conn, &text).await {
            wrong.push(format!("{} {why}", path.strip_prefix(&root).expect("below").display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_comment_that_does_not_hold_is_found() {
    let database = TestDatabase::migrated().await;
    let mut conn = PgConnection::connect(&database.uri).await.expect("connects");
    let body = "select id, kind from queue.job where id = $1 and priority > $2";
    let good = "-- Some jobs of an example.\n-- $1 id bigint\n-- $2 priority smallint: a floor\n\
        -- returns id bigint,\n--   kind text\n";
    disagreement(&mut conn, &format!("{good}{body}")).await.expect("agrees");
    for (from, to, words) in [
        ("-- $2 priority smallint: a floor\n", "", "says that it takes"),
        ("-- $1 id bigint", "-- $1 id integer", "says that it takes"),
        ("-- $1 id bigint\n", "-- $3 id bigint\n", "$3 is out of turn"),
        ("bigint\n-- $2", "bignum\n-- $2", "no type bignum"),
        ("kind text", "name text", "says that it answers"),
        ("id bigint,\n--   ", "", "says that it answers"),
        ("-- Some jobs of an example.\n", "", "does not begin with"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from:?}");
        let why = disagreement(&mut conn, &format!("{bad}{body}")).await.expect_err("is found");
        assert!(why.contains(words), "{words}: {why}");
    }
    let gone = disagreement(&mut conn, "-- An example that went stale.\nselect 1 from queue.gone").await;
    assert!(gone.expect_err("is found").contains("queue.gone"));
}
