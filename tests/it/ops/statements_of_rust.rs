//! Every SQL statement that stands in our sources can be prepared on an installed schema: tables, columns and the types
//! of its values are right. Those that are made, of the list of parts for one, are asked of whoever makes them.

use sqlx::{Column as _, Connection as _, Executor as _, PgConnection, Statement as _};
use std::path::{Path, PathBuf};
use tests::database::TestDatabase;

/// Where sources are. Migrations are run by every test; queue statements have a test of their own.
const ROOTS: [&str; 7] =
    ["api", "domain", "jobs/src", "ops/dashboard", "ops/src", "ops/tools/bench-server", "platform"];

/// What a statement begins with. Whatever else a literal is, it is no statement.
const VERBS: [&str; 5] = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "WITH "];

/// Where statements are made, of the list of parts or of the columns of entities: their patterns are none, and what is
/// made of them is asked for.
const MADE: [&str; 7] = [
    "domain/src/deletion/statements.rs",
    "domain/src/deletion/uses.rs",
    "domain/src/permission/sql.rs",
    "domain/src/storage/access.rs",
    "domain/src/storage/bucket.rs",
    "domain/src/storage/totals.rs",
    "domain/src/storage/why.rs",
];

struct Literal {
    place: String,
    text: String,
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The string literals of a file. Comments and characters are passed over.
fn literals(path: &str, code: &str) -> Vec<Literal> {
    let (mut found, mut rest, mut line) = (vec![], code, 1);
    while let Some(first) = rest.chars().next() {
        let (length, text) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), None)
        } else if first == '"' {
            let (length, text) = string(rest);
            (length, Some(text))
        } else if rest.starts_with("r\"") || rest.starts_with("r#\"") {
            let hashes = rest[1..].chars().take_while(|c| *c == '#').count();
            let end = format!("\"{}", "#".repeat(hashes));
            let start = hashes + 2;
            let length = rest[start..].find(&end).unwrap_or(rest.len() - start);
            (start + length + end.len(), Some(rest[start..start + length].to_owned()))
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\") {
            (rest[2..].find('\'').map_or(rest.len(), |at| at + 3), None)
        } else {
            (first.len_utf8(), None)
        };
        found.extend(text.map(|text| Literal { place: format!("{path}:{line}"), text }));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// A string literal at the beginning of `rest`: its length, and its value.
fn string(rest: &str) -> (usize, String) {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (at + 1, text),
            '\\' => match chars.next() {
                Some((_, 'n')) => text.push('\n'),
                // The rest of the line break goes too.
                Some((_, '\n')) => while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                Some((_, other)) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    (rest.len(), text)
}

fn is_statement(text: &str) -> bool {
    let text = text.trim_start();
    let begins = VERBS.iter().any(|verb| text.starts_with(verb) || text.starts_with(&verb.to_lowercase()));
    // "Select a team" is for people.
    begins
        && (text.contains(" FROM ")
            || text.contains(" from ")
            || text.contains("\n")
            || text.contains(" SET "))
}

fn ours() -> Vec<Literal> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut files = vec![];
    for folder in ROOTS {
        rust_files(&root.join(folder), &mut files);
    }
    files.sort();
    let of_file = |path: &PathBuf| {
        let code = std::fs::read_to_string(path).expect("reads");
        let name = path.strip_prefix(root).expect("is ours").display().to_string();
        // Tests stand last in a file.
        literals(&name, code.split("#[cfg(test)]").next().unwrap_or_default())
    };
    // What a bench compares with lies in tables of its own.
    let is_ours = |literal: &Literal| is_statement(&literal.text) && !literal.text.contains("bench_");
    files.iter().flat_map(of_file).filter(is_ours).collect()
}

#[test]
fn literals_are_found() {
    let code =
        "// \"SELECT a FROM b\"\nlet a = \"SELECT \\\n   1\"; let b = '\"'; f(\"WITH x\"); g(r#\"y\"z\"#)";
    let found: Vec<String> = literals("a.rs", code).into_iter().map(|one| one.text).collect();
    assert_eq!(found, ["SELECT 1", "WITH x", "y\"z"]);
}

/// Every statement, with where it stands or what it is for.
fn every_statement() -> Vec<(String, String)> {
    let ours = ours().into_iter().filter(|one| {
        let is_made = MADE.iter().any(|file| one.place.starts_with(file));
        !(is_made && one.text.contains('{'))
    });
    let mut all: Vec<(String, String)> = ours.map(|one| (one.place, one.text)).collect();
    assert!(all.len() > 60, "only {} statements were found", all.len());
    let made = domain::deletion::statements::all().into_iter().map(|(what, sql)| (what, sql.to_owned()));
    all.extend(made);
    all.extend(domain::permission::statements().map(|sql| ("permission".to_owned(), sql.to_owned())));
    all.extend(domain::storage::statements().into_iter().map(|sql| ("uses of blobs".to_owned(), sql)));
    all
}

/// The names of the columns that a statement answers with.
async fn answer(conn: &mut PgConnection, text: &str) -> Result<Vec<String>, sqlx::Error> {
    let sql = sqlx::AssertSqlSafe(text.to_owned());
    let statement = conn.prepare(sqlx::SqlSafeStr::into_sql_str(sql)).await?;
    Ok(statement.columns().iter().map(|column| column.name().to_owned()).collect())
}

#[tokio::test]
async fn every_statement_prepares() {
    let mut conn = PgConnection::connect(&TestDatabase::migrated().await.uri).await.expect("connects");
    let mut wrong = vec![];
    for (place, text) in every_statement() {
        if let Err(error) = answer(&mut conn, &text).await {
            wrong.push(format!("{place}: {error}\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n\n"));
}

/// While the next release is rolled out, processes of this one meet tables with more columns: a statement they
/// prepared whose answer grew with its table would fail from then on.
#[tokio::test]
async fn no_answer_grows_with_its_table() {
    let database = TestDatabase::migrated().await;
    let mut conn = PgConnection::connect(&database.uri).await.expect("connects");
    let mut before = vec![];
    for (place, text) in every_statement() {
        let columns = answer(&mut conn, &text).await.expect("prepares");
        before.push((place, text, columns));
    }
    let grow = "DO $$ DECLARE found record; BEGIN
                  FOR found IN SELECT c.oid::regclass AS name
                                 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                                WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
                                  AND n.nspname IN ('public', 'queue')
                  LOOP EXECUTE format('ALTER TABLE %s ADD COLUMN grown integer', found.name); END LOOP;
                END $$";
    conn.execute(grow).await.expect("grows");
    // A connection that has prepared nothing.
    let mut conn = PgConnection::connect(&database.uri).await.expect("connects");
    let mut wrong = vec![];
    for (place, text, columns) in before {
        if answer(&mut conn, &text).await.expect("prepares") != columns {
            wrong.push(format!("{place}: name the columns\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n\n"));
}
