//! Changes of shapes, of a page or of a deleted component. Where the container or the shape does not exist, nothing
//! happens, unless a file says otherwise.

mod add_obj;
mod copies;
mod del_obj;
mod fix_obj;
mod mod_obj;
mod mov_objects;
mod reg_objects;
mod reorder_children;

pub(super) use add_obj::AddObj;
pub(super) use del_obj::DelObj;
pub(super) use fix_obj::FixObj;
pub(super) use mod_obj::ModObj;
pub(super) use mov_objects::MovObjects;
pub(super) use reg_objects::RegObjects;
pub(super) use reorder_children::ReorderChildren;
