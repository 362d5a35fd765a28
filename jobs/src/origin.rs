//! Who asked for a job: for people who read its row later, and for the job itself.

use domain::permission::Operator;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Who asked for a job.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    request_id: Option<String>,
    profile_id: Option<Uuid>,
    parent: Option<i64>,
    operator: Option<String>,
}

impl Origin {
    /// A call, by its id in the log, and whoever made it, if that is known.
    pub fn call(request_id: &str, profile_id: Option<Uuid>) -> Origin {
        Origin { request_id: Some(request_id.to_owned()), profile_id, ..Origin::default() }
    }

    /// Another job.
    pub(crate) fn job(parent: i64) -> Origin {
        Origin { parent: Some(parent), ..Origin::default() }
    }

    /// An operator, in whose name the job may act.
    pub(crate) fn operator(operator: &Operator) -> Origin {
        let (profile_id, operator) = (operator.account(), Some(operator.name().to_owned()));
        Origin { profile_id, operator, ..Origin::default() }
    }

    /// As it stands in the row.
    pub(crate) fn to_json(&self) -> Option<Value> {
        let mut fields = Map::new();
        fields.extend(self.request_id.as_ref().map(|id| ("request_id".to_owned(), id.as_str().into())));
        fields.extend(self.profile_id.map(|id| ("profile_id".to_owned(), id.to_string().into())));
        fields.extend(self.parent.map(|id| ("parent".to_owned(), id.into())));
        fields.extend(self.operator.as_ref().map(|name| ("operator".to_owned(), name.as_str().into())));
        (!fields.is_empty()).then_some(Value::Object(fields))
    }
}

/// Name and account of the operator who asked for the job of a row, if one did.
pub(crate) fn operator_of(row: &Value) -> Option<(&str, Option<Uuid>)> {
    let account = row["profile_id"].as_str().and_then(|id| id.parse().ok());
    Some((row["operator"].as_str()?, account))
}
