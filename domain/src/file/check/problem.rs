//! What is wrong with a document, in codes and places.

use document::part::{Container, Kind, PartKey};
use document::validate::{Defect, Finding};
use sea_orm::FromQueryResult;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Most problems that are told of one file; the others are counted.
pub const PROBLEMS_MAX: usize = 10_000;
/// A part whose bytes cannot be read.
const UNREADABLE: &str = "unreadable";
/// A document that cannot be read as a whole, or is not there.
const UNREADABLE_DOCUMENT: &str = "unreadable-document";
/// A document that is too large to be compared.
const UNCOMPARED: &str = "uncompared-document";

/// Every code that a problem may have.
pub fn codes() -> impl Iterator<Item = &'static str> {
    Defect::ALL.into_iter().map(|(_, code)| code).chain([UNREADABLE, UNREADABLE_DOCUMENT, UNCOMPARED])
}

/// Something that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Problem {
    /// Which rule is broken: one of [`codes`].
    pub code: String,
    /// The page that it is on.
    pub page_id: Option<Uuid>,
    /// The component that it is about, or of which the shape is kept.
    pub component_id: Option<Uuid>,
    /// The shape; none when it is about the page, the component or the document.
    pub shape_id: Option<Uuid>,
    /// The attribute in which it shows; empty when it is about the whole.
    pub field: String,
    /// What it should have been, or the other shape or component that it is about.
    pub other_id: Option<Uuid>,
    /// Whether one thing puts it right and loses nothing.
    pub is_repairable: bool,
}

impl Problem {
    /// What a check of parts found.
    pub(super) fn of(finding: &Finding) -> Problem {
        let is_repairable = !finding.edits.is_empty();
        let other_id = finding.other;
        let place = Problem::at(finding.part(), finding.defect.code(), finding.field);
        Problem { other_id, is_repairable, ..place }
    }

    /// A part that cannot be read.
    pub(super) fn unreadable(part: PartKey) -> Problem {
        Problem::at(part, UNREADABLE, "")
    }

    /// A document that cannot be read.
    pub(super) fn unreadable_document() -> Problem {
        Problem::at(PartKey::FILE, UNREADABLE_DOCUMENT, "")
    }

    /// A document that cannot be compared.
    pub(super) fn uncompared_document() -> Problem {
        Problem::at(PartKey::FILE, UNCOMPARED, "")
    }

    fn at(part: PartKey, code: &str, field: &str) -> Problem {
        let (page_id, component_id) = match (part.container, part.kind) {
            (Container::Page(id), _) => (Some(id), None),
            (Container::Component(id), _) => (None, Some(id)),
            (Container::File, Kind::Page) => (Some(part.id), None),
            (Container::File, Kind::Component) => (None, Some(part.id)),
            (Container::File, _) => (None, None),
        };
        Problem {
            code: code.to_owned(),
            page_id,
            component_id,
            shape_id: (part.kind == Kind::Shape).then_some(part.id),
            field: field.to_owned(),
            other_id: None,
            is_repairable: false,
        }
    }
}

/// How many problems have a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Tally {
    /// The code.
    pub code: String,
    /// How many.
    pub count: i64,
    /// How many of them one thing puts right.
    pub repairable: i64,
}

/// Counts problems by code, however many there are, and keeps the first.
#[derive(Debug, Default)]
pub(super) struct Problems {
    pub(super) first: Vec<Problem>,
    counts: BTreeMap<String, (i64, i64)>,
}

impl Problems {
    pub(super) fn add(&mut self, problem: Problem) {
        let (count, repairable) = self.counts.entry(problem.code.clone()).or_default();
        *count += 1;
        *repairable += i64::from(problem.is_repairable);
        if self.first.len() < PROBLEMS_MAX {
            self.first.push(problem);
        }
    }

    /// By code.
    pub(super) fn tally(&self) -> Vec<Tally> {
        let tally = |(code, (count, repairable)): (&String, &(i64, i64))| Tally {
            code: code.clone(),
            count: *count,
            repairable: *repairable,
        };
        self.counts.iter().map(tally).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_differ() {
        let all: std::collections::BTreeSet<&str> = codes().collect();
        assert_eq!((all.len(), codes().count()), (50, 50));
    }

    #[test]
    fn a_problem_says_where() {
        let id = Uuid::from_u128;
        let places = [
            PartKey::shape(Container::Page(id(1)), id(2)),
            PartKey::shape(Container::Component(id(1)), id(2)),
            PartKey::page(id(1)),
            PartKey::component(id(1)),
            PartKey::FILE,
        ];
        let told = places.map(Problem::unreadable).map(|one| (one.page_id, one.component_id, one.shape_id));
        let (one, two) = (Some(id(1)), Some(id(2)));
        assert_eq!(
            told,
            [(one, None, two), (None, one, two), (one, None, None), (None, one, None), (None, None, None)]
        );
    }
}
