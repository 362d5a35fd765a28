//! What becomes of a batch.

use std::collections::BTreeSet;
use transit::value::Value;
use uuid::Uuid;

/// Why a batch is refused. The reason does not matter to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// A change that went through, or did not.
pub type Done = Result<(), Refused>;

/// Container and shape.
pub type Marks = BTreeSet<(String, Uuid)>;

/// Container and shape that were touched, and the component that was named.
type Touched = (Option<(Value, Uuid)>, Option<Uuid>);

/// What a batch did beside changing the document.
#[derive(Default)]
pub struct Notes {
    pub(crate) marks: Marks,
    /// Changes to look at in the end.
    pub(crate) touched: Vec<Touched>,
    /// Shapes of pages that were added or modified: page and shape.
    pub drawn: BTreeSet<(Uuid, Uuid)>,
}
