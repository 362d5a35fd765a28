//! What is wrong with documents, as tables and as JSON.

use dashboard::wording;
use domain::file::check::{Problem, Tally};
use serde::Serialize;
use uuid::Uuid;

use crate::output;

/// Problems that are printed for people.
pub(super) const SHOWN_MAX: usize = 50;

/// For programs: a problem with what it says.
#[derive(Serialize)]
pub(super) struct Described<'p, T> {
    #[serde(flatten)]
    problem: &'p T,
    says: &'p str,
}

impl<'p> Described<'p, Problem> {
    pub(super) fn of(problem: &'p Problem) -> Described<'p, Problem> {
        Described { problem, says: wording::problem(&problem.code) }
    }
}

impl<'p> Described<'p, domain::file::check::FileProblem> {
    pub(super) fn of_file(found: &'p domain::file::check::FileProblem) -> Self {
        Described { problem: found, says: wording::problem(&found.problem.code) }
    }
}

/// How much there is, by code, each with what it says.
pub(super) fn tallies(found: &[Tally]) -> String {
    let rows: Vec<[String; 4]> = found
        .iter()
        .map(|one| {
            let says = wording::problem(&one.code).to_owned();
            [one.code.clone(), one.count.to_string(), one.repairable.to_string(), says]
        })
        .collect();
    output::table(["CODE", "COUNT", "REPAIRABLE", "SAYS"], &rows)
}

/// Where it is: code, page or component, shape, field, and what else it is about.
pub(super) fn row(problem: &Problem) -> [String; 6] {
    let or_dash = |id: Option<Uuid>| id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    let place = match (problem.page_id, problem.component_id) {
        (Some(page), _) => format!("page {page}"),
        (None, Some(component)) => format!("component {component}"),
        (None, None) => "-".to_owned(),
    };
    let field = if problem.field.is_empty() { "-" } else { &problem.field };
    [
        problem.code.clone(),
        place,
        or_dash(problem.shape_id),
        field.to_owned(),
        or_dash(problem.other_id),
        if problem.is_repairable { "yes" } else { "no" }.to_owned(),
    ]
}

/// The heads of [`row`].
pub(super) const HEADS: [&str; 6] = ["CODE", "PLACE", "SHAPE", "FIELD", "ABOUT", "REPAIRABLE"];

/// The first of them, with how many there are.
pub(super) fn list(problems: &[Problem], all: i64) -> String {
    let rows: Vec<[String; 6]> = problems.iter().take(SHOWN_MAX).map(row).collect();
    let mut text = output::table(HEADS, &rows);
    if i64::try_from(rows.len()).is_ok_and(|shown| shown < all) {
        text.push_str(&format!("… and {} more: --json lists them\n", all - rows.len() as i64));
    }
    text
}
