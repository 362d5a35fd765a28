//! Of a shape that is no root nothing is said about it; what was missed because something was said is put right now.

use super::whole::Whole;
use super::{m0019_fix_missing_swap_slots, m0020_sync_component_id_with_near_main};

pub(super) fn run(whole: &mut Whole) {
    for shape in whole.shapes_mut() {
        if shape.columns.component_root == Some(false) {
            shape.columns.component_root = None;
        }
    }
    m0019_fix_missing_swap_slots::run(whole);
    m0020_sync_component_id_with_near_main::run(whole);
}
