//! Facts about this installation that outlive a restart.

use sea_orm::entity::prelude::*;

/// One fact.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "server_prop")]
pub struct Model {
    /// Name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Value.
    pub content: Json,
    /// Read at start.
    pub preload: bool,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
