//! Every id has its own type, so a team id never stands where a file id is meant.

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Declares id types: a UUID with its own name, usable as a column, a key and in JSON.
macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, DeriveValueType)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        // Keys are made by us, never counted by the database.
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )+};
}

id_types! {
    /// A person with an account.
    ProfileId,
    /// A team: the owner of projects.
    TeamId,
    /// A project: the folder of files.
    ProjectId,
    /// What somebody thinks of it.
    FeedbackId,
    /// A design file.
    FileId,
    /// A moment of a file that can be brought back (`file_snapshot`).
    SnapshotId,
    /// A thread of comments at a place of a page.
    CommentThreadId,
    /// One comment.
    CommentId,
    /// A link that opens pages of a file.
    ShareLinkId,
    /// A picture uploaded into a file (`file_media_object`).
    MediaId,
    /// One weight and style of a font (`team_font_variant`).
    FontVariantId,
    /// A stored blob (`storage_object`).
    StorageObjectId,
    /// An upload in pieces.
    UploadSessionId,
    /// A personal access token.
    AccessTokenId,
    /// A signed-in browser.
    SessionId,
    /// An invitation into a team.
    InvitationId,
    /// A request to be let into a team.
    AccessRequestId,
    /// A webhook of a team.
    WebhookId,
    /// Something that webhooks are told.
    WebhookEventId,
}
