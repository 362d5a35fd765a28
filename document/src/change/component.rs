//! Changes of components. Where the component does not exist, nothing happens.

mod add_component;
mod del_component;
mod mod_component;
mod purge_component;
mod restore_component;
mod saved;

pub(super) use add_component::AddComponent;
pub(super) use del_component::DelComponent;
pub(super) use mod_component::ModComponent;
pub(super) use purge_component::PurgeComponent;
pub(super) use restore_component::RestoreComponent;
