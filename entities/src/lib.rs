//! The rows: one file per table, with its columns, its relations and its scopes. No rules live here.
//!
//! `deleted_at` may lie in the future: a row is hidden as soon as the column is set and purged once the
//! moment has passed. `alive()` is the only scope that people's reads use.
//!
//! A column that holds one of a few words is an enum ([`words!`]); without a CHECK constraint, one that keeps what it
//! does not know ([`word::OrUnknown`]).

pub mod access_token;
pub mod audit_log;
pub mod bin_batch;
pub mod comment;
pub mod comment_thread;
pub mod file;
pub mod file_change;
pub mod file_data;
pub mod file_library_absorption;
pub mod file_library_link;
pub mod file_library_sync;
pub mod file_media_object;
pub mod file_profile_rel;
pub mod file_snapshot;
pub mod http_session;
pub mod ids;
pub mod profile;
pub mod project;
pub mod project_profile_rel;
pub mod server_prop;
pub mod share_link;
pub mod storage_blob;
pub mod storage_object;
pub mod team;
pub mod team_access_request;
pub mod team_font_variant;
pub mod team_invitation;
pub mod team_profile_rel;
pub mod team_project_profile_rel;
pub mod upload_chunk;
pub mod upload_session;
pub mod usage_quote;
pub mod user_feedback;
pub mod webhook;
pub mod webhook_event;
pub mod word;
