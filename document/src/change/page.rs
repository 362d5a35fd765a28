//! Changes of pages. Where the page does not exist, nothing happens, unless a file says otherwise.

mod add_page;
mod del_page;
mod entries;
mod mod_page;
mod mov_page;
mod set_comment_thread_position;
mod set_default_grid;
mod set_flow;
mod set_guide;

pub(super) use add_page::AddPage;
pub(super) use del_page::DelPage;
pub(super) use mod_page::ModPage;
pub(super) use mov_page::MovPage;
pub(super) use set_comment_thread_position::SetCommentThreadPosition;
pub(super) use set_default_grid::SetDefaultGrid;
pub(super) use set_flow::SetFlow;
pub(super) use set_guide::SetGuide;
