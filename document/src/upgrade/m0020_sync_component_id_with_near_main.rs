//! A copied head that was not swapped names the component of what it follows.

use super::links::mend;
use super::whole::Whole;
use crate::validate::Defect;

pub(super) fn run(whole: &mut Whole) {
    mend(whole, Defect::ComponentIdMismatch);
}
