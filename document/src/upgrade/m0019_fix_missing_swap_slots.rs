//! A copied head that was swapped notes for what.

use super::links::mend;
use super::whole::Whole;
use crate::validate::Defect;

pub(super) fn run(whole: &mut Whole) {
    mend(whole, Defect::MissingSlot);
}
