//! Who may change a webhook.

use super::{Editable, team_viewer};
use crate::error::{Error, Result};
use entities::ids::{ProfileId, WebhookId};
use entities::webhook;
use sea_orm::{ConnectionTrait, EntityTrait};

/// Proof that `caller` may change the webhook: whoever may change its team, and who made it as long as they are in the
/// team.
pub async fn webhook_editor(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    id: WebhookId,
) -> Result<Editable<webhook::Model>> {
    let row = webhook::Entity::find_by_id(id).one(conn).await?.ok_or(Error::NotFound)?;
    let permissions = team_viewer(conn, caller, row.team_id).await?.permissions();
    if !may_edit(&row, caller, permissions.can_edit) {
        return Err(Error::NotFound);
    }
    Ok(Editable { value: row, permissions, caller })
}

/// Whether a member may change a webhook of their team, and see its secret.
pub fn may_edit(row: &webhook::Model, member: ProfileId, can_edit: bool) -> bool {
    can_edit || row.profile_id == Some(member)
}
