//! Looking at the documents of all files, one after the other, and what was found: rows, to be read again.

use super::look::check;
use super::problem::{Problem, Tally};
use crate::error::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::FileId;
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult};
use serde::Serialize;
use uuid::Uuid;

/// Runs and what they found are kept for so long.
const KEPT: TimeDelta = TimeDelta::days(90);
/// Most runs of one listing.
const RUNS_MAX: i64 = 100;
/// Most problems of one page.
pub const REPORTED_MAX: u64 = 10_000;
/// Most rows of one statement.
const ROWS_MAX: usize = 1_000;

/// One run through all files, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Run {
    /// The number of its job.
    pub id: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// The last file that was looked at.
    pub place: Option<FileId>,
    /// Files that were looked at.
    pub files: i64,
    /// Files in which something is wrong.
    pub wrong_files: i64,
    /// Shapes that were looked at.
    pub shapes: i64,
    /// Problems, those that are not kept among them.
    pub problems: i64,
}

/// Something that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileProblem {
    /// The file. It may be gone.
    pub file_id: FileId,
    /// Its number among those of the file.
    pub number: i32,
    /// What is wrong, and where.
    #[serde(flatten)]
    pub problem: Problem,
}

/// Begins a run, or gives the one that this job began.
///
/// # Errors
/// Those of the database.
pub async fn begin(app: &App, id: i64, now: DateTime<Utc>) -> Result<Run> {
    let old = now.checked_sub_signed(KEPT).unwrap_or(DateTime::<Utc>::MIN_UTC);
    app.db.execute_raw(sql("DELETE FROM file_check WHERE started_at < $1", [old.into()])).await?;
    let row = Run::find_by_statement(sql(BEGIN, [id.into(), now.into()])).one(&app.db).await?;
    row.ok_or_else(|| Error::platform("a check did not begin"))
}

/// Looks at the next file that is not deleted, and writes down what is wrong with it and how far the run is. A step
/// that is done twice finds the same. How many shapes were looked at.
///
/// # Errors
/// Those of the database.
pub async fn step(app: &App, run: &mut Run, now: DateTime<Utc>) -> Result<u64> {
    let after = run.place.map(|file| file.0);
    let Some(row) = app.db.query_one_raw(sql(NEXT, [after.into()])).await? else {
        run.finished_at = Some(now);
        let values = [run.id.into(), now.into()];
        app.db.execute_raw(sql("UPDATE file_check SET finished_at = $2 WHERE id = $1", values)).await?;
        return Ok(0);
    };
    let id = FileId(row.try_get_by_index(0)?);
    let checked = match check(app, id).await {
        Ok(checked) => Some(checked),
        // It was purged meanwhile.
        Err(Error::NotFound) => None,
        Err(error) => return Err(error),
    };
    let tx = platform::db::begin(&app.db).await?;
    let mut next = Run { place: Some(id), ..run.clone() };
    if let Some(checked) = &checked {
        next.files += 1;
        next.wrong_files += i64::from(checked.count() > 0);
        next.shapes += i64::try_from(checked.shapes).unwrap_or(i64::MAX);
        next.problems += checked.count();
        write(&tx, run.id, id, &checked.problems).await?;
    }
    let values = [
        next.id.into(),
        next.place.map(|file| file.0).into(),
        next.files.into(),
        next.wrong_files.into(),
        next.shapes.into(),
        next.problems.into(),
    ];
    tx.execute_raw(sql(GO_ON, values)).await?;
    tx.commit().await?;
    *run = next;
    Ok(checked.map_or(0, |checked| u64::try_from(checked.shapes).unwrap_or(u64::MAX)))
}

/// In the place of what the same run wrote of the file before.
async fn write(tx: &Tx, run: i64, file: FileId, problems: &[Problem]) -> Result<()> {
    let before = "DELETE FROM file_check_problem WHERE check_id = $1 AND file_id = $2";
    tx.execute_raw(sql(before, [run.into(), file.0.into()])).await?;
    for (page, problems) in problems.chunks(ROWS_MAX).enumerate() {
        let rows = serde_json::to_string(problems).map_err(Error::platform)?;
        let first = i32::try_from(page * ROWS_MAX).unwrap_or(i32::MAX);
        tx.execute_raw(sql(WRITE, [run.into(), file.0.into(), first.into(), rows.into()])).await?;
    }
    Ok(())
}

/// The last runs, newest first, at most 100.
///
/// # Errors
/// Those of the database.
pub async fn list(conn: &impl ConnectionTrait) -> Result<Vec<Run>> {
    let query = "SELECT id, started_at, finished_at, place, files, wrong_files, shapes, problems
                   FROM file_check ORDER BY started_at DESC, id DESC LIMIT $1";
    Ok(Run::find_by_statement(sql(query, [RUNS_MAX.into()])).all(conn).await?)
}

/// One run, or the last one that began.
///
/// # Errors
/// Those of the database.
pub async fn latest(conn: &impl ConnectionTrait, id: Option<i64>) -> Result<Option<Run>> {
    let query = "SELECT id, started_at, finished_at, place, files, wrong_files, shapes, problems
                   FROM file_check WHERE $1::bigint IS NULL OR id = $1 ORDER BY started_at DESC, id DESC LIMIT 1";
    Ok(Run::find_by_statement(sql(query, [id.into()])).one(conn).await?)
}

/// What a run found and kept, by code.
///
/// # Errors
/// Those of the database.
pub async fn tally(conn: &impl ConnectionTrait, run: i64) -> Result<Vec<Tally>> {
    let query = "SELECT code, count(*) AS count, count(*) FILTER (WHERE is_repairable) AS repairable
                   FROM file_check_problem WHERE check_id = $1 GROUP BY code ORDER BY code";
    Ok(Tally::find_by_statement(sql(query, [run.into()])).all(conn).await?)
}

/// Problems of a run, file by file, at most `limit` (at most [`REPORTED_MAX`]), those after `after`.
///
/// # Errors
/// Those of the database.
pub async fn problems(
    conn: &impl ConnectionTrait,
    run: i64,
    after: Option<&FileProblem>,
    limit: u64,
) -> Result<Vec<FileProblem>> {
    let (file, number): (Option<Uuid>, Option<i32>) = after.map(|last| (last.file_id.0, last.number)).unzip();
    let limit = i64::try_from(limit.min(REPORTED_MAX)).unwrap_or(1);
    let values = [run.into(), file.into(), number.into(), limit.into()];
    let rows = conn.query_all_raw(sql(PROBLEMS, values)).await?;
    let problem = |row: &QueryResult| {
        Ok(FileProblem {
            file_id: row.try_get("", "file_id")?,
            number: row.try_get("", "number")?,
            problem: Problem::from_query_result(row, "")?,
        })
    };
    rows.iter().map(problem).collect()
}

const BEGIN: &str = "
    INSERT INTO file_check (id, started_at) VALUES ($1, $2)
    ON CONFLICT (id) DO UPDATE SET id = excluded.id
    RETURNING id, started_at, finished_at, place, files, wrong_files, shapes, problems";

const NEXT: &str = "
    SELECT id FROM file WHERE deleted_at IS NULL AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT 1";

const GO_ON: &str = "
    UPDATE file_check SET place = $2, files = $3, wrong_files = $4, shapes = $5, problems = $6 WHERE id = $1";

const WRITE: &str = "
    INSERT INTO file_check_problem (check_id, file_id, number, code, page_id, component_id, shape_id, field, other_id,
                                    is_repairable)
    SELECT $1, $2, $3 + r.number::integer, r.code, r.page_id, r.component_id, r.shape_id, r.field, r.other_id,
           r.is_repairable
      FROM ROWS FROM (json_to_recordset($4::text::json) AS (
             code text, page_id uuid, component_id uuid, shape_id uuid, field text, other_id uuid,
             is_repairable boolean)
           ) WITH ORDINALITY AS r (code, page_id, component_id, shape_id, field, other_id, is_repairable, number)";

const PROBLEMS: &str = "
    SELECT file_id, number, code, page_id, component_id, shape_id, field, other_id, is_repairable
      FROM file_check_problem
     WHERE check_id = $1 AND ($2::uuid IS NULL OR (file_id, number) > ($2, $3))
     ORDER BY file_id, number LIMIT $4";
